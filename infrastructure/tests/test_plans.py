"""The variable files, whatever values they have, and their plans, as JSON in the folder PLANS: NAME.json, foundation-NAME.json,
outputs-NAME.json (of the AWS root, as the Cloudflare root reads them) and cloudflare-NAME.json."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

from iam import allowed
from runtime_policy import planned, problems, table_arn

INFRASTRUCTURE = Path(__file__).resolve().parent.parent
NAMES = sorted(file.stem for file in (INFRASTRUCTURE / "aws" / "environments").glob("*.tfvars"))


def resources(module: dict):
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from resources(child)


class VariableFiles(unittest.TestCase):
    def test_every_environment_has_a_file_for_both_roots_that_agree(self) -> None:
        for name in NAMES:
            with self.subTest(name):
                ours, theirs = (
                    dict(re.findall(r'^(\w+)\s*= "(.*?)"', (INFRASTRUCTURE / root / "environments" / f"{name}.tfvars").read_text(), re.M))
                    for root in ("aws", "cloudflare"))
                self.assertEqual(ours["name"], name)
                self.assertEqual(
                    (ours["name"], ours["state_bucket"], ours.get("state_region", ours["region"])),
                    (theirs["name"], theirs["state_bucket"], theirs["region"]))


class Replacements(unittest.TestCase):
    def test_another_vpc_link_is_there_before_the_old_one_goes(self) -> None:
        # Neither a plan nor Terraform's own tests show it.
        link = re.search(r'^resource "aws_apigatewayv2_vpc_link" .*?^}', (INFRASTRUCTURE / "aws" / "gateway.tf").read_text(), re.M | re.S)
        self.assertIn("create_before_destroy = true", link[0])


@unittest.skipUnless("PLANS" in os.environ, "no plans: they need a runner that plans without an account")
class Plans(unittest.TestCase):
    def plan(self, name: str) -> dict:
        return json.loads((Path(os.environ["PLANS"]) / f"{name}.json").read_text())

    def each(self):
        for name in NAMES:
            plan = self.plan(name)
            yield name, plan, {r["address"]: r.get("values", {}) for r in resources(plan["planned_values"]["root_module"])}

    def test_the_application_knows_every_variable_that_it_is_given(self) -> None:
        sources = list((INFRASTRUCTURE.parent / "src" / "backend" / "config").glob("*.rs"))
        if not sources:
            self.skipTest("the application's source is not here")
        fields = set(re.findall(r"\b([a-z_0-9]+):", "\n".join(file.read_text() for file in sources)))
        for name, _, values in self.each():
            if function := values.get("aws_lambda_function.app[0]"):
                given = set(function["environment"][0]["variables"])
            else:
                (container,) = json.loads(values["aws_ecs_task_definition.app[0]"]["container_definitions"])
                given = {variable["name"] for variable in container["environment"] + container["secrets"]}
            self.assertEqual({variable for variable in given if variable.lower() not in fields}, set(), name)

    def test_the_runtime_role_keeps_events_append_only(self) -> None:
        for name, plan, _ in self.each():
            policy = json.loads(planned(plan, "aws_iam_role_policy.runtime")["policy"])
            self.assertEqual(problems(policy, table_arn(plan)), [])

    def test_only_the_runtime_role_reaches_the_data(self) -> None:
        for name, plan, values in self.each():
            table = table_arn(plan)
            for address in ("aws_iam_role_policy.deploy", "aws_iam_role_policy.execution[0]"):
                if address not in values:
                    continue
                policy = json.loads(values[address]["policy"])
                for action in ("GetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem", "DeleteTable", "UpdateTable", "UpdateContinuousBackups"):
                    self.assertFalse(allowed(policy, f"dynamodb:{action}", table), f"{address} {action}")

    def test_the_deploy_role_releases_its_own_deployment_and_no_other(self) -> None:
        for name, plan, values in self.each():
            policy = json.loads(values["aws_iam_role_policy.deploy"]["policy"])
            account, region, bucket = (plan["variables"][which]["value"] for which in ("account_id", "region", "state_bucket"))
            at = f"{region}:{account}"
            mine = {"aws:ResourceTag/Deployment": [name]}
            other = {"aws:ResourceTag/Deployment": ["other"]}
            service = plan["variables"]["compute"]["value"]
            domain = f"arn:aws:apigateway:{region}::/domainnames/{plan['variables']['domain_name']['value']}"
            below = domain.replace("/domainnames/", "/domainnames/other.")
            alarms = f"arn:aws:cloudwatch:{at}:alarm:"
            # What Application Auto Scaling asks of whoever registers a target: without an alarm, and so without its tag.
            unnamed = [(f"cloudwatch:{action}", resource, {}) for action in ("PutMetricAlarm", "DescribeAlarms", "DeleteAlarms")
                       for resource in ("*", alarms, f"{alarms}*")]
            passed = {"iam:PassedToService": ["ecs-tasks.amazonaws.com" if service == "ecs" else "lambda.amazonaws.com"]}
            linked = [("iam:CreateServiceLinkedRole", f"arn:aws:iam::{account}:role/aws-service-role/{who}/x", {"iam:AWSServiceName": [who]})
                      for who in ("ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com")]
            release = {
                "ecs": [
                    ("ecs:UpdateService", f"arn:aws:ecs:{at}:service/{name}/{name}", {}),
                    ("ecs:RegisterTaskDefinition", f"arn:aws:ecs:{at}:task-definition/{name}:7", {}),
                    *unnamed, *linked,
                ],
                "lambda": [("lambda:UpdateFunctionCode", f"arn:aws:lambda:{at}:function:{name}", {})],
            }[service]
            for action, resource, context in [
                ("s3:PutObject", f"arn:aws:s3:::{bucket}/{name}/aws.tfstate", {}),
                ("s3:DeleteObject", f"arn:aws:s3:::{bucket}/{name}/aws.tfstate.tflock", {}),
                ("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": [f"{name}/aws.tfstate"]}),
                ("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": ["env:/"]}),
                ("ecr:PutImage", f"arn:aws:ecr:{at}:repository/{name}", {}),
                ("ecr:PutImage", f"arn:aws:ecr:{at}:repository/{name}-cache", {}),
                ("iam:PassRole", f"arn:aws:iam::{account}:role/{name}-runtime", passed),
                ("apigateway:PATCH", f"arn:aws:apigateway:{region}::/apis/abc", mine),
                ("apigateway:PATCH", domain, mine),
                ("apigateway:POST", f"{domain}/apimappings", {}),
                ("ssm:GetParameters", f"arn:aws:ssm:{at}:parameter/{name}/cloudflare-api-token", {}),
                ("ssm:GetParameter", f"arn:aws:ssm:{at}:parameter/{name}/released", {}),
                ("ssm:PutParameter", f"arn:aws:ssm:{at}:parameter/{name}/released", {}),
                ("cloudwatch:PutMetricAlarm", f"{alarms}{name}-5xx", {}),
                ("logs:DescribeMetricFilters", f"arn:aws:logs:{at}:log-group:/{name}/app:*", {}),
                ("events:DescribeRule", f"arn:aws:events:{at}:rule/{name}-builds", {}),
                ("events:ListTargetsByRule", f"arn:aws:events:{at}:rule/{name}-builds", {}),
                ("cloudwatch:DeleteAlarms", f"{alarms}{name}-5xx", mine),
                ("iam:CreateServiceLinkedRole", f"arn:aws:iam::{account}:role/aws-service-role/x", {"iam:AWSServiceName": ["ops.apigateway.amazonaws.com"]}),
                *release,
            ]:
                self.assertTrue(allowed(policy, action, resource, context), f"{action} on {resource}")
            for action, resource, context in [
                ("s3:GetObject", f"arn:aws:s3:::{bucket}/other/aws.tfstate", {}),
                ("s3:DeleteObject", f"arn:aws:s3:::{bucket}/{name}/aws.tfstate", {}),
                ("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": ["other/"]}),
                ("s3:DeleteBucket", f"arn:aws:s3:::{bucket}", {}),
                ("ecr:PutImage", f"arn:aws:ecr:{at}:repository/other", {}),
                ("ecr:PutImage", f"arn:aws:ecr:{at}:repository/{name}-2", {}),
                ("ecr:DeleteRepository", f"arn:aws:ecr:{at}:repository/{name}", {}),
                ("ecr:PutImageTagMutability", f"arn:aws:ecr:{at}:repository/{name}", {}),
                ("iam:PassRole", f"arn:aws:iam::{account}:role/{name}-runtime", {"iam:PassedToService": ["ec2.amazonaws.com"]}),
                ("iam:PassRole", f"arn:aws:iam::{account}:role/{name}-runtime", {}),
                ("iam:PassRole", f"arn:aws:iam::{account}:role/admin", passed),
                ("iam:PutRolePolicy", f"arn:aws:iam::{account}:role/{name}-deploy", {}),
                ("iam:PutRolePolicy", f"arn:aws:iam::{account}:role/{name}-runtime", {}),
                ("iam:AttachRolePolicy", f"arn:aws:iam::{account}:role/{name}-runtime", {}),
                ("iam:CreateRole", f"arn:aws:iam::{account}:role/{name}-more", {}),
                ("iam:CreateServiceLinkedRole", f"arn:aws:iam::{account}:role/aws-service-role/x", {"iam:AWSServiceName": ["support.amazonaws.com"]}),
                ("codebuild:UpdateProject", f"arn:aws:codebuild:{at}:project/{name}", {}),
                ("ssm:PutParameter", f"arn:aws:ssm:{at}:parameter/{name}/smtp-url", {}),
                ("ssm:PutParameter", f"arn:aws:ssm:{at}:parameter/other/released", {}),
                ("ssm:GetParameter", f"arn:aws:ssm:{at}:parameter/other/smtp-url", {}),
                ("apigateway:PATCH", f"arn:aws:apigateway:{region}::/apis/abc", other),
                ("apigateway:POST", f"arn:aws:apigateway:{region}::/apis", {"aws:RequestTag/Deployment": ["other"]}),
                ("apigateway:DELETE", f"arn:aws:apigateway:{region}::/domainnames/other.example", {}),
                ("apigateway:DELETE", below, other),
                ("ecs:UpdateService", f"arn:aws:ecs:{at}:service/other/other", {}),
                ("lambda:UpdateFunctionCode", f"arn:aws:lambda:{at}:function:other", {}),
                ("cloudwatch:DeleteAlarms", f"{alarms}other-5xx", other),
                ("cloudwatch:PutMetricAlarm", f"{alarms}{name}-other-5xx", other),
                *(unnamed + linked if service == "lambda" else []),
                ("events:DisableRule", f"arn:aws:events:{at}:rule/{name}-builds", {}),
                ("logs:DeleteMetricFilter", f"arn:aws:logs:{at}:log-group:/{name}/app:*", {}),
                ("ec2:DeleteVpc", f"arn:aws:ec2:{at}:vpc/vpc-1", {}),
                ("kms:Decrypt", f"arn:aws:kms:{at}:key/1", {}),
            ]:
                self.assertFalse(allowed(policy, action, resource, context), f"{action} on {resource}")

    def test_the_role_may_use_the_connection_before_the_project_is_made(self) -> None:
        for name, plan, _ in self.each():
            after = {r["address"]: r.get("depends_on", []) for r in plan["configuration"]["root_module"]["resources"]}
            self.assertIn("aws_iam_role_policy.deploy", after["aws_codebuild_project.main"], name)

    def test_the_first_release_changes_nothing_that_codebuild_may_not(self) -> None:
        for name, plan, _ in self.each():
            def wanted(which: dict) -> dict:
                return {c["address"]: c for c in which["resource_changes"] if c["mode"] == "managed"}

            foundation, release = wanted(self.plan(f"foundation-{name}")), wanted(plan)
            self.assertEqual(foundation.keys() - release.keys(), set())
            added = {"resource_changes": [change for address, change in release.items() if address not in foundation]}
            self.assertTrue(added["resource_changes"])
            checker = [sys.executable, INFRASTRUCTURE / "pipeline" / "foundation_changes.py"]
            done = subprocess.run(checker, input=json.dumps(added), capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (0, ""), name)

    def test_no_policy_allows_actions_by_wildcard(self) -> None:
        for _, _, values in self.each():
            for address, value in values.items():
                for key in ("policy", "assume_role_policy"):
                    for statement in json.loads(value.get(key) or "{}").get("Statement", []):
                        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                        if statement["Effect"] == "Allow":
                            self.assertNotIn("*", "".join(actions), address)

    def test_no_secret_is_in_a_plan(self) -> None:
        for _, plan, values in self.each():
            for address, value in values.items():
                if address.startswith("aws_ssm_parameter."):
                    self.assertIsNone(value.get("value"), address)
            self.assertNotRegex(json.dumps(plan["variables"]), r"(?i)smtps?://|password|secret|token\"")

    def test_every_resource_is_named_after_its_deployment(self) -> None:
        attributes = ("name", "function_name", "alarm_name", "dashboard_name", "family", "bucket")
        named_otherwise = {"aws_apigatewayv2_stage", "aws_iam_role_policy", "aws_cloudwatch_log_group", "aws_ssm_parameter"}
        for name, plan, _ in self.each():
            for resource in resources(plan["planned_values"]["root_module"]):
                for attribute in attributes:
                    value = resource.get("values", {}).get(attribute)
                    if isinstance(value, str) and resource["type"] not in named_otherwise:
                        self.assertRegex(value, rf"^{name}($|-|\.)", resource["address"])
                    if resource["type"] in ("aws_cloudwatch_log_group", "aws_ssm_parameter") and attribute == "name":
                        self.assertTrue(value.startswith(f"/{name}/"), resource["address"])

    @unittest.skipUnless(os.environ.get("TERRAFORM_MODULES_MIRROR"), "the modules' source cannot be had")
    def test_the_modules_make_what_is_promised(self) -> None:
        for name, plan, values in self.each():
            table = values["module.table.aws_dynamodb_table.main"]
            self.assertEqual(
                (table["name"], table["billing_mode"], table["hash_key"], table["range_key"], table["deletion_protection_enabled"]),
                (plan["variables"]["table_name"]["value"] or name, "PAY_PER_REQUEST", "PK", "SK", True))
            self.assertEqual([(p["enabled"]) for p in table["point_in_time_recovery"]], [True])
            self.assertEqual([(t["attribute_name"], t["enabled"]) for t in table["ttl"]], [("ttl", True)])
            self.assertFalse(table.get("global_secondary_index"))
            images = values["module.image_repository.aws_ecr_repository.main"]
            self.assertEqual((images["image_tag_mutability"], images["force_delete"]), ("IMMUTABLE", False))
            self.assertTrue(images["image_scanning_configuration"][0]["scan_on_push"])
            (expiry,) = json.loads(values["module.image_repository.aws_ecr_lifecycle_policy.main[0]"]["policy"])["rules"]
            self.assertGreaterEqual(expiry["selection"]["countNumber"], 500, "pushes that fail must not expire the image that runs")
            for address, value in values.items():
                if "aws_cloudwatch_log_group" in address:
                    self.assertGreater(value["retention_in_days"], 0, address)
                if address.endswith("aws_apigatewayv2_domain_name.main"):
                    self.assertEqual(value["domain_name_configuration"][0]["security_policy"], "TLS_1_2")

    @unittest.skipUnless(os.environ.get("TERRAFORM_MODULES_MIRROR"), "the modules' source cannot be had")
    def test_cloudflare_proxies_what_is_public_and_nothing_else(self) -> None:
        for name in NAMES:
            with self.subTest(name):
                plan = self.plan(f"cloudflare-{name}")
                records = [r["values"] for r in resources(plan["planned_values"]["root_module"]) if r["type"] == "cloudflare_dns_record"]
                public = self.plan(f"outputs-{name}")["public_names"]
                self.assertEqual({r["name"] for r in records if r["proxied"]}, set(public))
                self.assertTrue(all(r["name"].startswith("_") for r in records if not r["proxied"]))
                self.assertFalse([r for r in records if r["name"].endswith(".") or r["content"].endswith(".")])


if __name__ == "__main__":
    unittest.main()
