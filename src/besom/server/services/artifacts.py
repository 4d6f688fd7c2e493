"""Artifacts: named sets of files in versions. The files of a version never change; aliases are moved from one to the
other."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from besom.protocol import Artifact, NewArtifact
from besom.server.services.artifact_views import LATEST, views_of, within
from besom.server.services.context import Context, Unit
from besom.server.services.file_paths import check_entry, check_path
from besom.server.services.labels import check_tags
from besom.server.services.naming import check_length
from besom.server.services.projects import open_project
from besom.server.services.refusals import Conflict, Invalid
from besom.server.services.runs import find_run
from besom.server.services.users import Caller
from besom.server.store import artifact_collections, artifacts, runs
from besom.server.store.text_kinds import Address, Prose

MOST_FILES = 100_000
MOST_ALIASES = 100
"""That are given to a version at a time: each of them is looked for among those of all others."""
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_ALIAS = re.compile(r"[^/:]{1,128}")
VERSION = re.compile(r"v(0|[1-9][0-9]{0,8})")


def log_artifact(unit: Unit, run: Any, new: NewArtifact) -> None:
    """A version that a run made, as its stream says. One that cannot be used must not hold up the stream: it becomes an
    event."""
    try:
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

    def create(unit: Unit) -> Artifact:
        home = open_project(unit, caller, entity, project, in_part=run_id is not None)
        run = find_run(unit.conn, caller, entity, project, run_id, "work") if run_id is not None else None
        mine = msgspec.structs.replace(new, aliases=free_aliases(unit, caller, home.id, new.name, new.aliases))
        row = add_version(unit, home.id, mine, run_key=run.key if run is not None else None)
        unit.changed(home.id, "project", project)
        if run is not None:
            unit.changed(home.id, "run", run.id)
        return within(caller, views_of(unit.conn, [row]))[0]

    return await ctx.write(create)


def add_version(
    unit: Unit,
    project_id: int,
    new: NewArtifact,
    *,
    run_key: int | None = None,
    client_digest: str | None = None,
    history_step: int | None = None,
    ttl: int | None = None,
) -> Any:
    """The row of the version with these files, made when there is none; see ``log_again`` for one that there is.

    Raises:
        Invalid, Conflict: see ``create_artifact``.
    """
    _check(new)
    check_type(unit, project_id, new.name, new.type)
    digest = _digest(new)
    row = artifacts.with_digest(unit.conn, project_id, new.name, digest, unit.now)
    if row is None:
        values = {
            "project_id": project_id,
            "name": new.name,
            "type": new.type,
            "digest": digest,
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


def check_type(unit: Unit, project_id: int, name: str, kind: str) -> None:
    """Raises Conflict when there is an artifact of that name and another type."""
    known = artifact_collections.type_of(unit.conn, project_id, name)
    if known is not None and known != kind:
        raise Conflict(
            "artifact_type",
            f"The artifact {name} has the type {known!r}, not {kind!r}.",
            "Give the other one another name.",
            field="type",
        )


def own_aliases(aliases: Iterable[str]) -> list[str]:
    """Those that are kept with a version: ``latest`` follows from its number.

    Raises:
        Invalid: one of them cannot be used.
    """
    aliases = list(dict.fromkeys(aliases))
    if len(aliases) > MOST_ALIASES:
        raise Invalid(
            "too_many_aliases",
            f"The artifact is given {len(aliases):,} aliases, and at most {MOST_ALIASES} are possible at once.",
            "Give the others as tags, or later.",
            field="aliases",
        )
    for alias in aliases:
        if not _ALIAS.fullmatch(alias) or not alias.isprintable() or alias != alias.strip():
            raise Invalid(
                "bad_alias",
                f"{alias[:80]!r} cannot be the alias of an artifact.",
                "Use 1 to 128 characters that can be seen, without '/' and ':'.",
                field="aliases",
            )
        if VERSION.fullmatch(alias):
            raise Invalid(
                "bad_alias", f"The alias {alias!r} looks like a version.", "Choose another one.", field="aliases"
            )
    return [alias for alias in aliases if alias != LATEST]


def check_name_and_type(name: str, kind: str) -> None:
    """Raises Invalid when an artifact cannot have this name or this type."""
    if not _NAME.fullmatch(name):
        raise Invalid(
            "bad_name",
            f"{name[:80]!r} cannot be the name of an artifact.",
            "Use 1 to 128 letters, digits, '_', '.' and '-'.",
            field="name",
        )
    if not kind or not kind.isprintable() or len(kind) > 128:
        raise Invalid(
            "bad_type", f"The artifact {name} needs a type of 1 to 128 characters.", "e.g. model", field="type"
        )


def _check(new: NewArtifact) -> None:
    check_name_and_type(new.name, new.type)
    own_aliases(new.aliases)
    check_length("description", new.description or "", Prose.longest)
    check_tags(new.tags)
    paths = [file.path for file in new.files] + [reference.path for reference in new.references]
    if len(paths) > MOST_FILES:
        raise Invalid(
            "too_many_files",
            f"The artifact {new.name} has {len(paths)} files, and at most {MOST_FILES} are possible.",
            "Pack them into archives.",
            field="files",
        )
    for file in new.files:
        check_entry(file)
    for reference in new.references:
        check_path(reference.path)
        check_length("uri", reference.uri, Address.longest)
        check_length("digest", reference.digest, Address.longest)
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            raise Invalid("bad_path", f"The artifact {new.name} has two files with the path {path!r}.", field="files")
        seen.add(path)


def _digest(new: NewArtifact) -> str:
    """One digest for a set of named files, whatever their order."""
    listed: list[tuple[Any, ...]] = sorted((file.path, file.digest, file.size) for file in new.files)
    listed += sorted((reference.path, reference.digest, reference.uri) for reference in new.references)
    return hashlib.sha256(msgspec.json.encode(listed)).hexdigest()
