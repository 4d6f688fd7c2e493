"""How JSON columns are written and read: msgspec, which keeps the order of keys and knows no NaN."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from besom.server.store.errors import Unstorable

_encoder = msgspec.json.Encoder()
# PostgreSQL cannot look into a document that holds U+0000 anywhere: one such run would break every filter.
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


# What would make the databases fail on every filter that meets the document: SQLite reads at most 1000 levels, and
# PostgreSQL no number beyond a float's range.
DEEPEST = 500
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])')
_HUGE = re.compile(r"(?<=[:\[,])-?\d{309}")


def dumps(value: Any) -> str:
    """JSON text of a value that came as JSON. The character U+0000 becomes U+FFFD.

    Raises:
        Unstorable: it is nested too deeply, or holds an integer that is larger than any float.
    """
    text = _encoder.encode(value).decode()
    if len(text) > 309:
        _refuse(text)
    return _NUL.sub("\\1\ufffd", text) if "\\u0000" in text else text


def _refuse(text: str) -> None:
    if text.count("[") + text.count("{") > DEEPEST and _depth(text) > DEEPEST:
        raise Unstorable(f"A value is nested more than {DEEPEST} deep.")
    if _HUGE.search(text):
        raise Unstorable("An integer has more than 308 digits.", "Store it as text.")


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in _BRACKET.finditer(text):
        if bracket[1]:
            depth += 1
            deepest = max(deepest, depth)
        elif bracket[2]:
            depth -= 1
    return deepest


SERIALIZERS: dict[str, Any] = {"json_serializer": dumps, "json_deserializer": msgspec.json.decode}
"""Arguments for ``create_engine``."""
