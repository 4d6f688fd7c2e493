"""Which fields of requests, and of the records of a run, take any text; and in which of them a text was sent."""

from __future__ import annotations

import json
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

import besom.protocol
from besom.protocol import SpoolRecord

DESCRIPTION = json.loads((Path(__file__).parents[2] / "web/openapi.json").read_bytes())
RECORDS = {kind.__struct_config__.tag: kind for kind in typing.get_args(SpoolRecord)}


def taking(text: str) -> set[str]:
    """All ``Message.field`` of the protocol that a client may send and that may hold ``text``, alone or in a value."""
    kinds = {*(kind for kinds in _bodies().values() for kind in kinds), *RECORDS.values()}
    samples = (text, [text], {text: text}, {text: 1.0})
    fields = [(kind, field) for kind in _reached(kinds) for field in msgspec.structs.fields(kind)]
    fields = [(kind, field) for kind, field in fields if not _reached({field.type})]  # what they hold has fields
    return {f"{kind.__name__}.{field.name}" for kind, field in fields if any(_fits(s, field.type) for s in samples)}


def sent(method: str, path: str, body: Any, text: str) -> set[str]:
    """The fields of a request that hold ``text``; records of a run are lines of bytes."""
    if isinstance(body, bytes):
        rows = [json.loads(line) for line in body.splitlines()] if path.endswith("/stream") else []
        return {field for row in rows for field in _holding(msgspec.convert(row, RECORDS[row["type"]]), text)}
    bodies = _bodies().items()
    kinds = [kind for (verb, route), kinds in bodies if verb == method and route.fullmatch(path) for kind in kinds]
    return {field for kind in kinds for field in _holding(msgspec.convert(body, kind), text)}


def _bodies() -> dict[tuple[str, re.Pattern[str]], list[type]]:
    """What each request is sent with, by method and address. Secrets with which one signs in are no messages."""
    found = {}
    for path, methods in DESCRIPTION["paths"].items():
        route = re.compile(re.sub(r"\{\w+\}", "[^/]+", path.removeprefix("/api/v1")))
        for method, asked in methods.items():
            names = re.findall(r"schemas/(\w+)", json.dumps(asked.get("requestBody")))
            found[method.upper(), route] = [kind for name in names if (kind := getattr(besom.protocol, name, None))]
    return found


def _reached(kinds: set[type]) -> set[type]:
    """These messages, and those in their fields."""
    found: set[type] = set()
    left = list(kinds)
    while left:
        kind = left.pop()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in found:
            found.add(kind)
            left += [field.type for field in msgspec.structs.fields(kind)]
        left += typing.get_args(kind)
    return found


def _holding(message: msgspec.Struct, text: str) -> Iterator[str]:
    for name in message.__struct_fields__:
        value = getattr(message, name)
        within = value if isinstance(value, list) else [value]
        if any(isinstance(one, msgspec.Struct) for one in within):
            for one in within:
                yield from _holding(one, text)
        elif text in str(value):
            yield f"{type(message).__name__}.{name}"


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True
