"""Queries about points: what was handed out, which places of a grid are free again, and values at brackets."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, Row, bindparam, delete, func, insert, literal, select, update

from besom.server.store.prepared import Prepared
from besom.server.store.tables import borrowed_runs, brackets, freed_points, runs, sweeps

# Statements of every run are made once: making one costs several times what it costs to run it.
_NEXT_ROUND = Prepared(
    select(func.coalesce(func.max(runs.c.round) + 1, 0).label("round")).where(
        runs.c.sweep_id == bindparam("sweep"), runs.c.point_hash == bindparam("point"), runs.c.deleted.is_(None)
    )
)
_HOLDER = Prepared(
    select(runs.c.key, runs.c.point_index, runs.c.id, runs.c.name, runs.c.state).where(
        runs.c.sweep_id == bindparam("sweep"),
        runs.c.point_hash == bindparam("point"),
        runs.c.round == bindparam("in_round"),
        runs.c.deleted.is_(None),
    )
)
_LOWEST_FREED = Prepared(
    select(func.min(freed_points.c.point_index).label("lowest")).where(freed_points.c.sweep_id == bindparam("sweep"))
)
_TAKE_FREED = Prepared(
    delete(freed_points).where(
        freed_points.c.sweep_id == bindparam("sweep"), freed_points.c.point_index == bindparam("index")
    )
)
_BORROWED = Prepared(
    select(runs.c.key)
    .join(borrowed_runs, borrowed_runs.c.run_key == runs.c.key)
    .where(borrowed_runs.c.sweep_id == bindparam("sweep"), borrowed_runs.c.point_hash == bindparam("point"))
    .where(runs.c.deleted.is_(None))
    .limit(1)
    .offset(bindparam("in_round", type_=Integer))
)
_TRIED = (runs.c.retried_by, runs.c.retry_due)
_SEEN = ("params", "metric_best", "metric_last", "metric_worst", "metric_value")
_CHANGED = (runs.c.project_id == bindparam("project"), runs.c.version > bindparam("version"))
_EVERY_OWN = (
    select(
        runs.c.key, runs.c.id, runs.c.state, runs.c.prior, runs.c.deleted, *_TRIED, *(runs.c[name] for name in _SEEN)
    )
    .where(runs.c.sweep_id == bindparam("sweep"), runs.c.params.is_not(None))
    .order_by(runs.c.key)
)
_OWN = _EVERY_OWN.where(runs.c.deleted.is_(None))
_OWN_CHANGED = _EVERY_OWN.where(*_CHANGED)
_EVERY_LEARNED = (
    select(
        *(runs.c.key, runs.c.id, runs.c.state, runs.c.prior, runs.c.deleted, *_TRIED),
        *(borrowed_runs.c[name] for name in _SEEN),
    )
    .join(borrowed_runs, borrowed_runs.c.run_key == runs.c.key)
    .where(borrowed_runs.c.sweep_id == bindparam("sweep"), borrowed_runs.c.params.is_not(None))
    .order_by(runs.c.key)
)
_LEARNED = _EVERY_LEARNED.where(runs.c.deleted.is_(None))
_LEARNED_CHANGED = _EVERY_LEARNED.where(*_CHANGED)

_BRACKET_VALUE = Prepared(
    select(brackets.c.value).where(brackets.c.run_key == bindparam("run"), brackets.c.position == bindparam("place"))
)
_BRACKET = (brackets.c.sweep_id == bindparam("sweep"), brackets.c.position == bindparam("place"))
_BRACKET_SIZE = Prepared(select(func.count().label("size")).select_from(brackets).where(*_BRACKET))
_RANKED = {
    best_is_least: Prepared(
        select(brackets.c.value)
        .where(*_BRACKET)
        .order_by(brackets.c.value if best_is_least else brackets.c.value.desc())
        .offset(bindparam("before", type_=Integer))
        .limit(1)
    )
    for best_is_least in (True, False)
}
"""One value of a bracket, by how many are better."""

BORROWED = ("params", "point_hash", "metric_best", "metric_worst", "metric_last", "metric_value")
"""Columns of what a run of another sweep means to one that learns from it."""


def take_freed(conn: Connection, sweep_id: str) -> int | None:
    """Takes the lowest place of a grid that is free again; None when there is none."""
    index = _LOWEST_FREED.one(conn, {"sweep": sweep_id}).lowest
    if index is None:
        return None
    claim_freed(conn, sweep_id, index)
    return int(index)


def has_freed(conn: Connection, sweep_id: str) -> bool:
    """Whether a place of a grid is free again."""
    return _LOWEST_FREED.one(conn, {"sweep": sweep_id}).lowest is not None


def free(conn: Connection, sweep_id: str, index: int) -> None:
    """Notes that a place of a grid may be handed out again."""
    conn.execute(insert(freed_points).values(sweep_id=sweep_id, point_index=index))


def pass_on(conn: Connection, run: Row[Any]) -> bool:
    """Gives the point of a run that is deleted to another that has it as well and holds no place with it yet.

    That is a prior run, or on a grid one from before the sweep's configuration was changed; of these only one that was
    run with the same repeat.
    """
    if run.point_hash is None:
        return False
    spares = select(runs.c.key, runs.c.prior, runs.c.why).where(
        runs.c.sweep_id == run.sweep_id,
        runs.c.point_hash == run.point_hash,
        runs.c.round > run.round,
        runs.c.prior | literal(run.point_index is not None),
        runs.c.point_index.is_(None),
        runs.c.deleted.is_(None),
    )
    found = conn.execute(spares.order_by(runs.c.round.desc()))
    numbers = ((each.key, None if each.prior else (each.why or {}).get("repeat")) for each in found)
    key = next((key for key, repeat in numbers if repeat in (None, run.round + 1)), None)
    if key is None:
        return False
    conn.execute(update(runs).where(runs.c.key == key).values(round=run.round, point_index=run.point_index))
    return True


def claim_freed(conn: Connection, sweep_id: str, index: int) -> None:
    """The place has a run again."""
    _TAKE_FREED.run(conn, {"sweep": sweep_id, "index": index})


def forget_freed(conn: Connection, sweep_id: str) -> None:
    """Forgets all of them: the sweep gets a new grid."""
    conn.execute(delete(freed_points).where(freed_points.c.sweep_id == sweep_id))


def holder(conn: Connection, sweep_id: str, point_hash: str, round_: int) -> Row[Any] | None:
    """(key, point_index, id, name, state) of the run that has the point in that round."""
    return _HOLDER.first(conn, {"sweep": sweep_id, "point": point_hash, "in_round": round_})


def is_borrowed(conn: Connection, sweep_id: str, point_hash: str, round_: int) -> bool:
    """Whether prior runs of other sweeps have the point in that round: they count as its first rounds."""
    return _BORROWED.first(conn, {"sweep": sweep_id, "point": point_hash, "in_round": round_}) is not None


def borrow(conn: Connection, rows: list[dict[str, Any]]) -> None:
    """Keeps what runs of other sweeps mean to a sweep."""
    if rows:
        conn.execute(insert(borrowed_runs), rows)


def prior_runs(conn: Connection, sweep_id: str) -> list[str]:
    """Ids of the runs that a sweep learnt from when it was made, its own by now or borrowed, oldest first."""
    lent = select(borrowed_runs.c.run_key).where(borrowed_runs.c.sweep_id == sweep_id)
    query = select(runs.c.id).where(
        ((runs.c.sweep_id == sweep_id) & runs.c.prior) | runs.c.key.in_(lent), runs.c.deleted.is_(None)
    )
    return list(conn.scalars(query.order_by(runs.c.key)))


def prior_runs_beside(conn: Connection, project_id: int, sweep_ids: Sequence[str]) -> dict[str, int]:
    """How many own prior runs of each of a project's sweeps are no point of its space; those that have some."""
    query = (
        select(runs.c.sweep_id, func.count().label("beside"))
        .join(sweeps, sweeps.c.id == runs.c.sweep_id)
        .where(sweeps.c.project_id == project_id, sweeps.c.id.in_(sweep_ids))
        .where(runs.c.prior, runs.c.point_hash.is_(None), runs.c.deleted.is_(None))
    )
    return {row.sweep_id: row.beside for row in conn.execute(query.group_by(runs.c.sweep_id))}


def borrowers(conn: Connection, run_key: int) -> list[str]:
    """The sweeps of others that learn from a run."""
    return list(conn.scalars(select(borrowed_runs.c.sweep_id).where(borrowed_runs.c.run_key == run_key)))


def return_borrowed(conn: Connection, sweep_id: str) -> None:
    """Forgets them."""
    conn.execute(delete(borrowed_runs).where(borrowed_runs.c.sweep_id == sweep_id))


def next_round(conn: Connection, sweep_id: str, point_hash: str) -> int:
    """The round after the last one in which the point was handed out."""
    return int(_NEXT_ROUND.one(conn, {"sweep": sweep_id, "point": point_hash}).round)


def free_round(conn: Connection, sweep_id: str, point_hash: str, start: int = 0, step: int = 1) -> int:
    """The first of the rounds ``start``, ``start + step``, ... in which the point has no run."""
    here = (runs.c.sweep_id == sweep_id, runs.c.point_hash == point_hash, runs.c.deleted.is_(None))
    taken = set(conn.execute(select(runs.c.round).where(*here)).scalars())
    return next(number for number in itertools.count(start, step) if number not in taken)


def set_index(conn: Connection, run_key: int, index: int) -> None:
    """Notes which place of a grid a prior run covers."""
    conn.execute(update(runs).where(runs.c.key == run_key).values(point_index=index))


def own_trials(conn: Connection, sweep_id: str, since: tuple[int, int] | None) -> list[Row[Any]]:
    """What search wants to know of a sweep's own runs, oldest first.

    Args:
        conn: The connection.
        sweep_id: The sweep.
        since: (project, version) for the runs that changed after it, also those that are deleted; None for all.
    """
    if since is None:
        return list(conn.execute(_OWN, {"sweep": sweep_id}))
    return list(conn.execute(_OWN_CHANGED, {"sweep": sweep_id, "project": since[0], "version": since[1]}))


def learned_trials(conn: Connection, sweep_id: str, since: tuple[int, int] | None) -> list[Row[Any]]:
    """The same of runs of other sweeps that it learns from: what they were when it was created."""
    if since is None:
        return list(conn.execute(_LEARNED, {"sweep": sweep_id}))
    return list(conn.execute(_LEARNED_CHANGED, {"sweep": sweep_id, "project": since[0], "version": since[1]}))


def add_brackets(conn: Connection, run_key: int, sweep_id: str, values: dict[int, float]) -> None:
    """Keeps the metric's value at brackets (position → value) that a run has reached."""
    rows = [
        {"run_key": run_key, "position": position, "sweep_id": sweep_id, "value": value}
        for position, value in values.items()
    ]
    conn.execute(insert(brackets), rows)


def replace_brackets(conn: Connection, sweep_id: str, values: Mapping[int, Mapping[int, float]]) -> None:
    """Puts the values at brackets of a sweep's runs, by their keys, in the place of all that it has."""
    conn.execute(delete(brackets).where(brackets.c.sweep_id == sweep_id))
    rows = [
        {"run_key": key, "position": position, "sweep_id": sweep_id, "value": value}
        for key, of in values.items()
        for position, value in of.items()
    ]
    if rows:
        conn.execute(insert(brackets), rows)


def bracket_value(conn: Connection, run_key: int, position: int) -> float | None:
    """A run's value at a bracket."""
    found = _BRACKET_VALUE.first(conn, {"run": run_key, "place": position})
    return None if found is None else float(found.value)


class RankedValues:
    """The values at a bracket of all runs of a sweep that reached it, best first.

    Each look is a query of the index: how many, and which is the k-th. No report reads them all.
    """

    def __init__(self, conn: Connection, sweep_id: str, position: int, *, best_is_least: bool) -> None:
        self._conn = conn
        self._here = {"sweep": sweep_id, "place": position}
        self._ranked = _RANKED[best_is_least]

    def __len__(self) -> int:
        return int(_BRACKET_SIZE.one(self._conn, self._here).size)

    def __getitem__(self, place: int, /) -> float:
        return float(self._ranked.one(self._conn, {**self._here, "before": place}).value)


def reached(conn: Connection, sweep_id: str) -> dict[int, int]:
    """How many runs have a value at each bracket that any has reached, by position, ascending."""
    query = select(brackets.c.position, func.count()).where(brackets.c.sweep_id == sweep_id)
    found = conn.execute(query.group_by(brackets.c.position).order_by(brackets.c.position))
    return {int(position): int(count) for position, count in found}


def drop_brackets(conn: Connection, *run_keys: int) -> None:
    """Deleted runs judge no others."""
    conn.execute(delete(brackets).where(brackets.c.run_key.in_(run_keys)))
