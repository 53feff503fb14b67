"""The pipeline's scripts, run against programs that record how they are called and answer as they are told to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

INFRASTRUCTURE = Path(__file__).resolve().parent.parent
OLD, NEW, OTHER = "a" * 40, "b" * 40, "c" * 40

# One program under four names. `answers` is a list of [words, exit code, output]: the first whose words are all in the
# call, and that is not used up, answers; a fourth element says how often. Anything else succeeds and says nothing.
STUB = """\
#!/usr/bin/env python3
import json, os, pathlib, sys
here = pathlib.Path(os.environ["STUBS"])
call = " ".join([pathlib.Path(sys.argv[0]).name, *sys.argv[1:]])
with open(here / "calls", "a") as log:
    log.write(call + "\\n")
if "--password-stdin" in call:
    sys.stdin.read()
answers = json.loads((here / "answers").read_text())
for answer in answers:
    words, code, output = answer[:3]
    if all(word in call for word in words) and (len(answer) == 3 or answer[3] > 0):
        if len(answer) == 4:
            answer[3] -= 1
            (here / "answers").write_text(json.dumps(answers))
        if call.startswith("terraform") and "-out=" in call and code == 2:
            pathlib.Path(call.split("-out=")[1].split()[0]).touch()
        print(output, file=sys.stderr if code else sys.stdout)
        sys.exit(code)
"""

# Deployments of the tests' own: a team puts its own values into the files that come with the project, or deletes them.
DEPLOYMENTS = {"staging": ("ecs", "subdomain"), "production": ("ecs", "subdomain"), "single-tenant": ("lambda", "fixed")}
VARIABLES = """\
name         = "{name}"
account_id   = "111122223333"
region       = "eu-central-1" // both comments of HCL
state_bucket = "111122223333-terraform-state" # made by bootstrap

compute                = "{compute}"
tenant_resolution_mode = "{mode}"
"""

MISSING = "An error occurred (ImageNotFoundException) when calling the DescribeImages operation"
DIGEST = "sha256:" + "1" * 64
ANY_PLAN = ["terraform", "/aws plan"]


def changed(address: str, *actions: str) -> dict:
    return {"address": address, "type": address.split(".")[0], "mode": "managed", "change": {"actions": actions}}


class Case(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.root = self.folder / "checkout"
        ignore = shutil.ignore_patterns("tests", ".terraform", "__pycache__", "*.tfvars")
        shutil.copytree(INFRASTRUCTURE, self.root / "infrastructure", ignore=ignore)
        for name, (compute, mode) in DEPLOYMENTS.items():
            for root in ("aws", "cloudflare"):
                file = self.root / "infrastructure" / root / "environments" / f"{name}.tfvars"
                file.write_text(VARIABLES.format(name=name, compute=compute, mode=mode))
        # Stands in for the check of the plan, which has tests of its own.
        checker = self.root / "infrastructure" / "tests" / "runtime_policy.py"
        checker.parent.mkdir()
        checker.write_text("import os, sys; sys.stdin.read(); print('plan checked'); sys.exit(int(os.environ.get('POLICY', 0)))")
        (self.root / "infrastructure" / "check.sh").write_text("#!/bin/sh\necho infrastructure checked\n")
        (self.root / "infrastructure" / "check.sh").chmod(0o755)
        (self.root / "infrastructure" / "aws" / ".terraform").mkdir()
        (self.root / "Cargo.toml").write_text('[package]\nname = "app"\nversion = "1.2.3"\n')
        self.stubs = self.folder / "stubs"
        self.stubs.mkdir()
        for name in ("aws", "docker", "terraform", "make", "git"):
            (self.stubs / name).write_text(STUB)
            (self.stubs / name).chmod(0o755)
        self.answers: list[list] = []
        self.changes = [changed("aws_ecs_service.app[0]", "update"), changed("aws_iam_role.runtime", "no-op")]
        self.outputs = {"base_url": "https://staging.example.net", "task_definition_arn": "task:2"}
        self.released = "none"
        self.environment = {
            "PATH": f"{self.stubs}:{os.environ['PATH']}", "STUBS": str(self.stubs), "HOME": str(self.folder),
            "ENVIRONMENT": "staging", "CODEBUILD_RESOLVED_SOURCE_VERSION": NEW, "CLOUDFLARE_API_TOKEN": "token", "WAIT_SECONDS": "0",
        }

    def run_script(self, script: str, *arguments: str) -> subprocess.CompletedProcess:
        outputs = {name: {"value": value} for name, value in self.outputs.items() if value is not None}
        defaults = [
            [["terraform", "output -json"], 0, json.dumps(outputs)],
            [["sts get-caller-identity"], 0, "111122223333"],
            [["ssm get-parameter", "/released"], 0, self.released],
            [["ecs describe-services"], 0, "task:2\tCOMPLETED"],
            [["ecr describe-images"], 0, DIGEST],
            [["ecr get-login-password"], 0, "password"],
            [["terraform", "show -json"], 0, json.dumps({"resource_changes": self.changes})],
            [ANY_PLAN, 2, "planned"],
        ]
        (self.stubs / "answers").write_text(json.dumps(self.answers + defaults))
        (self.stubs / "calls").write_text("")
        done = subprocess.run(
            [self.root / "infrastructure" / "pipeline" / script, *arguments], env=self.environment, cwd=self.root,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False,
        )
        # The next script finds what this one has left.
        for call in self.calls("ssm put-parameter --overwrite", "/released"):
            self.released = call.split("--value ")[1]
        return done

    def calls(self, *words: str) -> list[str]:
        lines = (self.stubs / "calls").read_text().splitlines()
        return [line for line in lines if all(word in line for word in words)]

    def succeeds(self, script: str, *arguments: str) -> str:
        done = self.run_script(script, *arguments)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def fails(self, script: str, *arguments: str, saying: str) -> str:
        """Fails with one sentence at the end that says what to do."""
        done = self.run_script(script, *arguments)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn(saying, done.stdout)
        last = done.stdout.strip().splitlines()[-1]
        self.assertTrue(last.startswith("error: "), done.stdout)
        return done.stdout

    def assert_order(self, *wanted: list[str]) -> None:
        """The calls were made in this order, whatever others there were between them."""
        lines = iter(self.calls())
        for words in wanted:
            self.assertTrue(any(all(w in line for w in words) for line in lines), f"{words} not in order in\n" + "\n".join(self.calls()))


class Environment(Case):
    def test_without_an_environment_nothing_runs(self) -> None:
        del self.environment["ENVIRONMENT"]
        self.fails("deploy.sh", saying="ENVIRONMENT is not set")
        self.assertEqual(self.calls(), [])

    def test_an_unknown_environment_is_refused(self) -> None:
        self.environment["ENVIRONMENT"] = "nowhere"
        self.fails("plan.sh", saying="does not exist")

    def test_two_files_cannot_share_a_state(self) -> None:
        folder = self.root / "infrastructure" / "aws" / "environments"
        shutil.copy(folder / "staging.tfvars", folder / "copy.tfvars")
        self.environment["ENVIRONMENT"] = "copy"
        self.fails("plan.sh", saying="no two files share a state")

    def test_each_root_has_a_state_of_its_own_in_the_deployments_bucket(self) -> None:
        self.released = OLD
        self.succeeds("deploy.sh")
        for root in ("aws", "cloudflare"):
            for setting in ("bucket=111122223333-terraform-state", f"key=staging/{root}.tfstate", "region=eu-central-1"):
                self.assertTrue(self.calls("terraform", f"/{root} init", setting), setting)

    def test_the_bucket_may_be_in_another_region(self) -> None:
        file = self.root / "infrastructure/aws/environments/staging.tfvars"
        file.write_text(file.read_text() + '\nstate_region = "eu-west-1"\n')
        self.answers = [[["/aws init"], 1, "no such bucket"]]
        self.fails("plan.sh", saying="the state bucket in eu-west-1")
        self.assertTrue(self.calls("/aws init", "region=eu-west-1"))

    def test_credentials_of_another_account_are_refused_before_anything_is_asked(self) -> None:
        for answer, saying in ((["sts"], 0, "999988887777"), "those of account 999988887777"), ((["sts"], 255, ""), "does not know these"):
            for script in ("deploy.sh", "foundation.sh", "image.sh", "promote.sh", "rollback.sh", "validate.sh", "wait.sh"):
                with self.subTest(script, answer=answer):
                    self.environment["PROMOTE_FROM"] = "staging"
                    self.answers = [list(answer)]
                    self.fails(script, *([OLD] if script == "rollback.sh" else []), saying=saying)
                    self.assertEqual(self.calls(), ["aws sts get-caller-identity --query Account --output text"])

    def test_a_missing_program_is_named(self) -> None:
        system = self.folder / "system"
        system.mkdir()
        for name in ("bash", "env", "sed", "dirname", "python3"):
            (system / name).symlink_to(shutil.which(name))
        (self.stubs / "docker").unlink()
        self.environment["PATH"] = f"{self.stubs}:{system}"
        self.fails("image.sh", saying="docker is not installed")


class Foundation(Case):
    def test_it_makes_the_foundation_and_the_records_of_the_certificate(self) -> None:
        self.succeeds("foundation.sh")
        self.assert_order(["/aws init"], ["/aws apply", "-var=foundation_only=true", "staging.tfvars"], ["/cloudflare apply"])

    def test_it_never_takes_a_released_deployment_back_to_its_foundation(self) -> None:
        self.released = OLD
        self.fails("foundation.sh", saying="would remove it")
        self.assertEqual(self.calls("apply"), [])

    def test_it_can_be_repeated_until_a_release_has_passed(self) -> None:
        self.answers = [[["docker run", " validate "], 1, "failed"]]
        self.fails("deploy.sh", saying="there is none to go back to")
        self.succeeds("foundation.sh")
        self.answers = [[["ssm get-parameter"], 254, "ParameterNotFound"]]
        self.succeeds("foundation.sh")

    def test_an_unreadable_release_is_not_taken_for_none(self) -> None:
        self.answers = [[["ssm get-parameter"], 254, "AccessDeniedException"]]
        for script in ("foundation.sh", "deploy.sh"):
            self.fails(script, saying="cannot be read")
            self.assertEqual(self.calls("apply"), [])

    def test_a_failed_apply_stops_it(self) -> None:
        self.answers = [[["/aws apply"], 1, "no"]]
        self.fails("foundation.sh", saying="The foundation was not applied")
        self.assertEqual(self.calls("/cloudflare"), [])

    def test_without_a_token_cloudflare_is_not_touched(self) -> None:
        for token in ("", "placeholder"):
            self.environment["CLOUDFLARE_API_TOKEN"] = token
            self.fails("cloudflare.sh", saying="CLOUDFLARE_API_TOKEN is not set")
            self.assertEqual(self.calls(), [])


class Tests(Case):
    def test_the_projects_checks_and_tests_and_the_infrastructures_run(self) -> None:
        self.assertIn("infrastructure checked", self.succeeds("test.sh"))
        (call,) = self.calls("make")
        self.assertEqual(call.split()[3:], ["check", "deny", "test", "check-web", "test-web", "test-mobile"])
        makefile = (INFRASTRUCTURE.parent / "Makefile").read_text()
        for target in call.split()[3:]:
            self.assertIn(f"\n{target}:", makefile)

    def test_a_failure_stops_the_build(self) -> None:
        self.answers = [[["make"], 2, "broken"]]
        self.fails("test.sh", saying="The checks failed")

    def test_a_promotion_tests_nothing_again(self) -> None:
        self.environment["PROMOTE_FROM"] = "staging"
        self.succeeds("test.sh")
        self.assertEqual(self.calls(), [])


class Image(Case):
    def test_it_is_built_once_and_tagged_with_the_commit(self) -> None:
        self.answers = [[["ecr describe-images"], 254, MISSING]]
        self.succeeds("image.sh")
        (build,) = self.calls("docker buildx build")
        for word in (
            f"--tag 111122223333.dkr.ecr.eu-central-1.amazonaws.com/staging:{NEW} --push", "--platform linux/arm64",
            "--build-arg VERSION=1.2.3", f"--build-arg COMMIT={NEW}", "--cache-from", "--cache-to", "/staging-cache:build", "--provenance=false",
        ):
            self.assertIn(word, build)

    def test_an_image_that_is_there_is_not_built_again(self) -> None:
        self.assertIn("not built again", self.succeeds("image.sh"))
        self.assertEqual(self.calls("docker"), [])

    def test_the_architecture_is_the_deployments(self) -> None:
        file = self.root / "infrastructure/aws/environments/staging.tfvars"
        file.write_text(file.read_text() + '\ncpu_architecture = "X86_64" // no "ARM64"\n')
        self.answers = [[["ecr describe-images"], 254, MISSING]]
        self.succeeds("image.sh")
        self.assertTrue(self.calls("docker buildx build", "--platform linux/amd64"))

    def test_an_unreadable_repository_is_not_taken_for_an_empty_one(self) -> None:
        self.answers = [[["ecr describe-images"], 254, "AccessDeniedException"]]
        self.fails("image.sh", saying="cannot be read")
        self.assertEqual(self.calls("docker"), [])

    def test_a_failed_login_or_build_stops_it(self) -> None:
        missing = [["ecr describe-images"], 254, MISSING]
        self.answers = [missing, [["docker login"], 1, "no"]]
        self.fails("image.sh", saying="The login to")
        self.answers = [missing, [["docker buildx build"], 1, "no"]]
        self.fails("image.sh", saying="The image was not built")

    def test_on_a_laptop_the_commit_must_hold_all_that_goes_into_the_image(self) -> None:
        del self.environment["CODEBUILD_RESOLVED_SOURCE_VERSION"]
        self.answers = [[["git", "status --porcelain"], 0, " M Cargo.toml"]]
        self.fails("image.sh", saying="The work tree has changes")
        self.answers = [[["ecr describe-images"], 254, MISSING], [["git", "rev-parse HEAD"], 0, OLD]]
        self.succeeds("image.sh")
        self.assertTrue(self.calls("docker buildx build", f"staging:{OLD}"))


class Deploy(Case):
    def test_the_first_release(self) -> None:
        self.succeeds("deploy.sh")
        self.assert_order(
            ["/aws plan", f"-var=image_tag={NEW}", "staging.tfvars", "-detailed-exitcode"], ["/aws show -json"], ["/aws apply"], ["ecs describe-services"],
            ["/cloudflare apply"], ["docker run", f"staging:{NEW} validate --base-url https://staging.example.net"],
            ["ssm put-parameter", "/staging/released", NEW],
        )

    def test_a_release_that_passed_is_tagged_once_for_those_who_promote_it(self) -> None:
        self.answers = [[["ecr describe-images", "imageTag=passed-"], 254, MISSING]]
        self.succeeds("deploy.sh")
        images = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/staging"
        self.assert_order(["docker run", "validate"], ["imagetools create", f"--prefer-index=false --tag {images}:passed-{NEW} {images}:{NEW}"])
        self.answers = []
        self.succeeds("deploy.sh")
        self.assertEqual(self.calls("imagetools"), [])

    def test_what_failed_or_cannot_be_tagged_is_not_recorded(self) -> None:
        missing = [["ecr describe-images", "imageTag=passed-"], 254, MISSING]
        self.answers = [missing, [["docker run", " validate "], 1, "failed"]]
        self.fails("deploy.sh", saying="there is none to go back to")
        self.assertEqual(self.calls("imagetools"), [])
        self.answers = [missing, [["imagetools"], 1, "denied"]]
        self.fails("deploy.sh", saying=f"not tagged passed-{NEW}")
        self.assertEqual(self.calls("ssm put-parameter"), [])

    def test_the_plans_rights_are_checked_before_the_apply(self) -> None:
        self.released = OLD
        self.environment["POLICY"] = "1"
        self.fails("deploy.sh", saying="rights that it must not have")
        self.assertEqual(self.calls("apply"), [])

    def test_codebuild_releases_and_leaves_the_foundation_to_an_administrator(self) -> None:
        self.released = OLD
        self.environment["CODEBUILD_BUILD_ID"] = "staging:1"
        self.succeeds("deploy.sh")
        self.changes.append(changed("aws_iam_role_policy.runtime", "update"))
        self.assertIn("aws_iam_role_policy.runtime (update)", self.fails("deploy.sh", saying="an administrator runs deploy.sh"))
        self.assertEqual(self.calls("apply"), [])
        del self.environment["CODEBUILD_BUILD_ID"]
        self.succeeds("deploy.sh")

    def test_a_domain_is_taken_off_the_net_only_where_that_is_asked_for(self) -> None:
        self.released = OLD
        self.changes.append(changed("aws_apigatewayv2_domain_name.main", "delete"))
        self.assertIn("aws_apigatewayv2_domain_name.main", self.fails("deploy.sh", saying="takes a domain off the net"))
        self.assertEqual(self.calls("apply"), [])
        self.environment["DOMAIN"] = "change"
        self.succeeds("deploy.sh")
        del self.environment["DOMAIN"]
        self.changes[-1] = changed("aws_apigatewayv2_domain_name.main", "update")
        self.succeeds("deploy.sh")

    def test_without_a_change_nothing_is_applied_and_all_is_validated(self) -> None:
        self.released = NEW
        self.answers = [[ANY_PLAN, 0, "No changes."]]
        self.assertIn("nothing to apply", self.succeeds("deploy.sh"))
        self.assertEqual(self.calls("/aws apply"), [])
        self.assertTrue(self.calls("docker run", "validate"))

    def test_an_old_plan_is_never_applied(self) -> None:
        left = self.root / "infrastructure/aws/.terraform/staging.tfplan"
        left.touch()
        self.answers = [[ANY_PLAN, 0, "No changes."]]
        self.succeeds("deploy.sh")
        self.assertEqual(self.calls("/aws apply"), [])
        left.touch()
        self.answers = [[ANY_PLAN, 1, "broken"]]
        self.fails("plan.sh", saying="The plan failed")
        self.assertFalse(left.exists())

    def test_an_image_that_is_not_there_is_not_deployed(self) -> None:
        self.answers = [[["ecr describe-images"], 254, MISSING]]
        self.fails("deploy.sh", saying="run image.sh, or promote.sh, first")
        self.assertEqual(self.calls("terraform"), [])

    def test_what_the_machine_or_the_shell_lacks_is_told_before_anything_is_changed(self) -> None:
        self.released = OLD
        unable = "docker: exec format error"
        for script, commit in (("deploy.sh", NEW), ("rollback.sh", OLD)):
            self.answers = [[["docker run", f"{commit} --version"], 1, unable]]
            self.assertIn(unable, self.fails(script, commit, saying="have it run linux/arm64"))
            self.assertEqual(self.calls("terraform"), [])
            self.answers = [[["docker login"], 1, "no daemon"]]
            self.fails(script, commit, saying="that the container engine runs")
            self.assertEqual(self.calls("terraform"), [])
        self.answers = []
        del self.environment["CLOUDFLARE_API_TOKEN"]
        for script in ("deploy.sh", "foundation.sh"):
            self.released = OLD if script == "deploy.sh" else "none"
            self.fails(script, saying="CLOUDFLARE_API_TOKEN is not set")
            self.assertEqual(self.calls("terraform"), [])
        # Goes back without it: the records stay as they are.
        self.succeeds("rollback.sh", OLD)

    def test_a_failed_plan_changes_nothing_and_rolls_nothing_back(self) -> None:
        self.released = OLD
        self.answers = [[ANY_PLAN, 1, "broken"]]
        self.fails("deploy.sh", saying="The plan failed")
        self.assertEqual(self.calls("apply"), [])
        self.assertEqual(self.calls(OLD), [])

    def test_a_failed_validation_is_rolled_back(self) -> None:
        self.released = OLD
        self.answers = [[["docker run", f"{NEW} validate"], 1, "CRUD: failed"]]
        self.fails("deploy.sh", saying=f"{NEW} failed and was rolled back: staging runs {OLD}")
        self.assertEqual(len(self.calls("docker run", f"{NEW} validate")), 3)
        self.assert_order(
            [f"image_tag={NEW}"], ["/aws apply"], ["docker run", NEW], [f"image_tag={OLD}"], ["/aws apply"],
            ["ecs describe-services"], ["docker run", f"staging:{OLD} validate"], ["ssm put-parameter", OLD],
        )
        self.assertEqual(self.calls("ssm put-parameter", NEW), [])

    def test_a_validation_that_passes_at_the_second_attempt_is_no_failure(self) -> None:
        self.released = OLD
        self.answers = [[["docker run", f"{NEW} validate"], 1, "no such host", 1]]
        self.succeeds("deploy.sh")
        self.assertEqual(self.calls(f"image_tag={OLD}"), [])

    def test_the_validation_is_a_users_only_where_there_is_a_token(self) -> None:
        self.succeeds("validate.sh")
        self.assertEqual(self.calls("VALIDATE_BEARER_TOKEN"), [])
        self.environment["VALIDATE_BEARER_TOKEN"] = "a-session"
        self.succeeds("validate.sh")
        self.assertTrue(self.calls("docker run --rm --env VALIDATE_BEARER_TOKEN 1111"))
        self.assertEqual(self.calls("a-session"), [])

    def test_with_subdomains_a_tenants_host_is_validated_too_as_a_stranger(self) -> None:
        self.environment["VALIDATE_BEARER_TOKEN"] = "a-session"
        self.succeeds("validate.sh")
        apex, tenant = self.calls("docker run")
        self.assertTrue(apex.endswith("--base-url https://staging.example.net"), apex)
        self.assertTrue(tenant.endswith("--base-url https://validate.staging.example.net"), tenant)
        self.assertNotIn("VALIDATE_BEARER_TOKEN", tenant)
        self.answers = [[["docker run", "https://validate."], 1, "no such host"]]
        self.fails("validate.sh", saying="does not pass its validation")
        self.environment["ENVIRONMENT"] = "single-tenant"
        self.succeeds("validate.sh")
        self.assertEqual(len(self.calls("docker run")), 1)

    def test_a_failed_apply_and_failed_tasks_and_a_failed_edge_are_rolled_back_too(self) -> None:
        self.released = OLD
        for answer in (
            [["/aws apply"], 1, "denied", 1],
            [["ecs describe-services"], 0, "task:1\tIN_PROGRESS", 3],
            [["ecs describe-services"], 0, "task:2\tFAILED", 1],
            [["/cloudflare apply"], 1, "denied", 1],
        ):
            with self.subTest(answer[0]):
                self.answers = [answer]
                self.fails("deploy.sh", saying="was rolled back")
                self.assertTrue(self.calls("/aws plan", f"image_tag={OLD}"))

    def test_an_unforeseen_failure_ends_with_a_sentence_too(self) -> None:
        self.answers = [[["terraform", "output -json"], 1, "state is gone"]]
        self.fails("wait.sh", saying="wait.sh stopped here")
        self.assertEqual(self.calls("ecs"), [])

    def test_a_first_release_that_fails_has_nothing_to_go_back_to(self) -> None:
        self.answers = [[["docker run", " validate "], 1, "failed"]]
        self.fails("deploy.sh", saying="there is none to go back to")
        self.assertEqual(len(self.calls("/aws apply")), 1)

    def test_what_never_passed_is_nothing_to_go_back_to(self) -> None:
        self.answers = [[["docker run", " validate "], 1, "failed"]]
        self.fails("deploy.sh", OLD, saying="there is none to go back to")
        self.fails("deploy.sh", NEW, saying="there is none to go back to")
        self.assertEqual(self.calls(OLD), [])
        self.answers = []
        self.succeeds("deploy.sh", NEW)
        self.answers = [[["docker run", f"{OLD} validate"], 1, "failed"]]
        self.fails("deploy.sh", OLD, saying=f"staging runs {NEW}")

    def test_a_release_that_cannot_be_recorded_is_not_rolled_back(self) -> None:
        self.released = OLD
        self.answers = [[["ssm put-parameter"], 254, "denied"]]
        self.fails("deploy.sh", saying=f"staging runs {NEW}, but")
        self.assertEqual(self.calls(f"image_tag={OLD}"), [])

    def test_a_release_that_fails_again_is_not_rolled_back_to_itself(self) -> None:
        self.released = NEW
        self.answers = [[["docker run", " validate "], 1, "failed"]]
        self.fails("deploy.sh", saying="is the release that ran before")
        self.assertEqual(len(self.calls("/aws apply")), 1)

    def test_the_way_back_leads_to_what_another_release_has_passed_meanwhile(self) -> None:
        self.released = OTHER
        self.answers = [[["docker run", f"{NEW} validate"], 1, "failed"], [["ssm get-parameter", "/released"], 0, OLD, 1]]
        self.fails("deploy.sh", saying=f"was rolled back: staging runs {OTHER}")
        self.assertTrue(self.calls("/aws plan", f"image_tag={OTHER}"))
        self.assertEqual(self.calls(f"image_tag={OLD}"), [])

    def test_what_another_release_has_put_in_its_place_meanwhile_is_left_alone(self) -> None:
        self.released = OTHER
        self.outputs["image_tag"] = OTHER
        before = json.dumps({"image_tag": {"value": OLD}})
        self.answers = [[["terraform", "output -json"], 0, before, 1], [["/aws apply"], 1, "denied"]]
        self.fails("deploy.sh", saying=f"{OTHER} was applied to staging meanwhile")
        self.assertEqual(len(self.calls("/aws apply")), 1)

    def test_the_way_back_is_taken_also_when_nobody_says_what_has_passed_meanwhile(self) -> None:
        self.released = OLD
        denied = "An error occurred (ThrottlingException) when calling the GetParameter operation"
        reads = [[["ssm get-parameter", "/released"], 0, OLD, 1], [["ssm get-parameter", "/released"], 254, denied, 1]]
        self.answers = [[["docker run", f"{NEW} validate"], 1, "failed"], *reads]
        self.fails("deploy.sh", saying=f"was rolled back: staging runs {OLD}")

    def test_a_failed_way_back_says_so(self) -> None:
        self.released = OLD
        self.answers = [[["docker run", " validate "], 1, "failed"]]
        self.fails("deploy.sh", saying=f"so did the way back to {OLD}")

    def test_a_rollback_needs_an_image_that_is_there(self) -> None:
        self.fails("rollback.sh", saying="No commit was named")
        self.answers = [[["ecr describe-images"], 254, MISSING]]
        self.fails("rollback.sh", OLD, saying="has no image")
        self.assertEqual(self.calls("terraform"), [])


    def test_a_rollback_leaves_the_foundation_alone_unless_told_otherwise(self) -> None:
        self.changes.append(changed("aws_iam_role_policy.runtime", "update"))
        self.assertIn("aws_iam_role_policy.runtime (update)", self.fails("rollback.sh", OLD, saying="check out the commit that runs"))
        self.assertEqual(self.calls("apply"), [])
        self.environment["FOUNDATION"] = "change"
        self.succeeds("rollback.sh", OLD)
        self.assertTrue(self.calls("/aws apply"))
        self.environment["CODEBUILD_BUILD_ID"] = "staging:1"
        self.fails("rollback.sh", OLD, saying="which CodeBuild may not")

    def test_the_way_back_from_a_release_that_an_administrator_made_may_change_what_that_one_did(self) -> None:
        self.released = OLD
        self.changes.append(changed("aws_iam_role_policy.runtime", "update"))
        self.answers = [[["/aws apply"], 1, "denied", 1]]
        self.fails("deploy.sh", saying=f"was rolled back: staging runs {OLD}")


class Wait(Case):
    def test_it_waits_for_the_new_tasks(self) -> None:
        self.answers = [[["ecs describe-services"], 0, "task:2\tIN_PROGRESS", 3]]
        self.succeeds("wait.sh")
        self.assertEqual(len(self.calls("ecs describe-services")), 4)

    def test_an_answer_from_before_the_change_is_no_failure(self) -> None:
        self.answers = [[["ecs describe-services"], 0, "task:1\tCOMPLETED", 2]]
        self.succeeds("wait.sh")
        self.answers = [[["ecs describe-services"], 0, "task:1\tCOMPLETED", 3]]
        self.fails("wait.sh", saying="ECS runs task:1 instead of task:2")

    def test_it_ends(self) -> None:
        self.answers = [[["ecs describe-services"], 0, "task:2\tIN_PROGRESS"]]
        self.fails("wait.sh", saying="not complete after 15 minutes")

    def test_an_unreadable_service_is_no_success(self) -> None:
        self.answers = [[["ecs describe-services"], 255, ""]]
        self.fails("wait.sh", saying="cannot be read")

    def test_on_lambda_it_waits_for_the_function(self) -> None:
        self.environment["ENVIRONMENT"] = "single-tenant"
        self.succeeds("wait.sh")
        self.assertTrue(self.calls("lambda wait function-updated-v2 --function-name single-tenant"))
        self.assertEqual(self.calls("ecs"), [])
        self.answers = [[["lambda wait"], 255, "failed"]]
        self.fails("wait.sh", saying="The function was not updated")


class Promote(Case):
    def setUp(self) -> None:
        super().setUp()
        self.environment |= {"ENVIRONMENT": "production", "PROMOTE_FROM": "staging"}
        self.released = OLD

    def test_the_same_digest_is_copied_and_deployed(self) -> None:
        self.answers = [[["ecr describe-images", "production"], 254, MISSING, 1]]
        self.succeeds("release.sh")
        registry = "111122223333.dkr.ecr.eu-central-1.amazonaws.com"
        (copy,) = self.calls("imagetools create")
        self.assertIn(f"--prefer-index=false --tag {registry}/production:{NEW} {registry}/staging@{DIGEST}", copy)
        self.assertEqual(self.calls("docker buildx build"), [])
        self.assert_order(["imagetools create"], ["/aws plan", f"image_tag={NEW}", "production.tfvars"], ["/aws apply"], ["docker run", "validate"])

    def test_what_was_copied_before_is_not_copied_again(self) -> None:
        self.succeeds("promote.sh")
        self.assertEqual(self.calls("docker"), [])

    def test_another_image_under_the_same_tag_is_refused(self) -> None:
        self.answers = [[["ecr describe-images", "production"], 0, "sha256:" + "2" * 64]]
        self.fails("release.sh", saying="not the same image")
        self.assertEqual(self.calls("terraform"), [])

    def test_a_copy_that_came_out_different_is_not_deployed(self) -> None:
        self.answers = [
            [["ecr describe-images", "production"], 254, MISSING, 1],
            [["ecr describe-images", "production"], 0, "sha256:" + "2" * 64],
        ]
        self.fails("release.sh", saying="not the same image")
        self.assertEqual(self.calls("terraform"), [])

    def test_a_commit_that_has_not_passed_there_cannot_be_promoted(self) -> None:
        self.answers = [[["ecr describe-images", "staging", f"imageTag=passed-{NEW}"], 254, MISSING]]
        self.fails("release.sh", saying="has not passed its validation in staging")
        self.assertEqual(self.calls("docker"), [])

    def test_a_failed_copy_stops_it(self) -> None:
        self.answers = [[["ecr describe-images", "production"], 254, MISSING], [["imagetools"], 1, "no"]]
        self.fails("release.sh", saying="The image was not copied")
        self.assertEqual(self.calls("terraform"), [])

    def test_without_a_source_it_asks_for_one(self) -> None:
        del self.environment["PROMOTE_FROM"]
        self.fails("promote.sh", saying="PROMOTE_FROM is not set")


class Release(Case):
    def test_it_builds_and_deploys(self) -> None:
        # Not there before the build, there after it.
        self.answers = [[["ecr describe-images"], 254, MISSING, 1]]
        self.succeeds("release.sh")
        self.assert_order(["docker buildx build"], ["/aws plan"], ["/aws apply"], ["docker run", "validate"])

    def test_a_failed_build_deploys_nothing(self) -> None:
        self.answers = [[["ecr describe-images"], 254, MISSING], [["docker buildx build"], 1, "no"]]
        self.fails("release.sh", saying="The image was not built")
        self.assertEqual(self.calls("terraform"), [])


class Buildspec(unittest.TestCase):
    def test_its_phases_only_call_scripts_that_exist(self) -> None:
        try:
            import yaml
        except ImportError:
            self.skipTest("PyYAML is not installed")
        repository = INFRASTRUCTURE.parent
        spec = yaml.safe_load((repository / "buildspec.yml").read_text())
        self.assertEqual(spec["version"], 0.2)
        self.assertEqual(list(spec["phases"]), ["install", "pre_build", "build"])
        commands = [command for phase in spec["phases"].values() for command in phase["commands"]]
        self.assertEqual(commands, [f"infrastructure/pipeline/{name}.sh" for name in ("install", "test", "release")])
        for command in commands:
            self.assertTrue(os.access(repository / command, os.X_OK), command)

    def test_every_script_stops_at_the_first_error(self) -> None:
        for script in (INFRASTRUCTURE / "pipeline").glob("*.sh"):
            text = script.read_text()
            self.assertTrue("set -euo pipefail" in text or "/common.sh" in text, script.name)


if __name__ == "__main__":
    unittest.main()
