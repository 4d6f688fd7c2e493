"""All runs of a sweep judged at once from their whole curves, for library use; a server decides on each report."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from besom.search.stopping.base import Stop, Stopper
from besom.search.stopping.values import finite

Run = TypeVar("Run", bound=Hashable)


def stop(stopper: Stopper, runs: Mapping[Run, tuple[str, Sequence[object]]]) -> dict[Run, Stop]:
    """The runs to end now, of ``{run: (state, logged values)}``; only running ones, but all count for thresholds.

    A run is judged at the last rung that it has reached, however long ago. Values are in the order in which they were
    logged; those that are no finite numbers are passed over.
    """
    most = stopper.goal == "maximize"
    curves = {run: finite(values) for run, (_, values) in runs.items()}
    rankings: dict[int, list[float]] = {}
    decisions: dict[Run, Stop] = {}
    for run, curve in curves.items():
        reached = stopper.rungs(len(curve))
        if not reached or runs[run][0] != "running":
            continue
        rung = reached[-1]
        if rung not in rankings:
            rankings[rung] = sorted((other[rung - 1] for other in curves.values() if len(other) >= rung), reverse=most)
        best = max(curve) if most else min(curve)
        if decision := stopper.decide(rung, curve[rung - 1], best, rankings[rung]):
            decisions[run] = decision
    return decisions
