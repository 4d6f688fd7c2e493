"""Which server is used, and why, and the sweeps that run there."""

from __future__ import annotations

import os

from besom.cli.status_sweep import runs
from besom.cli.sweep_json import sweep_json
from besom.cli.terminal import NEXT_STEP, columns, note, paint, say, say_json
from besom.client import embedded, folder_settings, settings
from besom.client.connection import Connection
from besom.client.lookup import project_route
from besom.errors import CommError, ServerUnreachable
from besom.protocol import ProjectPage, Sweep, SweepPage, Viewer

MOST_PROJECTS = 20
MOST_SWEEPS = 15
UNDER_WAY = ("RUNNING", "PAUSED", "PENDING")


def show_overview(*, as_json: bool = False) -> None:
    """Prints the settings in use and the sweeps of the default entity that have not ended. Starts no server."""
    home = settings.home()
    address = settings.base_url()
    running = embedded.find(home)
    connection, key = None, None
    if address is None:
        connection = Connection(running.url, running.key) if running else None
    else:
        key = settings.api_key(address) or (running.key if running and running.url == address else None)
        connection = Connection(address, key)
    viewer = _viewer(connection)
    entity = settings.entity() or (viewer.entity if viewer else None)
    sweeps = _under_way(connection, entity) if connection and viewer and entity else None
    if as_json:
        say_json(
            {
                "server": connection.url if connection else None,
                "embedded": address is None,
                "answers": viewer is not None,
                "user": viewer.name if viewer else None,
                "entity": entity,
                "project": settings.project(),
                "mode": settings.mode(),
                "home": str(home),
                "run_files": str(settings.directory()),
                "sweeps": [sweep_json(connection, sweep) for sweep in sweeps or () if connection],
            }
        )
        return
    if address is None:
        elsewhere = embedded.elsewhere(home)
        how = "which does not answer" if embedded.process(home) else "not running"
        known = f"the embedded one, {f'on {elsewhere}' if elsewhere else how}"
        say(_line("Server", f"{running.url} (embedded)" if running else known, None))
    else:
        say(_line("Server", address, _origin("BASE_URL")))
        say(_line("Key", "present" if key else "none", _origin("API_KEY") if key else None))
    say(_line("User", f"{viewer.name} ({viewer.role})" if viewer else None, None))
    say(_line("Entity", entity, _origin("ENTITY") if settings.entity() else None))
    say(_line("Project", settings.project(), _origin("PROJECT")))
    if settings.mode() != "online":
        say(_line("Mode", settings.mode(), _origin("MODE")))
    say(_line("Home", str(home), "BESOM_HOME" if os.environ.get("BESOM_HOME") else None))
    say(_line("Run files", str(settings.directory()), _origin("DIR") if settings.variable("DIR") else None))
    if sweeps is not None:
        _show_sweeps(sweeps)
    elif address is None and not (embedded.elsewhere(home) or embedded.process(home)):  # else nobody knows
        say()
        _show_first_step()


def _line(name: str, value: str | None, origin: str | None) -> str:
    return f"{name + ':':<11}{value or '-'}{paint(f'  (from {origin})', dim=True) if value and origin else ''}"


def _origin(name: str) -> str:
    """Where a setting comes from."""
    found = settings.variable_name(name)
    if found is None and name.lower() in folder_settings.read(settings.directory()):
        return "besom init"
    return found or "besom login"


def _viewer(connection: Connection | None) -> Viewer | None:
    """Who the server says the caller is; says why, where it does not answer."""
    if connection is None:
        return None
    try:
        return connection.request("GET", "/viewer", reply=Viewer, timeout=15)
    except CommError as error:
        # An address that is wrong is told from in the lines below; the hint would lead back to this command.
        why = error.message if isinstance(error, ServerUnreachable) else str(error)
        note(f"{paint('!', fg='red', bold=True)} {why}")
        return None


def _under_way(connection: Connection, entity: str) -> list[Sweep]:
    """Sweeps of the entity that have not ended, the running ones first."""
    projects = connection.request("GET", "/projects", reply=ProjectPage).projects
    sweeps: list[Sweep] = []
    for project in [known for known in projects if known.entity == entity and known.sweep_count][:MOST_PROJECTS]:
        route = f"{project_route(entity, project.name)}/sweeps"
        page = connection.request("GET", route, reply=SweepPage)
        sweeps += [sweep for sweep in page.sweeps if sweep.state in UNDER_WAY]
    return sorted(sweeps, key=lambda sweep: (UNDER_WAY.index(sweep.state), -sweep.updated))


def _show_first_step() -> None:
    step = paint("besom up sweep.yaml", **NEXT_STEP)
    say(f"No sweep is under way. To create one and work for it: {step}")


def _show_sweeps(sweeps: list[Sweep]) -> None:
    say()
    if not sweeps:
        _show_first_step()
        return
    rows = [
        (f"{s.project}/{s.id}", s.state, str(s.agent_count), f"{s.best.value:g}" if s.best else "-", runs(s))
        for s in sweeps[:MOST_SWEEPS]
    ]
    for line in columns(rows, ("SWEEP", "STATE", "AGENTS", "BEST", "RUNS")):
        say(line)
    if len(sweeps) > MOST_SWEEPS:
        say(f"and {len(sweeps) - MOST_SWEEPS:,} more")
