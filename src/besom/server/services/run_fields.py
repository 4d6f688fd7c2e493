"""Which of a run's values a list is to carry: thousands of runs are fetched sooner without what nobody looks at."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, get_type_hints

import msgspec
from msgspec import UNSET, Raw, UnsetType

from besom.protocol import Run
from besom.server.services.refusals import Invalid

_EMPTY = {"params": "null", "why": "null", "stopped": "null", "config": "{}", "summary": "{}", "tags": "[]"}
"""What stands in an answer for a column of JSON that was not asked for."""
_WITH_KEYS = ("config", "params", "summary")
_ALIASES = {"summary_metrics": "summary"}
MOST_FIELDS = 200
_NO_NAME_OF_A_FIELD = re.compile(r'["\\\x00-\x1f]')
"""Of a msgspec struct; a key of a run may well have these."""

_decode = msgspec.json.Decoder().decode
_decode_texts = msgspec.json.Decoder(dict[str, Raw] | None).decode

Thin = Callable[[str | None], Any]
"""From a column's JSON text to what an answer carries."""


def whole(text: str | None) -> Any:
    """All of a column: JSON already, it goes out as it lies in the database."""
    return None if text is None else Raw(text)


def decoded(text: str | None) -> Any:
    """All of a column, decoded."""
    return None if text is None else _decode(text)


@lru_cache(maxsize=64)
def thinners(fields: str | None, *, decode: bool = False) -> dict[str, Thin]:
    """For each column of JSON, what makes the answer's part of it.

    Args:
        fields: Names separated by commas, e.g. ``name,config.lr,summary.loss``; None for everything. Other columns are
            always there.
        decode: Whether everything is for a caller in this process; else it goes out as JSON.

    Raises:
        Invalid: a run has no such value.
    """
    complete = decoded if decode else whole
    if fields is None:
        return dict.fromkeys(_EMPTY, complete)
    keys: dict[str, list[str]] = {}
    everything: set[str] = set()
    names = [name.strip() for name in fields.split(",") if name.strip()]
    if len(names) > MOST_FIELDS:
        raise Invalid("bad_fields", f"At most {MOST_FIELDS} fields can be asked for.", field="fields")
    for name in names:
        root, _, key = name.partition(".")
        root = _ALIASES.get(root, root)
        if key and root in _WITH_KEYS:
            keys.setdefault(root, []).extend({key, key.partition(".")[0]})
        elif name in get_type_hints(Run):
            everything.add(root)
        else:
            raise Invalid(
                "bad_fields",
                f"A run has no field {name!r}.",
                f"There are: {', '.join(get_type_hints(Run))}, config.KEY, params.KEY, summary.KEY.",
                field="fields",
            )
    return {
        column: complete if column in everything else _only(keys[column]) if column in keys else _nothing(column)
        for column in _EMPTY
    }


def _nothing(column: str) -> Thin:
    empty = Raw(_EMPTY[column])
    return lambda _text: empty


def _only(keys: list[str]) -> Thin:
    """Decodes no other key, and these not further than to their text."""
    if any(map(_NO_NAME_OF_A_FIELD.search, keys)):
        return lambda text: _picked(text, keys)
    fields: list[Any] = [
        (f"key{number}", Raw | UnsetType, msgspec.field(name=key, default=UNSET))
        for number, key in enumerate(dict.fromkeys(keys))
    ]
    decode = msgspec.json.Decoder(msgspec.defstruct("Part", fields)).decode
    return lambda text: None if text is None or text == "null" else decode(text)


def _picked(text: str | None, keys: list[str]) -> dict[str, Raw] | None:
    values = None if text is None else _decode_texts(text)
    return None if values is None else {key: values[key] for key in keys if key in values}
