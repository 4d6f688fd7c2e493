"""Ids of runs."""

from __future__ import annotations

import random
import string

_ALPHABET = string.ascii_lowercase + string.digits
_system = random.SystemRandom()  # a script that seeds `random` must not get the same id each time


def new_id() -> str:
    """Eight characters, as users of W&B know them."""
    return "".join(_system.choices(_ALPHABET, k=8))
