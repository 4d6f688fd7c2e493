"""Queries about the files of runs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, insert, select, update

from besom.server.store.tables import blobs, run_files

# Statements of every run are made once: making one costs several times what it costs to run it.
_REPLACE = update(run_files).where(run_files.c.run_key == bindparam("run"), run_files.c.path == bindparam("name"))
_ADD = insert(run_files)


def put(conn: Connection, run_key: int, path: str, digest: str, size: int, now: float) -> None:
    """Names some bytes; a file of that path before is replaced."""
    values = {"digest": digest, "size": size, "created": now}
    if not conn.execute(_REPLACE, {"run": run_key, "name": path, **values}).rowcount:
        conn.execute(_ADD, {"run_key": run_key, "path": path, **values})


def of_run(conn: Connection, project_id: int, run_key: int) -> list[Row[Any]]:
    """A run's files with ``present``, by path."""
    arrived = and_(blobs.c.project_id == project_id, blobs.c.digest == run_files.c.digest)
    query = (
        select(run_files, blobs.c.digest.is_not(None).label("present"))
        .outerjoin(blobs, arrived)
        .where(run_files.c.run_key == run_key)
    )
    return sorted(conn.execute(query), key=lambda row: str(row.path))


def arrived(conn: Connection, project_id: int, run_key: int) -> list[Row[Any]]:
    """``digest``, ``md5`` and ``size`` of those bytes of a run's files that its project has."""
    query = select(blobs.c.digest, blobs.c.md5, blobs.c.size).where(
        blobs.c.project_id == project_id,
        blobs.c.digest.in_(select(run_files.c.digest).where(run_files.c.run_key == run_key)),
    )
    return list(conn.execute(query))


def get(conn: Connection, run_key: int, path: str) -> Row[Any] | None:
    """The file of that path."""
    return conn.execute(select(run_files).where(run_files.c.run_key == run_key, run_files.c.path == path)).first()


def count(conn: Connection, run_key: int) -> int:
    """Number of a run's files."""
    return int(conn.execute(select(func.count()).where(run_files.c.run_key == run_key)).scalar_one())


def remove(conn: Connection, run_key: int, path: str) -> bool:
    """Forgets a file; whether it was there."""
    here = and_(run_files.c.run_key == run_key, run_files.c.path == path)
    return conn.execute(delete(run_files).where(here)).rowcount > 0


def remove_all(conn: Connection, run_key: int) -> None:
    """Forgets the files of a deleted run."""
    conn.execute(delete(run_files).where(run_files.c.run_key == run_key))
