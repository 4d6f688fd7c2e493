"""How JSON columns are written and read: msgspec, which keeps the order of keys and knows no NaN."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from besom.protocol.bounds import excess
from besom.server.store.errors import Unstorable

_encoder = msgspec.json.Encoder()
# PostgreSQL cannot look into a document that holds U+0000 anywhere: one such run would break every filter.
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def dumps(value: Any) -> str:
    """JSON text of a value that came as JSON. The character U+0000 becomes U+FFFD.

    Raises:
        Unstorable: it is nested too deeply, or holds an integer that is larger than any float.
    """
    text = _encoder.encode(value).decode()
    if problem := excess(text):
        raise Unstorable(problem, "Store it as text.")
    return _NUL.sub("\\1\ufffd", text) if "\\u0000" in text else text


SERIALIZERS: dict[str, Any] = {"json_serializer": dumps, "json_deserializer": msgspec.json.decode}
"""Arguments for ``create_engine``."""
