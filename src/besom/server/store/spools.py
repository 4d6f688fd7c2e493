"""Queries about spools: how many bytes of each a run has brought."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from besom.server.store.prepared import Prepared, PreparedSets
from besom.server.store.tables import spools

_FIND = Prepared(select(spools).where(spools.c.run_key == bindparam("run"), spools.c.id == bindparam("spool")))
_OF_PART = Prepared(select(spools).where(spools.c.run_key == bindparam("run"), spools.c.part == bindparam("at")))
_ADD = Prepared(insert(spools).returning(spools), ["run_key", "part", "id"])
_HERE = update(spools).where(spools.c.run_key == bindparam("run"), spools.c.part == bindparam("at"))
_SET = PreparedSets(_HERE)


def find(conn: Connection, run_key: int, spool_id: str) -> Row[Any] | None:
    """A spool of a run."""
    return _FIND.first(conn, {"run": run_key, "spool": spool_id})


def of_part(conn: Connection, run_key: int, part: int) -> Row[Any]:
    """The spool of a run's process number ``part``."""
    return _OF_PART.one(conn, {"run": run_key, "at": part})


def add(conn: Connection, run_key: int, part: int, spool_id: str) -> Row[Any]:
    """A new process logs to a run; ``part`` counts them from 1. Returns its spool."""
    return _ADD.one(conn, {"run_key": run_key, "part": part, "id": spool_id})


def advance(conn: Connection, run_key: int, part: int, offset: int) -> None:
    """Notes that ``offset`` bytes of a spool are stored."""
    _set(conn, run_key, part, {"offset": offset})


def count(conn: Connection, run_key: int, part: int, rows: int, samples: int) -> None:
    """Notes how many rows and samples there are of a process that numbers them for itself."""
    _set(conn, run_key, part, {"rows": rows, "samples": samples})


def miss(conn: Connection, run_key: int, part: int, rows: int, samples: int) -> None:
    """Notes how many numbers of rows and of samples a client has passed over in all."""
    _set(conn, run_key, part, {"rows_missed": rows, "samples_missed": samples})


def _set(conn: Connection, run_key: int, part: int, values: dict[str, int]) -> None:
    _SET(values).run(conn, {"run": run_key, "at": part, **values})
