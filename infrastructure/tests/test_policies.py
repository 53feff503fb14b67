"""The evaluator against what AWS documents, and the checks against policies that are broken on purpose."""

import copy
import unittest

from iam import allowed
from runtime_policy import problems

TABLE = "arn:aws:dynamodb:eu-central-1:111122223333:table/app"
SOUND = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [f"dynamodb:{a}" for a in ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "DescribeTable")],
            "Resource": TABLE,
        },
        {
            "Effect": "Deny",
            "Action": ["dynamodb:UpdateItem", "dynamodb:DeleteItem"],
            "Resource": TABLE,
            "Condition": {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["TENANT#*#EVENTS#*"]}},
        },
        {
            "Effect": "Deny",
            "Action": ["dynamodb:UpdateItem", "dynamodb:DeleteItem"],
            "Resource": TABLE,
            "Condition": {"Null": {"dynamodb:LeadingKeys": "true"}},
        },
    ],
}


def policy(condition: dict, effect: str = "Allow") -> dict:
    return {"Statement": [{"Effect": effect, "Action": "a:B", "Resource": "*", "Condition": condition}]}


class Conditions(unittest.TestCase):
    def test_each_operator_with_present_and_absent_keys(self) -> None:
        absent = None
        for operator, wanted, values, expected in [
            ("StringEquals", "x", ["x"], True),
            ("StringEquals", "x", ["X"], False),
            ("StringEquals", ["x", "y"], ["y"], True),
            ("StringEquals", "x", absent, False),
            ("StringEqualsIfExists", "x", absent, True),
            ("StringEqualsIfExists", "x", ["y"], False),
            ("StringNotEquals", ["x", "y"], ["y"], False),
            ("StringNotEquals", ["x", "y"], ["z"], True),
            ("StringNotEquals", "x", absent, True),
            ("StringEqualsIgnoreCase", "x", ["X"], True),
            ("StringLike", "a#*#b#*", ["a#1#b#"], True),
            ("StringLike", "a#*#b#*", ["a#1#c#b"], False),
            ("StringLike", "a?", ["a"], False),
            ("StringLike", "[a]", ["a"], False),
            ("StringNotLike", "a*", ["b"], True),
            ("ForAllValues:StringLike", "a*", ["a1", "a2"], True),
            ("ForAllValues:StringLike", "a*", ["a1", "b"], False),
            ("ForAllValues:StringLike", "a*", absent, True),
            ("ForAllValues:StringLike", "a*", [], True),
            ("ForAllValues:StringNotLike", "a*", ["b", "a"], False),
            ("ForAllValues:StringNotLike", "a*", ["b", "c"], True),
            ("ForAnyValue:StringLike", "a*", ["b", "a1"], True),
            ("ForAnyValue:StringLike", "a*", ["b", "c"], False),
            ("ForAnyValue:StringLike", "a*", absent, False),
            ("ForAnyValue:StringLike", "a*", [], False),
            ("ForAnyValue:StringNotLike", "a*", ["a", "b"], True),
            ("ForAnyValue:StringNotLike", "a*", absent, False),
            ("Null", "true", absent, True),
            ("Null", "true", [], True),
            ("Null", "true", ["x"], False),
            ("Null", "false", ["x"], True),
            ("Null", "false", absent, False),
            ("Bool", "false", ["False"], True),
            ("ArnLike", "arn:aws:s3:::b*", ["arn:aws:s3:::bucket"], True),
            ("ArnLike", "arn:aws:*:::b", ["arn:aws:s3:eu:1:b"], False),
        ]:
            with self.subTest(operator=operator, wanted=wanted, values=values):
                context = {} if values is absent else {"K": values}
                self.assertEqual(allowed(policy({operator: {"k": wanted}}), "a:B", "r", context), expected)

    def test_operators_and_keys_are_joined_by_and(self) -> None:
        both = {"StringEquals": {"k": "x", "l": "y"}, "Null": {"m": "true"}}
        self.assertTrue(allowed(policy(both), "a:B", "r", {"k": ["x"], "l": ["y"]}))
        self.assertFalse(allowed(policy(both), "a:B", "r", {"k": ["x"], "l": ["z"]}))
        self.assertFalse(allowed(policy(both), "a:B", "r", {"k": ["x"], "l": ["y"], "m": ["1"]}))

    def test_what_it_does_not_know_it_refuses_to_judge(self) -> None:
        for condition, context in [
            ({"NumericEquals": {"k": "1"}}, {"k": ["1"]}),
            ({"ForSomeValue:StringEquals": {"k": "1"}}, {"k": ["1"]}),
            ({"StringEquals": {"k": "${aws:username}"}}, {"k": ["1"]}),
            ({"StringEquals": {"k": "x"}}, {"k": ["x", "y"]}),
        ]:
            with self.subTest(condition=condition), self.assertRaises(ValueError):
                allowed(policy(condition), "a:B", "r", context)


class Statements(unittest.TestCase):
    def test_nothing_is_allowed_unless_a_statement_says_so(self) -> None:
        self.assertFalse(allowed({"Statement": []}, "a:B", "r"))

    def test_a_denial_outweighs_every_permission(self) -> None:
        both = {"Statement": policy({})["Statement"] + policy({}, "Deny")["Statement"]}
        self.assertFalse(allowed(both, "a:B", "r"))

    def test_actions_ignore_case_and_resources_do_not(self) -> None:
        one = {"Statement": [{"Effect": "Allow", "Action": "DynamoDB:Get*", "Resource": "Table"}]}
        self.assertTrue(allowed(one, "dynamodb:getItem", "Table"))
        self.assertFalse(allowed(one, "dynamodb:getItem", "table"))

    def test_inverted_elements(self) -> None:
        one = {"Statement": [{"Effect": "Allow", "NotAction": "a:*", "NotResource": ["r", "s"]}]}
        self.assertTrue(allowed(one, "b:X", "t"))
        self.assertFalse(allowed(one, "a:X", "t"))
        self.assertFalse(allowed(one, "b:X", "s"))


class RuntimePolicy(unittest.TestCase):
    def test_the_sound_policy_has_no_problem(self) -> None:
        self.assertEqual(problems(SOUND, TABLE), [])

    def test_each_way_to_break_it_is_noticed(self) -> None:
        def drop(number):
            return lambda statements: statements.pop(number)

        def replace(number, **elements):
            return lambda statements: statements[number].update(elements)

        keys = {"dynamodb:LeadingKeys": ["TENANT#*#EVENTS#*"]}
        for what, change in {
            "events may be changed": drop(1),
            "a request without keys may change": drop(2),
            "one other key hides an event": replace(1, Condition={"ForAllValues:StringLike": keys}),
            "the pattern is not one": replace(1, Condition={"ForAnyValue:StringEquals": keys}),
            "the pattern is for one tenant": replace(1, Condition={"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": "TENANT#acme#EVENTS#*"}}),
            "events cannot be added": replace(1, Action="dynamodb:*Item"),
            "items cannot be changed": replace(1, Condition={"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": "TENANT#*"}}),
            "only changes are denied": replace(1, Action="dynamodb:UpdateItem"),
            "all actions": replace(0, Action="dynamodb:*"),
            "a scan": replace(0, Action=[*SOUND["Statement"][0]["Action"], "dynamodb:Scan"]),
            "a batch": replace(0, Action=[*SOUND["Statement"][0]["Action"], "dynamodb:BatchWriteItem"]),
            "an action is missing": replace(0, Action=SOUND["Statement"][0]["Action"][:-1]),
            "all tables": replace(0, Resource="*"),
            "tables with the name as prefix": replace(0, Resource=f"{TABLE}*"),
        }.items():
            with self.subTest(what):
                broken = copy.deepcopy(SOUND)
                change(broken["Statement"])
                self.assertNotEqual(problems(broken, TABLE), [])


if __name__ == "__main__":
    unittest.main()
