"""What a run's program is started with: its command line, its environment, and the files that these name."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from besom.agent import code, environment, isolation
from besom.agent.output import Output
from besom.agent.session import Session
from besom.client import settings
from besom.config.command import expand_command, needs_json_file, needs_program, parameter_names
from besom.errors import UsageError
from besom.protocol import AgentJoined, NextRun, Sweep


@dataclass(frozen=True, slots=True)
class Launch:
    """All that ``Child`` needs."""

    sweep: Sweep
    """Whose run it is."""
    command: list[str]
    environment: dict[str, str]
    shown: bool = True
    """Whether the command line is worth showing."""
    message_file: Path | None = None
    """Where the program may leave a word about its end."""


class Launcher(Protocol):
    """Prepares the runs of one sweep."""

    def prepare(self, run: NextRun) -> Launch:
        """Writes the run's files.

        Raises:
            DiskFull: there is no room for them.
            SettingsError: the folder for them cannot be written.
        """


class ProgramLauncher:
    """Prepares runs of the program that the configuration names."""

    def __init__(
        self, joined: AgentJoined, session: Session, environ: Mapping[str, str], here: Path, output: Output
    ) -> None:
        """Looks what the sweep's runs execute; fetches its code if that is frozen.

        Args:
            joined: the sweep and its code.
            session: with the server.
            environ: the agent's environment.
            here: the folder in which the programs run.
            output: told when the code here has changed.

        Raises:
            UsageError: the sweep does not say, its program is not here, or its frozen code cannot be used.
            DiskFull, SettingsError: its frozen code cannot be kept here.
            CommError: its frozen code cannot be fetched.
        """
        self._sweep = sweep = joined.sweep
        program, command = sweep.config.get("program"), sweep.config.get("command")
        self._program = None if program is None else str(program)
        self._command = [str(element) for element in command] if command else None
        if self._program is None and needs_program(self._command):
            raise UsageError(
                f"Sweep {sweep.id} names no program to run.",
                "Add `program: train.py` to its configuration, or give the agent a function: besom.agent(ID, train).",
            )
        self._names = parameter_names(sweep.config)
        self._session = session
        self._environ = environ
        self._output = output
        self._watch: code.Watch | None = None
        if joined.code is not None and joined.code.frozen and self._program is not None:
            folder = settings.directory(environ=environ) / f"sweep-{sweep.id}"
            root = code.fetch(joined.code, sweep, session.connection, folder)
            self._program = code.frozen_program(joined.code, self._program, root, here)
            paths = [str(root), *filter(None, [environ.get("PYTHONPATH")])]
            self._environ = {**environ, "PYTHONPATH": os.pathsep.join(paths)}
            output.detail(f"Runs use the code that the sweep was created with, kept in {root}")
        elif joined.code is not None:
            self._watch = code.Watch(joined.code, here)
        if self._command is None and self._program is not None and not (here / self._program).exists():
            # Each run would fail at once, and its point be lost.
            raise UsageError(
                f"There is no file {self._program} in {here}, and sweep {sweep.id} runs it.",
                "Start the agent in the folder of the program.",
            )

    def prepare(self, run: NextRun) -> Launch:
        """Writes the run's files; says when the code is not what it was.

        Raises:
            DiskFull: there is no room for them.
            SettingsError: the folder for them cannot be written.
        """
        if self._watch is not None and (changed := self._watch.changes()):
            self._output.changed(changed)
        parameters = environment.write_parameter_file(self._sweep.id, run, self._environ)
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
            names=self._names,
        )
        names = environment.names(
            run, self._sweep, self._session.agent_of(run.run_id), parameters, self._session.connection, self._environ
        )
        return Launch(self._sweep, command, environment.for_program(self._environ, names))


class FunctionLauncher:
    """Prepares runs of a Python function, each in a process of its own."""

    def __init__(self, file: Path, joined: AgentJoined, session: Session, environ: Mapping[str, str]) -> None:
        """``file``: holds the function, as ``isolation.kept`` says."""
        self._sweep = joined.sweep
        self._session = session
        self._environ = environ
        self._file = file

    def prepare(self, run: NextRun) -> Launch:
        """Writes the run's files.

        Raises:
            DiskFull: there is no room for them.
            SettingsError: the folder for them cannot be written.
        """
        parameters = environment.write_parameter_file(self._sweep.id, run, self._environ)
        message_file = parameters.with_suffix(".message")
        message_file.unlink(missing_ok=True)  # of an earlier process of a run that was preempted
        names = environment.names(
            run, self._sweep, self._session.agent_of(run.run_id), parameters, self._session.connection, self._environ
        )
        return Launch(
            self._sweep,
            isolation.command(self._file, message_file),
            environment.for_program(self._environ, names),
            shown=False,
            message_file=message_file,
        )
