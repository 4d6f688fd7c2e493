"""Rows that runs have logged, chosen by their steps or thinned out: of one run, or of many at once.

A row is all that was logged at a step. It has ``_runtime`` too, the seconds since the run began.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from besom.server.services.context import Context
from besom.server.services.dotted import NOTHING, value_of
from besom.server.services.projects import find_project
from besom.server.services.refusals import Invalid
from besom.server.services.runs import find_run, seen_runs
from besom.server.services.users import Caller
from besom.server.store import runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from besom.server.store.key_counts import KeyCounts

Rows = list[dict[str, Any]]
Spend = Callable[[int], None]
"""Is told how many rows an answer gets, as they are read, and raises when they are too many."""
Item = TypeVar("Item")

_IN_EVERY_ROW = ("_step", "_timestamp", "_runtime")
_HELD_PER_ITEM = 8
MOST_ROWS = 100_000
"""Of one run in one answer."""
_MOST_LOOKED_FOR = 100_000
"""Characters of all names under which the keys of a question may be stored; each row is searched for them."""


@dataclass(frozen=True, slots=True)
class RowQuery:
    """Which rows are asked for."""

    keys: tuple[str, ...] | None = None
    """Only rows that have all of these, and nothing else of them; ``a.b`` may be the key ``b`` in the group ``a``."""
    first_step: int | None = None
    last_step: int | None = None
    most: int | None = None
    """At most so many, evenly spread, the first and the last among them; None for all, where they are few enough for an
    answer."""


async def rows_of_runs(
    ctx: Context, caller: Caller, entity: str, project: str, run_ids: Sequence[str], asked: RowQuery, spend: Spend
) -> dict[str, Rows]:
    """Rows by run, in the order in which they were logged.

    Raises:
        Missing: no such project. Runs that are not there are left out.
        Invalid: all rows are asked for, and a run has too many; or ``spend`` raises it.
    """

    def look(conn: Connection) -> dict[str, Rows]:
        home = find_project(conn, caller, entity, project, in_part=True)
        return {
            run.id: _rows(conn, run, asked, spend)
            for run in runs.some_of_project(conn, home.id, seen_runs(conn, caller, home.id, run_ids))
        }

    return await ctx.read(look)


async def rows_of_run(
    ctx: Context, caller: Caller, entity: str, project: str, run_id: str, asked: RowQuery, spend: Spend
) -> Rows:
    """The same of one run; raises Missing where it is not there."""
    return await ctx.read(lambda conn: _rows(conn, find_run(conn, caller, entity, project, run_id), asked, spend))


async def count_keys(
    ctx: Context, caller: Caller, entity: str, project: str, run_ids: Sequence[str]
) -> dict[str, KeyCounts]:
    """Which keys runs have logged, by run; without those that have logged nothing."""
    from besom.server.store.key_counts import key_counts  # loads NumPy, which the server does not need to start

    def look(conn: Connection) -> dict[str, KeyCounts]:
        home = find_project(conn, caller, entity, project, in_part=True)
        ids = {
            run.key: run.id for run in runs.some_of_project(conn, home.id, seen_runs(conn, caller, home.id, run_ids))
        }
        return {ids[run_key]: counts for run_key, counts in key_counts(conn, list(ids)).items()}

    return await ctx.read(look)


def spread(items: Iterable[Item], most: int) -> list[Item]:
    """At most ``most`` of the items, evenly spread, the first and the last among them; holds few more at a time."""
    kept: list[Item] = []
    stride, last = 1, None
    for number, item in enumerate(items):
        last = (item,)
        if number % stride == 0:
            kept.append(item)
            if len(kept) > _HELD_PER_ITEM * max(most, 1):
                kept, stride = kept[::2], 2 * stride
    if last is not None and kept[-1] is not last[0]:
        kept.append(last[0])
    if len(kept) <= most:
        return kept
    if most < 2:
        return kept[-1:] if most == 1 else []
    return [kept[place * (len(kept) - 1) // (most - 1)] for place in range(most)]


def _rows(conn: Connection, run: Any, asked: RowQuery, spend: Spend) -> Rows:
    spend(0)  # nothing is read any more for an answer that is too large already
    rows = _read(conn, run, asked)
    spend(len(rows))
    return rows


def _read(conn: Connection, run: Any, asked: RowQuery) -> Rows:
    from besom.server.store import history

    stored = None if asked.keys is None else _stored_keys(asked.keys)
    logged = _by_step(history.between(conn, run.key, asked.first_step, asked.last_step, stored))
    whole = (_with_runtime(row, run.started) for row in logged)
    found = whole if asked.keys is None else _reduced(whole, asked.keys)
    if asked.most is not None:
        return spread(found, min(asked.most, MOST_ROWS))
    kept = list(itertools.islice(found, MOST_ROWS + 1))
    if len(kept) > MOST_ROWS:
        raise Invalid(
            "too_many_rows",
            f"Between these steps run {run.id} has more than {MOST_ROWS} rows, the most that are sent at once.",
            "Ask for fewer steps at a time.",
        )
    return kept


def _by_step(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What was logged at one step by several calls is one row."""
    for _, same in itertools.groupby(rows, key=lambda row: row["_step"]):
        whole: dict[str, Any] = {}
        for row in same:
            whole.update(row)
        yield whole


def _with_runtime(row: dict[str, Any], started: float | None) -> dict[str, Any]:
    if "_runtime" not in row and started is not None:
        row["_runtime"] = max(0.0, row["_timestamp"] - started)
    return row


def _stored_keys(keys: Iterable[str]) -> set[str]:
    """The keys of the top level under which these may be stored.

    Raises:
        Invalid: they are too many, or too long: a name with many dots may be stored in as many ways.
    """
    keys = list(keys)
    if sum(len(key) * (1 + key.count(".")) for key in keys) > _MOST_LOOKED_FOR:
        raise Invalid(
            "too_many_keys",
            f"Rows with {len(keys):,} keys are asked for, which are too many or too long to be looked for.",
            "Ask for fewer, or for keys with fewer dots.",
            field="keys",
        )
    found: set[str] = set()
    for key in keys:
        parts = key.split(".")
        found.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return {*found, "_runtime"}.difference(("_step", "_timestamp"))


def _reduced(rows: Iterable[dict[str, Any]], keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    for row in rows:
        values = {key: value_of(row, key, NOTHING) for key in keys}
        if NOTHING not in values.values():
            yield values
