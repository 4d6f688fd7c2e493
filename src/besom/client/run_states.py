"""How commands and agents name what became of runs: a run that early stopping ended is no failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from besom.protocol import Run, Sweep

STOPPED = "stopped early"


def state_word(run: Run) -> str:
    """The run's state, or that it was stopped early."""
    return STOPPED if _stopped(run) else run.state


def state_color(run: Run) -> str | None:
    """Green for a good end, red for a bad one, none for a run that was stopped early."""
    if _stopped(run):
        return None
    return "green" if run.state == "finished" else "red"


def count_words(sweep: Sweep) -> str:
    """How many of its runs are in which states: ``5 finished, 2 stopped early, 1 failed``."""
    counts: dict[str, int] = {}
    for state, count in sweep.runs_by_state.items():
        early = sweep.stopped_early.get(state, 0)
        counts[state] = count - early
        counts[STOPPED] = counts.get(STOPPED, 0) + early
    return ", ".join(f"{count:,} {state}" for state, count in counts.items() if count)


def _stopped(run: Run) -> bool:
    return run.stopped is not None and run.state in ("killed", "finished")
