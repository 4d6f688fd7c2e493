"""Ids of runs."""

from __future__ import annotations

import random
import string

from besom.errors import UsageError

_ALPHABET = string.ascii_lowercase + string.digits
_FORBIDDEN = set(r"/\#?%:")
_system = random.SystemRandom()  # a script that seeds `random` must not get the same id each time


def new_id() -> str:
    """Eight characters, as users of W&B know them."""
    return "".join(_system.choices(_ALPHABET, k=8))


def check_id(run_id: str) -> str:
    """``run_id``, when it can stand in an address and name a folder.

    Raises:
        UsageError: it cannot.
    """
    if not isinstance(run_id, str) or not 1 <= len(run_id) <= 128 or run_id != run_id.strip():
        raise UsageError(
            f"{run_id!r} cannot be the id of a run.", "Use 1 to 128 characters without spaces around them."
        )
    if bad := sorted(set(run_id) & _FORBIDDEN):
        raise UsageError(f"The run id {run_id!r} contains {' '.join(bad)}.", "Use letters, digits, - and _.")
    return run_id
