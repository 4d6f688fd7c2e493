"""Media as objects again, from what stands for them in a file or in the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from besom.protocol import decode_number
from besom.sdk.media.audio import Audio
from besom.sdk.media.base import FileMedia
from besom.sdk.media.histogram import Histogram
from besom.sdk.media.html import Html
from besom.sdk.media.image import Image
from besom.sdk.media.table import Table
from besom.sdk.media.video import Video

_KINDS: dict[str, type[FileMedia]] = {f"{kind.kind}-file": kind for kind in (Image, Html, Audio, Video)}


def restore(value: Any, read: Callable[[str], bytes]) -> Any:
    """A value of the history or of a table's cell; ``read`` gives the bytes of a path that stands in it."""
    if isinstance(value, list):
        return [restore(item, read) for item in value]
    if not isinstance(value, Mapping):
        return decode_number(value)
    kind = value.get("_type")
    if kind in _KINDS:
        return _KINDS[kind].restored(read(value["path"]), value)
    if kind == "images":
        return [restore(item, read) for item in value["items"]]
    if kind == "table-file":
        return table(read(value["path"]), read)
    if kind == "histogram":
        return Histogram(np_histogram=(value["values"], value["bins"]))
    return {key: restore(item, read) for key, item in value.items()}


def table(data: bytes, read: Callable[[str], bytes]) -> Table:
    """A table from its file."""
    described = msgspec.json.decode(data)
    return Table.from_columns(described["columns"], [restore(row, read) for row in described["data"]])
