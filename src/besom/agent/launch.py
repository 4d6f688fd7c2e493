"""What a run's program is started with: its command line, its environment, and the files that these name."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from besom.agent import environment
from besom.agent.session import Session
from besom.config.command import expand_command, needs_json_file, needs_program
from besom.errors import UsageError
from besom.protocol import NextRun, Sweep


@dataclass(frozen=True, slots=True)
class Launch:
    """All that ``Child`` needs."""

    command: list[str]
    environment: dict[str, str]


class Launcher:
    """Prepares the runs of one sweep."""

    def __init__(self, sweep: Sweep, session: Session, environ: Mapping[str, str]) -> None:
        """Looks what the sweep's runs execute.

        Raises:
            UsageError: the sweep does not say.
        """
        program, command = sweep.config.get("program"), sweep.config.get("command")
        self._program = None if program is None else str(program)
        self._command = [str(element) for element in command] if command else None
        if self._program is None and needs_program(self._command):
            raise UsageError(
                f"Sweep {sweep.id} names no program to run.",
                "Add `program: train.py` to its configuration, or give the agent a function: besom.agent(ID, train).",
            )
        self._sweep = sweep
        self._session = session
        self._environ = environ

    def prepare(self, run: NextRun) -> Launch:
        """Writes the run's files.

        Raises:
            SettingsError: the folder for them cannot be written.
        """
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
        )
        names = environment.names(
            run, self._sweep, self._session.agent_id, parameters, self._session.connection, self._environ
        )
        return Launch(command, environment.for_program(self._environ, names))
