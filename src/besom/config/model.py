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
Use = Literal["best", "last", "mean_last"]
GridOrder = Literal["sorted", "random"]
Broken = Literal["failed", "crashed"]
Path = tuple[str, ...]
"""Where a parameter is: one element per level of nesting."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked formula over parameters; ``besom.config.expressions`` computes it."""

    text: str
    paths: tuple[Path, ...]
    """The parameters it uses."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What holds of a point or not: each parameter of ``allowed`` has one of its values, and the expression is true.

    It never holds where a parameter that it speaks of does not exist.
    """

    allowed: tuple[tuple[Path, tuple[Any, ...]], ...] = ()
    expression: Expression | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The parameters it speaks of."""
        of_expression = self.expression.paths if self.expression else ()
        return tuple(dict.fromkeys((*(path for path, _ in self.allowed), *of_expression)))


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


@dataclass(frozen=True, slots=True)
class Derived:
    """Computed from other parameters, never searched; exists where all that it uses exist."""

    expression: Expression


Distribution = Constant | Categorical | IntUniform | Uniform | LogUniform | Normal | LogNormal | Beta | Derived


@dataclass(frozen=True, slots=True)
class Parameter:
    """A leaf of the parameter tree. ``path`` has one element per level; a dot in a name is a plain character."""

    path: Path
    distribution: Distribution
    label: str
    """The distribution's name as a user writes it, e.g. ``log_uniform_values``; ``expr`` for a derived value."""
    when: tuple[Condition, ...] = ()
    """Its own condition and those of its groups: it exists where all hold."""

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
    use: Use = "best"
    """How a run's curve becomes the one number that it counts with."""
    window: int = 1
    """With ``mean_last``: how many of the newest values are averaged."""


@dataclass(frozen=True, slots=True)
class Hyperband:
    """``early_terminate: {type: hyperband}``; either ``min_iter``, or ``max_iter`` with ``s``."""

    min_iter: int | None = None
    max_iter: int | None = None
    s: int | None = None
    eta: float = 3.0
    strict: bool = True


@dataclass(frozen=True, slots=True)
class Asha:
    """``early_terminate: {type: asha}``: successive halving without waiting for others (arXiv 1810.05934)."""

    min_iter: int = 3
    eta: float = 3.0
    max_iter: int | None = None


@dataclass(frozen=True, slots=True)
class Median:
    """``early_terminate: {type: median}``: stop what falls behind the median run (Golovin et al. 2017, section 3.2)."""

    min_iter: int = 5
    min_runs: int = 5
    interval: int = 1
    """A run is judged at each ``interval``-th value from ``min_iter`` on."""


EarlyTerminate = Hyperband | Asha | Median


@dataclass(frozen=True, slots=True)
class Repeat:
    """A configuration is run ``times`` times, each with its own value of ``parameter`` (0, 1, 2 ... unless listed)."""

    times: int
    parameter: Path | None = None
    values: tuple[Any, ...] = ()
    """One per repeat; empty without ``parameter``."""

    def numbered(self, values: Mapping[Path, Any], number: int) -> dict[Path, Any]:
        """The values of a configuration's repeat ``number``, from 0: with what ``parameter`` is in it."""
        return {**values, self.parameter: self.values[number]} if self.parameter else {**values}


@dataclass(frozen=True, slots=True)
class Retry:
    """A point whose run ended in one of the states ``on`` is tried again, at most ``max`` times."""

    max: int
    on: tuple[Broken, ...] = ("failed", "crashed")


@dataclass(frozen=True, slots=True)
class Budget:
    """What a sweep may use before it ends by itself; each None: no limit."""

    runs: int | None = None
    """The same as ``SweepConfig.run_cap``, which is set in any case."""
    hours: float | None = None
    """In which it runs; pauses do not count."""
    gpu_hours: float | None = None
    """Of all runs, each times the GPUs that its agent gives it."""
    no_improvement_in: int | None = None
    """Whole runs in a row of which none was better than all before."""


@dataclass(frozen=True, slots=True)
class Engine:
    """``scheduler``: a search engine outside the server that queues the runs."""

    name: Literal["optuna", "ax"]
    source: str | None = None
    """Python file with the functions below."""
    optimizer: str | None = None
    search_space: str | None = None
    metrics: tuple[Metric, ...] = ()
    """Two or more objectives, with which the sweep itself has no ``metric``."""


@dataclass(frozen=True, slots=True)
class SweepConfig:
    """A configuration that every later stage can use without asking again."""

    method: Method
    parameters: tuple[Parameter, ...]
    """All leaves, sorted by flattened name (a group's place decides for its leaves)."""
    metric: Metric | None = None
    early_terminate: EarlyTerminate | None = None
    run_cap: int | None = None
    """Points at most; ``budget.runs`` is another word for it."""
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
    forbid: tuple[Condition, ...] = ()
    """Combinations that are never handed out."""
    zips: tuple[tuple[Path, ...], ...] = ()
    """Lists of values that advance together: equally long, each parameter in at most one."""
    repeat: Repeat | None = None
    retry: Retry | None = None
    budget: Budget | None = None
    grid_order: GridOrder = "sorted"
    priority: int = 0
    """Agents of the whole project work for the sweep with the highest one first."""
    search: str | None = None
    """``module:function`` that proposes points, with method ``custom``."""
    engine: Engine | None = None
    stored: dict[str, Any] = field(default_factory=dict)
    """The user's configuration after a trip through JSON, with distributions filled in; what the API shows."""

    @property
    def is_searched_outside(self) -> bool:
        """Whether a process outside the server chooses the runs."""
        return self.method == "custom" or self.controller == "local"

    @property
    def cap_key(self) -> str:
        """The key that the user wrote for ``run_cap``."""
        return "budget.runs" if self.budget is not None and self.budget.runs is not None else "run_cap"
