"""What each signal to the agent means: the three steps out, and what is passed on to the run."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

INTERRUPTS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT})
"""Signals that ask the agent to end."""
MESSAGES = frozenset({signal.SIGUSR1, signal.SIGUSR2})
"""Signals that mean something to programs only, e.g. a cluster's warning before the end of a job."""
ECHO_SECONDS = 1.0
"""Signals of one kind from a machine that come within so long are one: schedulers send them to a process, its group and
its session, and Linux sends one for each thread that its parent had (PR_SET_PDEATHSIG)."""


class Step(Enum):
    """How urgently the agent leaves."""

    NONE = 0
    LAST_RUN = 1
    TERMINATE = 2
    KILL = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What to do about a signal."""

    step: Step
    send: signal.Signals | None
    """What the run gets."""


@dataclass(slots=True)
class Shutdown:
    """The way out, one step per interrupt: finish the current run, terminate it, kill it.

    A terminal's Ctrl-C is for the agent; the run does not get it unless ``forward_interrupt``. The other interrupts
    come from a scheduler or a closing terminal and mean the whole job, so the run gets them.
    """

    forward_interrupt: bool = False
    clock: Callable[[], float] = time.monotonic
    step: Step = Step.NONE
    _heard: dict[signal.Signals, float] = field(default_factory=dict)

    def receive(self, number: signal.Signals) -> Answer | None:
        """Takes a signal in; None for one that only repeats another."""
        if number in MESSAGES:
            return Answer(self.step, number)
        now, before = self.clock(), self._heard.get(number, -ECHO_SECONDS)
        self._heard[number] = now
        if number != signal.SIGINT and now - before < ECHO_SECONDS:
            return None
        self.step = Step(min(self.step.value + 1, Step.KILL.value))
        if self.step is Step.KILL:
            return Answer(self.step, signal.SIGKILL)
        if self.step is Step.TERMINATE:
            return Answer(self.step, signal.SIGTERM)
        return Answer(self.step, None if number == signal.SIGINT and not self.forward_interrupt else number)


def sentence(answer: Answer, number: signal.Signals, running: int) -> str:
    """What the user reads after an interrupt.

    Args:
        answer: what is done about it.
        number: the signal that came.
        running: programs that are running.
    """
    again, several = spoken(number), running > 1
    if not running:
        return f"{again}: no more runs."
    match answer.step:
        case Step.KILL:
            return "The runs are killed." if several else "The run is killed."
        case Step.TERMINATE:
            return f"{'The runs get' if several else 'The run gets'} SIGTERM. {again} again kills {_it(several)}."
    what = f"the current run{'s' if several else ''} may finish"
    if answer.send is not None:
        what = f"{number.name} was passed on to the run{'s' if several else ''}"
    return f"{again}: no more runs; {what}. {again} again terminates {_it(several)}."


def spoken(number: signal.Signals) -> str:
    """A signal as people call it."""
    return "Ctrl-C" if number == signal.SIGINT else number.name


def _it(several: bool) -> str:
    return "them" if several else "it"
