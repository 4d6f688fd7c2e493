"""From runs to observations: what each run state and curve tells a search method.

Two readings of runs that did not finish are offered, because the usual one hurts:

- ``separate`` (besom's own, used unless the configuration spells out ``metric.impute``). A killed run, mostly one that
  was stopped early, gives its own best value: real information, and never better than the whole run would have given.
  A failed or crashed run does too, if it logged any, and is marked as failed, so that a method can learn *where* runs
  break. Nothing is made up: a pretend worst value bends a model's length scales around a point never measured.
- ``impute``: the reading that W&B's sweeps document, pretend values and all. Used when the user asked for it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from besom.config.model import Metric
from besom.search.method import Observation
from besom.search.point import Values

State = Literal["pending", "running", "finished", "failed", "crashed", "killed", "preempting", "preempted"]
Reading = Literal["separate", "impute"]

_BROKEN = ("failed", "crashed")
_UNFINISHED = ("failed", "crashed", "killed")


@dataclass(frozen=True, slots=True)
class Trial:
    """A run as the search sees it: what it was handed out, and aggregates of the metric over history and summary.

    ``best`` and ``worst`` are in the direction of the goal, ``last`` is the newest value of the history; each None
    where no finite number was logged.
    """

    values: Values
    state: State
    best: float | None = None
    last: float | None = None
    worst: float | None = None
    value: float | None = None
    """The number that the run counts with, by ``metric.use``; None: the best or the last value."""
    id: str | None = None
    """Of the run; names it in explanations, and spares work when it comes again."""
    prior: bool = False
    """Learnt from, but no run of this sweep: it is not repeated."""


def trial_from_history(
    values: Values, state: State, metric: Metric, history: Sequence[object], summary: object = None
) -> Trial:
    """A trial from all logged values, oldest first; anything but finite numbers is passed over."""
    logged = [float(v) for v in history if _is_number(v)]  # type: ignore[arg-type]
    known = [*logged, float(summary)] if _is_number(summary) else logged  # type: ignore[arg-type]
    best, worst = (min, max) if metric.goal == "minimize" else (max, min)
    return Trial(
        values,
        state,
        best=best(known, default=None),
        last=logged[-1] if logged else None,
        worst=worst(known, default=None),
        value=best(known, default=None) if metric.use == "best" else _mean((logged or known)[-metric.window :]),
    )


def observe(
    metric: Metric | None,
    trials: Sequence[Trial],
    *,
    reading: Reading = "impute",
    blank: float | None = 0.0,
) -> tuple[list[Observation], list[Values]]:
    """Split trials into observations and pending points, order kept.

    Args:
        metric: The objective; None gives observations without values.
        trials: All runs of the sweep, oldest first.
        reading: See the module's text.
        blank: With ``impute`` best or latest, the value of a run that has none. The reference's 0.0 would make a crash
            look perfect where a loss is minimised; None treats the run as failed instead.
    """
    outcomes = outcomes_of(metric, trials, reading=reading, blank=blank)
    pending = [trial.values for trial, found in zip(trials, outcomes, strict=True) if found is None]
    return [found for found in outcomes if found is not None], pending


def outcomes_of(
    metric: Metric | None, trials: Sequence[Trial], *, reading: Reading, blank: float | None
) -> list[Observation | None]:
    """The same, one by one: None for a pending point."""
    worst = _worst(metric, trials)
    return [outcome(metric, trial, reading=reading, worst=worst, blank=blank) for trial in trials]


def outcome(
    metric: Metric | None,
    trial: Trial,
    *,
    reading: Reading = "separate",
    worst: float = 0.0,
    blank: float | None = None,
) -> Observation | None:
    """What a trial tells; None while it is waited for. ``worst``, of all trials, matters to ``impute`` alone."""
    own = _own(metric, trial)
    if trial.state == "finished":
        if own is not None or metric is None:
            return Observation(trial.values, own, id=trial.id)
        if reading == "separate":  # it never logged the metric as a number: diverged, most likely
            return Observation(trial.values, None, failed=True, id=trial.id)
        return _imputed(trial, metric.impute, worst, blank)
    if trial.state in _UNFINISHED:
        if metric is None or reading == "separate":
            return Observation(
                trial.values,
                own,
                failed=trial.state in _BROKEN,
                stopped=trial.state not in _BROKEN and own is not None,
                id=trial.id,
            )
        return _imputed(trial, metric.impute, worst, blank)
    if trial.state == "running" and metric is not None and metric.impute_while_running != "false":
        if own is not None:
            return Observation(trial.values, own, id=trial.id)
        if reading == "impute":
            return _imputed(trial, metric.impute_while_running, worst, blank)
    return None


def _own(metric: Metric | None, trial: Trial) -> float | None:
    """The number that a trial counts with, by ``metric.use``."""
    if metric is None:
        return None
    own = _finite(trial.value)
    return own if own is not None else _finite(trial.best if metric.use == "best" else trial.last)


def _imputed(trial: Trial, rule: str, worst: float, blank: float | None) -> Observation:
    if rule == "worst":
        return Observation(trial.values, worst, imputed=True, id=trial.id)
    own = _finite(trial.best if rule == "best" else trial.last)
    if own is not None:
        return Observation(trial.values, own, imputed=True, id=trial.id)
    return Observation(trial.values, blank, failed=blank is None, imputed=blank is not None, id=trial.id)


def _worst(metric: Metric | None, trials: Sequence[Trial]) -> float:
    """The worst value that any terminal run ever logged; 0.0 if there is none."""
    terminal = [t for t in trials if t.state == "finished" or t.state in _UNFINISHED]
    values = [v for t in terminal for v in map(_finite, (t.worst, t.best, t.last)) if v is not None]
    return max(values, default=0.0) if metric is None or metric.goal == "minimize" else min(values, default=0.0)


def _mean(values: Sequence[float]) -> float | None:
    """Divides first, so that the sum of very large values is finite."""
    return math.fsum(value / len(values) for value in values) if values else None


def _finite(value: float | None) -> float | None:
    return float(value) if _is_number(value) else None  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
