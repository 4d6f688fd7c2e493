"""The agent for programs: one loop takes events from one queue; threads that wait for something put them there.

Events are answers of the server, ends of programs, orders to stop, signals and ticks. Only the loop changes the state,
and it waits for nothing else: what takes time is an errand (``besom.agent.errands``).
"""

from __future__ import annotations

import math
import queue
import signal
import time
from collections.abc import Mapping

from besom.agent import environment, limits, signals
from besom.agent.child import CannotStart, Child, Ended, Guard
from besom.agent.errands import Errands
from besom.agent.events import Answer, Event, Prepared, Reported, Returned, Shipped, Tick, Unheard
from besom.agent.heartbeat import HeartbeatThread
from besom.agent.launch import Launcher
from besom.agent.options import Options
from besom.agent.output import BOLD, YELLOW, Output
from besom.agent.pipes import Pipes
from besom.agent.pool import PoolSession
from besom.agent.session import FIRST_SECONDS, NEXT_SECONDS, Session
from besom.agent.shutdown import MESSAGES, Shutdown, Step, sentence, spoken
from besom.agent.work import Work
from besom.client.times import duration
from besom.protocol import AgentJoined, NextExit, NextRun, NextWait, PoolJoined, StopOrder

DEAF_SECONDS = 0.5
"""Longest wait for an event. Python hears a signal that comes right before a wait only after it."""


class ProgramLoop:
    """Starts programs, one after the other in each slot."""

    def __init__(
        self,
        session: Session,
        joined: AgentJoined | PoolJoined,
        launcher: Launcher,
        options: Options,
        output: Output,
        environ: Mapping[str, str],
    ) -> None:
        self._session = session
        self._joined = joined
        self._options = options
        self._output = output
        self._environ = environ
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._errands = Errands(session, launcher, output, environ, self._events.put)
        self._guard = Guard(options.kill_delay)
        self._heartbeat = HeartbeatThread(session, joined.heartbeat_seconds, self._events.put)
        self._shutdown = Shutdown(options.forward_signals)
        self.record = limits.Record()
        """How its runs ended."""
        self._records: dict[str, limits.Record] = {}  # by sweep, for the limits
        if isinstance(joined, AgentJoined):
            self._records[joined.sweep.id] = limits.Record(began=time.monotonic())
        self._works: dict[str, Work] = {}
        """The runs that it has, by id."""
        self._unbegun: NextRun | None = None
        """A run that it has and that is being prepared, or that does not begin here and is being given back."""
        self._free = list(reversed(options.slots))
        self._asking = False
        self._drained: NextExit | None = None
        self._quarantined = False
        self._lost: Exception | None = None  # as when the sweep was deleted; the runs that go on end in peace
        self._exit_code: int | None = None  # not None: no new work
        self._farewell: str | None = None

    def run(self) -> int:
        """Works until there is nothing more to do; returns the exit code."""
        self._say_hello()
        with signals.received_by(self._events.put), self._guard, self._heartbeat:
            self._errands.ship_left(self._joined)
            self._ask()
            if self._options.report_interval:
                self._errands.tick(self._options.report_interval)
            while self._exit_code is None or self._works:
                if self._lost and not self._works:
                    raise self._lost
                self._handle(self._next_event())
        if self._farewell is not None:
            self._output.line(self._farewell, BOLD if self._exit_code == 0 else YELLOW)
        return self._exit_code

    def _next_event(self) -> Event | None:
        """The next event; None when the time to kill a run may have come."""
        times = [work.kill_at for work in self._works.values() if work.kill_at is not None]
        seconds = min(times, default=math.inf) - time.monotonic()
        try:
            return self._events.get(timeout=min(max(0.0, seconds), DEAF_SECONDS))
        except queue.Empty:
            return None

    def _handle(self, event: Event | None) -> None:
        match event:
            case NextRun() | NextWait() | NextExit() | Returned():
                self._answered(event)
            case Prepared():
                self._begin(event)
            case Ended():
                self._end(event)
            case Shipped():
                self._tell(event)
            case Reported():
                self._conclude(event)
            case Unheard():
                self._works.pop(event.run_id, None)
            case StopOrder():
                self._stop(event)
            case Tick():
                self._say_running()
            case signal.Signals():
                self._interrupt(event)
            case Exception():
                self._fail(event)
            case None:
                self._kill_late()

    def _say_hello(self) -> None:
        match self._joined:
            case PoolJoined(entity=entity, project=project, url=url):
                self._output.line(f"Agent for all sweeps of {entity}/{project}, as no sweep was named: {url}", BOLD)
            case AgentJoined(sweep=sweep):
                self._output.line(f"Agent for sweep {sweep.name}: {sweep.url}", BOLD)
        if environment.wandb_is_besom():
            self._output.detail("W&B's client is not installed here: programs that say `import wandb` get besom.")

    def _say_running(self) -> None:
        for work in self._works.values():
            if work.child is not None:
                age = duration(time.monotonic() - work.child.started)
                self._output.line(f"Run {work.run.run_name} has been running for {age}.")

    # The life of a run

    def _ask(self, wait: float = FIRST_SECONDS) -> None:
        """Asks for a run if there is room for one."""
        if self._free and self._wants_more():
            self._asking = True
            self._errands.ask(wait, list(self._works))

    def _wants_more(self) -> bool:
        """Whether a free slot is to get a run, and no request for one is on its way: there is one at a time."""
        if self._asking or self._drained or self._lost or self._exit_code is not None:
            return False
        return not self._options.count or self.record.ended + len(self._works) < self._options.count

    def _answered(self, answer: Answer) -> None:
        self._asking, self._unbegun = False, None
        match answer:
            case NextExit():
                self._drained = answer
                self._finish_if_drained()
            case NextWait() if self._exit_code is None:
                self._quarantined = answer.quarantined
                self._output.waiting(answer.reason)
                # One whose end is being told of may be for this agent again as soon as that is answered.
                ending = any(work.child is None for work in self._works.values())
                self._ask(FIRST_SECONDS if ending else NEXT_SECONDS)
            case NextRun():
                self._quarantined = False
                self._take(answer)
            case Returned():
                self._hold()
                self._ask()

    def _hold(self) -> None:
        """Says which runs it has, from the next heartbeat on."""
        unbegun = [] if self._unbegun is None else [self._unbegun.run_id]
        self._heartbeat.hold(*self._works, *unbegun)

    def _take(self, run: NextRun) -> None:
        """Has a run from now on. One that came too late goes back."""
        self._asking, self._unbegun = True, run
        self._hold()
        if self._comes_too_late(run):
            self._errands.give_back(run)
        else:
            self._errands.prepare(run)

    def _comes_too_late(self, run: NextRun) -> bool:
        """Whether the agent is on its way out, or out of the run's sweep: it had asked before."""
        return self._exit_code is not None or self._lost is not None or self._session.refuses(run)

    def _begin(self, prepared: Prepared) -> None:
        run, launch = prepared.run, prepared.launch
        if self._comes_too_late(run):
            self._errands.give_back(run)
            return
        self._asking, self._unbegun = False, None
        work = self._works[run.run_id] = Work(run, self._free.pop(), launch.sweep)
        work.message_file = launch.message_file
        self._session.begins(run.run_id)
        self._records.setdefault(launch.sweep.id, limits.Record(began=time.monotonic()))
        url, shown = environment.run_url(launch.sweep, run), launch.command if launch.shown else None
        self._output.run_starts(run.run_name, url, run.params, shown, resumed=run.resume)
        several = len(self._options.slots) > 1
        try:
            work.child = Child(
                launch.command,
                environment.in_slot(launch.environment, work.slot, piped=several),
                run_id=run.run_id,
                guarded_by=self._guard,
                on_end=self._events.put,
                pipes=Pipes(run.run_name) if several else None,
            )
        except CannotStart as error:
            self._output.problem(str(error))
            self._end(Ended(run.run_id, error.code, 0.0), str(error))
        self._ask()

    def _end(self, ended: Ended, message: str | None = None) -> None:
        work = self._works[ended.run_id]
        self._errands.ship(work.sweep.id, ended, work.ending(ended.code, message))

    def _tell(self, shipped: Shipped) -> None:
        """Reports the end of a run, together with the request for the next where this end breaks no limit."""
        holding = None
        if shipped.end.exit_code == 0 and shipped.begun and self._wants_more():
            self._asking = True
            holding = [run_id for run_id in self._works if run_id != shipped.ended.run_id]
        self._errands.report(shipped.ended, shipped.end, holding)

    def _conclude(self, reported: Reported) -> None:
        work = self._works.pop(reported.ended.run_id, None)
        if reported.ahead is not None:
            self._asking = False
        if work is None:
            return
        self._output.run_ended(work.run.run_name, reported.run, reported.ended.seconds, work.sweep.metric)
        self._free.append(work.slot)
        self._hold()
        state = reported.run.state if reported.run else "deleted"
        self.record.add(state)
        if state == "preempted":
            self._drained = None  # it is queued again
        record = self._records[work.sweep.id]
        record.add(state)
        if state == "failed" and (broken := record.broken(self._options.limits, time.monotonic() - record.began)):
            self._give_up(work.sweep.id, broken)
        elif self.record.ended == self._options.count:
            self._finish(0, self._options.reached())
        self._finish_if_drained()
        if isinstance(reported.ahead, NextRun | NextExit):
            self._answered(reported.ahead)
        else:  # why it would have to wait is said when it has waited for a moment
            self._ask()

    def _give_up(self, sweep_id: str, broken: str) -> None:
        """A limit for failures is reached: the agent ends, or takes no more runs of that sweep where it has others."""
        if isinstance(self._session, PoolSession):
            self._session.refused.add(sweep_id)
            self._output.problem(f"No more runs of this sweep: {broken}")
        else:
            self._finish(1, broken)

    def _finish_if_drained(self) -> None:
        if self._drained is not None and not self._works:
            words = "It was in quarantine, and there are no more runs" if self._quarantined else "No more runs"
            failed = self._quarantined or (isinstance(self._session, PoolSession) and bool(self._session.refused))
            self._finish(int(failed), f"{words}: {self._drained.reason}")

    def _stop(self, order: StopOrder) -> None:
        work = self._works.get(order.run_id)
        number = environment.ending_signal(order.run_id, self._environ)
        if work is not None and work.child is not None and work.stop(order, self._options.kill_delay, number):
            how = "killed" if order.kill else "stopped"
            self._output.line(f"Run {work.run.run_name} is {how}: {order.reason}", YELLOW)

    def _kill_late(self) -> None:
        for work in self._works.values():
            if work.kill_at is not None and work.kill_at <= time.monotonic():
                self._output.line(f"Run {work.run.run_name} did not end in time and is killed.", YELLOW)
                work.send(signal.SIGKILL)
                work.kill_at = None

    # The end of the agent

    def _fail(self, error: Exception) -> None:
        """Something ends the agent: not before the runs that go on have ended, for which it is no reason to."""
        if self._lost is None:
            self._lost = error
            if any(work.child is not None for work in self._works.values()):
                self._output.problem(f"{getattr(error, 'message', error)} No more runs; those that are running go on.")

    def _interrupt(self, number: signal.Signals) -> None:
        answer = self._shutdown.receive(number)
        if answer is None:
            return
        running = [work for work in self._works.values() if work.child is not None]
        if number in MESSAGES:
            for work in running:
                work.send(number)
            return
        self._output.line(sentence(answer, number, len(running)), BOLD)
        if self._exit_code is None:
            self._exit_code = 0 if number == signal.SIGINT else 128 + number
        if answer.send is not None:
            for work in running:
                work.interrupt(answer.send, f"{spoken(number)} ended its agent", self._options.term_timeout)
        if answer.step is Step.KILL or (answer.step is Step.TERMINATE and not running):
            self._session.give_up()
            # The others have ended, and only the server does not know yet.
            self._works = {work.run.run_id: work for work in running}

    def _finish(self, code: int, reason: str) -> None:
        if self._exit_code is None:
            self._exit_code, self._farewell = code, reason
