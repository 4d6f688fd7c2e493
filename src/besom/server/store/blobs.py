"""Queries about blobs: which bytes a project has. The bytes themselves are in ``blob_folder``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, insert, select, update

from besom.server.store.tables import artifact_files, artifacts, blobs, removed_blobs, run_files, runs, sweeps

_AT_ONCE = 500


def get(conn: Connection, project_id: int, digest: str) -> Row[Any] | None:
    """A blob of a project."""
    return conn.execute(select(blobs).where(blobs.c.project_id == project_id, blobs.c.digest == digest)).first()


def present(conn: Connection, project_id: int, digests: Collection[str]) -> set[str]:
    """Those of the digests that the project has."""
    found: set[str] = set()
    for some in _slices(digests):
        query = select(blobs.c.digest).where(blobs.c.project_id == project_id, blobs.c.digest.in_(some))
        found.update(conn.execute(query).scalars())
    return found


def touch(conn: Connection, project_id: int, digests: Collection[str], now: float) -> set[str]:
    """Notes that somebody is about to name these blobs; returns those that the project has."""
    found: set[str] = set()
    for some in _slices(digests):
        here = (blobs.c.project_id == project_id) & blobs.c.digest.in_(some)
        found.update(conn.execute(update(blobs).where(here).values(touched=now).returning(blobs.c.digest)).scalars())
    return found


def add(conn: Connection, project_id: int, digest: str, md5: str | None, size: int, now: float) -> None:
    """Notes that a project has a blob; again is harmless, and gives the MD5 to one that came before they were kept.
    None takes no MD5 away."""
    here = (blobs.c.project_id == project_id) & (blobs.c.digest == digest)
    known = {} if md5 is None else {"md5": md5}
    conn.execute(delete(removed_blobs).where(_is_removed(project_id, digest)))  # it was expected
    if not conn.execute(update(blobs).where(here).values(touched=now, **known)).rowcount:
        conn.execute(insert(blobs).values(project_id=project_id, digest=digest, md5=md5, size=size, touched=now))


def by_md5(conn: Connection, project_id: int, md5s: Collection[str]) -> dict[str, Row[Any]]:
    """Blobs of a project by the MD5 of their bytes; those whose MD5 was never computed are not found."""
    found: dict[str, Row[Any]] = {}
    for some in _slices(md5s):
        query = select(blobs).where(blobs.c.project_id == project_id, blobs.c.md5.in_(some))
        found.update({str(row.md5): row for row in conn.execute(query)})
    return found


def md5s(conn: Connection, project_id: int, digests: Collection[str]) -> dict[str, str | None]:
    """The MD5 of each of these blobs that the project has; None where it was never computed."""
    found: dict[str, str | None] = {}
    for some in _slices(digests):
        query = select(blobs.c.digest, blobs.c.md5).where(blobs.c.project_id == project_id, blobs.c.digest.in_(some))
        found.update({str(row.digest): row.md5 for row in conn.execute(query)})
    return found


def note_md5s(conn: Connection, project_id: int, computed: Mapping[str, str]) -> None:
    """Keeps MD5s, by digest."""
    for digest, md5 in computed.items():
        here = (blobs.c.project_id == project_id) & (blobs.c.digest == digest)
        conn.execute(update(blobs).where(here).values(md5=md5))


def unnamed(conn: Connection, before: float, limit: int) -> list[tuple[int, str]]:
    """Up to ``limit`` blobs, (project id, digest), that no file, artifact or sweep names and nobody has touched since
    ``before``. Looks through all blobs: nothing for a transaction that writes."""
    return _unnamed(conn, blobs.c.touched < before)[:limit]


def take_unnamed(
    conn: Connection, found: Collection[tuple[int, str]], before: float, now: float
) -> list[tuple[int, str]]:
    """Forgets those of these blobs that still are unnamed; returns them.

    Their bytes are to be deleted, and then ``forget_removed`` is told.
    """
    taken: list[tuple[int, str]] = []
    for project in {project for project, _ in found}:
        for some in _slices([digest for home, digest in found if home == project]):
            here = (blobs.c.project_id == project) & blobs.c.digest.in_(some)
            taken += _unnamed(conn, here & (blobs.c.touched < before))
    for project, digest in taken:
        conn.execute(delete(blobs).where(blobs.c.project_id == project, blobs.c.digest == digest))
        conn.execute(delete(removed_blobs).where(_is_removed(project, digest)))
        conn.execute(insert(removed_blobs).values(project_id=project, digest=digest, since=now))
    return taken


def take_remaining(conn: Connection, before: float, limit: int, now: float) -> list[tuple[int, str]]:
    """Up to ``limit`` of those forgotten blobs whose bytes somebody set about to delete before that time, and has not
    done so, as ``take_unnamed`` gives them."""
    query = select(removed_blobs.c.project_id, removed_blobs.c.digest).where(removed_blobs.c.since < before)
    found = [(int(row.project_id), str(row.digest)) for row in conn.execute(query.limit(limit))]
    for project, digest in found:
        conn.execute(update(removed_blobs).where(_is_removed(project, digest)).values(since=now))
    return found


def expect(conn: Connection, project_id: int, digest: str, until: float) -> None:
    """Notes that somebody may put these bytes in their place: without ``add`` they are removed some time after."""
    here = _is_removed(project_id, digest)
    if not conn.execute(update(removed_blobs).where(here).values(since=until)).rowcount:
        conn.execute(insert(removed_blobs).values(project_id=project_id, digest=digest, since=until))


def forget_removed(conn: Connection, removed: Collection[tuple[int, str]], since: float) -> None:
    """The bytes of these, which were taken at that time, are gone."""
    for project, digest in removed:
        conn.execute(delete(removed_blobs).where(_is_removed(project, digest), removed_blobs.c.since == since))


def are_going(conn: Connection, project_id: int, digests: Collection[str], since: float, now: float) -> bool:
    """Whether bytes of one of these are being deleted: what is put there now may go with them. From those that somebody
    set about before ``since``, and has given up, they are saved. Those that are expected are not deleted yet."""
    for some in _slices(digests):
        here = (removed_blobs.c.project_id == project_id) & removed_blobs.c.digest.in_(some)
        conn.execute(delete(removed_blobs).where(here, removed_blobs.c.since < since))
        going = here & (removed_blobs.c.since <= now)
        if conn.execute(select(removed_blobs.c.digest).where(going).limit(1)).first() is not None:
            return True
    return False


def _is_removed(project_id: int, digest: str) -> ColumnElement[bool]:
    return and_(removed_blobs.c.project_id == project_id, removed_blobs.c.digest == digest)


def _unnamed(conn: Connection, condition: ColumnElement[bool]) -> list[tuple[int, str]]:
    of_run = exists().where(
        run_files.c.digest == blobs.c.digest,
        runs.c.key == run_files.c.run_key,
        runs.c.project_id == blobs.c.project_id,
    )
    of_artifact = exists().where(
        artifact_files.c.digest == blobs.c.digest,
        artifacts.c.id == artifact_files.c.artifact_id,
        artifacts.c.project_id == blobs.c.project_id,
    )
    query = select(blobs.c.project_id, blobs.c.digest).where(condition, ~of_run, ~of_artifact)
    found = [(int(row.project_id), str(row.digest)) for row in conn.execute(query.order_by(blobs.c.touched))]
    code = {project: _named_by_sweeps(conn, project) for project in {project for project, _ in found}}
    return [(project, digest) for project, digest in found if digest not in code[project]]


def _named_by_sweeps(conn: Connection, project_id: int) -> set[str]:
    query = select(sweeps.c.code).where(sweeps.c.project_id == project_id, sweeps.c.code.is_not(None))
    return {file["digest"] for code in conn.execute(query).scalars() for file in code["files"]}


def _slices(digests: Collection[str]) -> Iterator[list[str]]:
    """A statement takes only so many values."""
    listed = list(digests)
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]
