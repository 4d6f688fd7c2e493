"""How unquoted YAML text becomes a value.

The rules are those of YAML 1.1, which W&B's users know (``yes`` is true, ``010`` is eight), with one repair: ``1e-4``
is a number here, as in every other language. YAML 1.1 wants ``1.0e-4`` and quietly makes text of the short form.
"""

from __future__ import annotations

import math
import re

Scalar = str | int | float | bool | None

_BOOLEANS = {
    spelling: value
    for word, value in (("yes", True), ("true", True), ("on", True), ("no", False), ("false", False), ("off", False))
    for spelling in (word, word.capitalize(), word.upper())
}
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_INT = re.compile(
    r"""[-+]?(?: 0b(?P<binary>[01_]+)
             | 0x(?P<hex>[0-9a-fA-F_]+)
             | (?P<base60>[1-9][0-9_]*(?: :[0-5]?[0-9])+)
             | 0(?P<octal>[0-7_]+)
             | (?P<decimal>0|[1-9][0-9_]*) )""",
    re.VERBOSE,
)
_FLOAT = re.compile(r"[-+]?(?: [0-9][0-9_]*\.[0-9_]* | \.[0-9][0-9_]*) (?: [eE][-+][0-9]+)?", re.VERBOSE)
_SHORT_EXPONENT = re.compile(r"[-+]?(?: [0-9]+(?:\.[0-9]*)? | \.[0-9]+) [eE][-+]?[0-9]+", re.VERBOSE)
_BASE60_FLOAT = re.compile(r"[-+]?[0-9][0-9_]*(?: :[0-5]?[0-9])+\.[0-9_]*", re.VERBOSE)
_SPECIAL = re.compile(r"(?P<sign>[-+]?)\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LONGEST_NUMBER = 400
"""Longer runs of digits are no number anyone meant, and Python itself refuses to convert the very long ones."""


def resolve(text: str) -> Scalar:
    """Return the value that unquoted ``text`` stands for."""
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text in _NULLS:
        return None
    if len(text) > _LONGEST_NUMBER:
        return text
    if match := _INT.fullmatch(text):
        return _integer(text, match)
    if match := _SPECIAL.fullmatch(text):
        return math.nan if match["sign"] is None else float(match["sign"] + "inf")
    if _FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    if _BASE60_FLOAT.fullmatch(text):
        return _base60(text)
    if is_short_exponent(text):
        return float(text)
    return text


def is_short_exponent(text: str) -> bool:
    """Whether ``text`` is a number here but plain text in YAML 1.1, such as ``1e-4``.

    What overflows, e.g. a commit hash like ``12e4567``, was never meant as a number.
    """
    if len(text) > _LONGEST_NUMBER or not _SHORT_EXPONENT.fullmatch(text):
        return False
    return _FLOAT.fullmatch(text) is None and math.isfinite(float(text))


def surprise(text: str) -> str | None:
    """Say how unquoted ``text`` was read, when that is likely not what its writer expected."""
    if len(text) > _LONGEST_NUMBER or not (match := _INT.fullmatch(text)):
        return None
    if match["base60"]:
        return f"YAML reads {text} as a number in base 60, {_integer(text, match)}."
    if match["octal"]:
        return f"YAML reads {text} as an octal number, {_integer(text, match)}."
    return None


def _integer(text: str, match: re.Match[str]) -> Scalar:
    if match["base60"]:
        return int(_base60(text))
    for group, base in (("binary", 2), ("hex", 16), ("octal", 8), ("decimal", 10)):
        if match[group] is not None:
            digits = match[group].replace("_", "")
            if not digits:
                return text
            return -int(digits, base) if text.startswith("-") else int(digits, base)
    return text


def _base60(text: str) -> float | int:
    total: float | int = 0
    for part in text.lstrip("+-").replace("_", "").split(":"):
        total = total * 60 + (float(part) if "." in part else int(part))
    return -total if text.startswith("-") else total
