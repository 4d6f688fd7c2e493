"""How bytes become messages in a process that has several threads.

msgspec works out how a kind of message is read when one is first read, and runs Python meanwhile. Another thread that
reads one at that moment takes what is there so far for the whole, and the process dies (seen with msgspec 0.22). So one
thread works it out, before another can need it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

Kind = TypeVar("Kind", bound=type)

_turn = threading.Lock()
_readers: dict[Any, Callable[[bytes], Any]] = {}


def reader(kind: Any) -> Callable[[bytes], Any]:
    """Reads JSON as a kind of message, or as one of several (a union)."""
    known = _readers.get(kind)
    if known is None:
        with _turn:
            known = _readers.setdefault(kind, msgspec.json.Decoder(kind).decode)
    return known


def readable(kind: Kind) -> Kind:
    """A decorator for what is imported late: how a message is read is known with its module."""
    reader(kind)
    return kind


def prepare() -> list[type]:
    """Makes it known of all kinds of messages that have been imported, before other threads begin.

    Returns those of which it was not.
    """
    found: list[type] = []
    left: list[type] = [msgspec.Struct]
    while left:
        kinds: list[type] = left.pop().__subclasses__()
        found += [kind for kind in kinds if kind.__module__.startswith("besom.") and kind not in _readers]
        left += kinds
    for kind in found:
        reader(kind)
    return found
