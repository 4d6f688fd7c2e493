"""What a checked sweep configuration is, as values: no YAML, no defaults to guess, nothing left to look up.

``besom.config.load`` makes these; ``besom.search`` and the server read them. Everything is immutable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Method = Literal["grid", "random", "bayes", "custom"]
Goal = Literal["minimize", "maximize"]
Impute = Literal["worst", "best", "latest"]
ImputeWhileRunning = Literal["false", "best", "latest", "worst"]


@dataclass(frozen=True, slots=True)
class Constant:
    """Always ``value``; part of every run, not of the search."""

    value: Any


@dataclass(frozen=True, slots=True)
class Categorical:
    """One of ``values`` (any JSON value), uniformly or with ``probabilities`` (same length, sum 1)."""

    values: tuple[Any, ...]
    probabilities: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class IntUniform:
    """An integer in [min, max], both ends included."""

    min: int
    max: int


@dataclass(frozen=True, slots=True)
class Uniform:
    """A real number in [min, max]; with ``q``, a multiple of q inside [min, max] (integer when q is an int)."""

    min: float
    max: float
    q: float | int | None = None


@dataclass(frozen=True, slots=True)
class LogUniform:
    """exp of a uniform number; ``min`` and ``max`` are *values* here, both > 0, whichever way the file gave them.

    ``inv_log_uniform`` is the same distribution (1/X is log-uniform exactly where X is), with its bounds turned round.
    """

    min: float
    max: float
    q: float | int | None = None


@dataclass(frozen=True, slots=True)
class Normal:
    """Normal with mean ``mu`` and standard deviation ``sigma`` >= 0; unbounded."""

    mu: float = 0.0
    sigma: float = 1.0
    q: float | int | None = None


@dataclass(frozen=True, slots=True)
class LogNormal:
    """exp of a normal number."""

    mu: float = 0.0
    sigma: float = 1.0
    q: float | int | None = None


@dataclass(frozen=True, slots=True)
class Beta:
    """Beta(a, b) on [0, 1], a and b > 0."""

    a: float = 1.0
    b: float = 1.0
    q: float | int | None = None


Distribution = Constant | Categorical | IntUniform | Uniform | LogUniform | Normal | LogNormal | Beta


@dataclass(frozen=True, slots=True)
class Parameter:
    """A leaf of the parameter tree. ``path`` has one element per level; a dot in a name is a plain character."""

    path: tuple[str, ...]
    distribution: Distribution
    label: str
    """The distribution's name as a user writes it, e.g. ``log_uniform_values``."""

    @property
    def name(self) -> str:
        """The flattened name, levels joined by dots; for display and for sorting."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Metric:
    """What the search optimises: the metric as logged, and how runs without a good value count (section ``metric``)."""

    name: str
    goal: Goal = "minimize"
    target: float | None = None
    impute: Impute = "worst"
    impute_while_running: ImputeWhileRunning = "false"


@dataclass(frozen=True, slots=True)
class Hyperband:
    """``early_terminate: {type: hyperband}``; either ``min_iter``, or ``max_iter`` with ``s``."""

    min_iter: int | None = None
    max_iter: int | None = None
    s: int | None = None
    eta: float = 3.0
    strict: bool = True


@dataclass(frozen=True, slots=True)
class SweepConfig:
    """A configuration that every later stage can use without asking again."""

    method: Method
    parameters: tuple[Parameter, ...]
    """All leaves, sorted by flattened name (a group's place decides for its leaves)."""
    metric: Metric | None = None
    early_terminate: Hyperband | None = None
    run_cap: int | None = None
    program: str | None = None
    command: tuple[str, ...] | None = None
    """Elements as text, macros unexpanded; None for the default command."""
    name: str | None = None
    description: str | None = None
    project: str | None = None
    entity: str | None = None
    controller: Literal["cloud", "local"] = "cloud"
    seed: int | None = None
    start_with: tuple[Mapping[tuple[str, ...], Any], ...] = ()
    """Complete points, by path of parameter, that are run before any other."""
    stored: dict[str, Any] = field(default_factory=dict)
    """The user's configuration after a trip through JSON, with distributions filled in; what the API shows."""
