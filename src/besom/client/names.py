"""What a project or entity may be called; checked here as well as by the server, since a run may begin without one."""

from __future__ import annotations

from typing import Literal

from besom.errors import UsageError

FORBIDDEN = r"/\#?%:"
LONGEST = 128
RESERVED = {
    "entity": {"api", "assets", "login", "healthz", "graphql", "files"},
    "project": {"sweeps", "runs"},
}
"""Words that stand for something else in the server's addresses."""


def check_name(what: Literal["project", "entity"], name: str | None) -> str | None:
    """``name``, when it can stand in an address; None stays None.

    Raises:
        UsageError: it breaks a rule; the message names the rule.
    """
    if name is None:
        return None
    if not isinstance(name, str):
        raise UsageError(f"{what} is {name!r}, which is not text.", f"Give the {what}'s name.")
    if problem := _problem(what, name):
        shown = name if len(name) <= 60 else name[:59] + "…"
        raise UsageError(f"The {what} name {shown!r} {problem}.", "Choose another one.")
    return name


def _problem(what: Literal["project", "entity"], name: str) -> str | None:
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
    return "is reserved for an address of the server itself" if name.lower() in RESERVED[what] else None
