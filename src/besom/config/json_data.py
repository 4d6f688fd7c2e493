"""Configurations as JSON data: dicts, lists, text, numbers, booleans and null, whatever they came as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from besom.config.problem import LONGEST_NAME, Path, format_path
from besom.config.report import Report

_DEEPEST = 100
_MOST_VALUES = 200_000
_MOST_TEXT = 2_000_000
"""Characters: twice as many as text is read of, for what aliases repeat."""


class _Stop(Exception):
    """The configuration is too large to go on; the reason is in the report."""


def as_json_data(config: Mapping[Any, Any], report: Report) -> dict[str, Any]:
    """Return ``config`` as JSON would give it back: lists for tuples, text keys, sorted; a deep copy.

    NumPy scalars and arrays become plain numbers and lists. What JSON cannot hold is reported and becomes null.
    """
    converter = _Converter(report)
    try:
        return converter.mapping(config, ())
    except _Stop:
        return {}


class _Converter:
    def __init__(self, report: Report) -> None:
        self._report = report
        self._seen = 0
        self._characters = 0

    def value(self, value: Any, path: Path) -> Any:
        self._limit(path)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(str.__str__(value), path)
        if isinstance(value, int):
            return self._integer(int(value), path)
        if isinstance(value, float):
            return float(value)
        if isinstance(value, Mapping):
            return self.mapping(value, path)
        if isinstance(value, (list, tuple)):
            return [self.value(item, (*path, index)) for index, item in enumerate(value)]
        plain = _from_numpy(value)
        return self._refuse(value, path) if plain is None else self.value(plain, path)

    def mapping(self, mapping: Mapping[Any, Any], path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, item in mapping.items():
            name = self._key(key, path)
            if name in result:
                self._report.warning((*path, name), f"Two keys become `{name}` as text; the last one counts.")
            result[name] = self.value(item, (*path, name))
        return dict(sorted(result.items()))

    def _key(self, key: Any, path: Path) -> str:
        if isinstance(key, str):
            if self._report.too_long(path, key):
                key = key[:LONGEST_NAME]  # what is wrong below it is told, too
            return self._text(str.__str__(key), path)
        if key is None or isinstance(key, bool):
            return {None: "null", True: "true", False: "false"}[key]
        if isinstance(key, (int, float)):
            return str(self._integer(int(key), path)) if isinstance(key, int) else repr(float(key))
        self._report.error(path, f"A key must be text, not {type(key).__name__}.", "use str(key).", repr(key))
        return repr(key)

    def _text(self, text: str, path: Path) -> str:
        self._characters += len(text)
        if self._characters > _MOST_TEXT and self._report.bounded:
            self._stop(f"The configuration holds more than {_MOST_TEXT:,} characters of text.")
        try:
            text.encode()
        except UnicodeEncodeError:
            self._report.error(
                path,
                "The text holds half of a surrogate pair, which no file can store.",
                "remove the broken character.",
                text,
            )
            return text.encode(errors="replace").decode()
        return text

    def _integer(self, number: int, path: Path) -> int:
        if number.bit_length() > 1024:
            self._report.error(
                path, f"An integer of {number.bit_length()} bits is too large to store.", "write it as text."
            )
            return 0
        return number

    def _limit(self, path: Path) -> None:
        self._seen += 1
        if len(path) > _DEEPEST:
            self._report.error(
                path[:3], f"Nested more than {_DEEPEST} levels deep, or inside itself.", "flatten the value."
            )
            raise _Stop
        if self._seen > _MOST_VALUES:
            self._stop(f"The configuration holds more than {_MOST_VALUES:,} values.")

    def _stop(self, rule: str) -> NoReturn:
        self._report.error((), rule, "put what is long in a file and sweep over its name.")
        raise _Stop

    def _refuse(self, value: Any, path: Path) -> None:
        name = type(value).__name__
        hints = {
            "set": "use a list: `sorted(values)`.",
            "frozenset": "use a list: `sorted(values)`.",
            "range": f"use a list: `list({value!r})`." if isinstance(value, range) else "",
            "function": "give its name as text and look it up in your program.",
            "type": "give its name as text and look it up in your program.",
        }
        subject = format_path(path) or "the configuration"
        self._report.error(
            path,
            f"JSON cannot hold a value of type {name}, so {subject} cannot be sent.",
            hints.get(name, "convert it to text, a number, a list or a dict."),
            _Shown(value),
        )


class _Shown:
    """Shows a foreign value by its repr, which may itself be broken."""

    def __init__(self, value: Any) -> None:
        try:
            self._text = repr(value)
        except Exception:
            self._text = f"<{type(value).__name__}>"

    def __repr__(self) -> str:
        return self._text


def _from_numpy(value: Any) -> bool | int | float | str | list[Any] | None:
    """Unwrap NumPy scalars and arrays (and whatever follows their protocol) without importing NumPy."""
    if isinstance(value, type):
        return None
    for method in ("tolist", "item"):
        convert = getattr(value, method, None)
        if callable(convert):
            try:
                plain = convert()
            except (TypeError, ValueError, RuntimeError):
                continue
            if isinstance(plain, (bool, int, float, str, list)):
                return plain
    return None
