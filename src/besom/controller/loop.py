"""Keeps a sweep's queue filled from a source, and stops what the source or a rule holds for hopeless."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from besom.client.connection import Connection, segment
from besom.client.lookup import find_sweep, project_route
from besom.client.numbers import encode_deep
from besom.client.paths import ItemPath
from besom.client.queueing import enqueue
from besom.controller.failures import SearchFailed
from besom.controller.presence import Presence
from besom.controller.runs import Changes, Runs, SweepRun
from besom.controller.source import Proposal, Rule, Source, Stopping
from besom.errors import ApiError, CommError, ServerUnreachable
from besom.protocol import NewPoint, Run, RunStop, Sweep, SweepAction, SweepCommand

POLL_SECONDS = 1.0
OPEN = ("PENDING", "RUNNING")
OVER = ("FINISHED", "CANCELED")
NO_MORE = "its controller has no more runs"
_MOVED_ON = ("sweep_not_running", "sweep_state", "run_ended", "queue_full", "point_has_run")
"""Codes of refusals that only mean: since the last look the sweep or the run has changed."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """How long the queue is kept, so that no agent waits for a suggestion."""

    waiting: int | None = None
    """Runs that wait for an agent; None: one for each run that the living agents can work on, at least one."""
    at_once: int | None = None
    """Runs that wait or are at work; wins over ``waiting``."""

    def room(self, sweep: Sweep, runs: Iterable[SweepRun]) -> int:
        """How many runs to queue now."""
        if self.at_once is not None:
            return self.at_once - sum(not run.has_ended for run in runs)
        waiting = self.waiting if self.waiting is not None else max(1, sweep.slots)
        return waiting - sum(run.is_queued for run in runs)


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did."""

    scheduled: list[SweepRun]
    stopped: list[Stopping]


class Loop:
    """Drives a sweep whose runs are chosen in this process. The server holds all state: a restart loses nothing.

    Args:
        connection: To the server.
        sweep: As it is now.
        source: Decides what to run.
        hopeless: Decides what to stop; by default the source.
        ahead: How long the queue is kept.
    """

    def __init__(
        self,
        connection: Connection,
        sweep: Sweep,
        source: Source,
        *,
        hopeless: Rule | None = None,
        ahead: Ahead | None = None,
    ) -> None:
        self.sweep = sweep
        self._connection = connection
        self._source = source
        self._hopeless = hopeless or source.hopeless
        self._stays = source.stays_to_the_end or hopeless is not None
        self._ahead = ahead or Ahead()
        self._runs = Runs(connection, sweep)
        self.told_to_stop: set[str] = set()
        """Ids of runs."""
        self.last = Step([], [])
        """What the last step, or the last call of ``schedule`` and ``stop``, did."""
        self._used_up = False

    @property
    def runs(self) -> list[SweepRun]:
        """All runs of the sweep, oldest first."""
        return self._runs.all

    def refresh(self) -> None:
        """Asks the server how sweep and runs are.

        Raises:
            CommError: it refuses or does not answer.
        """
        self.sweep = find_sweep(self._connection, ItemPath(self.sweep.id))
        self._source.follow(self._runs.refresh())

    def is_done(self) -> bool:
        """Whether the sweep has ended. A paused one has not."""
        return self.sweep.state in OVER

    def step(self) -> Step:
        """Looks at the runs, fills the queue, stops what is hopeless, ends the sweep when there is nothing more to run.

        Raises:
            SearchFailed: code of the user raised.
            CommError: the server refuses or does not answer.
        """
        self.refresh()
        self.last = Step([], [])
        try:
            self._act(self.last)
        except ApiError as error:
            if error.code not in _MOVED_ON:
                raise
            self.refresh()
        return self.last

    def _act(self, done: Step) -> None:
        if self.sweep.state in OPEN:
            if reason := self._source.is_over(self.runs):
                self.command("stop", reason)
                return
            while (room := self._ahead.room(self.sweep, self.runs)) > 0 and (found := self.search(room)):
                done.scheduled.extend(map(self.schedule, found))
        if not self.is_done() or self._is_busy():
            done.stopped.extend(self.stopping())
            self.stop(done.stopped)
        if self._used_up and self.sweep.state in OPEN and not any(run.is_queued for run in self.runs):
            self.command("stop", NO_MORE)

    def search(self, count: int = 1) -> list[Proposal] | None:
        """The source's next configurations, at most ``count``; None when there will be no more.

        Raises:
            SearchFailed: code of the user raised.
        """
        found = self._source.propose(self.runs, count)
        self._used_up = found is None
        return found

    def schedule(self, proposal: Proposal) -> SweepRun:
        """Queues a run, to be handed to the next agent that asks.

        Raises:
            SearchFailed: the server refuses the configuration.
            CommError: it does not answer.
        """
        point = NewPoint(params=encode_deep(dict(proposal.params)), why=encode_deep(dict(proposal.why)))
        try:
            message = enqueue(self._connection, self.sweep.id, point)
        except ApiError as error:
            if error.code != "bad_point":
                raise
            raise SearchFailed(f"The search proposed {dict(proposal.params)!r}: {error.message}", error.hint) from None
        run = self._runs.put(message)
        self._source.follow(Changes([run], []))
        return run

    def stopping(self) -> list[Stopping]:
        """The runs that should end now and were not told so before.

        Raises:
            SearchFailed: code of the user raised.
        """
        found = self._hopeless(self.runs)
        return [stop for stop in found if stop.run.id not in self.told_to_stop and not stop.run.has_ended]

    def stop(self, hopeless: Iterable[Stopping]) -> None:
        """Tells runs to end.

        Raises:
            CommError: the server refuses or does not answer.
        """
        for stop in hopeless:
            route = f"{project_route(self.sweep.entity, self.sweep.project)}/runs/{segment(stop.run.id)}/stop"
            body = RunStop(reason=stop.reason, stopped=stop.record)
            self._runs.put(self._connection.request("POST", route, body=body, reply=Run))
            self.told_to_stop.add(stop.run.id)

    def run(
        self,
        over: threading.Event | None = None,
        *,
        poll: float = POLL_SECONDS,
        after: Callable[[Loop], None] = lambda _: None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Steps until the sweep has ended, or ``over`` is set. A sweep whose search fails is paused, with the reason.

        Args:
            over: Ends the loop after the step that is going on.
            poll: Seconds between two steps.
            after: Called after each step.
            say: Told in a line when the server does not answer, and when it does again.

        Raises:
            SearchFailed: code of the user raised.
            ApiError: the server refuses, e.g. because another controller is at work.
        """
        over = over or threading.Event()
        away = False
        with Presence(self._connection, self.sweep.id) as presence:
            while not over.is_set():
                presence.check()
                try:
                    self.step()
                except ServerUnreachable as error:
                    if not away:
                        say(f"{error.message} Waiting for it.")
                    away = True
                except SearchFailed as error:
                    self._pause(error)
                    raise
                else:
                    if away:
                        say("The server is back.")
                    away = False
                    after(self)
                    if self.is_done() and not self._is_busy():
                        return
                over.wait(poll)

    def command(self, action: SweepAction, reason: str) -> None:
        """Changes the sweep's state.

        Raises:
            CommError: the server refuses or does not answer.
        """
        command = SweepCommand(action=action, reason=reason)
        route = f"/sweeps/{segment(self.sweep.id)}/state"
        self.sweep = self._connection.request("POST", route, body=command, reply=Sweep)

    def _is_busy(self) -> bool:
        """Whether runs go on that are of interest after the sweep's end: they may have to be stopped."""
        return self._stays and any(run.is_active for run in self.runs)

    def _pause(self, error: SearchFailed) -> None:
        if self.sweep.state in OPEN:
            try:
                self.command("pause", error.message)
            except CommError:  # the user is told of the mistake itself
                return
