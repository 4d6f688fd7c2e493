"""The states of sweeps and runs: one table each, and the only functions that say what comes next. Pure."""

from __future__ import annotations

from typing import Literal, get_args

from besom.protocol import RunState, SweepAction, SweepState
from besom.server.services.refusals import Conflict

SweepCause = SweepAction | Literal["start", "complete"]
"""What may change a sweep: the four commands, its first run (``start``), its own end (``complete``)."""

_ANY: frozenset[SweepState] = frozenset(get_args(SweepState))
_OPEN: frozenset[SweepState] = frozenset({"PENDING", "RUNNING", "PAUSED"})

SWEEP_TABLE: dict[SweepCause, tuple[frozenset[SweepState], SweepState]] = {
    "start": (frozenset({"PENDING"}), "RUNNING"),
    "pause": (_OPEN, "PAUSED"),
    "resume": (_ANY, "RUNNING"),
    "stop": (_OPEN, "FINISHED"),
    "cancel": (_OPEN, "CANCELED"),
    "complete": (_OPEN, "FINISHED"),
}
"""Cause → (states in which it is allowed, state that follows)."""

_PAST = {"pause": "paused", "stop": "stopped", "cancel": "canceled", "start": "started", "complete": "completed"}


def next_sweep_state(state: SweepState, cause: SweepCause, sweep: str = "it") -> SweepState:
    """The state after ``cause``.

    Raises:
        Conflict: the cause is not allowed in that state; says what to do first. ``sweep`` names it in the message.
    """
    allowed, following = SWEEP_TABLE[cause]
    if state in allowed:
        return following
    if cause == "pause":
        hint = f"Resume it first: besom sweep --resume {sweep}"
    else:
        hint = f"It has ended already. To go on with it: besom sweep --resume {sweep}"
    raise Conflict("sweep_state", f"Sweep {sweep} is {state} and cannot be {_PAST[cause]}.", hint)


def is_open(state: SweepState) -> bool:
    """Whether a sweep can still hand out runs, now or after a pause."""
    return state in _OPEN


RunCause = Literal[
    "hand_out",
    "claim",
    "resume",
    "report",
    "preempt",
    "exit_record",
    "process_exit",
    "lost",
    "drop",
    "put_back",
    "give_up",
]
"""What may change a run: an agent gets it; its program's ``init``, also in a process that goes on with it; data from
it; its own word that its machine is about to be taken away, or that it ended; its agent's word; silence; and that no
process will begin it, or go on with it; and, from outside, that it is to wait for a process again, or has failed."""

UNFINISHED: frozenset[RunState] = frozenset({"pending", "running", "preempting"})
ENDED: frozenset[RunState] = frozenset({"finished", "failed", "crashed", "killed", "preempted"})

_RUN_TABLE: dict[RunCause, dict[RunState, RunState | Literal["outcome"]]] = {
    "hand_out": {"preempted": "pending"},
    "claim": {"pending": "running"},
    "resume": dict.fromkeys(sorted(UNFINISHED | ENDED), "running"),
    "report": {"pending": "running"},
    "preempt": {"pending": "preempting", "running": "preempting"},
    "exit_record": dict.fromkeys(sorted(UNFINISHED), "outcome"),
    "process_exit": dict.fromkeys(sorted(UNFINISHED | ENDED), "outcome"),
    "lost": {"pending": "crashed", "running": "crashed", "preempting": "preempted"},
    "drop": {"pending": "killed", "preempted": "killed"},
    "put_back": dict.fromkeys(("running", "failed", "crashed", "preempted"), "pending"),
    "give_up": {"pending": "failed", "running": "failed"},
}


def next_run_state(
    state: RunState, cause: RunCause, *, outcome: RunState | None = None, exit_code: int | None = None
) -> RunState:
    """The state after ``cause``; the same state where the cause changes nothing.

    Args:
        state: Now.
        cause: What happened.
        outcome: With an end, how it ended.
        exit_code: The one that was reported so far. None on a crashed run means that nobody saw its process die: it was
            only silent, so it may come back and may end by itself.
    """
    if state == "crashed" and exit_code is None:
        if cause == "report":
            return "running"
        if cause == "exit_record" and outcome is not None:
            return outcome
    following = _RUN_TABLE[cause].get(state, state)
    if following != "outcome":
        return following
    if outcome is None:
        raise ValueError(f"{cause} needs an outcome")
    return outcome
