"""Creates a sweep from a file, or replaces the configuration of one."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from besom.cli.interrupts import uninterrupted
from besom.cli.project_name import project_for
from besom.cli.remarks import remarks
from besom.cli.sweep_change import change
from besom.cli.sweep_json import sweep_json
from besom.cli.terminal import LINK, NEXT_STEP, note, paint, paint_problems, quote, say, say_json
from besom.client import code, settings
from besom.client.connect import connect
from besom.client.connection import Connection, segment
from besom.client.lookup import find_sweep, project_route
from besom.client.pages import page_address
from besom.client.paths import parse_item
from besom.client.prior_runs import ids_of
from besom.config import Loaded, SweepConfig, load_file, load_mapping
from besom.errors import UsageError
from besom.protocol import NewSweep, Sweep, SweepCreated, Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the user asked for."""

    file: str
    project: str | None = None
    entity: str | None = None
    name: str | None = None
    program: str | None = None
    prior_runs: Sequence[str] = ()
    prior_sweeps: Sequence[str] = ()
    prior_filter: str | None = None
    """JSON."""
    update: str | None = None
    """The sweep whose configuration is replaced; None creates one."""
    freeze_code: bool = False


def create(wanted: Wanted, *, as_json: bool, local: bool = False) -> str:
    """Checks the file, sends it, and prints the sweep's id, its page and the line that starts agents; returns its path.

    Args:
        wanted: What the user asked for.
        as_json: Print JSON instead.
        local: The runs are going to be chosen in this process, whatever the file says.

    Raises:
        ConfigError: the file cannot be used.
        BesomError: the server refused.
    """
    if not as_json:
        say(f"{'Updating' if wanted.update else 'Creating'} sweep from: {wanted.file}")
    loaded = read(wanted, warn=not as_json)
    if local and not loaded.config.is_searched_outside:
        loaded = load_mapping({**loaded.config.stored, "controller": {"type": "local"}})
    connection = connect()
    with uninterrupted():
        begun = _begun(connection, wanted)
        sweep = change(connection, wanted, loaded, begun, quiet=as_json) if begun else send(connection, wanted, loaded)
        path = f"{sweep.entity}/{sweep.project}/{sweep.id}"
        if as_json:
            warnings = [problem.render(wanted.file) for problem in loaded.warnings]
            say_json({**sweep_json(connection, sweep), "warnings": warnings})
            return path
        announce(connection, sweep, updated=bool(wanted.update))
    for remark in remarks(loaded.config, Path.cwd()):
        note(remark)
    return path


def read(wanted: Wanted, *, warn: bool) -> Loaded:
    """The file as the options change it. Needs no server.

    Raises:
        ConfigError: it cannot be used; names every problem.
    """
    loaded = load_file(wanted.file)
    if warn:
        for problem in loaded.warnings:
            note(paint_problems(problem.render(wanted.file), sys.stderr))
    return load_mapping({**loaded.config.stored, "program": wanted.program}) if wanted.program else loaded


def send(connection: Connection, wanted: Wanted, loaded: Loaded) -> Sweep:
    """Creates the sweep, or replaces the configuration of one that has not begun.

    Raises:
        BesomError: the server refused, or the options do not fit the project.
    """
    config = loaded.config
    prior_filter = read_filter(wanted.prior_filter, "--prior-filter")
    entity, project, route = _place(connection, wanted, config)
    snapshot = code.snapshot(Path.cwd(), config.program, frozen=wanted.freeze_code)
    if wanted.freeze_code:
        code.upload(connection, entity, project, Path.cwd(), snapshot)
    new = NewSweep(
        config=config.stored,
        text=loaded.text,
        display_name=wanted.name,
        prior_runs=ids_of("run", wanted.prior_runs, project),
        prior_sweeps=ids_of("sweep", wanted.prior_sweeps, project),
        prior_filter=prior_filter,
        code=snapshot if snapshot.files else None,
    )
    return connection.request("PUT" if wanted.update else "POST", route, body=new, reply=SweepCreated).sweep


def announce(connection: Connection, sweep: Sweep, *, updated: bool = False) -> None:
    """Prints the sweep's id, its page and the line that starts agents."""
    path = quote(f"{sweep.entity}/{sweep.project}/{sweep.id}")
    say(f"{'Updated sweep' if updated else 'Sweep'} ID: {paint(sweep.id, bold=True)}")
    say(f"View sweep at: {paint(page_address(connection, sweep.url), **LINK)}")
    say(f"Run sweep agent with: {paint(f'besom agent {path}', **NEXT_STEP)}")


def _begun(connection: Connection, wanted: Wanted) -> Sweep | None:
    """The sweep to be updated, where it has handed out runs; None where there is none, or it has not begun."""
    if wanted.update is None:
        return None
    sweep = _wanted_sweep(connection, wanted, wanted.update)
    return None if sweep.state == "PENDING" or (sweep.state == "PAUSED" and not sweep.run_count) else sweep


def _wanted_sweep(connection: Connection, wanted: Wanted, path: str) -> Sweep:
    return find_sweep(connection, parse_item(path, "sweep").filled(wanted.project, wanted.entity))


def _place(connection: Connection, wanted: Wanted, config: SweepConfig) -> tuple[str, str, str]:
    """Entity, project, and where to send the configuration."""
    if wanted.update:
        sweep = _wanted_sweep(connection, wanted, wanted.update)
        return sweep.entity, sweep.project, f"/sweeps/{segment(sweep.id)}/config"
    project = settings.project(wanted.project, config=config.project) or project_for(
        config.program, Path.cwd(), Path.home()
    )
    entity = settings.entity(wanted.entity, config=config.entity)
    entity = entity or connection.request("GET", "/viewer", reply=Viewer).entity
    return entity, project, f"{project_route(entity, project)}/sweeps"


def read_filter(text: str | None, option: str = "--filter") -> dict[str, Any] | None:
    """A filter of runs, given as JSON.

    Raises:
        UsageError: it is no JSON object.
    """
    if text is None:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UsageError(
            f"{option} is {text!r}, which is no JSON object.",
            f"""Write it like this: {option} '{{"state": "finished", "config.lr": {{"$lt": 0.1}}}}'""",
        )
    return found
