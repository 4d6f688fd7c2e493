"""The agent for programs: one loop takes events from one queue; threads that wait for something put them there.

Events are answers of the server, ends of programs, orders to stop, signals and ticks. Only the loop changes the state.
"""

from __future__ import annotations

import queue
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from besom.agent import environment, limits, signals, spools
from besom.agent.child import CannotStart, Child, Ended, Guard
from besom.agent.heartbeat import HeartbeatThread
from besom.agent.launch import Launcher
from besom.agent.options import Options
from besom.agent.output import BOLD, YELLOW, Output, duration
from besom.agent.session import FIRST_SECONDS, NEXT_SECONDS, Session
from besom.agent.shutdown import Shutdown, Step
from besom.client import settings
from besom.protocol import AgentJoined, NextExit, NextReply, NextRun, NextWait, Run, RunExit, StopOrder


@dataclass(frozen=True, slots=True)
class Reported:
    """The server knows that the run has ended; ``run`` is None if it was deleted meanwhile."""

    ended: Ended
    run: Run | None


class Tick:
    """It is time to say what is running."""


Event = Tick | NextReply | Ended | Reported | StopOrder | signal.Signals | Exception


class ProgramLoop:
    """Starts one program after the other."""

    def __init__(
        self, session: Session, joined: AgentJoined, options: Options, output: Output, environ: Mapping[str, str]
    ) -> None:
        """Raises:
        UsageError: the sweep names no program.
        """
        self._launcher = Launcher(joined.sweep, session, environ)
        self._session = session
        self._sweep = joined.sweep
        self._options = options
        self._output = output
        self._environ = environ
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._guard = Guard(options.kill_delay)
        self._heartbeat = HeartbeatThread(session, joined.heartbeat_seconds, self._events.put)
        self._shutdown = Shutdown(options.forward_signals)
        self.record = limits.Record()
        """How its runs ended."""
        self._started = time.monotonic()
        self._run: NextRun | None = None
        self._child: Child | None = None
        self._stopped: str | None = None
        """Why the run was told to end; None if it was not."""
        self._kill_at: float | None = None
        self._exit_code: int | None = None  # not None: no new work
        self._farewell: str | None = None

    def run(self) -> int:
        """Works until there is nothing more to do; returns the exit code."""
        self._say_hello()
        with signals.received_by(self._events.put), self._guard, self._heartbeat:
            self._in_background(self._ship_left)
            self._in_background(self._ask)
            if self._options.report_interval:
                self._in_background(self._tick)
            while self._exit_code is None or self._run is not None:
                self._handle(self._next_event())
        if self._farewell is not None:
            self._output.line(self._farewell, BOLD if self._exit_code == 0 else YELLOW)
        return self._exit_code

    def _next_event(self) -> Event | None:
        """The next event; None when the time to kill a run has come."""
        if self._kill_at is None:
            return self._events.get()
        try:
            return self._events.get(timeout=max(0.0, self._kill_at - time.monotonic()))
        except queue.Empty:
            return None

    def _handle(self, event: Event | None) -> None:
        match event:
            case NextRun() if self._exit_code is None:
                self._start(event)
            case NextWait() if self._exit_code is None:
                self._output.waiting(event.reason)
                self._in_background(partial(self._ask, NEXT_SECONDS))
            case NextExit():
                self._finish(0, f"No more runs: {event.reason}")
            case Ended():
                self._end(event)
            case Reported():
                self._conclude(event)
            case StopOrder():
                self._stop(event)
            case Tick():
                self._say_running()
            case signal.Signals():
                self._interrupt(event)
            case Exception():
                raise event
            case None:
                self._output.line("The run did not end in time and is killed.", YELLOW)
                self._send(signal.SIGKILL)
                self._kill_at = None

    def _say_hello(self) -> None:
        self._output.line(f"Agent for sweep {self._sweep.name}: {self._sweep.url}", BOLD)
        if environment.wandb_is_besom():
            self._output.detail("W&B's client is not installed here: programs that say `import wandb` get besom.")

    def _say_running(self) -> None:
        if self._run is not None and self._child is not None:
            age = duration(time.monotonic() - self._child.started)
            self._output.line(f"Run {self._run.run_name} has been running for {age}.")

    # What threads of their own do

    def _in_background(self, work: Callable[[], None]) -> None:
        def call() -> None:
            try:
                work()
            except Exception as error:
                self._events.put(error)  # the loop raises it

        threading.Thread(target=call, daemon=True).start()

    def _ship_left(self) -> None:
        spools.ship_left(settings.directory(environ=self._environ), self._sweep.id, self._session, self._output)

    def _tick(self) -> None:
        while True:
            time.sleep(self._options.report_interval)
            self._events.put(Tick())

    def _ask(self, wait: float = FIRST_SECONDS) -> None:
        self._events.put(self._session.next(wait))

    def _report(self, ended: Ended, end: RunExit) -> None:
        path = environment.parameter_file(self._sweep.id, ended.run_id, self._environ)
        spools.ship_run(path, self._session, self._output)
        run = self._session.report(ended.run_id, end)
        self._events.put(Reported(ended, run))

    # The life of a run

    def _start(self, run: NextRun) -> None:
        self._run, self._stopped = run, None
        self._heartbeat.hold(run.run_id)
        launch = self._launcher.prepare(run)
        self._session.begins(run.run_id)
        self._output.run_starts(run.run_name, environment.run_url(self._sweep, run), run.params, launch.command)
        try:
            self._child = Child(
                launch.command,
                launch.environment,
                run_id=run.run_id,
                guarded_by=self._guard,
                on_end=self._events.put,
            )
        except CannotStart as error:
            self._output.problem(str(error))
            self._end(Ended(run.run_id, error.code, 0.0), str(error))

    def _end(self, ended: Ended, message: str | None = None) -> None:
        self._child = self._kill_at = None
        end = RunExit(exit_code=ended.code, message=message, stopped=self._stopped)
        self._in_background(partial(self._report, ended, end))

    def _conclude(self, reported: Reported) -> None:
        run, ended = self._run, reported.ended
        if run is None or run.run_id != ended.run_id:
            return
        self._output.run_ended(run.run_name, reported.run, ended.seconds, self._sweep.metric)
        self._run = None
        self._heartbeat.hold()
        state = reported.run.state if reported.run else "deleted"
        self.record.add(state)
        age = time.monotonic() - self._started
        if state == "failed" and (broken := self.record.broken(self._options.limits, age)):
            self._finish(1, broken)
        elif self.record.ended == self._options.count:
            self._finish(0, self._options.reached())
        if self._exit_code is None:
            self._in_background(self._ask)

    def _stop(self, order: StopOrder) -> None:
        if self._child is None or self._child.run_id != order.run_id:
            return
        if self._stopped is None:
            self._output.line(f"The run is {'killed' if order.kill else 'stopped'}: {order.reason}", YELLOW)
        if order.kill:
            self._send(signal.SIGKILL)
        elif self._stopped is None:
            self._send(signal.SIGTERM)
            self._kill_at = time.monotonic() + self._options.kill_delay
        self._stopped = self._stopped or order.reason

    def _send(self, number: signal.Signals) -> None:
        if self._child is not None:
            self._child.send(number)

    # The end of the agent

    def _interrupt(self, number: signal.Signals) -> None:
        answer = self._shutdown.receive(number)
        if answer.send is not None:
            self._send(answer.send)
        if number not in (signal.SIGUSR1, signal.SIGUSR2):
            self._say_step(answer.step, number, sent=answer.send is not None)
            if self._exit_code is None:
                self._exit_code = 0 if number == signal.SIGINT else 128 + number
            if answer.send is not None:
                self._stopped = self._stopped or f"{_spoken(number)} ended its agent"
                if self._options.term_timeout is not None and self._kill_at is None:
                    self._kill_at = time.monotonic() + self._options.term_timeout
        if answer.step is Step.KILL or (answer.step is Step.TERMINATE and self._child is None):
            self._session.give_up()
            if self._child is None:
                self._run = None  # it has ended, and only the server does not know yet

    def _finish(self, code: int, reason: str) -> None:
        if self._exit_code is None:
            self._exit_code, self._farewell = code, reason

    def _say_step(self, step: Step, number: signal.Signals, *, sent: bool) -> None:
        again = _spoken(number)
        if self._child is None:
            self._output.line(f"{again}: no more runs.", BOLD)
        elif step is Step.LAST_RUN:
            what = f"{number.name} was passed on to the run" if sent else "the current run may finish"
            self._output.line(f"{again}: no more runs; {what}. {again} again terminates it.", BOLD)
        elif step is Step.TERMINATE:
            self._output.line(f"The run gets SIGTERM. {again} again kills it.", BOLD)
        else:
            self._output.line("The run is killed.", BOLD)


def _spoken(number: signal.Signals) -> str:
    return "Ctrl-C" if number == signal.SIGINT else number.name
