"""The search as an object that is asked for points and told how good they were, for programs without a server."""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, overload

from besom.config import load_mapping, read_point
from besom.config.model import Goal, Method, Metric, SweepConfig
from besom.search.memory import Memory
from besom.search.method import Suggestion
from besom.search.observation import State, Trial, trial_from_history
from besom.search.point import Values, nest, unnest
from besom.search.suggest import suggest

if TYPE_CHECKING:
    from besom.search.importance import Report

OBJECTIVE = "objective"
"""The metric's name where only parameters are given."""
_OF_OTHERS = ("controller", "scheduler", "search", "metrics")
"""Keys that say who else may search."""


class Point(dict[str, Any]):
    """A configuration to try: nested values by parameter. Parameters that do not exist in it are absent.

    ``why`` says how the search came to it; ``number`` is its place among all points of the search, from 0.
    """

    def __init__(self, values: Mapping[str, Any], number: int, why: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.number = number
        self.why = dict(why)


@dataclass(slots=True)
class _Record:
    """A point and what is known of it."""

    point: Mapping[str, Any]
    values: Values
    state: State = "running"
    told: float | None = None
    curve: list[float] = field(default_factory=list)
    stopped: bool = False

    def trial(self, metric: Metric, number: int) -> Trial:
        told = [] if self.told is None else [self.told]
        return dataclasses.replace(trial_from_history(self.values, self.state, metric, told), id=str(number))


@dataclass(frozen=True, slots=True)
class Best:
    """The point with the best value so far."""

    point: Mapping[str, Any]
    value: float


class Search:
    """Suggests points and learns from their values. Safe to use from several threads.

    The same configuration, seed and order of calls give the same points.

    Example::

        search = Search({"lr": {"min": 1e-5, "max": 0.1, "distribution": "log_uniform_values"}})
        for _ in range(20):
            point = search.ask()
            search.tell(point, train(**point))
        print(search.best)

    Args:
        config: A sweep configuration as mapping or as ``besom.config.load`` gives it, or only its ``parameters``.
        goal: Whether small or large values are better, where ``config`` has no ``metric``.
        method: ``bayes``, ``random`` or ``grid``; wins over the configuration's.
        seed: Wins over the configuration's.

    Raises:
        ConfigError: the configuration cannot be used; names every problem.
    """

    def __init__(
        self,
        config: Mapping[str, Any] | SweepConfig,
        *,
        goal: Goal = "minimize",
        method: Literal["bayes", "random", "grid"] | None = None,
        seed: int | None = None,
    ) -> None:
        self.config = _checked(config, goal, method)
        self._metric = self.config.metric or Metric(OBJECTIVE, goal)
        self._seed = seed if seed is not None else self.config.seed or 0
        self._config = dataclasses.replace(self.config, seed=self._seed)
        self._paths = [parameter.path for parameter in self.config.parameters]
        self._records: list[_Record] = []
        self._first = list(self.config.start_with)
        self._suggested = 0
        self._lock = threading.Lock()
        self._warm = memory_for(self._config)

    @overload
    def ask(self) -> Point | None: ...
    @overload
    def ask(self, count: int) -> list[Point]: ...
    def ask(self, count: int | None = None) -> Point | list[Point] | None:
        """The next point to try, or a list of ``count`` of them; points that are not told of yet count as pending.

        A grid that is used up gives None, or a list that is shorter.

        Raises:
            ValueError: ``count`` is below 0.
        """
        if count is not None and count < 0:
            raise ValueError(f"ask(count={count}) cannot be: ask for 0 points or more")
        with self._lock:
            points = self._next(1 if count is None else count)
        if count is not None:
            return points
        return points[0] if points else None

    def tell(self, point: Mapping[str, Any], value: float | None = None, *, failed: bool = False) -> None:
        """How good a point was. Told again, the later value counts.

        Args:
            point: From ``ask``; or any other configuration that was tried, as a mapping.
            value: What the goal is about. None, NaN and infinities mean that the point failed.
            failed: The point broke; a value that it had reached may still be given.

        Raises:
            ConfigError: a point that is not from ``ask`` lies outside the space; names every parameter, its value and
                the rule. It is a ValueError.
        """
        number = None if value is None else float(value)
        usable = number is not None and math.isfinite(number)
        with self._lock:
            record = self._records[self._place(point)]
            record.told = number if usable else None
            record.state = "failed" if failed or not usable else "killed" if record.stopped else "finished"

    def should_stop(self, point: Mapping[str, Any], curve: Sequence[float]) -> bool:
        """Whether a running point is not worth going on with, by the configuration's ``early_terminate``.

        Tell the best value of a point that was stopped, as of any other.

        Args:
            point: From ``ask``.
            curve: All values of it so far, oldest first.

        Raises:
            ValueError: the configuration has no ``early_terminate``.
        """
        from besom.search.stopping import stop, stopper_for

        stopper = stopper_for(self._config)
        if stopper is None:
            raise ValueError(
                "should_stop() needs a rule: add, for example, `early_terminate: {type: asha, min_iter: 3}` to the "
                "configuration"
            )
        with self._lock:
            here = self._place(point)
            record = self._records[here]
            record.curve = [float(value) for value in curve]
            curves = {place: (other.state, other.curve) for place, other in enumerate(self._records)}
            record.stopped = here in stop(stopper, curves)
            return record.stopped

    @property
    def best(self) -> Best | None:
        """The best point that did not fail; None before the first."""
        sign = 1.0 if self._metric.goal == "minimize" else -1.0
        with self._lock:
            known = [(record, record.told) for record in self._records if record.told is not None]
        known = [(record, told) for record, told in known if record.state != "failed"]
        if not known:
            return None
        record, told = min(known, key=lambda item: sign * item[1])
        return Best(record.point, told)

    def importance(self, method: Literal["forest", "ped_anova"] = "forest") -> Report:
        """How much each parameter matters, by the points that were told of and did not fail.

        Args:
            method: ``forest`` looks at all of them, ``ped_anova`` at what sets the best ones apart.
        """
        import numpy as np

        from besom.search.importance import columns_of, importance

        with self._lock:
            known = [(r.values, r.told) for r in self._records if r.told is not None and r.state != "failed"]
        columns = columns_of(self.config, [values for values, _ in known])
        told = np.array([value for _, value in known], dtype=float)
        return importance(columns, told, goal=self._metric.goal, method=method, seed=self._seed)

    @property
    def trials(self) -> list[Trial]:
        """All points so far as ``besom.search.suggest`` sees them, in the order in which they were given out."""
        with self._lock:
            return self._trials()

    def _trials(self) -> list[Trial]:
        return [record.trial(self._metric, number) for number, record in enumerate(self._records)]

    def _next(self, count: int) -> list[Point]:
        points: list[Point] = []
        while self._first and len(points) < count:
            points.append(self._give(self._start(self._first.pop(0))))
        wanted = count - len(points)
        if wanted > 0:
            found = suggest(self._config, self._trials(), index=self._suggested, count=wanted, warm=self._warm)
            self._suggested += len(found)
            points += [self._give(suggestion) for suggestion in found]
        return points

    def _start(self, values: Values) -> Suggestion:
        """The next point of ``start_with``; of a configuration that is repeated, the first run."""
        of = len(self.config.start_with)
        reason = f"point {of - len(self._first)} of {of} of start_with"
        repeat = self.config.repeat
        given = repeat.numbered(values, 0) if repeat else dict(values)
        return Suggestion(given, {"method": "start_with", "kind": "start_with", "reason": reason})

    def _give(self, suggestion: Suggestion) -> Point:
        point = Point(nest(suggestion.values), len(self._records), suggestion.why)
        self._records.append(_Record(point, suggestion.values))
        return point

    def _place(self, point: Mapping[str, Any]) -> int:
        """Which record is about a point; a new one for a configuration that did not come from ``ask``."""
        number = point.number if isinstance(point, Point) else len(self._records)
        if number < len(self._records) and self._records[number].point == point:  # it may be a copy from elsewhere
            return number
        for place, record in enumerate(self._records):
            if record.state == "running" and record.point == point:
                return place
        self._records.append(_Record(point, self._read(point)))
        return len(self._records) - 1

    def _read(self, point: Mapping[str, Any]) -> Values:
        """The values of a configuration that did not come from ``ask``."""
        repeat = self.config.repeat
        counted = {} if repeat is None or repeat.parameter is None else unnest(point, [repeat.parameter])
        given = {path: value for path, value in unnest(point, self._paths).items() if path not in counted}
        return {**read_point(nest(given), self.config, source="The point"), **counted}


def _checked(config: Mapping[str, Any] | SweepConfig, goal: Goal, method: Method | None) -> SweepConfig:
    """The configuration with a metric, and a method that has a search of its own."""
    if isinstance(config, SweepConfig):
        own = "bayes" if config.method == "custom" else config.method
        return dataclasses.replace(config, method=method or own, metric=config.metric or Metric(OBJECTIVE, goal))
    whole: dict[str, Any] = dict(config) if isinstance(config.get("method"), str) else {"parameters": dict(config)}
    if method is not None or whole.get("method") in (None, "custom"):
        whole["method"] = method or "bayes"
    whole.setdefault("metric", {"name": OBJECTIVE, "goal": goal})
    return load_mapping({key: value for key, value in whole.items() if key not in _OF_OTHERS}).config


def memory_for(config: SweepConfig) -> Memory:
    """What makes one suggestion after the other cheaper, for ``suggest(..., warm=)``."""
    if config.method != "bayes":
        return Memory()
    from besom.search.bayes import WarmStart  # loads linear algebra that grid and random do without

    return WarmStart()
