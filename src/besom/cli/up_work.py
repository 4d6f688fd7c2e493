"""What ``besom up`` does, from the sweep's creation to its best run."""

from __future__ import annotations

import contextlib
import math
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from besom.agent.signals import Terminated, raised
from besom.cli import INTERRUPTED
from besom.cli.interrupts import read_line, uninterrupted
from besom.cli.remarks import missing_program
from besom.cli.status_sweep import best_text
from besom.cli.sweep_create import Wanted, read, send
from besom.cli.sweep_json import run_json, sweep_json
from besom.cli.terminal import LINK, NEXT_STEP, note, paint, quote, say, say_json
from besom.cli.up_process import UpProcess, started
from besom.cli.up_progress import Progress, at_work
from besom.client import settings
from besom.client.connect import connect
from besom.client.connection import Connection, segment
from besom.client.lookup import find_run, find_sweep
from besom.client.numbers import decode_deep
from besom.client.pages import page_address
from besom.client.paths import FILE_SUFFIXES, parse_item
from besom.client.run_states import count_words
from besom.client.times import duration
from besom.config import Loaded, load_stored
from besom.errors import CommError, ServerUnreachable, UsageError
from besom.protocol import Sweep, SweepAction, SweepCommand

POLL_SECONDS = 0.5
STEPS = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)
"""The agent's ways out: no new runs, end the running ones, kill them. Two signals of one kind can count as one."""


@dataclass(frozen=True, slots=True)
class Work:
    """How to work for the sweep."""

    options: Sequence[str]
    """For ``besom agent``."""
    verbose: bool
    """Whether its output is shown; else it goes to a file."""
    as_json: bool


def up(wanted: Wanted, work: Work) -> int:
    """Creates the sweep, or finds it, and works for it to the end; returns the exit code.

    Raises:
        BesomError: before a run was started.
    """
    loaded = _read(wanted, work)
    connection = connect()
    sweep = _create(connection, wanted, loaded, work) if loaded else _find(connection, wanted)
    path = f"{sweep.entity}/{sweep.project}/{sweep.id}"
    log = None if work.verbose else settings.directory() / f"up-{sweep.id}.log"
    began = time.monotonic()
    progress = Progress(connection, sweep, silent=work.as_json or work.verbose)
    with raised(), _chooser(sweep, work, path) as chooser, started(["agent", path, *work.options], log) as agent:
        try:
            code = _follow(connection, progress, agent, chooser)
        except Terminated as signalled:
            agent.send(signalled.number)
            agent.wait(math.inf)
            code = 128 + signalled.number
        progress.step()
        progress.clear()
        _conclude(connection, progress.sweep, agent, work, code, time.monotonic() - began, log)
        failed = chooser is not None and _has_failed(chooser)  # later it may have been ended on its way out
    if chooser is not None and failed:
        for line in chooser.last_lines():
            note(paint(f"  {line}", sys.stderr, dim=True))
        note("What chooses the runs has ended, so there are no more of them.")
        return code or 1
    return code


@contextlib.contextmanager
def _chooser(sweep: Sweep, work: Work, path: str) -> Iterator[UpProcess | None]:
    """The controller of a sweep whose runs are not chosen by the server; None where they are."""
    if not load_stored(decode_deep(sweep.config)).is_searched_outside:
        yield None
        return
    log = None if work.verbose else settings.directory() / f"up-{sweep.id}-controller.log"
    with started(["controller", path], log) as process:
        yield process


def _has_failed(process: UpProcess) -> bool:
    return process.exit_code not in (None, 0)


def _read(wanted: Wanted, work: Work) -> Loaded | None:
    """The file that describes a new sweep; None where an existing one is named. Needs no server.

    Raises:
        BesomError: the file cannot be used, or its program is not here.
    """
    if not Path(wanted.file).exists() and not wanted.file.endswith(FILE_SUFFIXES):
        return None
    loaded = read(wanted, warn=not work.as_json)
    if missing_program(loaded.config, Path.cwd()):
        raise UsageError(
            f"There is no file {loaded.config.program} in {Path.cwd()}, and the sweep runs it.",
            "Start `besom up` in the folder of the program.",
        )
    return loaded


def _create(connection: Connection, wanted: Wanted, loaded: Loaded, work: Work) -> Sweep:
    with uninterrupted():
        sweep = send(connection, wanted, loaded)
        if not work.as_json:
            path = f"{sweep.entity}/{sweep.project}/{sweep.id}"
            say(f"Sweep {paint(path, bold=True)}: {paint(page_address(connection, sweep.url), **LINK)}")
    return sweep


def _find(connection: Connection, wanted: Wanted) -> Sweep:
    """The sweep that is named, resumed where it is paused or has ended."""
    if wanted.name or wanted.program:
        raise UsageError("--name and --program are for a new sweep, which a file describes.")
    sweep = find_sweep(connection, parse_item(wanted.file, "sweep").filled(wanted.project, wanted.entity))
    return sweep if sweep.state in ("PENDING", "RUNNING") else _command(connection, sweep, "resume")


def _follow(connection: Connection, progress: Progress, agent: UpProcess, chooser: UpProcess | None) -> int:
    """Shows how far the sweep is until the agent ends; turns Ctrl-C into what the user wants. Returns the exit code.

    An agent gets no new runs once the process that chooses them has failed.
    """
    presses = sent = 0
    while agent.exit_code is None:
        try:
            while not agent.wait(POLL_SECONDS):
                progress.step()
                if chooser is not None and _has_failed(chooser) and not sent:
                    agent.send(STEPS[0])
                    sent = 1
            break
        except KeyboardInterrupt:
            presses += 1
        try:
            if presses == 1 and _goes_on(connection, progress):
                presses = 0
                continue
        except KeyboardInterrupt:
            presses += 1
        for number in STEPS[sent:presses]:
            agent.send(number)
        sent = presses
    return INTERRUPTED if presses else agent.exit_code or 0


def _goes_on(connection: Connection, progress: Progress) -> bool:
    """Pauses the sweep, then asks, where runs are at work. False: leave, when they have ended."""
    progress.clear()
    pause = "No new runs start"
    try:
        _command(connection, progress.sweep, "pause")
    except ServerUnreachable as error:  # the agent does not know yet, and goes on when the server does
        pause = f"{error.message} No new runs start until it does"
    except CommError:
        pass  # it has ended
    progress.step()
    progress.clear()
    running = at_work(progress.sweep)
    if not running:
        note("No new runs start, and none is running.")
        return False
    if not sys.stdin.isatty():
        note("Interrupted: no new runs; waiting for the running ones. Interrupt again to end them.")
        return False
    note(f"{pause}. {running} running.")
    while (answer := _answer()) == "g":
        try:
            _command(connection, progress.sweep, "resume")
        except CommError as error:  # the server is away, say: no reason to end the runs
            note(error.message)
        else:
            return True
    if answer == "e":
        raise KeyboardInterrupt
    note("Waiting for the running runs. Ctrl-C ends them.")
    return False


def _answer() -> str:
    """What to do with the running runs: ``g``, ``w`` or ``e``, which is also the answer of a terminal that has gone."""
    question = "[g]o on, [w]ait for the running runs and leave, or [e]nd them now (Ctrl-C) [w]: "
    while True:
        line = read_line(question)
        answer = line.strip().lower() or ("w" if line else "e")
        if answer in ("g", "w", "e"):
            return answer


def _conclude(
    connection: Connection, sweep: Sweep, agent: UpProcess, work: Work, code: int, seconds: float, log: Path | None
) -> None:
    """Prints the result."""
    if work.as_json:
        best = find_run(connection, sweep.entity, sweep.project, sweep.best.id) if sweep.best else None
        say_json(
            {
                "sweep": sweep_json(connection, sweep),
                "best": run_json(connection, best) if best else None,
                "seconds": seconds,
                "exit_code": code,
            }
        )
        return
    if code not in (0, INTERRUPTED):
        for line in agent.last_lines():
            note(paint(f"  {line}", sys.stderr, dim=True))
        note(f"The agent ended with exit code {code}." + (f" All that it said: {log}" if log else ""))
    say(f"Sweep {sweep.id} {sweep.state.lower()}: {count_words(sweep) or 'no runs'}, in {duration(seconds)}.")
    say(f"Best: {best_text(connection, sweep, 6)}")
    say(f"Page: {paint(page_address(connection, sweep.url), **LINK)}")
    if sweep.state in ("PAUSED", "RUNNING", "PENDING"):
        path = quote(f"{sweep.entity}/{sweep.project}/{sweep.id}")
        say(f"Go on with: {paint(f'besom up {path}', **NEXT_STEP)}")


def _command(connection: Connection, sweep: Sweep, action: SweepAction) -> Sweep:
    command = SweepCommand(action=action)
    return connection.request("POST", f"/sweeps/{segment(sweep.id)}/state", body=command, reply=Sweep)
