"""Reads the keys of one mapping of the configuration and reports each value that breaks its rule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from besom.config.problem import LONGEST_NAME, Path
from besom.config.report import Report
from besom.config.scalars import resolve
from besom.config.spelling import nearest

Number = int | float
_LARGEST_INTEGER = 2**63 - 1


def as_number(value: Any) -> Number | None:
    """Return the number that ``value`` is or spells (``"1e-4"``), else None. A boolean is not a number."""
    if isinstance(value, str):
        value = resolve(value.strip())
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value


class Entry:
    """One mapping of the configuration. ``data`` belongs to the check: numbers given as text are replaced in it."""

    def __init__(self, data: dict[str, Any], path: Path, report: Report) -> None:
        self.data = data
        self.path = path
        self.report = report

    def at(self, key: str) -> Path:
        """The path of ``key``."""
        return (*self.path, key)

    def error(self, key: str, rule: str, fix: str = "") -> None:
        """Report the value of ``key``."""
        self.report.error(self.at(key), rule, fix, self.data.get(key))

    def warn(self, key: str, rule: str, fix: str = "") -> None:
        """Warn about the value of ``key``."""
        self.report.warning(self.at(key), rule, fix, self.data.get(key))

    def check_keys(self, known: Sequence[str]) -> None:
        """Report unknown keys: a likely slip as an error, since ignoring it would change what the sweep means."""
        block = self.path[-1]
        for key in self.data:
            if key in known:
                continue
            if guess := nearest(key, known):
                self.error(key, f"`{block}` has no key `{key}`. Did you mean `{guess}`?", f"rename it to `{guess}`.")
            else:
                self.warn(key, f"`{block}` has no key `{key}`; it has no effect.", "remove it.")

    def number(self, key: str) -> Number | None:
        """Return a finite number, or report."""
        number = as_number(self.data[key])
        if number is None:
            self.error(key, f"`{key}` must be a number.", f"write, for example, `{key}: 0.1`.")
            return None
        if not is_finite(number):
            self.error(key, f"`{key}` must be a finite number.", "write an ordinary number.")
            return None
        self.data[key] = number
        return number

    def integer(self, key: str) -> int | None:
        """Return a whole number (``8.0`` is one), or report."""
        number = self.number(key)
        if number is None:
            return None
        if number != int(number):
            self.error(key, f"`{key}` must be a whole number.", f"write, for example, `{key}: {round(number)}`.")
            return None
        if abs(number) > _LARGEST_INTEGER:
            self.error(key, f"`{key}` does not fit into 64 bits.", "use a smaller number.")
            return None
        self.data[key] = int(number)
        return int(number)

    def text(self, key: str) -> str | None:
        """Return text; an absent or null key is None. A number is taken as text, with a warning."""
        value = self.data.get(key)
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, (int, float)):
            self.warn(key, f"`{key}` is text, but here it is a number or boolean.", f'write `{key}: "{value}"`.')
            self.data[key] = str(value)
            return str(value)
        self.error(key, f"`{key}` must be text.", f"write `{key}: some text`.")
        return None

    def name(self, key: str, longest: int = LONGEST_NAME) -> str | None:
        """``text`` that is the name of something, or report."""
        name = self.text(key)
        return None if name is not None and self.report.too_long(self.at(key), name, longest) else name

    def choice(self, key: str, options: tuple[str, ...]) -> str | None:
        """Return one of ``options``, or report and suggest the nearest."""
        value = self.data[key]
        if value in options and isinstance(value, str):
            return value
        guess = nearest(value, options)
        listed = ", ".join(f"`{option}`" for option in options)
        rule = f"`{key}` must be one of {listed}." if len(options) > 1 else f"`{key}` must be {listed}."
        self.error(key, rule, f"write `{key}: {guess}`." if guess else "")
        return None


def is_finite(number: Number) -> bool:
    """Whether ``number`` is finite as a float, which very large integers are not."""
    try:
        return math.isfinite(float(number))
    except OverflowError:
        return False
