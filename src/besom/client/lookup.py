"""Finds what a person named; says what was looked for, and what they may have meant."""

from __future__ import annotations

import contextlib
import difflib

from besom.client.connection import Connection, segment
from besom.client.paths import ItemPath
from besom.errors import ApiError, NotFound
from besom.protocol import Project, ProjectPage, Run, Sweep, SweepPage

PROJECTS_SEARCHED = 5
GONE = 410


def find_sweep(connection: Connection, path: ItemPath) -> Sweep:
    """The sweep at ``path``; its id alone is enough, as ids of sweeps are unique on a server.

    Raises:
        NotFound: there is none, or it lies in another project than the path says.
    """
    try:
        sweep = connection.request("GET", f"/sweeps/{segment(path.id)}", reply=Sweep)
    except NotFound:
        raise _missing(
            f"There is no sweep {path} on {connection.url}.", path.id, _sweep_ids(connection, path)
        ) from None
    if path.project not in (None, sweep.project) or path.entity not in (None, sweep.entity):
        here = f"{sweep.entity}/{sweep.project}/{sweep.id}"
        raise _missing(f"There is no sweep {path}. The sweep {sweep.id} is {here}.")
    return sweep


def find_run(connection: Connection, entity: str, project: str, run_id: str) -> Run:
    """The run with that id in that project.

    Raises:
        NotFound: there is none, or no longer.
    """
    try:
        return connection.request("GET", f"{project_route(entity, project)}/runs/{segment(run_id)}", reply=Run)
    except NotFound as error:
        if error.status == GONE:  # it says what became of the run
            raise
        find_project(connection, entity, project)
        raise _missing(f"There is no run {run_id} in {entity}/{project} on {connection.url}.") from None


def find_project(connection: Connection, entity: str, project: str) -> Project:
    """The project with that name.

    Raises:
        NotFound: there is none.
    """
    try:
        return connection.request("GET", project_route(entity, project), reply=Project)
    except NotFound:
        page = connection.request("GET", "/projects", reply=ProjectPage)
        paths = [f"{known.entity}/{known.name}" for known in page.projects]
        wanted = f"{entity}/{project}"
        raise _missing(f"There is no project {wanted} on {connection.url}.", wanted, paths) from None


def project_route(entity: str, project: str) -> str:
    """Where the API keeps a project."""
    return f"/projects/{segment(entity)}/{segment(project)}"


def _sweep_ids(connection: Connection, path: ItemPath) -> list[str]:
    """Ids that may have been meant: those of the named project, else of the ones that were active last."""
    places, found = list[tuple[str, str]](), list[str]()
    if path.entity and path.project:
        places = [(path.entity, path.project)]
    else:
        with contextlib.suppress(ApiError):  # a service key may not look around
            known = connection.request("GET", "/projects", reply=ProjectPage).projects
            places = [(project.entity, project.name) for project in known[:PROJECTS_SEARCHED]]
    for place in places:
        with contextlib.suppress(ApiError):  # the question was about the sweep; a missing project adds nothing
            page = connection.request("GET", f"{project_route(*place)}/sweeps", reply=SweepPage)
            found += [sweep.id for sweep in page.sweeps]
    return found


def _missing(message: str, wanted: str = "", known: list[str] | None = None) -> NotFound:
    near = difflib.get_close_matches(wanted, known or [], n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else None
    return NotFound(message, hint, status=404, code="not_found")
