"""Whether a condition of ``when`` or ``forbid`` holds of a point, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from besom.config.equality import same
from besom.config.expressions import ExpressionError, evaluate
from besom.config.model import Condition, Path
from besom.config.problem import show


def holds(condition: Condition, values: Mapping[Path, Any]) -> bool:
    """Whether every part of ``condition`` is true of ``values``.

    False where a parameter that it speaks of has no value, and where its formula cannot be computed.
    """
    for path, allowed in condition.allowed:
        if path not in values or not any(same(values[path], value) for value in allowed):
            return False
    if condition.expression is None:
        return True
    try:
        return bool(evaluate(condition.expression, values))
    except ExpressionError:
        return False


def describe(condition: Condition) -> str:
    """The condition in words: ``optimizer is sgd and layers is 2 or 3``, or its formula."""
    parts = [f"{'.'.join(path)} is {' or '.join(map(_word, allowed))}" for path, allowed in condition.allowed]
    if condition.expression:
        parts.append(condition.expression.text)
    return " and ".join(parts)


def _word(value: Any) -> str:
    return value if isinstance(value, str) and value.replace("_", "a").isalnum() else show(value)
