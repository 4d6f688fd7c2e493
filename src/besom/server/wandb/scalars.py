"""The scalars of the schema, and JSON as the client writes it: NaN and infinities stand bare in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, TypeVar

import msgspec

from besom.protocol.foreign import read_foreign
from besom.server.services.refusals import Invalid

Shape = TypeVar("Shape")

LARGEST_INT = 2**31 - 1
"""Of GraphQL's integers."""

JSONString = str
"""JSON in a string, as it goes over the wire."""

_QUOTED_NUMBER = re.compile(r'(?<!\\)"(NaN|-?Infinity)"(?!:)')
"""As a value, not as a key, nor inside of a string, where quotes have a backslash before them."""


def read_json(text: str) -> Any:
    """As ``read_foreign``.

    Raises:
        Invalid: it is no JSON.
    """
    try:
        return read_foreign(text)
    except (ValueError, RecursionError) as error:
        raise Invalid("bad_json", f"A JSON string of the request cannot be read: {error}.") from None


def shaped(value: Any, shape: type[Shape], field: str) -> Shape:
    """The value of a JSON argument, which can be anything, as what it has to be.

    Raises:
        Invalid: it is not.
    """
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise Invalid("bad_json", f"{field} cannot be understood: {error}.", field=field) from None


def write_json(value: Any) -> JSONString:
    """``value`` as a JSON text, with bare NaN and infinities: only for fields of the type JSONString.

    The store writes such numbers as strings (``protocol.encode_number``); the client reads bare ones only.
    """
    text = msgspec.json.encode(value).decode()
    # Nearly all texts are without, and looking for it costs several times what writing them does.
    return _QUOTED_NUMBER.sub(r"\1", text) if 'NaN"' in text or 'Infinity"' in text else text


def write_time(seconds: float | None, timespec: str = "seconds") -> str | None:
    """A moment, e.g. ``2026-01-31T12:00:00Z``: scripts read it with ``strptime``, which takes no fractions there.

    None for one that no calendar has: programs tell times of their own.
    """
    if seconds is None:
        return None
    try:
        moment = datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")


def _as_json(value: Any) -> Any:
    return read_json(value) if isinstance(value, str) else value


PARSERS: dict[str, Callable[[Any], Any]] = {"JSONString": _as_json, "Int64": int, "Duration": float}
"""What a resolver gets for a variable of these scalars: JSON strings arrive read."""
