"""The agent for programs: joins a sweep, works in ``besom.agent.loop`` until there is no more to do, leaves."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from besom.agent import environment, isolation, summary
from besom.agent.launch import FunctionLauncher, Launcher, ProgramLauncher
from besom.agent.loop import ProgramLoop
from besom.agent.options import Options, read_options
from besom.agent.output import BOLD, Output
from besom.agent.pool import PoolLauncher, PoolSession
from besom.agent.session import Session, SweepOver
from besom.client import settings
from besom.client.connection import Connection
from besom.client.paths import parse_item, parse_project
from besom.errors import UsageError
from besom.protocol import Viewer


def run_agent(
    sweep_path: str | None,
    *,
    connection: Connection,
    count: int | None = None,
    project: str | None = None,
    entity: str | None = None,
    forward_signals: bool = False,
    term_timeout: float | None = None,
    max_consecutive_failed_runs: int | None = None,
    slots: int | None = None,
    gpus: str | Sequence[str | int] | int | None = None,
    gpus_per_run: int | None = None,
    function: Callable[[], object] | None = None,
    output: Output | None = None,
    environ: Mapping[str, str] | None = None,
    exit_when_idle: bool = False,
) -> int:
    """Runs a sweep's program, or a function as if it were one, again and again until there is no more to do.

    Args:
        sweep_path: the sweep, as ID, PROJECT/ID or ENTITY/PROJECT/ID; None works for all running sweeps of
            ``project``, those with the highest priority first.
        connection: to the server that has it.
        count: runs after which the agent ends; None or 0 for no limit.
        project: where the sweep is, if the path does not say; only checked. Without a path, as PROJECT or
            ENTITY/PROJECT, what it works for.
        entity: likewise.
        forward_signals: pass the first Ctrl-C on to the run.
        term_timeout: with ``forward_signals``, seconds until a run that was told to end is killed.
        max_consecutive_failed_runs: failures in a row that end the agent.
        slots: runs that go on side by side; one per ``gpus_per_run`` GPUs by default, or one.
        gpus: what the slots share out: ids, how many, or "all". None: each run sees what the agent sees.
        gpus_per_run: GPUs of each run, 1 by default.
        function: what each run calls, in a process of its own, instead of the sweep's program.
        output: where it says what it does; standard error by default.
        environ: instead of the process's environment.
        exit_when_idle: for a project: leave when no sweep there is running.

    Returns:
        Exit code for the process: 0 when the sweep ended or was finished before, the count was reached or Ctrl-C was
        pressed; 1 when too many runs failed; 128 + its number after another signal.

    Raises:
        UsageError, SettingsError: the call, a setting or the sweep's state makes no sense.
        CommError: the server does not answer, or refuses; NotFound for an unknown sweep.
    """
    environ = dict(os.environ if environ is None else environ)
    output = output or Output(environ=environ)
    options = read_options(
        environ,
        count=count,
        max_consecutive_failed_runs=max_consecutive_failed_runs,
        forward_signals=forward_signals,
        term_timeout=term_timeout,
        slots=slots,
        gpus=gpus,
        gpus_per_run=gpus_per_run,
    )
    if sweep_path is None:
        place = _project(connection, project, entity)
        return _work_for_project(
            PoolSession(connection, place, output, options.slots, exit_when_idle=exit_when_idle),
            options,
            output,
            environ,
        )
    path = parse_item(sweep_path, "sweep").filled(project, entity)
    session = Session(connection, path, output, options.slots)
    with contextlib.ExitStack() as stack:
        file = None if function is None else stack.enter_context(isolation.kept(function))
        try:
            joined = session.join()
        except SweepOver as over:
            output.line(str(over), BOLD)
            return 0
        try:
            environment.make_folder(joined.sweep.id, environ)
            launcher: Launcher
            if file is None:
                launcher = ProgramLauncher(joined, session, environ, Path.cwd(), output)
            else:
                launcher = FunctionLauncher(file, joined, session, environ)
            loop = ProgramLoop(session, joined, launcher, options, output, environ)
            code = loop.run()
        finally:
            left = session.leave()
    summary.say(loop.record, session, output, ask=left)
    return code


def _work_for_project(session: PoolSession, options: Options, output: Output, environ: Mapping[str, str]) -> int:
    joined = session.join_project()
    try:
        launcher = PoolLauncher(session, environ, Path.cwd(), output)
        loop = ProgramLoop(session, joined, launcher, options, output, environ)
        code = loop.run()
    finally:
        session.leave()
    summary.say(loop.record, session, output, ask=False)
    return code


def _project(connection: Connection, project: str | None, entity: str | None) -> tuple[str, str]:
    """Entity and name of the project that was named; the caller's own entity where none is."""
    if project is None:
        raise UsageError("No sweep is named, and no project.", "Give a sweep's id, or --project for all of a project.")
    named, name = parse_project(project)
    if named and entity and named != entity:
        raise UsageError(f"Project {project} is not one of {entity}.", "Name the entity once.")
    entity = named or entity or settings.entity()
    return entity or connection.request("GET", "/viewer", reply=Viewer).entity, name
