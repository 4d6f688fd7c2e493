"""JSON as programs of others write it: with numbers and texts that ours never holds."""

from __future__ import annotations

import json
import re
from typing import Any

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


def read_foreign(text: str) -> Any:
    """The value of a JSON text in which NaN, Infinity and -Infinity may stand.

    Half a surrogate pair becomes ``?``, since no other reader and no database takes one alone.

    Raises:
        ValueError: it is no JSON.
        RecursionError: it is nested too deep.
    """
    value = json.loads(text)
    if _SURROGATE.search(text):
        value = json.loads(json.dumps(value, ensure_ascii=False).encode(errors="replace"))
    return value
