"""``run.summary``: the last value of each key, and what the program sets by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from besom.errors import UsageError
from besom.sdk.values import plain


class Summary(Mapping[str, Any]):
    """A mapping with attribute access; setting a key sets it on the server too."""

    __slots__ = ("_changed", "_values")

    _values: dict[str, Any]
    _changed: Callable[[dict[str, Any]], None]

    def __init__(self, changed: Callable[[dict[str, Any]], None], values: Mapping[str, Any] | None = None) -> None:
        """``changed`` is told what is set by hand; ``values`` are those of an earlier process of the run."""
        object.__setattr__(self, "_values", dict(values or {}))
        object.__setattr__(self, "_changed", changed)

    def update(self, other: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        """Sets keys by hand. They stay until the key is logged again.

        Raises:
            UsageError: a value is not JSON; names it.
        """
        new: dict[str, Any] = plain({**(other or {}), **more})
        if new:
            self._changed(new)
            self._values.update(new)

    def logged(self, values: dict[str, Any]) -> None:
        """Takes in a row that was logged."""
        self._values.update(values)

    def as_dict(self) -> dict[str, Any]:
        """A copy, nested dicts and lists included."""
        copied: dict[str, Any] = plain(self._values)
        return copied

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__") or key in Summary.__slots__:
            raise AttributeError(key)
        try:
            return self._values[key]
        except KeyError:
            raise AttributeError(f"summary has no key {key!r}") from None

    def __setattr__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __delattr__(self, key: str) -> None:
        raise UsageError(f"summary[{key!r}] cannot be deleted.", "Set it to None.")

    def __repr__(self) -> str:
        return repr(self._values)

    def __reduce__(self) -> tuple[Any, ...]:
        return (dict, (self.as_dict(),))
