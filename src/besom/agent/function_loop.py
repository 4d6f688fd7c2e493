"""Calls one function for run after run, in the thread that called the agent."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from besom.agent import environment, limits, spools
from besom.agent.heartbeat import HeartbeatThread
from besom.agent.interruption import Interruption, RunStopped
from besom.agent.options import Options
from besom.agent.output import BOLD, YELLOW, Output
from besom.agent.process_state import changed_environment
from besom.agent.session import FIRST_SECONDS, NEXT_SECONDS, Session
from besom.agent.signals import Terminated
from besom.client.settings import variable
from besom.protocol import EndedRun, NextExit, NextReply, NextRun, NextWait, RunExit, Sweep
from besom.sdk import current, leases
from besom.sdk.leases import Lease


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended, in the terms of a program's exit code."""

    code: int
    message: str | None = None
    leave: KeyboardInterrupt | Terminated | None = None
    """What ends the agent too."""

    def ending(self, run: NextRun) -> RunExit:
        """What the server is told of it."""
        stopped = f"{self.leave} ended its agent" if isinstance(self.leave, Terminated) else None
        return RunExit(exit_code=self.code, message=self.message, stopped=stopped, hand_out=run.hand_out)


class FunctionLoop:
    """Calls one function again and again."""

    def __init__(
        self,
        function: Callable[[], object],
        session: Session,
        sweep: Sweep,
        interruption: Interruption,
        heartbeat: HeartbeatThread,
        output: Output,
    ) -> None:
        self._function = function
        self._session = session
        self._sweep = sweep
        self._interruption = interruption
        self._heartbeat = heartbeat
        self._output = output
        self._ahead: NextReply | None = None
        """What came with the answer to the last run's report."""
        self.record = limits.Record()
        """How its runs ended."""

    def run(self, options: Options) -> None:
        """Works until there is nothing more to do."""
        began = time.monotonic()
        self._output.line(f"Agent for sweep {self._sweep.name}: {self._sweep.url}", BOLD)
        patience = FIRST_SECONDS
        while True:
            match self._next(patience):
                case NextExit() as end:
                    self._output.line(f"No more runs: {end.reason}", BOLD)
                    return
                case NextWait() as wait:
                    self._output.waiting(wait.reason)
                    patience = NEXT_SECONDS
                case NextRun() as run:
                    patience = FIRST_SECONDS
                    outcome = self._do(run, last=self.record.ended + 1 == options.count)
                    if outcome.leave is not None:
                        raise outcome.leave
                    if broken := self.record.broken(options.limits, time.monotonic() - began):
                        self._output.line(broken, YELLOW)
                        return
                    if self.record.ended == options.count:
                        self._output.line(options.reached(), BOLD)
                        return

    def _next(self, patience: float) -> NextReply:
        ahead, self._ahead = self._ahead, None
        return self._session.next(patience) if ahead is None or isinstance(ahead, NextWait) else ahead

    def _do(self, run: NextRun, *, last: bool) -> Outcome:
        began = time.monotonic()
        self._heartbeat.hold(run.run_id)
        parameter_file = self._write_parameter_file(run)
        names = environment.names(
            run, self._sweep, self._session.agent_id, parameter_file, self._session.connection, os.environ
        )
        if not variable("CONSOLE"):  # a process for each run's output would take longer than a short run
            names["BESOM_CONSOLE"] = "wrap"
        url = environment.run_url(self._sweep, run)
        self._output.run_starts(run.run_name, url, run.params, None, resumed=run.resume)
        self._session.begins(run.run_id)
        before = current.runs()
        lease = None if run.resume else Lease(run.run_id, run.run_name, url, self._session.connection)
        with changed_environment(names), leases.holding(lease):
            outcome = self._call(run)
            for left_open in current.runs():
                if left_open not in before:
                    left_open.finish(exit_code=outcome.code)
        spools.ship_run(parameter_file, self._session, self._output)
        if outcome == Outcome(0) and not last and spools.has_begun(parameter_file):
            # It breaks no limit, so there will be a next run: one request tells of this and asks for that.
            self._ahead = self._session.next(ended=[EndedRun(run_id=run.run_id, exit_code=0, hand_out=run.hand_out)])
            seen = next(iter(self._ahead.ended), None)
        else:
            seen = self._session.report(run.run_id, outcome.ending(run))
        self._heartbeat.hold()
        self._output.run_ended(run.run_name, seen, time.monotonic() - began, self._sweep.metric)
        self.record.add(seen.state if seen else "deleted")
        return outcome

    def _write_parameter_file(self, run: NextRun) -> Path:
        """Waits while the disk is full."""
        while True:
            try:
                path = environment.write_parameter_file(self._sweep.id, run, os.environ)
            except environment.DiskFull as error:
                self._output.disk_full(error.message)
                time.sleep(environment.ROOM_SECONDS)
            else:
                self._output.disk_has_room()
                return path

    def _call(self, run: NextRun) -> Outcome:
        try:
            with self._interruption.of(run.run_id):
                self._function()
        except RunStopped:  # it came when the function had just returned
            pass
        except KeyboardInterrupt as interrupt:
            return Outcome(-signal.SIGINT, leave=interrupt)
        except Terminated as told:
            return Outcome(-told.number, leave=told)
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else int(error.code is not None)
            return Outcome(code, None if isinstance(error.code, int | None) else str(error.code))
        except Exception as error:
            error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next  # begin at the user's function
            traceback.print_exception(error)
            return Outcome(1, f"{type(error).__name__}: {error}")
        if self._interruption.reason is not None:
            return Outcome(-signal.SIGTERM)
        return Outcome(0)
