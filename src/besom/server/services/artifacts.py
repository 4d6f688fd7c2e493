"""Artifacts: named sets of files in versions. The files of a version never change; aliases are moved from one to the
other."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec

from besom.protocol import Artifact, NewArtifact
from besom.server.services.artifact_checks import MOST_ALIASES, Checked, checked, own_aliases
from besom.server.services.artifact_views import views_of, within
from besom.server.services.context import Context, Unit
from besom.server.services.projects import open_project
from besom.server.services.refusals import Conflict, Invalid
from besom.server.services.runs import find_run
from besom.server.services.users import Caller
from besom.server.store import artifact_collections, artifacts, runs


def log_artifact(unit: Unit, run: Any, new: Checked | Invalid) -> None:
    """A version that a run made, as its stream says. One that cannot be used must not hold up the stream: it becomes an
    event."""
    try:
        if isinstance(new, Invalid):
            raise new
        row = add_version(unit, run.project_id, new, run_key=run.key)
    except (Invalid, Conflict) as refusal:
        kind, reason = "artifact.refused", refusal.message
    else:
        kind, reason = "artifact.logged", f"{row.name}:v{row.version}"
    unit.run_event(run, kind, "run", reason)


async def create_artifact(
    ctx: Context, caller: Caller, entity: str, project: str, new: NewArtifact, run_id: str | None = None
) -> Artifact:
    """A version that comes from outside a run's program; with ``run_id`` that run counts as its maker.

    Raises:
        Missing: there is no such run.
        Invalid: a name, an alias or a file cannot be used.
        Conflict: the name has another type.
    """

    version = checked(new)

    def create(unit: Unit) -> Artifact:
        home = open_project(unit, caller, entity, project, in_part=run_id is not None)
        run = find_run(unit.conn, caller, entity, project, run_id, "work") if run_id is not None else None
        mine = spared(unit, caller, home.id, version)
        row = add_version(unit, home.id, mine, run_key=run.key if run is not None else None)
        unit.changed(home.id, "project", project)
        if run is not None:
            unit.changed(home.id, "run", run.id)
        return within(caller, views_of(unit.conn, [row]))[0]

    return await ctx.write(create)


def add_version(
    unit: Unit,
    project_id: int,
    version: Checked,
    *,
    run_key: int | None = None,
    client_digest: str | None = None,
    history_step: int | None = None,
    ttl: int | None = None,
) -> Any:
    """The row of the version with these files, made when there is none; see ``log_again`` for one that there is.

    Raises:
        Conflict: the name has another type.
    """
    new = version.new
    is_known = check_type(unit, project_id, new.name, new.type)
    row = artifacts.with_digest(unit.conn, project_id, new.name, version.digest, unit.now)
    if row is None:
        values = {
            "project_id": project_id,
            "name": new.name,
            "type": new.type,
            "digest": version.digest,
            "client_digest": client_digest,
            "description": new.description,
            "metadata": new.metadata,
            "tags": list(dict.fromkeys(new.tags)),
            "size": sum(file.size for file in new.files) + sum(reference.size or 0 for reference in new.references),
            "run_key": run_key,
            "history_step": history_step,
            "ttl": ttl,
            "created": unit.now,
        }
        files, references = (
            [msgspec.structs.asdict(entry) for entry in entries] for entries in (new.files, new.references)
        )
        row = artifacts.create(unit.conn, values, files, references)
        if not is_known:
            artifact_collections.retype_deleted(unit.conn, project_id, new.name, new.type)
    log_again(unit, row, new.aliases, run_key, ttl)
    return row


def log_again(unit: Unit, row: Any, aliases: Iterable[str], run_key: int | None, ttl: int | None) -> None:
    """Somebody logs what a version has already: the aliases are moved to it, and it is kept for as long as anybody
    wants it."""
    artifacts.set_aliases(unit.conn, row, own_aliases(aliases))
    if run_key is not None:
        artifacts.link(unit.conn, run_key, row.id, "output", unit.now)
    if row.ttl is not None:
        longest = None if ttl is None else max(row.ttl, math.ceil(unit.now - row.created) + ttl)
        artifacts.change(unit.conn, row.id, {"ttl": longest})


def spared(unit: Unit, caller: Caller, project_id: int, version: Checked) -> Checked:
    """The version with ``free_aliases`` alone."""
    aliases = free_aliases(unit, caller, project_id, version.new.name, version.new.aliases)
    return replace(version, new=msgspec.structs.replace(version.new, aliases=aliases))


def free_aliases(unit: Unit, caller: Caller, project_id: int, name: str, aliases: Iterable[str]) -> list[str]:
    """Those of the aliases that the caller may give to a version: with bounds none that a version from outside has. Too
    many are left as they are, and refused."""
    aliases = list(dict.fromkeys(aliases))
    if caller.bounds is None or len(aliases) > MOST_ALIASES:
        return aliases
    holders = {alias: artifacts.by_alias(unit.conn, project_id, name, alias) for alias in aliases}
    return [alias for alias, row in holders.items() if row is None or _is_within(unit, caller, row)]


def _is_within(unit: Unit, caller: Caller, row: Any) -> bool:
    return row.run_key is not None and caller.sees_sweep(runs.by_key(unit.conn, row.run_key).sweep_id)


def check_type(unit: Unit, project_id: int, name: str, kind: str) -> bool:
    """Whether there is an artifact of that name; raises Conflict when that has another type."""
    known = artifact_collections.type_of(unit.conn, project_id, name)
    if known is not None and known != kind:
        raise Conflict(
            "artifact_type",
            f"The artifact {name} has the type {known!r}, not {kind!r}.",
            "Give the other one another name.",
            field="type",
        )
    return known is not None
