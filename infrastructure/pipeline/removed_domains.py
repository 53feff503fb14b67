"""Lists the domain names that a plan, as JSON on standard input, takes off the net. Exits with 1 if there are any."""

import json
import sys

removed = [
    change["address"]
    for change in json.load(sys.stdin).get("resource_changes", [])
    if change["type"] == "aws_apigatewayv2_domain_name" and "delete" in change["change"]["actions"]
]
for address in removed:
    print(address)
sys.exit(1 if removed else 0)
