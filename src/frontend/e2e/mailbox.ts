import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** A mail server that takes every mail and keeps it: as much of SMTP as one client on this machine speaks. */
export class Mailbox {
  readonly #server: Server;
  readonly #mails: string[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => void this.#serve(socket));
  }

  static async open(): Promise<Mailbox> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Mailbox(server);
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The links that were mailed to an address, oldest first. */
  links(address: string): string[] {
    return this.#mails
      .filter((mail) => mail.includes(`To: ${address}`))
      .map((mail) => /https?:\/\/\S+\/auth\/verify#token=[\w.-]+/.exec(mail)?.[0] ?? "");
  }

  close() {
    this.#server.close();
  }

  async #serve(socket: Socket) {
    const say = (line: string) => socket.write(`${line}\r\n`);
    let mail: string[] | null = null;
    say("220 mailbox");
    for await (const line of createInterface({ input: socket })) {
      if (mail !== null) {
        if (line === ".") {
          this.#mails.push(unfold(mail));
          mail = null;
          say("250 kept");
        } else mail.push(line);
      } else if (/^data$/i.test(line)) {
        mail = [];
        say("354 go on");
      } else if (/^quit$/i.test(line)) {
        say("221 bye");
        socket.end();
      } else say("250 ok");
    }
  }
}

/** Undoes quoted-printable: lines that were broken, and the equals signs. */
function unfold(lines: string[]): string {
  return lines.join("\n").replaceAll("=\n", "").replaceAll("=3D", "=");
}
