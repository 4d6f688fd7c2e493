"""Artifacts: named sets of files in versions. A version never changes; aliases are moved from one to the other."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import msgspec

from besom.protocol import Artifact, ArtifactPage, FileEntry, NewArtifact
from besom.server.services.context import Context, Unit
from besom.server.services.file_paths import check_entry
from besom.server.services.projects import find_project, open_project
from besom.server.services.refusals import Conflict, Invalid, Missing
from besom.server.services.runs import find_run
from besom.server.services.users import Caller
from besom.server.store import artifacts

if TYPE_CHECKING:
    from sqlalchemy import Connection

LATEST = "latest"
MOST_FILES = 100_000
_MOST_LISTED = 1000
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_VERSION = re.compile(r"v(0|[1-9][0-9]{0,8})")


def log_artifact(unit: Unit, run: Any, new: NewArtifact) -> None:
    """A version that a run made, as its stream says. One that cannot be used must not hold up the stream: it becomes an
    event."""
    try:
        row = add_version(unit, run.project_id, new, run_key=run.key)
    except (Invalid, Conflict) as refusal:
        kind, reason = "artifact.refused", refusal.message
    else:
        kind, reason = "artifact.logged", f"{row.name}:v{row.version}"
    subject = {"sweep_id": run.sweep_id, "run_id": run.id, "agent_id": run.agent_id}
    unit.event(run.project_id, kind, "run", reason, **subject)


async def create_artifact(ctx: Context, caller: Caller, entity: str, project: str, new: NewArtifact) -> Artifact:
    """A version that no run made.

    Raises:
        Invalid: a name, an alias or a file cannot be used.
        Conflict: the name has another type.
    """

    def create(unit: Unit) -> Artifact:
        home = open_project(unit, caller, entity, project)
        row = add_version(unit, home.id, new)
        unit.changed(home.id, "project", project)
        return _view(unit.conn, row, entity, project)

    return await ctx.write(create)


def add_version(unit: Unit, project_id: int, new: NewArtifact, *, run_key: int | None = None) -> Any:
    """The row of the version with these files, made when there is none; its aliases are moved to it.

    Raises:
        Invalid, Conflict: see ``create_artifact``.
    """
    _check(new)
    known_type = artifacts.type_of(unit.conn, project_id, new.name)
    if known_type is not None and known_type != new.type:
        raise Conflict(
            "artifact_type",
            f"The artifact {new.name} has the type {known_type!r}, not {new.type!r}.",
            "Give the other one another name.",
            field="type",
        )
    digest = _digest(new.files)
    row = artifacts.with_digest(unit.conn, project_id, new.name, digest)
    if row is None:
        values = {
            "project_id": project_id,
            "name": new.name,
            "type": new.type,
            "digest": digest,
            "description": new.description,
            "metadata": new.metadata,
            "size": sum(file.size for file in new.files),
            "run_key": run_key,
            "created": unit.now,
        }
        files = [{"path": file.path, "digest": file.digest, "size": file.size} for file in new.files]
        row = artifacts.create(unit.conn, values, files)
    artifacts.set_aliases(unit.conn, row, [alias for alias in dict.fromkeys(new.aliases) if alias != LATEST])
    return row


async def list_artifacts(
    ctx: Context, caller: Caller, entity: str, project: str, kind: str | None, name: str | None
) -> ArtifactPage:
    """The newest thousand versions of a project, of one type or name if given."""

    def look(conn: Connection) -> list[Artifact]:
        home = find_project(conn, caller, entity, project)
        rows = artifacts.listing(conn, home.id, kind=kind, name=name, limit=_MOST_LISTED)
        return [_view(conn, row, entity, project) for row in rows]

    return ArtifactPage(artifacts=await ctx.read(look))


async def list_of_run(ctx: Context, caller: Caller, entity: str, project: str, run_id: str) -> ArtifactPage:
    """The newest thousand versions that a run made."""

    def look(conn: Connection) -> list[Artifact]:
        run = find_run(conn, caller, entity, project, run_id)
        rows = artifacts.listing(conn, run.project_id, run_key=run.key, limit=_MOST_LISTED)
        return [_view(conn, row, entity, project) for row in rows]

    return ArtifactPage(artifacts=await ctx.read(look))


async def get_artifact(ctx: Context, caller: Caller, entity: str, project: str, address: str) -> Artifact:
    """One version: ``name:v3``, ``name:ALIAS``, or ``name`` for the newest.

    Raises:
        Missing: there is none; says which there are.
    """

    def look(conn: Connection) -> Artifact:
        home = find_project(conn, caller, entity, project)
        name, _, which = address.partition(":")
        newest = artifacts.newest(conn, home.id, name)
        if newest is None:
            raise Missing("artifact_not_found", f"{entity}/{project} has no artifact {name!r}.", field="artifact")
        row: Any = newest
        if which and which != LATEST:
            number = _VERSION.fullmatch(which)
            if number:
                row = artifacts.by_version(conn, home.id, name, int(number[1]))
            else:
                row = artifacts.by_alias(conn, home.id, name, which)
        if row is None:
            raise Missing(
                "artifact_not_found",
                f"The artifact {name} has no version or alias {which!r}.",
                f"Its newest version is {name}:v{newest.version}.",
                field="artifact",
            )
        return _view(conn, row, entity, project)

    return await ctx.read(look)


def _check(new: NewArtifact) -> None:
    _check_name("name", new.name)
    if not new.type or not new.type.isprintable() or len(new.type) > 128:
        raise Invalid(
            "bad_type", f"The artifact {new.name} needs a type of 1 to 128 characters.", "e.g. model", field="type"
        )
    for alias in new.aliases:
        _check_name("alias", alias)
        if _VERSION.fullmatch(alias):
            raise Invalid(
                "bad_alias", f"The alias {alias!r} looks like a version.", "Choose another one.", field="aliases"
            )
    if len(new.files) > MOST_FILES:
        raise Invalid(
            "too_many_files",
            f"The artifact {new.name} has {len(new.files)} files, and at most {MOST_FILES} are possible.",
            "Pack them into archives.",
            field="files",
        )
    seen: set[str] = set()
    for file in new.files:
        if check_entry(file).path in seen:
            raise Invalid(
                "bad_path", f"The artifact {new.name} has two files with the path {file.path!r}.", field="files"
            )
        seen.add(file.path)


def _check_name(what: str, text: str) -> None:
    if not _NAME.fullmatch(text):
        raise Invalid(
            f"bad_{what}",
            f"{text[:80]!r} cannot be the {what} of an artifact.",
            "Use 1 to 128 letters, digits, '_', '.' and '-'.",
            field=what,
        )


def _digest(files: list[FileEntry]) -> str:
    """One digest for a set of named files, whatever their order."""
    listed = sorted((file.path, file.digest, file.size) for file in files)
    return hashlib.sha256(msgspec.json.encode(listed)).hexdigest()


def _view(conn: Connection, row: Any, entity: str, project: str) -> Artifact:
    aliases = artifacts.aliases_of(conn, row)
    if row.version == artifacts.newest_version(conn, row.project_id, row.name):
        aliases.insert(0, LATEST)
    files = artifacts.files_of(conn, row.id)
    return Artifact(
        entity=entity,
        project=project,
        name=row.name,
        type=row.type,
        version=row.version,
        aliases=aliases,
        description=row.description,
        metadata=row.metadata,
        files=[FileEntry(path=file.path, digest=file.digest, size=file.size) for file in files],
        size=row.size,
        run_id=row.run_id,
        created=row.created,
    )
