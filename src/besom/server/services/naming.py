"""Names and ids: what is allowed, and how new ones are made."""

from __future__ import annotations

import random
import re
import string
from functools import cache
from pathlib import Path

from besom.server.services.refusals import Invalid

_FORBIDDEN = r"/\#?%:"
_LONGEST = 128
_RESERVED_ENTITIES = {"api", "assets", "login", "healthz", "graphql", "files"}
_RESERVED_PROJECTS = {"sweeps", "runs"}
_ALPHABET = string.ascii_lowercase + string.digits


def check_name(what: str, name: str, field: str) -> str:
    """``name``, when it can stand in an address.

    Raises:
        Invalid: it breaks a rule; the message names the rule.
    """
    problem = None
    if not name or name != name.strip():
        problem = "must not be empty, and not begin or end with a space"
    elif len(name) > _LONGEST:
        problem = f"has {len(name)} characters, and at most {_LONGEST} are allowed"
    elif bad := sorted(set(name) & set(_FORBIDDEN)):
        problem = f"contains {' '.join(bad)}, and none of {' '.join(_FORBIDDEN)} may occur"
    elif not name.isprintable():
        problem = "contains a character that cannot be printed"
    elif name in {".", ".."}:
        problem = "must be more than dots"
    elif (field == "entity" and name.lower() in _RESERVED_ENTITIES) or (
        field == "project" and name.lower() in _RESERVED_PROJECTS
    ):
        problem = "is reserved for an address of the server itself"
    if problem:
        shown = name if len(name) <= 60 else name[:59] + "…"
        raise Invalid(f"bad_{field}", f"{what} {shown!r} {problem}.", "Choose another one.", field=field)
    return name


def safe_name(text: str, fallback: str = "admin") -> str:
    """A user name made of ``text``, the name that the operating system knows: letters, digits, ``-``, ``_``, ``.``."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-.")[:64]
    return fallback if not name or name.lower() in _RESERVED_ENTITIES else name


def new_id(rng: random.Random, length: int = 8) -> str:
    """A random id of lower-case letters and digits."""
    return "".join(rng.choices(_ALPHABET, k=length))


def sweep_run_name(rng: random.Random, number: int) -> str:
    """e.g. ``amber-sweep-7``: the seventh run of its sweep."""
    return f"{rng.choice(_words())}-sweep-{number}"


def run_name(rng: random.Random, number: int) -> str:
    """e.g. ``quiet-river-7``: the seventh run of its project."""
    first, second = rng.sample(_words(), 2)
    return f"{first}-{second}-{number}"


@cache
def _words() -> list[str]:
    return Path(__file__).with_name("words.txt").read_text(encoding="ascii").split()
