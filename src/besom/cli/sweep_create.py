"""Creates a sweep from a file, or replaces the configuration of one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from besom.cli.program import missing_program
from besom.cli.project_name import project_for
from besom.cli.terminal import LINK, NEXT_STEP, note, paint, paint_problems, quote, say
from besom.client import settings
from besom.client.connect import connect
from besom.client.connection import Connection, segment
from besom.client.lookup import find_sweep, project_route
from besom.client.pages import page_address
from besom.client.paths import parse_item
from besom.config import Loaded, load_file, load_mapping
from besom.errors import UsageError
from besom.protocol import NewSweep, SweepCreated, Viewer


def create(
    file: str,
    project: str | None,
    entity: str | None,
    name: str | None,
    program: str | None,
    prior_runs: Sequence[str],
    update: str | None,
) -> None:
    """Checks the file, sends it, and prints the sweep's id, its page and the line that starts agents.

    Raises:
        ConfigError: the file cannot be used.
        BesomError: the server refused.
    """
    say(f"{'Updating' if update else 'Creating'} sweep from: {file}")
    loaded = load_file(file)
    for problem in loaded.warnings:
        note(paint_problems(problem.render(file), sys.stderr))
    loaded = _override(loaded, program)
    new = NewSweep(config=loaded.config.stored, text=loaded.text, display_name=name)
    connection = connect()
    if update:
        sweep = find_sweep(connection, parse_item(update, "sweep").filled(project, entity))
        new.prior_runs = _run_ids(prior_runs, sweep.project)
        created = connection.request("PUT", f"/sweeps/{segment(sweep.id)}/config", body=new, reply=SweepCreated)
    else:
        config = loaded.config
        project = settings.project(project, config=config.project) or project_for(
            config.program, Path.cwd(), Path.home()
        )
        entity = settings.entity(entity, config=config.entity) or _own_entity(connection)
        new.prior_runs = _run_ids(prior_runs, project)
        created = connection.request("POST", f"{project_route(entity, project)}/sweeps", body=new, reply=SweepCreated)
    _announce(connection, created, bool(update))
    if missing := missing_program(loaded.config, Path.cwd()):
        note(missing)


def _override(loaded: Loaded, program: str | None) -> Loaded:
    return load_mapping({**loaded.config.stored, "program": program}) if program else loaded


def _own_entity(connection: Connection) -> str:
    return connection.request("GET", "/viewer", reply=Viewer).entity


def _run_ids(runs: Sequence[str], project: str) -> list[str]:
    """The ids of prior runs, which must belong to the sweep's own project."""
    paths = [parse_item(run, "run") for run in runs]
    for path in paths:
        if path.project not in (None, project):
            raise UsageError(
                f"The prior run {path} is not in the sweep's project, {project}.",
                "A sweep can count runs of its own project only.",
            )
    return [path.id for path in paths]


def _announce(connection: Connection, created: SweepCreated, updated: bool) -> None:
    sweep = created.sweep
    path = quote(f"{sweep.entity}/{sweep.project}/{sweep.id}")
    say(f"{'Updated sweep' if updated else 'Sweep'} ID: {paint(sweep.id, bold=True)}")
    say(f"View sweep at: {paint(page_address(connection, sweep.url), **LINK)}")
    say(f"Run sweep agent with: {paint(f'besom agent {path}', **NEXT_STEP)}")
