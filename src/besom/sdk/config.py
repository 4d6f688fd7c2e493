"""``run.config``: a dict with attribute access. Values that a sweep chose are locked."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

import msgspec

from besom.errors import UsageError
from besom.protocol.foreign import read_foreign
from besom.sdk.messages import warn
from besom.sdk.values import plain

Changed = Callable[[dict[str, Any]], None]


class Config(MutableMapping[str, Any]):
    """The configuration of a run.

    Values are plain: what JSON holds. Setting a key that has another value needs
    ``update(..., allow_val_change=True)``; keys that the sweep set stay as they are, with one warning for each.
    """

    __slots__ = ("_changed", "_locked", "_values", "_warned")

    _values: dict[str, Any]
    _locked: frozenset[str]
    _warned: set[str]
    _changed: Changed

    def __init__(
        self,
        values: Mapping[str, Any] | None = None,
        locked: Mapping[str, Any] | None = None,
        changed: Changed = lambda _: None,
    ) -> None:
        """A configuration.

        Args:
            values: the program's own.
            locked: the sweep's; merged into ``values``, its leaves win, and its top-level keys are locked.
            changed: told the keys that are set from now on, with their values.
        """
        object.__setattr__(self, "_values", merge(values or {}, locked or {}))
        object.__setattr__(self, "_locked", frozenset(locked or {}))
        object.__setattr__(self, "_warned", set())
        object.__setattr__(self, "_changed", changed)

    def update(self, other: Any = (), /, allow_val_change: bool | None = None, **more: Any) -> None:
        """Adds keys from a dict, an ``argparse.Namespace``, a data class or the like.

        Raises:
            UsageError: a key has another value already, and ``allow_val_change`` is not set. Nothing is changed then.
        """
        self._put({**to_mapping(other, "config.update"), **to_mapping(more, "config.update")}, bool(allow_val_change))

    def setdefaults(self, defaults: Any) -> None:
        """Adds the keys that are missing."""
        given = to_mapping(defaults, "config.setdefaults")
        self._put({key: value for key, value in given.items() if key not in self._values}, False)

    def as_dict(self) -> dict[str, Any]:
        """A copy, nested dicts and lists included."""
        copied: dict[str, Any] = plain(self._values)
        return copied

    def _put(self, new: dict[str, Any], allow_change: bool) -> None:
        for key in [key for key in new if key in self._locked]:
            value = new.pop(key)
            if value != self._values[key] and key not in self._warned:
                self._warned.add(key)
                warn(f"config[{key!r}] stays {self._values[key]!r}: the sweep set it, so it is locked.")
        new = {
            key: value for key, value in new.items() if key not in self._values or not _same(self._values[key], value)
        }
        for key, value in new.items():
            if key in self._values and not allow_change:
                raise UsageError(
                    f"config[{key!r}] is {self._values[key]!r} already and was set to {value!r}.",
                    f"If that is meant: config.update({{{key!r}: ...}}, allow_val_change=True).",
                )
        if new:
            self._changed(new)
            self._values.update(new)

    def __getitem__(self, key: str) -> Any:
        try:
            return self._values[key]
        except KeyError:
            raise KeyError(_missing(key, self._values)) from None

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __delitem__(self, key: str) -> None:
        raise UsageError(f"config[{key!r}] cannot be deleted: a run keeps what it was configured with.")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__") or key in Config.__slots__:  # the latter while a copy is being put together
            raise AttributeError(key)
        try:
            return self._values[key]
        except KeyError:
            raise AttributeError(_missing(key, self._values)) from None

    def __setattr__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __delattr__(self, key: str) -> None:
        del self[key]

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *self._values]

    def __repr__(self) -> str:
        return repr(self._values)

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy in another process is for reading; it belongs to no run.
        return (Config, (self.as_dict(),))


def to_mapping(given: Any, call: str) -> dict[str, Any]:
    """Whatever programs keep settings in, as a plain dict. What JSON cannot hold is kept as text, with a warning.

    Raises:
        UsageError: it is nothing of the kind; ``call`` names where it was given.
    """
    if given is None or given == ():
        return {}
    if "argparse" in sys.modules and isinstance(given, sys.modules["argparse"].Namespace):
        given = vars(given)
    is_data = hasattr(type(given), "__dataclass_fields__")
    if not (isinstance(given, Mapping) or is_data or (hasattr(given, "keys") and hasattr(given, "items"))):
        raise UsageError(
            f"{call} was given a {type(given).__name__}, not a dict.",
            "Pass a dict, an argparse.Namespace, a data class or another mapping.",
        )
    as_text: list[str] = []

    def keep_text(name: str, value: object) -> str:
        as_text.append(name)
        return str(value)

    converted: dict[str, Any] = plain(given, fallback=keep_text)
    try:
        msgspec.json.encode(converted)
    except UnicodeEncodeError:  # the name of a file that is not UTF-8, say: no reason not to begin
        converted = read_foreign(json.dumps(converted))
    if as_text:
        warn(f"config keeps these as text, because JSON cannot hold them: {', '.join(as_text)}")
    return converted


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``over`` put on it: dicts are merged level by level, everything else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        merged[key] = merge(below, value) if both else value  # type: ignore[arg-type]
    return merged


def _same(a: Any, b: Any) -> bool:
    return type(a) is type(b) and bool(a == b)


def _missing(key: str, values: dict[str, Any]) -> str:
    from difflib import get_close_matches  # late: only for a message

    close = get_close_matches(str(key), values, n=1)
    known = f"did you mean {close[0]!r}?" if close else f"it has: {', '.join(values) or 'nothing'}"
    return f"config has no key {key!r}; {known}"
