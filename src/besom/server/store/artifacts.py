"""Queries about versions of artifacts, their files, references, aliases, and the runs that use them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from besom.server.store.case_insensitive import contains
from besom.server.store.prepared import Prepared, PreparedSets
from besom.server.store.tables import (
    artifact_aliases,
    artifact_files,
    artifact_references,
    artifacts,
    projects,
    run_artifacts,
    runs,
)

Role = Literal["input", "output"]

_WITH_RUN = (
    select(
        artifacts,
        projects.c.entity,
        projects.c.name.label("project"),
        runs.c.id.label("run_id"),
        case((runs.c.project_id == artifacts.c.project_id, runs.c.name)).label("run_name"),
    )
    .join(projects, projects.c.id == artifacts.c.project_id)
    .outerjoin(runs, and_(runs.c.key == artifacts.c.run_key, runs.c.deleted.is_(None)))
    .where(artifacts.c.deleted.is_(None))
)
# Statements that a run's stream needs for each version are made once.
_HERE = (artifacts.c.project_id == bindparam("project"), artifacts.c.name == bindparam("called"))
_IS_KEPT = or_(artifacts.c.ttl.is_(None), artifacts.c.created + artifacts.c.ttl > bindparam("now"))
_WITH_DIGEST = Prepared(
    _WITH_RUN.where(*_HERE, artifacts.c.digest == bindparam("of_files"), _IS_KEPT)
    .order_by(artifacts.c.version.desc())
    .limit(1)
)
_OF_ID = Prepared(_WITH_RUN.where(artifacts.c.id == bindparam("identity")))
_NEXT = Prepared(select(func.coalesce(func.max(artifacts.c.version) + 1, 0).label("version")).where(*_HERE))
_ADD = PreparedSets(insert(artifacts).returning(artifacts.c.id))
_ADD_ENTRIES = {table: PreparedSets(insert(table)) for table in (artifact_files, artifact_references)}
_TAKE_ALIAS = Prepared(
    delete(artifact_aliases).where(
        artifact_aliases.c.project_id == bindparam("project"),
        artifact_aliases.c.name == bindparam("called"),
        artifact_aliases.c.alias == bindparam("taken"),
    )
)
_ADD_ALIAS = Prepared(insert(artifact_aliases), ["project_id", "name", "alias", "artifact_id"])
_LINK = (
    run_artifacts.c.run_key == bindparam("run"),
    run_artifacts.c.artifact_id == bindparam("version"),
    run_artifacts.c.role == bindparam("as_role"),
)
_IS_LINKED = Prepared(select(run_artifacts.c.created).where(*_LINK))
_ADD_LINK = Prepared(insert(run_artifacts), ["run_key", "artifact_id", "role", "created"])

_NEWER = artifacts.alias("newer")
_HAS_NEWER = exists().where(
    _NEWER.c.project_id == artifacts.c.project_id,
    _NEWER.c.name == artifacts.c.name,
    _NEWER.c.version > artifacts.c.version,
    _NEWER.c.deleted.is_(None),
)
_AT_ONCE = 500


def with_digest(conn: Connection, project_id: int, name: str, digest: str, now: float) -> Row[Any] | None:
    """The newest version that has exactly these files and was not to be kept only until now."""
    return _WITH_DIGEST.first(conn, {"project": project_id, "called": name, "of_files": digest, "now": now})


def with_client_digest(conn: Connection, project_id: int, name: str, digest: str, now: float) -> Row[Any] | None:
    """The newest version of which a client said that it has this digest and that was not to be kept only until now."""
    return _newest_of(conn, _named(project_id, name), artifacts.c.client_digest == digest, _is_kept(now))


def create(
    conn: Connection, values: dict[str, Any], files: Sequence[dict[str, Any]], references: Sequence[dict[str, Any]]
) -> Row[Any]:
    """Adds the next version of an artifact and returns it. Numbers of deleted ones are not given again."""
    version = _NEXT.one(conn, {"project": values["project_id"], "called": values["name"]}).version
    row = {"version": version, **values}
    identity = _ADD(row).one(conn, row).id
    for table, entries in ((artifact_files, files), (artifact_references, references)):
        if entries:
            rows = [{"artifact_id": identity, **entry} for entry in entries]
            _ADD_ENTRIES[table](rows[0]).run_each(conn, rows)
    return get(conn, identity)


def get(conn: Connection, artifact_id: int) -> Row[Any]:
    """A version that was not deleted."""
    return _OF_ID.one(conn, {"identity": artifact_id})


def find(conn: Connection, artifact_id: int) -> Row[Any] | None:
    """A version, unless it was deleted."""
    return _OF_ID.first(conn, {"identity": artifact_id})


def change(conn: Connection, artifact_id: int, values: dict[str, Any]) -> None:
    """Sets columns of a version."""
    conn.execute(update(artifacts).where(artifacts.c.id == artifact_id).values(values))


def remove(conn: Connection, artifact_id: int, now: float) -> None:
    """Deletes a version with all that hangs from it; only its number stays."""
    for table in (artifact_files, artifact_references, artifact_aliases, run_artifacts):
        conn.execute(delete(table).where(table.c.artifact_id == artifact_id))
    change(conn, artifact_id, {"deleted": now, "metadata": {}, "client_digest": None})


def expired(conn: Connection, now: float, limit: int) -> list[int]:
    """Ids of versions that were to be kept until now. It looks at all versions, so it is nothing for the writer."""
    over = _is_expired(now) & artifacts.c.deleted.is_(None)
    return list(conn.scalars(select(artifacts.c.id).where(over).limit(limit)))


def still_expired(conn: Connection, artifact_ids: Collection[int], now: float) -> list[Row[Any]]:
    """Those of these versions that are there and were to be kept until now."""
    return list(conn.execute(_WITH_RUN.where(artifacts.c.id.in_(artifact_ids), _is_expired(now))))


def set_aliases(conn: Connection, row: Row[Any], aliases: Iterable[str]) -> None:
    """Gives a version these aliases; another version of the name that had one loses it."""
    for alias in aliases:
        _TAKE_ALIAS.run(conn, {"project": row.project_id, "called": row.name, "taken": alias})
        here = {"project_id": row.project_id, "name": row.name, "alias": alias}
        _ADD_ALIAS.run(conn, {"artifact_id": row.id, **here})


def drop_aliases(conn: Connection, row: Row[Any], aliases: Collection[str]) -> None:
    """Takes aliases from a version."""
    for some in _slices(aliases):
        mine = and_(artifact_aliases.c.artifact_id == row.id, artifact_aliases.c.alias.in_(some))
        conn.execute(delete(artifact_aliases).where(mine))


def link(conn: Connection, run_key: int, artifact_id: int, role: Role, now: float) -> None:
    """Notes that a run used or logged a version; again is harmless."""
    if _IS_LINKED.first(conn, {"run": run_key, "version": artifact_id, "as_role": role}) is None:
        _ADD_LINK.run(conn, {"run_key": run_key, "artifact_id": artifact_id, "role": role, "created": now})


def runs_of(conn: Connection, artifact_id: int, role: Role, visible: ColumnElement[bool]) -> list[Row[Any]]:
    """The runs that used or logged a version, in the order of doing so, with ``entity`` and ``project``. They may be
    of other projects, of those that the condition holds for."""
    query = (
        select(runs, projects.c.entity, projects.c.name.label("project"))
        .join(run_artifacts, run_artifacts.c.run_key == runs.c.key)
        .join(projects, projects.c.id == runs.c.project_id)
        .where(run_artifacts.c.artifact_id == artifact_id, run_artifacts.c.role == role)
        .where(runs.c.deleted.is_(None), visible)
    )
    return list(conn.execute(query.order_by(run_artifacts.c.created, runs.c.key)))


def newest_runs_of(
    conn: Connection, artifact_id: int, role: Role, visible: ColumnElement[bool], limit: int
) -> tuple[list[Row[Any]], int]:
    """What a list shows of the runs that used or logged a version, the newest first, and how many there are in all."""
    source = runs.join(run_artifacts, run_artifacts.c.run_key == runs.c.key).join(
        projects, projects.c.id == runs.c.project_id
    )
    those = and_(
        run_artifacts.c.artifact_id == artifact_id, run_artifacts.c.role == role, runs.c.deleted.is_(None), visible
    )
    columns = (projects.c.entity, projects.c.name.label("project"), runs.c.id, runs.c.name, runs.c.state)
    query = select(*columns, run_artifacts.c.created.label("time")).select_from(source).where(those)
    rows: list[Row[Any]] = list(
        conn.execute(query.order_by(run_artifacts.c.created.desc(), runs.c.key.desc()).limit(limit))
    )
    if len(rows) < limit:
        return rows, len(rows)
    return rows, int(conn.execute(select(func.count()).select_from(source).where(those)).scalar_one())


def newest(conn: Connection, project_id: int, name: str) -> Row[Any] | None:
    """The newest version of that name."""
    return _newest_of(conn, _named(project_id, name))


def by_version(conn: Connection, project_id: int, name: str, version: int) -> Row[Any] | None:
    """The version of that number."""
    return _newest_of(conn, _named(project_id, name), artifacts.c.version == version)


def by_alias(conn: Connection, project_id: int, name: str, alias: str) -> Row[Any] | None:
    """The version that has that alias."""
    named = select(artifact_aliases.c.artifact_id).filter_by(project_id=project_id, name=name, alias=alias)
    return conn.execute(_WITH_RUN.where(artifacts.c.id == named.scalar_subquery())).first()


def by_any_digest(conn: Connection, project_id: int, name: str, digest: str) -> Row[Any] | None:
    """The newest version with that content, in besom's terms or its client's."""
    same = or_(artifacts.c.digest == digest, artifacts.c.client_digest == digest)
    return _newest_of(conn, _named(project_id, name), same)


def listing(
    conn: Connection,
    project_id: int,
    *,
    kind: str | None = None,
    name: str | None = None,
    search: str | None = None,
    newest: bool = False,
    limit: int | None = None,
) -> list[Row[Any]]:
    """Versions, the newest first; with ``newest`` only that one of each name. ``search`` is a part of name or type."""
    wanted: ColumnElement[bool] = true()
    for column, value in ((artifacts.c.type, kind), (artifacts.c.name, name)):
        if value is not None:
            wanted = and_(wanted, column == value)
    if search is not None:
        wanted = and_(wanted, or_(*(contains(column, search) for column in (artifacts.c.name, artifacts.c.type))))
    if newest:
        wanted = and_(wanted, ~_HAS_NEWER)
    query = _WITH_RUN.where(artifacts.c.project_id == project_id, wanted)
    return list(conn.execute(query.order_by(artifacts.c.id.desc()).limit(limit)))


def of_run(
    conn: Connection, run_key: int, role: Role, visible: ColumnElement[bool], limit: int | None = None
) -> list[Row[Any]]:
    """Versions that a run used or logged, the newest first: of its own project and others that the condition holds
    for."""
    mine = select(run_artifacts.c.artifact_id).where(run_artifacts.c.run_key == run_key, run_artifacts.c.role == role)
    query = _WITH_RUN.where(artifacts.c.id.in_(mine), visible).order_by(artifacts.c.id.desc())
    return list(conn.execute(query.limit(limit)))


def files_of(conn: Connection, artifact_ids: Collection[int]) -> dict[int, list[Row[Any]]]:
    """The files of each version, by path."""
    return _by_version(conn, artifact_files, artifact_ids)


def file_counts_of(conn: Connection, artifact_ids: Collection[int]) -> dict[int, int]:
    """How many files and references each version has, where it has any."""
    counts: dict[int, int] = {}
    for some in _slices(artifact_ids):
        for table in (artifact_files, artifact_references):
            key = table.c.artifact_id
            for row in conn.execute(select(key, func.count().label("count")).where(key.in_(some)).group_by(key)):
                counts[row.artifact_id] = counts.get(row.artifact_id, 0) + int(row._mapping["count"])
    return counts


def has_file(conn: Connection, project_id: int, digest: str) -> bool:
    """Whether some version of a project has a file with these bytes."""
    query = select(artifact_files.c.path).join(artifacts, artifacts.c.id == artifact_files.c.artifact_id)
    query = query.where(artifact_files.c.digest == digest, artifacts.c.project_id == project_id)
    return conn.execute(query.limit(1)).first() is not None


def references_of(conn: Connection, artifact_ids: Collection[int]) -> dict[int, list[Row[Any]]]:
    """The references of each version, by path."""
    return _by_version(conn, artifact_references, artifact_ids)


def aliases_of(conn: Connection, artifact_ids: Collection[int]) -> dict[int, list[Row[Any]]]:
    """The own aliases of each version, by name."""
    return _by_version(conn, artifact_aliases, artifact_ids, "alias")


def newest_versions(conn: Connection, names: Collection[str]) -> dict[tuple[int, str], int]:
    """The highest number of the versions of each (project id, name), of all projects."""
    found: dict[tuple[int, str], int] = {}
    columns = (artifacts.c.project_id, artifacts.c.name)
    for some in _slices(names):
        query = select(*columns, func.max(artifacts.c.version).label("version")).where(
            artifacts.c.name.in_(some), artifacts.c.deleted.is_(None)
        )
        found.update({(row.project_id, row.name): row.version for row in conn.execute(query.group_by(*columns))})
    return found


def _is_expired(now: float) -> ColumnElement[bool]:
    return artifacts.c.created + artifacts.c.ttl <= now


def _is_kept(now: float) -> ColumnElement[bool]:
    return or_(artifacts.c.ttl.is_(None), ~_is_expired(now))


def _named(project_id: int, name: str) -> ColumnElement[bool]:
    return and_(artifacts.c.project_id == project_id, artifacts.c.name == name)


def _newest_of(conn: Connection, *conditions: ColumnElement[bool]) -> Row[Any] | None:
    return conn.execute(_WITH_RUN.where(*conditions).order_by(artifacts.c.version.desc()).limit(1)).first()


def _by_version(
    conn: Connection, table: Table, artifact_ids: Collection[int], order: str = "path"
) -> dict[int, list[Row[Any]]]:
    rows: list[Row[Any]] = []
    for some in _slices(artifact_ids):
        rows += conn.execute(select(table).where(table.c.artifact_id.in_(some)))
    rows.sort(key=lambda row: (row.artifact_id, str(getattr(row, order))))
    return {key: list(group) for key, group in groupby(rows, key=lambda row: int(row.artifact_id))}


def _slices(values: Collection[Any]) -> Iterator[list[Any]]:
    """A statement takes only so many values."""
    listed = list(values)
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]
