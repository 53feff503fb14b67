"""Checks what a Terraform plan gives the running application: all that it needs, and nothing more.

    runtime_policy.py PLAN.json     a plan as `terraform show -json` prints it; - is standard input

Every row below is a request that DynamoDB would ask IAM about. DynamoDB asks for each part of a transaction on its own.
"""

from __future__ import annotations

import json
import sys

from iam import allowed

ITEMS = ["TENANT#acme#USERS", "TENANT#acme#USER#0197a1b2-0000-7000-8000-000000000001"]
EVENTS = ["TENANT#acme#EVENTS#2026-11-22#0", "TENANT#a#EVENTS#2026-01-01#f", "TENANT#0-9#EVENTS#1999-12-31#15"]
USER, EVENT = ITEMS[1], EVENTS[0]

# (action, partition keys of the request or None when it has none, whether it is allowed)
SINGLE = [
    *[(action, [key], True) for action in ("GetItem", "Query", "PutItem") for key in ITEMS + EVENTS],
    *[(action, [key], True) for action in ("UpdateItem", "DeleteItem") for key in ITEMS],
    *[(action, [key], False) for action in ("UpdateItem", "DeleteItem") for key in EVENTS],
    # One event among several keys is enough to deny; so is a request of which the keys are not known.
    *[(action, keys, False) for action in ("UpdateItem", "DeleteItem") for keys in (ITEMS + [EVENT], [EVENT, USER], EVENTS, None)],
    *[(action, ITEMS, True) for action in ("UpdateItem", "DeleteItem")],
    ("PutItem", [USER, EVENT], True),
    ("DescribeTable", None, True),
    # Neither all tenants at once, nor ways round the conditions, nor the table itself.
    *[(action, None, False) for action in (
        "Scan", "PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete", "CreateTable", "UpdateTable", "DeleteTable",
        "UpdateTimeToLive", "UpdateContinuousBackups", "RestoreTableToPointInTime", "ExportTableToPointInTime", "CreateBackup",
        "PutResourcePolicy", "DeleteResourcePolicy", "TagResource", "ImportTable", "EnableKinesisStreamingDestination",
    )],
    *[(action, [key], False) for action in ("BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "PartiQLUpdate", "PartiQLDelete")
      for key in ITEMS + EVENTS],
]

# (parts of one TransactWriteItems, whether it is allowed)
TRANSACTIONS = [
    ([("PutItem", USER), ("PutItem", EVENT)], True),
    ([("UpdateItem", USER), ("PutItem", EVENT)], True),
    ([("DeleteItem", USER), ("PutItem", EVENT)], True),
    ([("DeleteItem", USER), ("PutItem", USER), ("PutItem", ITEMS[0]), ("PutItem", EVENT)], True),
    ([("PutItem", USER), ("UpdateItem", EVENT)], False),
    ([("PutItem", USER), ("DeleteItem", EVENT)], False),
    ([("PutItem", EVENT), ("DeleteItem", EVENTS[1])], False),
    ([("UpdateItem", USER), ("PutItem", EVENT), ("UpdateItem", EVENTS[2])], False),
    ([("ConditionCheckItem", USER), ("PutItem", EVENT)], False),
]


def problems(policy: dict, table: str) -> list[str]:
    """Every row that the policy answers otherwise than it should."""
    found = []

    def ask(action: str, keys: list[str] | None, resource: str = table) -> bool:
        return allowed(policy, f"dynamodb:{action}", resource, {"dynamodb:LeadingKeys": keys} if keys else {})

    def check(said: bool, wanted: bool, what: str) -> None:
        if said != wanted:
            found.append(f"{what} is {'allowed' if said else 'denied'} and must be {'allowed' if wanted else 'denied'}")

    for action, keys, wanted in SINGLE:
        check(ask(action, keys), wanted, f"{action} on {keys or 'no key'}")
    for parts, wanted in TRANSACTIONS:
        check(all(ask(action, [key]) for action, key in parts), wanted, f"a transaction of {parts}")
    for other in (f"{table}-2", f"{table}/index/any", f"{table}/stream/any", table.rsplit("/", 1)[0] + "/other"):
        for action in ("GetItem", "PutItem", "Query", "DescribeTable"):
            check(ask(action, [USER], other), False, f"{action} on {other}")
    for action in ("iam:PassRole", "s3:GetObject", "sts:AssumeRole", "kms:Decrypt", "ssm:PutParameter", "dynamodb:ListTables"):
        check(allowed(policy, action, "*"), False, action)
    return found


def planned(plan: dict, address: str) -> dict:
    """The values that a plan will leave at an address of the root module."""
    resources = plan["planned_values"]["root_module"].get("resources", [])
    return next((r["values"] for r in resources if r["address"] == address), {})


def table_arn(plan: dict) -> str:
    variables = {name: value.get("value") for name, value in plan["variables"].items()}
    table = variables.get("table_name") or variables["name"]
    return "arn:aws:dynamodb:{region}:{account_id}:table/{table}".format(**variables, table=table)


def main() -> int:
    plan = json.load(sys.stdin if sys.argv[1] == "-" else open(sys.argv[1], encoding="utf-8"))
    document = planned(plan, "aws_iam_role_policy.runtime").get("policy")
    if not document:
        print("error: the plan does not show aws_iam_role_policy.runtime's policy")
        return 1
    found = problems(json.loads(document), table_arn(plan))
    for problem in found:
        print(f"error: {problem}")
    print(f"runtime policy: {len(SINGLE) + len(TRANSACTIONS)} requests to the table asked, {len(found)} answered wrongly")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
