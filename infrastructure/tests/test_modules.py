"""The composed modules: one pinned tag everywhere, and stand-ins that are what the modules' own source says."""

import os
import re
import subprocess
import unittest
from pathlib import Path

INFRASTRUCTURE = Path(__file__).resolve().parent.parent
SOURCE = re.compile(r'"github\.com/jch254/terraform-modules//([a-z0-9-]+)\?ref=([^"]+)"')


def interface(text: str) -> tuple[dict[str, bool], set[str]]:
    """Variables, each with whether it must be given, and outputs."""
    variables = {}
    for block in re.finditer(r'^variable "(\w+)" \{\n(.*?)^\}', text, re.M | re.S):
        variables[block[1]] = re.search(r"^  default\s*=", block[2], re.M) is None
    return variables, set(re.findall(r'^output "(\w+)"', text, re.M))


class Modules(unittest.TestCase):
    def setUp(self) -> None:
        text = "\n".join(file.read_text() for root in ("aws", "cloudflare") for file in (INFRASTRUCTURE / root).glob("*.tf"))
        self.used = set(SOURCE.findall(text))

    def test_all_are_pinned_to_one_release(self) -> None:
        tags = {tag for _, tag in self.used}
        self.assertEqual(len(tags), 1, tags)
        self.assertRegex(tags.pop(), r"^\d+\.\d+\.\d+$")

    def test_each_has_a_stand_in(self) -> None:
        folders = {folder.name for folder in (INFRASTRUCTURE / "tests" / "modules").iterdir() if folder.is_dir()}
        self.assertEqual(folders, {name for name, _ in self.used})

    def test_the_stand_ins_are_what_the_modules_say(self) -> None:
        mirror = os.environ.get("TERRAFORM_MODULES_MIRROR")
        if not mirror:
            self.skipTest("the modules' source cannot be had")
        for name, tag in sorted(self.used):
            with self.subTest(name):
                own = "\n".join(
                    subprocess.run(["git", "-C", mirror, "show", f"{tag}:{name}/{file}.tf"], check=True, capture_output=True, text=True).stdout
                    for file in ("variables", "outputs"))
                wanted, outputs = interface(own)
                ours, our_outputs = interface((INFRASTRUCTURE / "tests" / "modules" / name / "main.tf").read_text())
                self.assertEqual({}, {v: must for v, must in ours.items() if wanted.get(v) != must}, "not an input of the module, or not as obligatory")
                self.assertEqual(set(), {v for v, must in wanted.items() if must} - ours.keys(), "an input that must be given")
                self.assertEqual(set(), our_outputs - outputs, "not an output of the module")


if __name__ == "__main__":
    unittest.main()
