"""What a value may be, so that both databases can look into the documents that hold it."""

from __future__ import annotations

import re

DEEPEST = 500
"""Levels of lists and dicts; SQLite reads at most 1,000."""
MOST_DIGITS = 308
"""Of an integer; PostgreSQL reads no number beyond a float's range."""

# Compiled when they are wanted first: a program that logs ordinary values never waits for it.
_BRACKET = r'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])'
_INTEGER = rf"(?<=[:\[,])-?\d{{{MOST_DIGITS + 1}}}"
_INTEGER_OUTSIDE_TEXT = rf'"(?:[^"\\]|\\.)*"|(\d{{{MOST_DIGITS + 1}}})'


def excess(text: str) -> str | None:
    """What a JSON text without spaces has too much of, as a sentence; None when it keeps to the bounds."""
    if len(text) <= MOST_DIGITS:
        return None
    if text.count("[") + text.count("{") > DEEPEST and _depth(text) > DEEPEST:
        return f"A value is nested more than {DEEPEST} deep."
    if re.search(_INTEGER, text) and any(found[1] for found in re.finditer(_INTEGER_OUTSIDE_TEXT, text)):
        return f"An integer has more than {MOST_DIGITS} digits."
    return None


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in re.finditer(_BRACKET, text):
        if bracket[1]:
            depth += 1
            deepest = max(deepest, depth)
        elif bracket[2]:
            depth -= 1
    return deepest
