"""How a run ended, told from its exit code and from what was known before. Pure."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from besom.protocol import RunState


@dataclass(frozen=True, slots=True)
class Ending:
    """The state that a run ends in, and why, as a sentence."""

    state: RunState
    reason: str


def ending_of_process(
    exit_code: int,
    *,
    claimed: bool,
    stop_reason: str | None,
    preempting: bool = False,
    interrupted: str | None = None,
    message: str | None = None,
) -> Ending:
    """What the end of a run's process means.

    Args:
        exit_code: As the operating system says: negative for a signal.
        claimed: Whether the program ever called ``init``.
        stop_reason: Why the run was told to end; None when it was not.
        preempting: Whether the program had said that its machine was about to be taken away.
        interrupted: Why its agent ended it, e.g. because somebody pressed Ctrl-C there.
        message: What the agent adds, for example the exception of a function run.
    """
    added = f": {message}" if message else ""
    how = f"exit code {exit_code}" if exit_code > 0 else _signal_name(exit_code)
    if preempting and exit_code != 0 and stop_reason is None:
        return Ending("preempted", f"its machine was taken away ({how}){added}")
    stop_reason = stop_reason or interrupted
    if stop_reason is not None:
        if exit_code == 0:
            return Ending("finished", stop_reason)
        return Ending("killed", f"{stop_reason} ({how})")
    if exit_code == 0 and not claimed:
        return Ending(
            "failed",
            "the program ended with exit code 0 and never called init(): nothing of it could be recorded; "
            "call besom.init() or wandb.init() in the program, and not in mode disabled",
        )
    if exit_code == 0:
        return Ending("finished", message or "")
    if exit_code > 0:
        return Ending("failed", f"exit code {exit_code}{added}")
    if -exit_code == signal.SIGINT:
        return Ending("killed", f"interrupted by {_signal_name(exit_code)}{added}")
    return Ending("crashed", f"ended by {_signal_name(exit_code)}, nobody asked for it{added}")


def ending_of_record(exit_code: int, *, stop_reason: str | None, preempting: bool = False) -> Ending:
    """What the run's own last word means, of which its agent may still know better."""
    return ending_of_process(exit_code, claimed=True, stop_reason=stop_reason, preempting=preempting)


def _signal_name(exit_code: int) -> str:
    number = -exit_code
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
