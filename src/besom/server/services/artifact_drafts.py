"""Versions of artifacts that a client sends in steps: announced, and followed until they are committed.

``draft_files`` takes what is sent for them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from besom.server.services.artifact_changes import ArtifactPlace
from besom.server.services.artifact_checks import check_name_and_type, own_aliases
from besom.server.services.artifact_lists import find_version
from besom.server.services.artifacts import check_type, free_aliases, log_again
from besom.server.services.blobs import UNNAMED_SECONDS
from besom.server.services.context import Context, Unit
from besom.server.services.labels import check_tags
from besom.server.services.projects import find_project, open_project
from besom.server.services.refusals import Invalid, Missing
from besom.server.services.rights import Right, visible_to
from besom.server.services.runs import find_run
from besom.server.services.users import Caller
from besom.server.store import artifact_drafts, artifacts, projects, runs

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class NewDraft:
    """What a client says of a version before it sends the files."""

    name: str
    type: str
    digest: str
    """Of the files, as the client computes it."""
    run_id: str | None = None
    client_id: str | None = None
    """Drawn by the client; the same again is the same draft."""
    shared_id: str | None = None
    """Drafts of several processes that give the same one are one."""
    description: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    history_step: int | None = None
    ttl: int | None = None
    """Seconds that the version is kept; None: for ever."""
    reuse: bool = True
    """Whether a version that has the digest already stands for it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A version on its way, or what became of it."""

    entity: str
    project: str
    id: int
    name: str
    digest: str
    version: str | None
    """Address of the version, ``name:v3``, once it is committed."""
    newest: str | None
    """Address of the newest version of that name."""


DraftPlace = tuple[str, str, int]
"""Entity, project and number of a draft."""


async def collect_abandoned(ctx: Context) -> int:
    """Forgets drafts that were not committed within the time for which unnamed bytes are kept; returns how many. What
    was sent for them goes as any bytes that nothing names."""
    return await ctx.write(lambda unit: artifact_drafts.drop_open(unit.conn, unit.now - UNNAMED_SECONDS))


async def begin(ctx: Context, caller: Caller, entity: str, project: str, new: NewDraft) -> Draft:
    """Announces a version. Where there is one with the same digest, that is it: nothing is left to be sent.

    Raises:
        Invalid, Conflict: see ``artifacts.create_artifact``.
    """
    check_name_and_type(new.name, new.type)
    own_aliases(new.aliases)
    check_tags(new.tags)

    def work(unit: Unit) -> Draft:
        home = open_project(unit, caller, entity, project, in_part=bool(new.run_id))
        check_type(unit, home.id, new.name, new.type)
        run = find_run(unit.conn, caller, entity, project, new.run_id, "work") if new.run_id else None
        mine = replace(new, aliases=free_aliases(unit, caller, home.id, new.name, new.aliases))
        row = _known(unit, home.id, mine) or _create(unit, home.id, mine, run)
        if row.artifact_id is not None:
            version = artifacts.get(unit.conn, row.artifact_id)
            log_again(unit, version, mine.aliases, None if run is None else run.key, new.ttl)
        return view(unit.conn, row, entity, project)

    return await ctx.write(work)


async def find_draft(ctx: Context, caller: Caller, place: DraftPlace, right: Right = "read") -> Draft:
    """A draft, to do that with it; raises Missing and Forbidden."""
    entity, project, _ = place
    return await ctx.read(lambda conn: view(conn, find(conn, caller, place, right), entity, project))


async def draft_of_client(ctx: Context, caller: Caller, client_id: str) -> Draft | None:
    """The draft for which a client drew this id, if there is one that the caller may see."""

    def look(conn: Connection) -> Draft | None:
        row = artifact_drafts.of_client(conn, client_id)
        if row is None:
            return None
        visible = projects.listing(conn, visible_to(caller) & projects.only(row.project_id))
        if not visible:
            return None
        entity, project = visible[0].entity, visible[0].name
        return view(conn, find(conn, caller, (entity, project, row.id)), entity, project)

    return await ctx.read(look)


async def add_manifest(ctx: Context, caller: Caller, place: DraftPlace, sender: str, base: ArtifactPlace | None) -> int:
    """Announces the list of files that a run sends; the same run's again is the same. Returns its number.

    Args:
        ctx: The services' context.
        caller: Who asks.
        place: The draft.
        sender: Id of the run.
        base: The version whose files the list adds to; None for a whole list.

    Raises:
        Invalid: the version is in another project, which has its own files.
    """
    entity, project, _ = place
    if base is not None and base[:2] != (entity, project):
        raise Invalid(
            "other_project",
            f"An artifact of {entity}/{project} cannot add to {base[2]} of {base[0]}/{base[1]}.",
            "Log it to the same project, or whole.",
            field="baseArtifactID",
        )

    def work(unit: Unit) -> int:
        draft = find(unit.conn, caller, place, "work")
        if base is not None:
            caller.must_be_user()  # its files may be of runs that lie outside of the caller's bounds
        known = artifact_drafts.manifest_of(unit.conn, draft.id, sender)
        if known is not None:
            return int(known.id)
        base_row = None if base is None else find_version(unit.conn, draft.project_id, f"{entity}/{project}", base[2])
        return artifact_drafts.add_manifest(unit.conn, draft.id, sender, base_row and base_row.id)

    return await ctx.write(work)


def find(conn: Connection, caller: Caller, place: DraftPlace, right: Right = "read") -> Any:
    """The row of a draft; raises Missing, and Forbidden for those who may not do that with it."""
    entity, project, number = place
    home = find_project(conn, caller, entity, project, right, in_part=True)
    row = artifact_drafts.get(conn, home.id, number)
    if row is None:
        raise Missing("artifact_not_found", f"{entity}/{project} has no such artifact on its way.", field="artifact")
    caller.must_see(None if row.run_key is None else runs.by_key(conn, row.run_key).sweep_id)
    return row


def view(conn: Connection, row: Any, entity: str, project: str) -> Draft:
    """How a draft is shown."""
    newest = artifacts.newest(conn, row.project_id, row.name)
    became = None if row.artifact_id is None else artifacts.find(conn, row.artifact_id)
    return Draft(
        entity,
        project,
        row.id,
        row.name,
        row.digest,
        None if became is None else f"{became.name}:v{became.version}",
        None if newest is None else f"{newest.name}:v{newest.version}",
    )


def _known(unit: Unit, project_id: int, new: NewDraft) -> Any | None:
    """The draft that was made of the same words, or that is to be shared."""
    found = artifact_drafts.of_client(unit.conn, new.client_id) if new.client_id else None
    if found is not None and found.project_id == project_id and found.digest == new.digest:
        became = found.artifact_id
        if became is None or artifacts.find(unit.conn, became) is not None:
            return found
    return artifact_drafts.open_shared(unit.conn, project_id, new.name, new.shared_id) if new.shared_id else None


def _create(unit: Unit, project_id: int, new: NewDraft, run: Any | None) -> Any:
    values = {
        "project_id": project_id,
        "name": new.name,
        "type": new.type,
        "digest": new.digest,
        "client_id": new.client_id,
        "shared_id": new.shared_id,
        "description": new.description,
        "metadata": new.metadata,
        "tags": new.tags,
        "aliases": new.aliases,
        "history_step": new.history_step,
        "ttl": new.ttl,
        "run_key": None if run is None else run.key,
        "created": unit.now,
    }
    same = artifacts.with_client_digest(unit.conn, project_id, new.name, new.digest, unit.now) if new.reuse else None
    return artifact_drafts.create(unit.conn, {**values, "artifact_id": None if same is None else same.id})
