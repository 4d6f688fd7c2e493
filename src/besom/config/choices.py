"""Parameters that are one of some listed values, or always the same."""

from __future__ import annotations

import math
from collections.abc import Iterator

from besom.config.entry import Entry, as_number, is_finite
from besom.config.model import Categorical, Constant
from besom.config.problem import Path

_SUM_TOLERANCE = 1e-5


def constant(entry: Entry) -> Constant:
    """Any value that JSON can hold."""
    _refuse_what_json_cannot_hold(entry, "value")
    return Constant(entry.data["value"])


def categorical(entry: Entry) -> Categorical | None:
    """A list of values, with or without probabilities."""
    values = entry.data["values"]
    if not isinstance(values, list):
        entry.error(
            "values", "`values` must be a list.", "write `value:` for a constant, or put the value in brackets."
        )
        return None
    if not values:
        entry.error(
            "values", "`values` must hold at least one element.", "list what to try, as in `values: [1, 2, 3]`."
        )
        return None
    _refuse_what_json_cannot_hold(entry, "values")
    _warn_of_booleans_as_text(entry, values)
    if "probabilities" not in entry.data:
        return Categorical(tuple(values))
    probabilities = _probabilities(entry, len(values))
    return None if probabilities is None else Categorical(tuple(values), probabilities)


def _probabilities(entry: Entry, count: int) -> tuple[float, ...] | None:
    given = entry.data["probabilities"]
    if not isinstance(given, list):
        entry.error("probabilities", "`probabilities` must be a list of numbers.", "give one number for each value.")
        return None
    numbers: list[float] = []
    for index, item in enumerate(given):
        number = as_number(item)
        if number is None or not is_finite(number) or number < 0:
            entry.report.error(
                (*entry.at("probabilities"), index),
                "A probability must be a number of at least 0.",
                "give one number for each value, adding up to 1.",
                item,
            )
            return None
        numbers.append(float(number))
    if len(numbers) != count:
        entry.error(
            "probabilities",
            f"There are {len(numbers)} probabilities for {count} values.",
            "give one number for each value.",
        )
        return None
    try:
        total = math.fsum(numbers)
    except OverflowError:
        total = math.inf
    if not math.isclose(total, 1.0, rel_tol=_SUM_TOLERANCE):
        entry.error(
            "probabilities",
            f"`probabilities` must add up to 1, but these add up to {total:g}.",
            f"divide each by {total:g}." if 0 < total < math.inf else "give at least one a positive number.",
        )
        return None
    return tuple(numbers) if total == 1.0 else tuple(number / total for number in numbers)


def _refuse_what_json_cannot_hold(entry: Entry, key: str) -> None:
    """Report infinities and NaN, which would reach the program as null."""
    for path, number in _non_finite(entry.data[key], entry.at(key)):
        entry.report.error(
            path,
            f"JSON has no number `{number}`.",
            f'write it as text, `"{number}"`; `float("{number}")` in your program makes it a number again.',
            number,
        )


def _non_finite(value: object, path: Path) -> Iterator[tuple[Path, float]]:
    if isinstance(value, float) and not math.isfinite(value):
        yield path, value
    elif isinstance(value, (list, dict)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _non_finite(item, (*path, key))


def _warn_of_booleans_as_text(entry: Entry, values: list[object]) -> None:
    words = [value for value in values if isinstance(value, str) and value.lower() in ("true", "false")]
    if words:
        entry.warn(
            "values",
            f'"{words[0]}" is text here, and Python counts every text but the empty one as true.',
            "remove the quotes for real booleans, as in `values: [true, false]`.",
        )
