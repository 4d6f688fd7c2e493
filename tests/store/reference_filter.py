"""The filter language once more, in plain Python: what SQLite and PostgreSQL must agree with."""

from __future__ import annotations

import re
from typing import Any

COLUMNS = {"state": "state", "name": "name", "group": "run_group", "created_at": "created", "steps": "steps"}
COMPARE = {
    "$eq": lambda a, b: a == b,
    "$gt": lambda a, b: a > b,
    "$gte": lambda a, b: a >= b,
    "$lt": lambda a, b: a < b,
    "$lte": lambda a, b: a <= b,
}
INFINITE = {"Infinity": float("inf"), "-Infinity": float("-inf")}


def value_of(run: dict[str, Any], name: str) -> Any:
    """None where it is missing."""
    if name in COLUMNS:
        return run.get(COLUMNS[name])
    root, _, key = name.partition(".")
    tree = run["summary" if root in ("summary", "summary_metrics") else root] or {}
    first, *rest = key.split(".")
    if "value" in rest:
        rest.remove("value")
    for candidate in dict.fromkeys([key, ".".join([first, *rest])]):
        if tree.get(candidate) is not None:
            return tree[candidate]
        node: Any = tree
        for part in candidate.split("."):
            node = node.get(part) if isinstance(node, dict) else None
        if node is not None:
            return node
    return None


def matches(run: dict[str, Any], given: dict[str, Any]) -> bool:
    for name, value in given.items():
        if name == "$and":
            holds = all(matches(run, part) for part in value)
        elif name == "$or":
            holds = any(matches(run, part) for part in value)
        elif name == "$nor":
            holds = not any(matches(run, part) for part in value)
        elif name == "$not":
            holds = not matches(run, value)
        elif name == "tags":
            holds = tagged(run["tags"], value)
        else:
            holds = condition(value_of(run, name), value)
        if not holds:
            return False
    return True


def tagged(tags: list[str], given: Any) -> bool:
    if not isinstance(given, dict):
        return given in tags
    rules = {
        "$eq": lambda tag: tag in tags,
        "$ne": lambda tag: tag not in tags,
        "$in": lambda wanted: any(tag in tags for tag in wanted),
        "$nin": lambda wanted: not any(tag in tags for tag in wanted),
        "$exists": lambda wanted: bool(tags) == wanted,
    }
    return all(rules[operator](operand) for operator, operand in given.items())


def condition(value: Any, given: Any) -> bool:
    if not isinstance(given, dict):
        return compare(value, "$eq", given)
    return all(operator(value, name, operand) for name, operand in given.items())


def operator(value: Any, name: str, operand: Any) -> bool:
    if name == "$not":
        return not condition(value, operand)
    if name == "$ne":
        return not compare(value, "$eq", operand)
    if name == "$in":
        return any(compare(value, "$eq", one) for one in operand)
    if name == "$nin":
        return not any(compare(value, "$eq", one) for one in operand)
    if name == "$exists":
        return (value is not None) == operand
    if name == "$regex":
        return isinstance(value, str) and re.search(operand, value) is not None
    return compare(value, name, operand)


def compare(value: Any, name: str, operand: Any) -> bool:
    if operand is None:
        return value is None
    if isinstance(operand, bool) or isinstance(value, bool):
        return type(operand) is type(value) and COMPARE[name](value, operand)
    if isinstance(operand, str):
        return isinstance(value, str) and COMPARE[name](value.encode(), operand.encode())
    if isinstance(value, str):
        value = INFINITE.get(value)
    return isinstance(value, (int, float)) and COMPARE[name](float(value), float(operand))


def sort_key(run: dict[str, Any], name: str, descending: bool) -> tuple[Any, ...]:
    """Missing last in both directions."""
    value = value_of(run, name)
    sign = -1 if descending else 1
    if isinstance(value, bool):
        return (2, sign * value)
    is_number_in_json = name not in COLUMNS and isinstance(value, str) and value in ("NaN", *INFINITE)
    if is_number_in_json:
        value = INFINITE.get(value)
    if isinstance(value, (int, float)):
        return (0, sign * float(value))
    if isinstance(value, str):
        # With an end mark, so that the negation of a text's bytes sorts the other way round.
        return (1, [sign * byte for byte in (*value.encode(), -1)])
    return (3,)
