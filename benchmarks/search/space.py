"""A problem's space, read from its sweep configuration without besom's help, so that all peers are told the same.

Problems use four ways to write a parameter: ``uniform`` (``min``, ``max``), ``log_uniform_values``, ``int_uniform``,
``q_log_uniform_values`` with ``q: 1`` (an integer on a log scale) and ``values``; and ``when``: a mapping.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Values = dict[str, Any]


@dataclass(frozen=True)
class Parameter:
    """One parameter: real or integer in [low, high] on a linear or a logarithmic scale, or one of ``choices``."""

    name: str
    kind: Literal["real", "integer", "choice"]
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    choices: tuple[Any, ...] = ()
    when: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    """It exists where each of these parameters has one of these values."""

    def exists(self, values: Mapping[str, Any]) -> bool:
        """Whether a point that holds ``values`` has this parameter."""
        return all(name in values and values[name] in allowed for name, allowed in self.when)

    def value(self, u: float) -> Any:
        """The value at quantile ``u`` in [0, 1)."""
        if self.kind == "choice":
            return self.choices[min(int(u * len(self.choices)), len(self.choices) - 1)]
        if self.kind == "integer":
            low, high = self.low - 0.5, self.high + 0.5
            number = math.exp(_between(math.log(low), math.log(high), u)) if self.log else _between(low, high, u)
            return int(min(max(round(number), self.low), self.high))
        if self.log:
            return min(max(math.exp(_between(math.log(self.low), math.log(self.high), u)), self.low), self.high)
        return _between(self.low, self.high, u)

    def position(self, value: Any) -> float:
        """Where a number lies in [0, 1] on its scale; the place of a choice in the list."""
        if self.kind == "choice":
            return float(self.choices.index(value))
        low, high, number = float(self.low), float(self.high), float(value)
        if self.log:
            low, high, number = math.log(low), math.log(high), math.log(number)
        return (number - low) / (high - low)


class Space:
    """The parameters of a configuration, those that others depend on first."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        waiting = {name: _parameter(name, entry) for name, entry in config["parameters"].items()}
        self.parameters: list[Parameter] = []
        while waiting:
            known = {parameter.name for parameter in self.parameters}
            ready = [p for p in waiting.values() if all(name in known for name, _ in p.when)]
            if not ready:
                raise ValueError(f"parameters that wait for each other: {', '.join(waiting)}")
            self.parameters += ready
            waiting = {name: p for name, p in waiting.items() if p not in ready}

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    def values(self, u: np.ndarray) -> Values:
        """The point at quantiles ``u``, shape (d,); parameters that do not exist there are left out."""
        values: Values = {}
        for parameter, quantile in zip(self.parameters, u, strict=True):
            if parameter.exists(values):
                values[parameter.name] = parameter.value(float(quantile))
        return values

    def existing(self, values: Mapping[str, Any]) -> Values:
        """The part of a point that exists, of a peer that knows no conditions, in plain Python numbers."""
        found: Values = {}
        for parameter in self.parameters:
            if parameter.exists(found):
                value = values[parameter.name]
                found[parameter.name] = value.item() if isinstance(value, np.generic) else value
        return found

    def sample(self, rng: np.random.Generator) -> Values:
        """A point drawn from the parameters' own distributions."""
        return self.values(rng.random(len(self)))

    def positions(self, values: Mapping[str, Any]) -> np.ndarray:
        """Each parameter's position, shape (d,); NaN for one that does not exist."""
        return np.array([p.position(values[p.name]) if p.name in values else math.nan for p in self.parameters])


def _parameter(name: str, entry: Mapping[str, Any]) -> Parameter:
    when = tuple((parent, _listed(allowed)) for parent, allowed in entry.get("when", {}).items())
    if "values" in entry:
        return Parameter(name, "choice", choices=tuple(entry["values"]), when=when)
    kind, log = {
        "uniform": ("real", False),
        "log_uniform_values": ("real", True),
        "int_uniform": ("integer", False),
        "q_log_uniform_values": ("integer", True),
    }[entry["distribution"]]
    if kind == "integer" and entry.get("q", 1) != 1:
        raise ValueError(f"parameter {name!r}: problems use steps of 1 only, not q: {entry['q']}")
    return Parameter(name, kind, entry["min"], entry["max"], log, when=when)  # type: ignore[arg-type]


def _listed(allowed: Any) -> tuple[Any, ...]:
    return tuple(allowed) if isinstance(allowed, list) else (allowed,)


def _between(low: float, high: float, u: float) -> float:
    return low + (high - low) * u
