"""Reads a condition of ``when`` or ``forbid`` and a formula of ``expr``; every name and value in it is checked."""

from __future__ import annotations

from typing import Any

from besom.config.acceptance import NO_VALUE, accept, rule
from besom.config.expressions import ExpressionError, names_in
from besom.config.model import Condition, Derived, Expression, Parameter
from besom.config.problem import Path
from besom.config.report import Report
from besom.config.scope import Scope


def check_condition(block: Any, path: Path, scope: Scope, report: Report) -> Condition | None:
    """The condition that ``block`` describes, or None when something was reported.

    Args:
        block: A mapping of names to a value or a list of values, all of which must hold; or a formula.
        path: Where it stands, for messages.
        scope: Knows the parameters.
        report: Hears of every problem.
    """
    key = next(step for step in reversed(path) if isinstance(step, str))
    if isinstance(block, dict) and block:
        pairs = [_allowed(name, given, (*path, name), scope, report) for name, given in block.items()]
        found = tuple(pair for pair in pairs if pair is not None)
        return Condition(allowed=found) if len(found) == len(pairs) else None
    if not isinstance(block, str):
        report.error(
            path,
            f"A condition of `{key}` names parameters and their values, or is a formula.",
            f"write, for example, `{_EXAMPLES[key]}`.",
            block,
        )
        return None
    expression = check_formula(block, path, scope, report)
    if expression is None:
        return None
    if not expression.paths:
        report.error(path, "The formula speaks of no parameter.", "name at least one.", block)
        return None
    return Condition(expression=expression)


_EXAMPLES = {"when": "when: {optimizer: sgd}", "forbid": "forbid: [{optimizer: sgd, batch_size: 64}]"}


def check_formula(text: Any, path: Path, scope: Scope, report: Report) -> Expression | None:
    """The formula that ``text`` is, or None when something was reported."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        text = repr(text)
    if not isinstance(text, str):
        report.error(path, "A formula is text.", 'write, for example, `expr: "2 * batch_size"`.', text)
        return None
    try:
        found = [scope.find(name) for name in names_in(text)]
    except ExpressionError as error:
        report.error(path, str(error), error.fix, text)
        return None
    known = [parameter.path for parameter in found if parameter is not None]
    return Expression(text, tuple(known)) if len(known) == len(found) else None


def _allowed(
    name: str, given: Any, path: Path, scope: Scope, report: Report
) -> tuple[tuple[str, ...], tuple[Any, ...]] | None:
    try:
        parameter = scope.find(name)
    except ExpressionError as error:
        report.error(path, str(error), error.fix, given)
        return None
    if parameter is None:
        return None
    values = _values(parameter, given, path, scope, report)
    return None if values is None else (parameter.path, values)


def _values(parameter: Parameter, given: Any, path: Path, scope: Scope, report: Report) -> tuple[Any, ...] | None:
    """One value, or a list of alternatives, unless the list itself is a value of the parameter."""
    whole = accept(parameter, given, scope.method)
    if whole is not NO_VALUE and not (isinstance(given, list) and isinstance(parameter.distribution, Derived)):
        return (whole,)
    listed = given if isinstance(given, list) else [given]
    if not listed:
        report.error(path, "The list of values is empty, so the condition would never hold.", "list a value.", given)
        return None
    accepted = [accept(parameter, value, scope.method) for value in listed]
    for value, found in zip(listed, accepted, strict=True):
        if found is NO_VALUE:
            told = f"`{parameter.name}` can never be this. {rule(parameter, scope.method)}"
            report.error(path, told, "name one of its values.", value)
    return None if NO_VALUE in accepted else tuple(accepted)
