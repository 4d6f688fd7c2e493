"""What entities, projects and runs may be called. One rule for server and clients: a run may begin without a server."""

from __future__ import annotations

from typing import Literal

from besom.errors import UsageError

Kind = Literal["entity", "project", "run"]

FORBIDDEN = r"/\#?%:"
LONGEST = 128
RESERVED: dict[Kind, frozenset[str]] = {
    "entity": frozenset({"api", "assets", "login", "healthz", "graphql", "files", "metrics", "readyz"}),
    "project": frozenset({"sweeps", "runs"}),
    "run": frozenset(),
}
"""Words that stand for something else in the server's addresses."""


def problem(kind: Kind, name: str) -> str | None:
    """The rule that a name breaks, as the rest of a sentence about it; None when it can stand in an address."""
    if not name or name != name.strip():
        return "must not be empty, and not begin or end with a space"
    if len(name) > LONGEST:
        return f"has {len(name)} characters, and at most {LONGEST} are allowed"
    if bad := sorted(set(name) & set(FORBIDDEN)):
        return f"contains {' '.join(bad)}, and none of {' '.join(FORBIDDEN)} may occur"
    if not name.isprintable():
        return "contains a character that cannot be printed"
    if name in (".", ".."):
        return "must be more than dots"
    return "is reserved for an address of the server itself" if name.lower() in RESERVED[kind] else None


def check(kind: Kind, name: str) -> str:
    """``name``, when it can stand in an address.

    Raises:
        UsageError: it breaks a rule; the message names the rule.
    """
    if not isinstance(name, str):
        raise UsageError(f"The {_WORDS[kind]} is {name!r}, which is not text.", "Give it as text.")
    if broken := problem(kind, name):
        raise UsageError(sentence(kind, name, broken), "Choose another one.")
    return name


def sentence(kind: Kind, name: str, broken: str) -> str:
    """What is wrong with a name, for people."""
    shown = name if len(name) <= 60 else name[:59] + "…"
    return f"The {_WORDS[kind]} {shown!r} {broken}."


_WORDS: dict[Kind, str] = {"entity": "entity name", "project": "project name", "run": "run id"}
