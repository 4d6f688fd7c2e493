"""A sweep's parameters in the few forms that engines of others know."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from besom.config.model import (
    Categorical,
    Condition,
    Constant,
    Derived,
    IntUniform,
    LogUniform,
    Parameter,
    Path,
    SweepConfig,
    Uniform,
)
from besom.errors import UsageError

Scalar = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a list. Lists and mappings travel as JSON text, as engines only know scalars."""

    path: Path
    values: tuple[Any, ...]
    when: tuple[Condition, ...] = ()

    @property
    def options(self) -> list[Scalar]:
        """What the engine is offered."""
        return [option_of(value) for value in self.values]

    def value(self, option: Any) -> Any:
        """What the run gets."""
        return self.values[self._index(option)]

    def option(self, value: Any) -> Scalar:
        """What the engine is told for a run's value.

        Raises:
            ValueError: the value is not listed.
        """
        return self.options[self._index(option_of(value))]

    def _index(self, option: Any) -> int:
        for number, known in enumerate(self.options):
            if known == option and isinstance(known, bool) == isinstance(option, bool):
                return number
        raise ValueError(f"{option!r} is not a value of {'.'.join(self.path)}")


@dataclass(frozen=True, slots=True)
class Range:
    """A number from ``low`` to ``high``, both included; with ``step`` one of low, low + step, ..., high."""

    path: Path
    low: float | int
    high: float | int
    integer: bool = False
    log: bool = False
    step: float | int | None = None
    snap: float | None = None
    """The run gets the nearest multiple of this, which the engine does not know of."""
    when: tuple[Condition, ...] = ()

    def value(self, option: Any) -> Any:
        """What the run gets."""
        if self.snap is not None:
            first, last = _inside(self.low, self.high, self.snap)
            return _multiple(min(max(round(option / self.snap), first), last), self.snap)
        if self.step is not None and not self.integer:
            return _multiple(round(option / self.step), self.step)
        return int(option) if self.integer else float(option)

    def option(self, value: Any) -> float | int:
        """What the engine is told for a run's value.

        Raises:
            ValueError: the value is no number inside.
        """
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            raise ValueError(f"{value!r} is no number from {self.low:g} to {self.high:g}")
        return int(value) if self.integer else float(value)


Form = Choice | Range


def forms_of(config: SweepConfig, engine: str, *, conditions: bool) -> list[Form]:
    """The parameters as the engine can search them, without derived values, which the server computes.

    Args:
        config: The sweep's.
        engine: For messages.
        conditions: Whether it can search parameters that exist only sometimes.

    Raises:
        UsageError: the engine cannot search the space; names the parameter and the way out.
    """
    parameters = [p for p in config.parameters if not isinstance(p.distribution, Derived)]
    for parameter in parameters:
        if parameter.when and not conditions:
            raise _refused(parameter, engine, "it exists only where its `when` holds")
    return [_form(parameter, engine) for parameter in parameters]


def _form(parameter: Parameter, engine: str) -> Form:
    path, when = parameter.path, parameter.when
    match parameter.distribution:
        case Constant(value):
            return Choice(path, (value,), when)
        case Categorical(values, None):
            return Choice(path, values, when)
        case IntUniform(low, high):
            return Range(path, low, high, integer=True, when=when)
        case Uniform(low, high, None):
            return Range(path, low, high, when=when)
        case Uniform(low, high, q) if q is not None:
            first, last = _inside(low, high, q)
            whole = isinstance(q, int)
            return Range(path, _multiple(first, q), _multiple(last, q), integer=whole, step=q, when=when)
        case LogUniform(low, high, None):
            return Range(path, low, high, log=True, when=when)
        case LogUniform(low, high, q) if q == 1 and low >= 1:
            return Range(path, math.ceil(low), math.floor(high), integer=True, log=True, when=when)
        case LogUniform(low, high, q) if q is not None and engine == "optuna":
            return Range(path, low, high, log=True, snap=q, when=when)
    raise _refused(parameter, engine, f"its distribution is `{parameter.label}`")


def _inside(low: float, high: float, q: float) -> tuple[int, int]:
    """The first and the last multiple of ``q`` from ``low`` to ``high``, in steps."""
    step = Decimal(repr(q))
    return math.ceil(Decimal(repr(low)) / step), math.floor(Decimal(repr(high)) / step)


def _multiple(steps: int, q: float) -> float | int:
    return steps * q if isinstance(q, int) else float(steps * Decimal(repr(q)))


def _refused(parameter: Parameter, engine: str, why: str) -> UsageError:
    return UsageError(
        f"The engine {engine} cannot search `{parameter.name}`: {why}.",
        "Give it `values`, or `min` and `max`; or name a `search_space` function of your own (Optuna).",
    )


def option_of(value: Any) -> Scalar:
    """A value as a scalar."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return json.dumps(value, sort_keys=True)


def flat(values: Mapping[str, Any], paths: list[Path]) -> dict[str, Any]:
    """The nested values at ``paths``, by flattened name; what is not there is left out."""
    found = {}
    for path in paths:
        node: Any = values
        for name in path:
            node = node.get(name, _ABSENT) if isinstance(node, Mapping) else _ABSENT
        if node is not _ABSENT:
            found[".".join(path)] = node
    return found


_ABSENT = object()
