"""Lists what a plan, as JSON on standard input, changes beyond a release. Exits with 1 if there is anything.

CodeBuild's role may not change it, and would find that out in the middle of the apply, with half of the release made.
"""

import json
import sys

# What aws/deploy_role.tf allows to be changed.
RELEASED = (
    "aws_acm_certificate_validation",
    "aws_apigatewayv2_",
    "aws_appautoscaling_",
    "aws_cloudwatch_dashboard",
    "aws_cloudwatch_metric_alarm",
    "aws_ecs_",
    "aws_lambda_",
)

changes = [
    f"{change['address']} ({', '.join(change['change']['actions'])})"
    for change in json.load(sys.stdin).get("resource_changes", [])
    if change["mode"] == "managed"
    and not set(change["change"]["actions"]) <= {"no-op", "read"}
    and not change["type"].startswith(RELEASED)
]
for change in changes:
    print(change)
sys.exit(1 if changes else 0)
