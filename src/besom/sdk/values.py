"""Python values as JSON holds them: numbers of NumPy and PyTorch, paths, sets, data classes and the like."""

from __future__ import annotations

import datetime
import decimal
import enum
import numbers
import os
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

import msgspec

from besom.errors import UsageError
from besom.protocol import mark_numbers
from besom.protocol.bounds import DEEPEST, MOST_DIGITS, excess

if TYPE_CHECKING:
    from besom.sdk.run import Run

_PLAIN = (bool, int, float, str, type(None))
_FLAT = frozenset(_PLAIN)
_TOO_LARGE = 10**MOST_DIGITS
_encode = msgspec.json.Encoder().encode

Fallback = Callable[[str, object], Any]
"""Given the name and a value that JSON cannot hold; returns what to keep instead, or raises."""
Media = Callable[[str, Any], "dict[str, Any] | None"]
"""Given the name and a value; returns what stands for an image, a table, a figure, ...; None for all other values."""


def refuse(name: str, value: object) -> Any:
    """The strict fallback."""
    raise UsageError(
        f"The value of {name!r} is of type {type(value).__name__}, which JSON cannot hold.",
        "Give numbers, text, booleans, None, or lists and dicts of them.",
    )


def refuse_media(name: str, value: Any) -> None:
    """Where there is no run to keep the bytes."""
    if hasattr(type(value), "_besom_json"):
        raise UsageError(
            f"The value of {name!r} is a besom.{type(value).__name__}, which only log() takes.",
            f"Write run.log({{{name!r}: ...}}).",
        )


def plain(value: Any, name: str = "", fallback: Fallback = refuse, media: Media = refuse_media) -> Any:
    """``value`` as None, bool, int, float (NaN and infinities included), str, list and dict; always a copy.

    Args:
        value: anything.
        name: where it stands, for messages; levels joined by dots.
        fallback: decides about what JSON cannot hold.
        media: knows media.

    Raises:
        UsageError: from ``fallback`` and ``media``; for keys that are not text or numbers; for values nested too deep
            or in a circle.
    """
    try:
        return _plain(value, name, fallback, media)
    except RecursionError:
        raise UsageError(f"The value of {name!r} contains itself or is nested too deep.") from None


def to_json(value: dict[str, Any]) -> bytes:
    """A dict of plain values as one line of JSON without its end; NaN and infinities as ``protocol`` says.

    Raises:
        UsageError: a value is nested too deep, or a text is none; names it.
    """
    try:
        line = _encode(value)
        # msgspec writes NaN and infinities as null, so text without null holds none of them.
        if b"null" in line:
            line = _encode(mark_numbers(value))
    except UnicodeEncodeError:
        raise UsageError(f"{_unencodable(value)} holds half a surrogate pair, which is not text.") from None
    if line.count(b"[") + line.count(b"{") > DEEPEST and excess(line.decode()):
        name = next((key for key, item in value.items() if excess(_encode({key: item}).decode())), "")
        raise UsageError(f"The value of {name!r} is nested more than {DEEPEST - 1} deep.", "Log it as text.")
    return line


def as_text(value: object) -> str:
    """A value for people to read. Half a surrogate pair, as in a file's name that is not UTF-8, becomes ``?``."""
    return str(value).encode(errors="replace").decode()


def log_line(data: Mapping[str, Any], run: Run | None = None, step: int | None = None) -> tuple[bytes, dict[str, Any]]:
    """What ``log`` was given, as JSON and as the values that were understood.

    Ordinary numbers and text take the first way out: one encode in C and nothing else.

    Args:
        data: names and values.
        run: takes the files of media.
        step: the row's, None for the run's next.

    Raises:
        UsageError: ``data`` is not a dict, or a value is not JSON; names it.
    """
    if type(data) is dict:
        kinds = set(map(type, data.values()))
        if kinds <= _FLAT:
            try:
                "".join(data)  # the cheapest check that all keys are text
                line = _encode(data)
            except (TypeError, ValueError):
                pass  # the long way says what is wrong
            else:
                if len(line) <= MOST_DIGITS or int not in kinds or not any(map(_is_too_large, data.values())):
                    return (line, data) if b"null" not in line else (to_json(data), data)
    elif not isinstance(data, Mapping):
        raise UsageError(
            f"log() was given {_shown(data)} of type {type(data).__name__}, not a dict.",
            'Name the value: besom.log({"loss": 0.3}).',
        )
    for key in data:
        if not isinstance(key, str):
            raise UsageError(f"log() was given the key {_shown(key)}, which is not text.", f'Write "{key}" instead.')
    media = _media_of(run, run.step if step is None else step) if run else refuse_media
    values = {str(key): plain(value, key, media=media) for key, value in data.items()}
    return to_json(values), values


def _media_of(run: Run, step: int) -> Media:
    """How a row of a run takes media, and figures and frames of other libraries."""
    from besom.sdk.media.convert import media_of  # late: few rows have any

    def media(name: str, value: Any) -> dict[str, Any] | None:
        if isinstance(value, (list, tuple)):
            several = getattr(type(value[0]), "_besom_json_list", None) if value else None
            return several(value, run, name, step) if several else None
        known = media_of(value)
        return known._besom_json(run, name, step) if known else None

    return media


def _plain(value: Any, name: str, fallback: Fallback, media: Media) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value if kind is not int or not _is_too_large(value) else _refuse_integer(name)
    if kind is not dict and (described := media(name, value)) is not None:
        return described
    if isinstance(value, enum.Enum):
        return _plain(value.value, name, fallback, media)
    for base in (str, int, float):  # np.float64, IntEnum, ...
        if isinstance(value, base):
            return _plain(base(value), name, fallback, media)
    if isinstance(value, Mapping) or (hasattr(value, "keys") and hasattr(value, "items")):
        return {_key(key, name): _plain(item, _below(name, key), fallback, media) for key, item in value.items()}
    if isinstance(value, AbstractSet):
        return _in_order([_plain(item, name, fallback, media) for item in value])
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return [_plain(item, _below(name, index), fallback, media) for index, item in enumerate(value)]
    if hasattr(kind, "__dataclass_fields__"):
        from dataclasses import fields  # late: slow to import, and there already if it is needed

        return _plain({field.name: getattr(value, field.name) for field in fields(value)}, name, fallback, media)
    unpacked = _scalar(value)
    return fallback(name, value) if unpacked is None else _plain(unpacked, name, fallback, media)


def _is_too_large(value: object) -> bool:
    return type(value) is int and not -_TOO_LARGE < value < _TOO_LARGE


def _refuse_integer(name: str) -> Any:
    raise UsageError(f"The value of {name!r} is an integer of more than {MOST_DIGITS} digits.", "Give it as text.")


def _scalar(value: Any) -> Any:
    """Times as text, durations as seconds, other libraries' numbers and arrays as Python's; None for all else."""
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, numbers.Integral):  # NumPy's; as a float it would count nothing, and lose digits
        return int(value)
    if isinstance(value, (numbers.Real, decimal.Decimal)):  # a fraction, too
        return float(value)
    return os.fspath(value) if isinstance(value, os.PathLike) else _unpacked(value)


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
    if isinstance(key, (bool, type(None))) or not isinstance(key, (numbers.Integral, float)):
        raise UsageError(f"{name or 'The dict'!r} has the key {_shown(key)}, which is not text.")
    return str(key)


def _below(name: str, key: object) -> str:
    return f"{name}.{key}" if name else str(key)


def _in_order(items: list[Any]) -> list[Any]:
    try:
        return sorted(items)
    except TypeError:  # mixed types: any order that is the same each time
        return sorted(items, key=repr)


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
