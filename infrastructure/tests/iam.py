"""Evaluates IAM policies as AWS does, for identity-based policies without variables.

A request is an action, a resource and context keys. A context key is absent, or has one or more values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Context = Mapping[str, Sequence[str]]


def allowed(policy: dict, action: str, resource: str, context: Context | None = None) -> bool:
    """Whether the request is allowed: by some statement, and denied by none."""
    keys = {name.lower(): list(values) for name, values in (context or {}).items() if values}
    matching = [s for s in _list(policy["Statement"]) if _applies(s, action, resource, keys)]
    effects = {statement["Effect"] for statement in matching}
    if effects - {"Allow", "Deny"}:
        raise ValueError(f"unknown effect in {effects}")
    return effects == {"Allow"}


def _applies(statement: dict, action: str, resource: str, keys: dict[str, list[str]]) -> bool:
    known = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
    if unknown := statement.keys() - known:
        raise ValueError(f"unknown elements {unknown}")
    return (
        _selects(statement, "Action", action, ignore_case=True)
        and _selects(statement, "Resource", resource, ignore_case=False)
        and all(
            _holds(operator, _list(wanted), keys.get(key.lower()))
            for operator, tests in statement.get("Condition", {}).items()
            for key, wanted in tests.items()
        )
    )


def _selects(statement: dict, element: str, value: str, ignore_case: bool) -> bool:
    """Whether Action or NotAction, Resource or NotResource, take the value in."""
    inverted = f"Not{element}"
    if (element in statement) == (inverted in statement):
        raise ValueError(f"a statement has either {element} or {inverted}")
    if inverted in statement:
        return not any(_like(value, pattern, ignore_case) for pattern in _list(statement[inverted]))
    return any(_like(value, pattern, ignore_case) for pattern in _list(statement[element]))


# Positive operators; each negated one is the same test, turned round.
_TESTS = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": lambda value, wanted: _like(value, wanted),
    "ArnEquals": lambda value, wanted: _like_arn(value, wanted),
    "ArnLike": lambda value, wanted: _like_arn(value, wanted),
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def _holds(operator: str, wanted: list[str], values: list[str] | None) -> bool:
    """Whether one key passes one operator; `values` is None when the request does not have the key."""
    if operator == "Null":
        return any((values is None) == (str(w).lower() == "true") for w in wanted)

    quantifier, _, name = operator.rpartition(":")
    if if_exists := name.endswith("IfExists"):
        name = name.removesuffix("IfExists")
    negated = name in _NEGATED
    name = _NEGATED.get(name, name)
    if name not in _TESTS or quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise ValueError(f"unknown operator {operator}")
    if any("${" in w for w in wanted):
        raise ValueError(f"policy variables are not evaluated here: {wanted}")

    def passes(value: str) -> bool:
        return any(_TESTS[name](value, w) for w in wanted) != negated

    if values is None:
        if if_exists or quantifier == "ForAllValues":
            return True  # Nothing contradicts: this is why ForAllValues alone guards nothing.
        return negated and quantifier == ""
    if quantifier == "ForAllValues":
        return all(map(passes, values))
    if quantifier == "ForAnyValue":
        return any(map(passes, values))
    if len(values) > 1:
        raise ValueError(f"{operator} is for keys with one value, got {values}")
    return passes(values[0])


def _like(value: str, pattern: str, ignore_case: bool = False) -> bool:
    """`*` is any characters and `?` is one; everything else is itself."""
    translated = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern)
    return re.fullmatch(translated, value, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def _like_arn(value: str, pattern: str) -> bool:
    """Each of an ARN's six parts on its own: a wildcard does not reach past a colon but in the last."""
    mine, theirs = value.split(":", 5), pattern.split(":", 5)
    return len(mine) == len(theirs) == 6 and all(map(_like, mine, theirs))


def _list(value: object) -> list:
    return value if isinstance(value, list) else [value]
