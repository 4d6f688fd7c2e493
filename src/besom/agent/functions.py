"""The agent for Python functions: joins a sweep, calls the function for each run, leaves."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from besom.agent import environment, signals, summary
from besom.agent.function_loop import FunctionLoop
from besom.agent.heartbeat import HeartbeatThread
from besom.agent.interruption import Interruption
from besom.agent.options import read_options
from besom.agent.output import BOLD, Output
from besom.agent.process_state import sole_agent
from besom.agent.session import Session, SweepOver
from besom.agent.signals import Terminated
from besom.client.connection import Connection
from besom.client.paths import parse_item


def agent_function(
    function: Callable[[], object],
    sweep_path: str,
    *,
    connection: Connection,
    count: int | None = None,
    project: str | None = None,
    entity: str | None = None,
    max_consecutive_failed_runs: int | None = None,
    output: Output | None = None,
) -> None:
    """Calls ``function`` for each run of a sweep until there is no more to do; ``init`` in it takes the run's values.

    Args:
        function: anything that can be called without arguments.
        sweep_path: the sweep, as ID, PROJECT/ID or ENTITY/PROJECT/ID.
        connection: to the server that has it.
        count: runs after which the agent ends; None or 0 for no limit.
        project: where the sweep is, if the path does not say; only checked.
        entity: likewise.
        max_consecutive_failed_runs: failures in a row that end the agent.
        output: where it says what it does; standard error by default.

    Raises:
        TypeError: ``function`` cannot be called.
        UsageError, SettingsError: the call, a setting or the sweep's state makes no sense, or another agent calls a
            function in this process.
        CommError: the server does not answer, or refuses; NotFound for an unknown sweep.
        SystemExit: after SIGTERM or SIGHUP, when the run has ended and the server knows.
    """
    if not callable(function):
        raise TypeError(f"function must be something to call without arguments, not {function!r}")
    output = output or Output()
    options = read_options(os.environ, count=count, max_consecutive_failed_runs=max_consecutive_failed_runs)
    options = replace(options, limits=replace(options.limits, until_success=True))
    session = Session(connection, parse_item(sweep_path, "sweep").filled(project, entity), output)
    with sole_agent():
        try:
            joined = session.join()
        except SweepOver as over:
            output.line(str(over), BOLD)
            return
        interruption, ended_by = Interruption(options.kill_delay), None
        heartbeat = HeartbeatThread(session, joined.heartbeat_seconds, interruption.stop)
        loop = FunctionLoop(function, session, joined.sweep, interruption, heartbeat, output)
        try:
            environment.make_folder(joined.sweep.id, os.environ)
            with signals.raised(), heartbeat:
                loop.run(options)
        except KeyboardInterrupt:
            output.line("Interrupted; no more runs.", BOLD)
        except Terminated as told:
            ended_by = told.number
            output.line(f"{told}: no more runs.", BOLD)
        finally:
            left = session.leave()
    summary.say(loop.record, session, output, ask=left)
    if ended_by is not None:
        raise SystemExit(128 + ended_by)
