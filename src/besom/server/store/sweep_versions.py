"""Queries about the versions of a sweep's configuration, and about its runs when it gets a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, insert, select, union, update

from besom.server.store.tables import borrowed_runs, runs, sweep_versions

_AT_ONCE = 1_000


def add(conn: Connection, sweep_id: str, number: int, of: Mapping[str, Any], creator: str, now: float) -> None:
    """Adds a version with the ``config`` and ``text`` of a sweep's columns."""
    row = {"sweep_id": sweep_id, "number": number, "config": of["config"], "text": of["text"]}
    conn.execute(insert(sweep_versions).values({**row, "creator": creator, "created": now}))


def replace(conn: Connection, sweep_id: str, of: Mapping[str, Any], creator: str, now: float) -> None:
    """Puts another configuration in the place of a sweep's newest version."""
    row = {"config": of["config"], "text": of["text"], "creator": creator, "created": now}
    here = (sweep_versions.c.sweep_id == sweep_id, sweep_versions.c.number == latest(conn, sweep_id).number)
    conn.execute(update(sweep_versions).where(*here).values(row))


def latest(conn: Connection, sweep_id: str) -> Row[int, str]:
    """(number, creator) of a sweep's newest version."""
    query = select(sweep_versions.c.number, sweep_versions.c.creator).where(sweep_versions.c.sweep_id == sweep_id)
    return conn.execute(query.order_by(sweep_versions.c.number.desc()).limit(1)).one()


def listing(conn: Connection, sweep_id: str) -> list[Row[Any]]:
    """A sweep's versions, the oldest first."""
    query = select(sweep_versions).where(sweep_versions.c.sweep_id == sweep_id)
    return list(conn.execute(query.order_by(sweep_versions.c.number)))


def placed(conn: Connection, sweep_id: str) -> list[Row[Any]]:
    """Which point each run of a sweep has, oldest first; also deleted runs that may come back."""
    names = ("key", "id", "version", "prior", "point_hash", "round", "point_index", "deleted", "retried_by")
    query = select(*(runs.c[name] for name in names)).where(runs.c.sweep_id == sweep_id, ~runs.c.forgotten)
    return list(conn.execute(query.order_by(runs.c.key)))


def counts(conn: Connection, sweep_id: str, times: int) -> tuple[int, int, int, int]:
    """Of the runs of a sweep that are not deleted: (how many, those of them that were there before it, those that other
    runs try again), and how many pairs of a point and one of its first ``times`` rounds they and borrowed runs cover.
    """
    own = (runs.c.sweep_id == sweep_id, runs.c.deleted.is_(None))
    of_runs = select(func.count(), func.count().filter(runs.c.prior), func.count(runs.c.retried_by)).where(*own)
    in_order = func.row_number().over(partition_by=borrowed_runs.c.point_hash, order_by=borrowed_runs.c.run_key)
    lent = (
        select(borrowed_runs.c.point_hash, (in_order - 1).label("round"))
        .join(runs, runs.c.key == borrowed_runs.c.run_key)
        .where(borrowed_runs.c.sweep_id == sweep_id, borrowed_runs.c.point_hash.is_not(None), runs.c.deleted.is_(None))
    )
    pairs = union(select(runs.c.point_hash, runs.c.round).where(*own, runs.c.point_hash.is_not(None)), lent).subquery()
    covered = select(func.count()).select_from(pairs).where(pairs.c.round < times)
    number, prior, again = conn.execute(of_runs).one()
    return int(number), int(prior), int(again), int(conn.execute(covered).scalar_one()) if times else 0


def values(conn: Connection, sweep_id: str, keys: Sequence[int] | None = None) -> list[Row[Any]]:
    """The values that say which point each of these runs has; None: all of them."""
    names = ("key", "version", "params", "config", "prior", "retried_by")
    query = select(*(runs.c[name] for name in names)).where(runs.c.sweep_id == sweep_id, ~runs.c.forgotten)
    if keys is None:
        return list(conn.execute(query))
    return [row for some in _slices(keys) for row in conn.execute(query.where(runs.c.key.in_(some)))]


def place(conn: Connection, changes: Mapping[int, dict[str, Any]]) -> None:
    """Sets columns of runs, by key. One that gets a new ``point_hash`` or ``round`` is told both."""
    # None may be in another's way in between: two runs may swap their places.
    for some in _slices([key for key, columns in changes.items() if "point_hash" in columns]):
        conn.execute(update(runs).where(runs.c.key.in_(some)).values(point_hash=None))
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for key, columns in changes.items():
        new = {f"new_{name}": value for name, value in columns.items()}
        alike.setdefault(tuple(columns), []).append({"run": key, **new})
    for names, rows in alike.items():
        set_ = {name: bindparam(f"new_{name}", type_=runs.c[name].type) for name in names}
        conn.execute(update(runs).where(runs.c.key == bindparam("run")).values(set_), rows)


def borrowed(conn: Connection, sweep_id: str) -> list[Row[Any]]:
    """(key, version, sweep_id) of the runs of other sweeps that a sweep learns from and that are not deleted."""
    return list(conn.execute(_borrowed(sweep_id, runs.c.key, runs.c.version, runs.c.sweep_id)))


def values_of_borrowed(conn: Connection, sweep_id: str, keys: Sequence[int] | None = None) -> list[Row[Any]]:
    """``values`` of these runs, with ``known_params`` and ``known_hash``: what they have meant to the sweep so far."""
    known = (borrowed_runs.c.params.label("known_params"), borrowed_runs.c.point_hash.label("known_hash"))
    query = _borrowed(sweep_id, runs.c.key, runs.c.version, runs.c.params, runs.c.config, *known)
    if keys is None:
        return list(conn.execute(query))
    return [row for some in _slices(keys) for row in conn.execute(query.where(runs.c.key.in_(some)))]


def place_borrowed(conn: Connection, sweep_id: str, changes: Mapping[int, tuple[Any, str | None]]) -> None:
    """Sets ``params`` and ``point_hash`` of what runs of other sweeps mean to a sweep, by their keys."""
    if changes:
        here = (borrowed_runs.c.sweep_id == sweep_id, borrowed_runs.c.run_key == bindparam("run"))
        new = {
            "params": bindparam("new_params", type_=borrowed_runs.c.params.type),
            "point_hash": bindparam("new_hash"),
        }
        rows = [{"run": key, "new_params": point, "new_hash": identity} for key, (point, identity) in changes.items()]
        conn.execute(update(borrowed_runs).where(*here).values(new), rows)


def measure_borrowed(conn: Connection, sweep_id: str, changes: Mapping[int, Mapping[str, float | None]]) -> None:
    """Sets columns of what runs of other sweeps mean to a sweep, by their keys: the same of each."""
    here = (borrowed_runs.c.sweep_id == sweep_id, borrowed_runs.c.run_key == bindparam("run"))
    rows = [{"run": key, **{f"new_{name}": value for name, value in new.items()}} for key, new in changes.items()]
    if rows:
        columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in next(iter(changes.values()))}
        conn.execute(update(borrowed_runs).where(*here).values(columns), rows)


def _borrowed(sweep_id: str, *columns: ColumnElement[Any]) -> Select[Any]:
    query = select(*columns).join(borrowed_runs, borrowed_runs.c.run_key == runs.c.key)
    return query.where(borrowed_runs.c.sweep_id == sweep_id, runs.c.deleted.is_(None))


def _slices(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    """A statement takes only so many values."""
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
