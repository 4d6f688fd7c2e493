"""Python values as JSON holds them: numbers of NumPy and PyTorch, paths, sets, data classes and the like."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import math
import os
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import msgspec

from besom.errors import UsageError
from besom.protocol import encode_number

_PLAIN = (bool, int, float, str, type(None))
_encode = msgspec.json.Encoder().encode

Fallback = Callable[[str, object], Any]
"""Given the name and a value that JSON cannot hold; returns what to keep instead, or raises."""


def refuse(name: str, value: object) -> Any:
    """The strict fallback."""
    raise UsageError(
        f"The value of {name!r} is of type {type(value).__name__}, which JSON cannot hold.",
        "Give numbers, text, booleans, None, or lists and dicts of them.",
    )


def plain(value: Any, name: str = "", fallback: Fallback = refuse) -> Any:
    """``value`` as None, bool, int, float (NaN and infinities included), str, list and dict; always a copy.

    Args:
        value: anything.
        name: where it stands, for messages; levels joined by dots.
        fallback: decides about what JSON cannot hold.

    Raises:
        UsageError: from ``fallback``; for keys that are not text or numbers; for values nested too deep or in a circle.
    """
    try:
        return _plain(value, name, fallback)
    except RecursionError:
        raise UsageError(f"The value of {name!r} contains itself or is nested too deep.") from None


def to_json(value: dict[str, Any]) -> bytes:
    """A dict of plain values as one line of JSON without its end; NaN and infinities as ``protocol`` says."""
    try:
        line = _encode(value)
        # msgspec writes NaN and infinities as null, so text without null holds none of them.
        return _encode(mark_numbers(value)) if b"null" in line else line
    except UnicodeEncodeError:
        raise UsageError(f"{_unencodable(value)} holds half a surrogate pair, which is not text.") from None


def log_line(data: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """What ``log`` was given, as JSON and as the values that were understood.

    Ordinary numbers and text take the first way out: one encode in C and nothing else.

    Raises:
        UsageError: ``data`` is not a dict, or a value is not JSON; names it.
    """
    if type(data) is dict:
        try:
            "".join(data)  # the cheapest check that all keys are text
            line = _encode(data)
        except (TypeError, UnicodeEncodeError, RecursionError):
            pass  # the long way converts, or says what is wrong
        else:
            return (line, data) if b"null" not in line else (to_json(data), data)
    elif not isinstance(data, Mapping):
        raise UsageError(
            f"log() was given {_shown(data)} of type {type(data).__name__}, not a dict.",
            'Name the value: besom.log({"loss": 0.3}).',
        )
    for key in data:
        if not isinstance(key, str):
            raise UsageError(f"log() was given the key {_shown(key)}, which is not text.", f'Write "{key}" instead.')
    values = plain(data)
    return to_json(values), values


def _plain(value: Any, name: str, fallback: Fallback) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, enum.Enum):
        return _plain(value.value, name, fallback)
    for base in (str, int, float):  # np.float64, IntEnum, ...
        if isinstance(value, base):
            return base(value)
    if isinstance(value, Mapping) or (hasattr(value, "keys") and hasattr(value, "items")):
        return {_key(key, name): _plain(item, _below(name, key), fallback) for key, item in value.items()}
    if isinstance(value, AbstractSet):
        return _in_order([_plain(item, name, fallback) for item in value])
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return [_plain(item, _below(name, index), fallback) for index, item in enumerate(value)]
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return _plain(fields, name, fallback)
    unpacked = _unpacked(value)
    return fallback(name, value) if unpacked is None else _plain(unpacked, name, fallback)


def _unpacked(value: Any) -> Any:
    """The number in a scalar of NumPy, PyTorch, JAX, ..., the list in an array; None for everything else."""
    if isinstance(value, type):
        return None
    for method in ("item", "tolist"):
        convert = getattr(value, method, None)
        if callable(convert):
            try:
                unpacked = convert()
            except (ValueError, RuntimeError, TypeError):
                continue  # item() of an array with several elements
            return unpacked if isinstance(unpacked, (bool, int, float, str, list)) else None
    return None


def _key(key: Any, name: str) -> str:
    if isinstance(key, str):
        return str(key)
    if isinstance(key, (bool, type(None))) or not isinstance(key, (int, float)):
        raise UsageError(f"{name or 'The dict'!r} has the key {_shown(key)}, which is not text.")
    return str(key)


def _below(name: str, key: object) -> str:
    return f"{name}.{key}" if name else str(key)


def _in_order(items: list[Any]) -> list[Any]:
    try:
        return sorted(items)
    except TypeError:  # mixed types: any order that is the same each time
        return sorted(items, key=repr)


def mark_numbers(value: Any) -> Any:
    """Plain values with NaN and infinities as ``protocol.encode_number`` writes them."""
    if isinstance(value, float):
        return value if math.isfinite(value) else encode_number(value)
    if isinstance(value, dict):
        return {key: mark_numbers(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [mark_numbers(item) for item in value]
    return value


def _unencodable(value: Any, name: str = "") -> str:
    """Name of the first text in ``value`` that is not UTF-8."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return f"The value of {name!r}"
        return ""
    if isinstance(value, dict):
        for key, item in value.items():
            if found := _unencodable(key, key.encode(errors="replace").decode()) or _unencodable(
                item, _below(name, key)
            ):
                return found
    if isinstance(value, list):
        for index, item in enumerate(value):
            if found := _unencodable(item, _below(name, index)):
                return found
    return ""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
