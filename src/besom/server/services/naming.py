"""Names and ids: what is allowed, and how new ones are made."""

from __future__ import annotations

import random
import re
import string
from functools import cache
from pathlib import Path

from besom import names
from besom.server.services.refusals import Invalid

LONGEST_DISPLAY_NAME = 250
"""Characters, as of the names in a configuration."""
_ALPHABET = string.ascii_lowercase + string.digits


def check_name(kind: names.Kind, name: str) -> str:
    """``name``, when it can stand in an address.

    Raises:
        Invalid: it breaks a rule; the message names the rule.
    """
    if broken := names.problem(kind, name):
        field = "id" if kind == "run" else kind
        raise Invalid(f"bad_{field}", names.sentence(kind, name, broken), "Choose another one.", field=field)
    return name


def check_display_name(name: str) -> None:
    """Raises Invalid when nothing can be shown under this name."""
    check_length("display_name", name, LONGEST_DISPLAY_NAME, "Choose a shorter one; a description may be long.")


def check_length(field: str, text: str, most: int, hint: str = "Shorten it.") -> None:
    """Raises Invalid when a text has more than ``most`` characters; ``field``: what it is, in the terms of the API."""
    if len(text) > most:
        shown, word = text[:60] + "…", "name" if field == "display_name" else field.replace("_", " ")
        raise Invalid(
            f"bad_{word.replace(' ', '_')}",
            f"The {word} {shown!r} has {len(text):,} characters, and at most {most:,} are allowed.",
            hint,
            field=field,
        )


def safe_name(text: str, fallback: str = "admin") -> str:
    """A user name made of ``text``, the name that the operating system knows: letters, digits, ``-``, ``_``, ``.``."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-.")[:64]
    return fallback if not name or name.lower() in names.RESERVED["entity"] else name


def new_id(rng: random.Random, length: int = 8) -> str:
    """A random id of lower-case letters and digits."""
    return "".join(rng.choices(_ALPHABET, k=length))


def is_new_id(text: str, length: int = 8) -> bool:
    """Whether ``new_id`` may have made it."""
    return len(text) == length and set(_ALPHABET).issuperset(text)


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
