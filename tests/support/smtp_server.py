"""A mail server for the tests.

Prints its port, then each mail that it takes as one line of JSON. Ends with its standard input, and so with the tests.
Addresses that begin with `absent`, `full`, `unsent` or `later` are refused by answers that repeat them; so is the password `wrong`.
"""

import asyncio
import email
import email.policy
import json
import os
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("absent"):
            return f"550 5.1.1 <{address}>: recipient address rejected, {session.auth_data} may not write to it"
        if address.startswith("full"):
            return f"452 4.2.2 <{address}>: over quota"
        if address.startswith("unsent"):
            return f"550 5.1.8 <{address}>: sender address of {session.auth_data} rejected"
        if address.startswith("later"):
            return f"451 4.7.1 <{address}>: try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        received = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "user": session.auth_data,
            "headers": {name.lower(): str(value) for name, value in mail.items()},
            "types": [part.get_content_type() for part in mail.walk()],
            "text": mail.get_body(("plain",)).get_content(),
            "html": mail.get_body(("html",)).get_content(),
        }
        print(json.dumps(received), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    if data.password == b"wrong":
        return AuthResult(success=False, handled=False, message=f"535 5.7.8 {data.login.decode()}:wrong does not fit")
    return AuthResult(success=True, auth_data=data.login.decode())


async def main():
    def connection():
        return SMTP(Handler(), enable_SMTPUTF8=True, authenticator=authenticate, auth_require_tls=False)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
