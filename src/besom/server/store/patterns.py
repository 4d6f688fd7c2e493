"""Regular expressions in filters: the part of the language on which Python (for SQLite) and PostgreSQL agree.

What is refused is also what makes a pattern take for ever in PostgreSQL: a repeated group that repeats or chooses, many
repeats in a row, very long texts. For SQLite they are searched by an automaton, whose time nothing can make long.
"""

from __future__ import annotations

import functools
import re

from besom.server.store.automaton import Automaton, TooManyStates
from besom.server.store.errors import FilterError

LONGEST = 200
MOST_REPEATS = 3
"""Of those that do not say how often: * + {2,3}."""
LOOKED_AT = 500
"""Characters of a text in which a pattern is searched."""

_SIGN = r"\\[ -/:-@\[-^`{-~]"  # an escaped ASCII sign stands for itself
_MEMBER = rf"[0-9A-Za-z]-[0-9A-Za-z]|\\[dws]|{_SIGN}|[^\\\[\]-]"
_TOKEN = re.compile(
    rf"(?P<set>\[\^?(?:-?(?:{_MEMBER})+-?|-)\])|(?P<escape>\\[dDwWsS]|{_SIGN})"
    r"|(?P<repeat>(?:[*+?]|\{\d{1,2}(?:,\d{0,2})?\})\??)|(?P<open>\((?!\?))|(?P<close>\))"
    r"|(?P<anchor>[\^$])|(?P<or>\|)|(?P<plain>[^\\\[\](){}])"
)
_FIXED = re.compile(r"\{\d+\}")
_SET_OPERATIONS = ("&&", "||", "~~")


def check(pattern: str) -> str:
    """Returns the pattern if it may be used.

    Raises:
        FilterError: it is no regular expression, or uses something that the two databases understand differently.
    """
    if len(pattern) > LONGEST or not pattern.isprintable():
        raise _refusal(pattern, f"it is longer than {LONGEST} characters or holds control characters")
    tokens = _tokens(pattern)
    if sum(kind == "repeat" and part != "?" and not _FIXED.match(part) for kind, part in tokens) > MOST_REPEATS:
        raise _refusal(pattern, f"it repeats more than {MOST_REPEATS} things")
    varies = [False]  # for the pattern and each group that is open: can its parts match in several ways?
    before, group_varies = "", False
    for kind, part in tokens:
        if kind == "open":
            varies.append(False)
        elif kind == "close" and len(varies) > 1:
            group_varies = varies.pop()
            varies[-1] |= group_varies
        elif kind == "or":
            varies[-1] = True
        elif kind == "repeat":
            if before in ("", "open", "or", "anchor", "repeat"):
                raise _refusal(pattern, f"{part!r} repeats nothing")
            if before == "close" and group_varies and part != "?":
                raise _refusal(pattern, "a repeated group may not repeat or choose something itself")
            varies[-1] = True
        elif kind == "set" and any(operation in part for operation in _SET_OPERATIONS):
            raise _refusal(pattern, f"{part} holds a doubled sign")
        before = kind
    try:
        re.compile("".join(part for _, part in tokens), re.ASCII)  # says what is wrong with it
        _automaton(pattern)
    except re.error as error:
        raise _refusal(pattern, str(error)) from None
    except TooManyStates:
        raise _refusal(pattern, "what it repeats is too much") from None
    return pattern


def matches(pattern: str, text: str | None) -> bool | None:
    """SQLite's REGEXP: whether the pattern occurs in the text."""
    return None if text is None else _automaton(pattern).occurs_in(text)


@functools.lru_cache(maxsize=32)
def _automaton(pattern: str) -> Automaton:
    """A dot is any character, "$" only the very end, classes are ASCII: so PostgreSQL reads it."""
    return Automaton(_tokens(pattern))


def _tokens(pattern: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(pattern):
        found = _TOKEN.match(pattern, position)
        if found is None:
            raise _refusal(
                pattern,
                rf"what begins with {pattern[position : position + 5]!r} is not supported; there are . [a-z] \d \w \s "
                r"their opposites, ( ) | ^ $ * + ? {2,3}, and \ before other signs",
            )
        tokens.append((found.lastgroup or "", found.group()))
        position = found.end()
    return tokens


def _refusal(pattern: str, why: str) -> FilterError:
    shown = pattern if len(pattern) <= LONGEST else pattern[:LONGEST] + "…"
    return FilterError(f"$regex {shown!r} cannot be used: {why}.")
