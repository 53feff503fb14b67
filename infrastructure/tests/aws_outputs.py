"""Writes the outputs that the Cloudflare root reads, from a plan of the AWS root: what only AWS knows is made up.

    aws_outputs.py PLAN.json OUTPUTS.json
"""

import json
import sys


def outputs(plan: dict) -> dict:
    planned = plan["planned_values"]["outputs"]
    domain, names = (planned[name]["value"] for name in ("domain_name", "public_names"))
    proof = f"_a.{domain}."
    made_up = {
        "gateway_targets": {name: f"d-{index}.execute-api.eu-central-1.amazonaws.com" for index, name in enumerate(names)},
        "certificate_validation_records": {
            proof: {"name": proof, "type": "CNAME", "value": "_b.acm-validations.aws.", "domain_names": names},
        },
    }
    missing = made_up.keys() - planned.keys()
    if missing:
        sys.exit(f"error: the AWS root has no output {', '.join(missing)}")
    return {"domain_name": domain, "public_names": names, **made_up}


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as plan, open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(outputs(json.load(plan)), file)
