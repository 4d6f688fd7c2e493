"""How JSON columns are written and read: msgspec, which keeps the order of keys and knows no NaN."""

from __future__ import annotations

from typing import Any

import msgspec

_encoder = msgspec.json.Encoder()


def dumps(value: Any) -> str:
    """JSON text of a value that came as JSON."""
    return _encoder.encode(value).decode()


SERIALIZERS: dict[str, Any] = {"json_serializer": dumps, "json_deserializer": msgspec.json.decode}
"""Arguments for ``create_engine``."""
