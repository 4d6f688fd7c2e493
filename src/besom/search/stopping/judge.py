"""All runs of a sweep judged at once from their whole curves, for library use; a server decides on each report."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from besom.config.model import Goal
from besom.search.stopping.base import Curve, Stop, Stopper

Run = TypeVar("Run", bound=Hashable)


def curve(values: Sequence[object], stopper: Stopper, goal: Goal = "minimize") -> Curve | None:
    """The aggregates of a logged curve, oldest value first; None without a finite number in it."""
    logged = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v)]
    if not logged:
        return None
    best = min(logged) if goal == "minimize" else max(logged)
    return Curve(len(logged), best, {b: logged[b - 1] for b in stopper.brackets(len(logged))})


def stop(
    stopper: Stopper, runs: Mapping[Run, tuple[str, Sequence[object]]], goal: Goal = "minimize"
) -> dict[Run, Stop]:
    """The runs to end now, of ``{run: (state, logged values)}``; only running ones, but all count for thresholds."""
    curves = {run: c for run, (_, values) in runs.items() if (c := curve(values, stopper, goal)) is not None}
    at_bracket: dict[int, list[float]] = {}
    for known in curves.values():
        for bracket, value in known.at.items():
            at_bracket.setdefault(bracket, []).append(value)
    decisions = {run: stopper.decide(c, at_bracket) for run, c in curves.items() if runs[run][0] == "running"}
    return {run: decision for run, decision in decisions.items() if decision is not None}
