"""The agent for programs: one loop takes events from one queue; threads that wait for something put them there.

Events are answers of the server, ends of programs, orders to stop, and signals. Only the loop changes the state.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from besom.agent import environment, limits, signals, spools, summary
from besom.agent.child import CannotStart, Child, Ended, Guard
from besom.agent.heartbeat import HeartbeatThread
from besom.agent.limits import Limits
from besom.agent.output import BOLD, YELLOW, Output
from besom.agent.session import FIRST_SECONDS, NEXT_SECONDS, Session
from besom.agent.shutdown import Shutdown, Step
from besom.client import settings
from besom.client.connection import Connection
from besom.client.paths import parse_item
from besom.config.command import expand_command, needs_json_file, needs_program
from besom.errors import UsageError
from besom.protocol import AgentJoined, NextExit, NextReply, NextRun, NextWait, Run, RunExit, StopOrder

KILL_DELAY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Reported:
    """The server knows that the run has ended; ``run`` is None if it was deleted meanwhile."""

    ended: Ended
    run: Run | None


@dataclass(frozen=True, slots=True)
class Options:
    """How an agent behaves."""

    count: int = 0
    """Runs after which it ends; 0 for no limit."""
    forward_signals: bool = False
    """Whether the first Ctrl-C reaches the run too."""
    term_timeout: float | None = None
    """With ``forward_signals``: seconds after which a run that was told to end by a signal is killed."""
    limits: Limits = field(default_factory=Limits)
    kill_delay: float = KILL_DELAY_SECONDS
    """Seconds between SIGTERM and SIGKILL for a run that the server wants to end."""


Event = NextReply | Ended | Reported | StopOrder | signal.Signals | Exception


def run_agent(
    sweep_path: str,
    *,
    connection: Connection,
    count: int | None = None,
    project: str | None = None,
    entity: str | None = None,
    forward_signals: bool = False,
    term_timeout: float | None = None,
    max_consecutive_failed_runs: int | None = None,
    output: Output | None = None,
    environ: Mapping[str, str] | None = None,
) -> int:
    """Runs a sweep's program again and again until there is no more to do.

    Args:
        sweep_path: the sweep, as ID, PROJECT/ID or ENTITY/PROJECT/ID.
        connection: to the server that has it.
        count: runs after which the agent ends; None or 0 for no limit.
        project: where the sweep is, if the path does not say; only checked.
        entity: likewise.
        forward_signals: pass the first Ctrl-C on to the run.
        term_timeout: with ``forward_signals``, seconds until a run that was told to end is killed.
        max_consecutive_failed_runs: failures in a row that end the agent.
        output: where it says what it does; standard error by default.
        environ: instead of the process's environment.

    Returns:
        Exit code for the process: 0 when the sweep ended, the count was reached or Ctrl-C was pressed; 1 when too many
        runs failed; 128 + its number after another signal.

    Raises:
        UsageError, SettingsError: the call, a setting or the sweep's state makes no sense.
        CommError: the server does not answer, or refuses; NotFound for an unknown sweep.
    """
    environ = dict(os.environ if environ is None else environ)
    output = output or Output(environ=environ)
    options = Options(
        count=check_count(count),
        forward_signals=forward_signals,
        term_timeout=term_timeout if forward_signals else None,
        limits=limits.from_environment(max_consecutive_failed_runs, environ),
        kill_delay=limits.whole_number("AGENT_KILL_DELAY", KILL_DELAY_SECONDS, environ),
    )
    session = Session(connection, parse_item(sweep_path, "sweep").filled(project, entity), output)
    joined = session.join()
    try:
        agent = CommandAgent(session, joined, options, output, environ)
        code = agent.run()
    finally:
        session.leave()
    summary.say(agent.record, session, output)
    return code


def check_count(count: int | None) -> int:
    """``count`` as a number; 0 for no limit.

    Raises:
        UsageError: it is negative.
    """
    if count is not None and count < 0:
        raise UsageError(f"count is {count}.", "Give the number of runs, or 0 for no limit.")
    return count or 0


class CommandAgent:
    """Starts one program after the other."""

    def __init__(
        self, session: Session, joined: AgentJoined, options: Options, output: Output, environ: Mapping[str, str]
    ) -> None:
        sweep = joined.sweep
        program, command = sweep.config.get("program"), sweep.config.get("command")
        self._program = None if program is None else str(program)
        self._command = [str(element) for element in command] if command else None
        if self._program is None and needs_program(self._command):
            raise UsageError(
                f"Sweep {sweep.id} names no program to run.",
                "Add `program: train.py` to its configuration, or give the agent a function: besom.agent(ID, train).",
            )
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
        self._told_to_stop = False
        self._kill_at: float | None = None
        self._exit_code: int | None = None  # not None: no new work

    def run(self) -> int:
        """Works until there is nothing more to do; returns the exit code."""
        self._say_hello()
        with signals.received_by(self._events.put), self._guard, self._heartbeat:
            self._in_background(self._ship_left)
            self._in_background(self._ask)
            while self._exit_code is None or self._run is not None:
                self._handle(self._next_event())
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
                self._finish(0, event.reason)
            case Ended():
                self._end(event)
            case Reported():
                self._conclude(event)
            case StopOrder():
                self._stop(event)
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

    def _ask(self, wait: float = FIRST_SECONDS) -> None:
        self._events.put(self._session.next(wait))

    def _report(self, ended: Ended, message: str | None) -> None:
        path = environment.parameter_file(self._sweep.id, ended.run_id, self._environ)
        spools.ship_run(path, self._session, self._output)
        run = self._session.report(ended.run_id, RunExit(exit_code=ended.code, message=message))
        self._events.put(Reported(ended, run))
        if self._exit_code is None:
            self._ask()

    # The life of a run

    def _start(self, run: NextRun) -> None:
        self._run, self._told_to_stop = run, False
        parameter_file = environment.write_parameter_file(self._sweep.id, run, self._environ)
        json_file = None
        if needs_json_file(self._command):
            json_file = environment.write_json_file(self._sweep.id, run, self._environ)
        command = expand_command(
            self._command,
            self._program,
            run.params,
            interpreter=sys.executable,
            environ=self._environ,
            json_file=json_file,
        )
        names = environment.names(
            run, self._sweep, self._session.agent_id, parameter_file, self._session.connection, self._environ
        )
        self._heartbeat.hold(run.run_id)
        try:
            self._child = Child(
                command,
                environment.for_program(self._environ, names),
                run_id=run.run_id,
                guarded_by=self._guard,
                on_end=self._events.put,
            )
        except CannotStart as error:
            self._output.run_starts(run.run_name, run.run_id, run.params, command)
            self._output.problem(str(error))
            self._end(Ended(run.run_id, error.code, 0.0), str(error))
            return
        self._output.run_starts(run.run_name, run.run_id, run.params, command)

    def _end(self, ended: Ended, message: str | None = None) -> None:
        self._child = self._kill_at = None
        failed = ended.code > 0 and not self._told_to_stop
        self.record.add(failed=failed, succeeded=ended.code == 0)
        broken = self.record.broken(self._options.limits, time.monotonic() - self._started) if failed else None
        if broken:
            self._finish(1, broken)
        elif self.record.ended == self._options.count:
            self._finish(0, f"{self._options.count} runs are done, as asked.")
        self._in_background(partial(self._report, ended, message))

    def _conclude(self, reported: Reported) -> None:
        run, ended = self._run, reported.ended
        if run is None or run.run_id != ended.run_id:
            return
        seen = reported.run
        how = "was deleted" if seen is None else f"{seen.state}{f': {seen.reason}' if seen.reason else ''}"
        self._output.run_ended(run.run_name, how, ended.seconds, good=seen is not None and seen.state == "finished")
        self._run = None
        self._heartbeat.hold()

    def _stop(self, order: StopOrder) -> None:
        if self._child is None or self._child.run_id != order.run_id:
            return
        if order.kill:
            if not self._told_to_stop:
                self._output.line(f"The run is killed: {order.reason}", YELLOW)
            self._told_to_stop = True
            self._send(signal.SIGKILL)
        elif not self._told_to_stop:
            self._output.line(f"The run is stopped: {order.reason}", YELLOW)
            self._told_to_stop = True
            self._send(signal.SIGTERM)
            self._kill_at = time.monotonic() + self._options.kill_delay

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
                self._told_to_stop = True
                if self._options.term_timeout is not None and self._kill_at is None:
                    self._kill_at = time.monotonic() + self._options.term_timeout
        if answer.step is Step.KILL or (answer.step is Step.TERMINATE and self._child is None):
            self._session.give_up()
            if self._child is None:
                self._run = None  # it has ended, and only the server does not know yet

    def _finish(self, code: int, reason: str) -> None:
        if self._exit_code is None:
            self._exit_code = code
            self._output.line(f"No more runs: {reason}" if code == 0 else reason, BOLD if code == 0 else YELLOW)

    def _say_step(self, step: Step, number: signal.Signals, *, sent: bool) -> None:
        again = "Ctrl-C" if number == signal.SIGINT else number.name
        if self._child is None:
            self._output.line(f"{again}: no more runs.", BOLD)
        elif step is Step.LAST_RUN:
            what = f"{number.name} was passed on to the run" if sent else "the current run may finish"
            self._output.line(f"{again}: no more runs; {what}. {again} again terminates it.", BOLD)
        elif step is Step.TERMINATE:
            self._output.line(f"The run gets SIGTERM. {again} again kills it.", BOLD)
        else:
            self._output.line("The run is killed.", BOLD)
