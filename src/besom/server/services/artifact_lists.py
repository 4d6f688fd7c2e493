"""Artifacts, looked up and listed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from besom.protocol import Artifact, ArtifactPage, ArtifactRun, ArtifactRuns, Run
from besom.server.services.artifact_checks import VERSION
from besom.server.services.artifact_views import LATEST, views_of, within
from besom.server.services.context import Context
from besom.server.services.projects import find_project
from besom.server.services.refusals import Missing
from besom.server.services.rights import visible_to
from besom.server.services.run_files import RunPlace
from besom.server.services.runs import find_run
from besom.server.services.users import Caller
from besom.server.services.views import run_view
from besom.server.store import artifacts

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOST_LISTED = 1000
_MOST_RUNS = 100


@dataclass(frozen=True, slots=True)
class Slice:
    """Some of a list of versions, the newest first, without their files."""

    artifacts: list[Artifact]
    total: int
    """How many the whole list has."""


async def versions_of(
    ctx: Context, caller: Caller, collection: tuple[str, str, str], start: int, count: int | None
) -> Slice:
    """Versions of a name, which comes after entity and project."""
    entity, project, name = collection

    def look(conn: Connection) -> Slice:
        home = find_project(conn, caller, entity, project, in_part=caller.reads_artifacts)
        return _slice(conn, artifacts.listing(conn, home.id, name=name), start, count)

    return await ctx.read(look)


async def versions_of_run(
    ctx: Context, caller: Caller, run_place: RunPlace, role: artifacts.Role, start: int, count: int | None
) -> Slice:
    """Versions that a run logged, or used."""

    def look(conn: Connection) -> Slice:
        run = find_run(conn, caller, *run_place)
        return _slice(conn, artifacts.of_run(conn, run.key, role, visible_to(caller)), start, count)

    return await ctx.read(look)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which versions of a project are listed, and how much is told of each."""

    kind: str | None = None
    name: str | None = None
    search: str | None = None
    """A part of its name or type."""
    newest: bool = False
    """Only the newest version of each name."""
    files: bool = True
    """With their files and references."""


async def list_artifacts(ctx: Context, caller: Caller, entity: str, project: str, wanted: Wanted) -> ArtifactPage:
    """The newest thousand versions of a project that are wanted."""

    def look(conn: Connection) -> list[Artifact]:
        home = find_project(conn, caller, entity, project, in_part=caller.reads_artifacts)
        rows = artifacts.listing(
            conn,
            home.id,
            kind=wanted.kind,
            name=wanted.name,
            search=wanted.search,
            newest=wanted.newest,
            limit=_MOST_LISTED,
        )
        return within(caller, views_of(conn, rows, with_files=wanted.files))

    return ArtifactPage(artifacts=await ctx.read(look))


async def list_of_run(ctx: Context, caller: Caller, entity: str, project: str, run_id: str) -> ArtifactPage:
    """The newest thousand versions that a run logged."""

    def look(conn: Connection) -> list[Artifact]:
        run = find_run(conn, caller, entity, project, run_id)
        rows = artifacts.of_run(conn, run.key, "output", visible_to(caller), _MOST_LISTED)
        return within(caller, views_of(conn, rows))

    return ArtifactPage(artifacts=await ctx.read(look))


async def list_used_by_run(ctx: Context, caller: Caller, entity: str, project: str, run_id: str) -> ArtifactPage:
    """The newest thousand versions that a run used, without their files. They may come from anywhere in the project and
    from others, so they are for users with all of their rights."""

    def look(conn: Connection) -> list[Artifact]:
        caller.must_be_user()
        run = find_run(conn, caller, entity, project, run_id)
        rows = artifacts.of_run(conn, run.key, "input", visible_to(caller), _MOST_LISTED)
        return views_of(conn, rows, with_files=False)

    return ArtifactPage(artifacts=await ctx.read(look))


async def lineage_of(ctx: Context, caller: Caller, entity: str, project: str, address: str) -> ArtifactRuns:
    """The runs that logged and that used a version, of all projects that the caller may see, the newest first.

    Raises:
        Missing: there is no such version.
    """

    def look(conn: Connection) -> ArtifactRuns:
        home = find_project(conn, caller, entity, project)
        version = find_version(conn, home.id, f"{entity}/{project}", address)

        def those(role: artifacts.Role) -> tuple[list[ArtifactRun], int]:
            rows, total = artifacts.newest_runs_of(conn, version.id, role, visible_to(caller), _MOST_RUNS)
            return [ArtifactRun(**row._mapping) for row in rows], total

        logged, logged_count = those("output")
        used, used_count = those("input")
        return ArtifactRuns(logged=logged, logged_count=logged_count, used=used, used_count=used_count)

    return await ctx.read(look)


async def runs_using(ctx: Context, caller: Caller, entity: str, project: str, address: str) -> list[Run]:
    """The runs that used a version, of all projects that the caller may see."""

    def look(conn: Connection) -> list[Any]:
        home = find_project(conn, caller, entity, project)
        row = find_version(conn, home.id, f"{entity}/{project}", address)
        return artifacts.runs_of(conn, row.id, "input", visible_to(caller))

    return [run_view(ctx, row, row.entity, row.project) for row in await ctx.read(look)]


async def get_artifact(
    ctx: Context, caller: Caller, entity: str, project: str, address: str, *, with_files: bool = True
) -> Artifact:
    """One version: ``name:v3``, ``name:ALIAS``, ``name:DIGEST``, or ``name`` for the newest.

    Raises:
        Missing: there is none; says which there are.
    """

    def look(conn: Connection) -> Artifact:
        home = find_project(conn, caller, entity, project, in_part=caller.reads_artifacts)
        row = find_version(conn, home.id, f"{entity}/{project}", address)
        return within(caller, views_of(conn, [row], with_files=with_files))[0]

    return await ctx.read(look)


def find_version(conn: Connection, project_id: int, place: str, address: str) -> Any:
    """The row of a version; raises Missing."""
    name, _, which = address.partition(":")
    newest = artifacts.newest(conn, project_id, name)
    if newest is None:
        raise Missing("artifact_not_found", f"{place} has no artifact {name!r}.", field="artifact")
    row: Any = newest
    if which and which != LATEST:
        number = VERSION.fullmatch(which)
        if number:
            row = artifacts.by_version(conn, project_id, name, int(number[1]))
        else:
            row = artifacts.by_alias(conn, project_id, name, which)
            row = row or artifacts.by_any_digest(conn, project_id, name, which)
    if row is None:
        raise Missing(
            "artifact_not_found",
            f"The artifact {name} has no version or alias {which!r}.",
            f"Its newest version is {name}:v{newest.version}.",
            field="artifact",
        )
    return row


def _slice(conn: Connection, rows: list[Any], start: int, count: int | None) -> Slice:
    shown = rows[start:] if count is None else rows[start : start + count]
    return Slice(views_of(conn, shown, with_files=False), len(rows))
