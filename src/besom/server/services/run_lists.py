"""Lists of runs: filtered, ordered, in pages, or only what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from besom.protocol import Run, RunPage, Sweep
from besom.server.services.context import Context
from besom.server.services.filters import condition_of, order_of
from besom.server.services.projects import find_project
from besom.server.services.refusals import Invalid
from besom.server.services.run_fields import Thin, thinners
from besom.server.services.sweeps import view
from besom.server.services.users import Caller
from besom.server.services.views import tries_view
from besom.server.store import projects, run_list, sweeps

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs are asked for; see the REST API."""

    sweep: str | None = None
    filter: str | None = None
    order: str | None = None
    limit: int = 100
    cursor: str | None = None
    since: int | None = None
    fields: str | None = None
    deleted: bool = False
    """Whether those are asked for that are deleted and can come back."""
    latest: Sequence[str] = ()
    """Keys, the latest numbers of which are to come with the runs that changed; few, for each is read by itself."""
    decode: bool = False
    """Whether config, summary and the like are for a caller in this process; else they go out as JSON."""


async def list_runs(ctx: Context, caller: Caller, entity: str, project: str, asked: RunQuery) -> RunPage:
    """The runs of a project that match, without ``order`` the oldest first.

    With ``since`` only those that changed after that version, in the order of their changes, and the deleted ones; and
    what else is shown of them while they go on: their sweep, and the ends of their curves. The page's ``version`` is
    the point from which to ask on.

    Raises:
        Missing: no such project.
        Forbidden: a reader asks for more than the runs of the link's sweep.
        Invalid: the filter, the order or the cursor cannot be understood, or the latest numbers of too many keys are
            asked for.
    """
    if len(asked.latest) > _MOST_LATEST_KEYS:
        raise Invalid(
            "too_many_keys",
            f"The latest numbers of {len(asked.latest)} keys are asked for.",
            f"Ask for those of at most {_MOST_LATEST_KEYS}; the curves tell of more.",
            field="latest",
        )
    caller.must_see(None if asked.deleted else asked.sweep)
    matches = condition_of(asked.filter)
    order = order_of(asked.order) if asked.order else None
    cursor = _decode_cursor(asked.cursor)
    parts = thinners(asked.fields, decode=asked.decode)

    def look(conn: Connection) -> RunPage:
        home = find_project(conn, caller, entity, project, in_part=True)
        which = run_list.deleted if asked.deleted else run_list.living
        condition = which(home.id, asked.sweep) & matches
        if asked.since is not None:
            changed = condition & run_list.changed_since(home.id, asked.since)
            return _changes(conn, home.id, changed, asked.since, cursor, asked.limit)
        # A cursor's second number is the newest run there was, so that new ones do not shift pages. Its first is the
        # last run that was listed, or, in an order of the caller's own, how many were.
        done, newest = cursor or (0, run_list.newest(conn))
        total: int | None = None
        if asked.filter and cursor is None and asked.limit < _LARGE_PAGE:
            rows, total = run_list.first_of(conn, condition, order, asked.limit + 1)
            done = asked.limit if order else rows[asked.limit - 1].key if len(rows) > asked.limit else 0
        elif order is None:
            rows = run_list.oldest_of(conn, condition, (done, newest), asked.limit + 1)
            done = rows[asked.limit - 1].key if len(rows) > asked.limit else done
        else:
            rows = run_list.page(conn, condition, order, run_list.Place(done, newest), asked.limit + 1)
            done += asked.limit
        following = f"{done}.{newest}" if len(rows) > asked.limit else None
        return answer(conn, home.id, rows, run_list.count(conn, condition) if total is None else total, following)

    def _changes(
        conn: Connection,
        project_id: int,
        condition: ColumnElement[bool],
        since: int,
        cursor: tuple[int, int] | None,
        limit: int,
    ) -> RunPage:
        rows = run_list.changed(conn, condition, cursor or (since, _LAST_KEY), limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        total = run_list.count(conn, condition)
        page = answer(conn, project_id, rows, total, f"{last.version}.{last.key}" if last else None)
        page.deleted = run_list.deleted_since(conn, project_id, since, asked.sweep if caller.bounds else None)
        if cursor is None:
            page.changed_sweep = _changed_sweep(ctx, conn, project_id, asked)
        if asked.latest and 0 < len(page.runs) <= _MOST_WITH_LATEST:
            from besom.server.store import curves  # it loads NumPy

            page.latest = curves.latest(conn, {row.key: row.id for row in rows[:limit]}, asked.latest)
        return page

    def answer(conn: Connection, project_id: int, rows: list[Any], total: int, cursor: str | None) -> RunPage:
        return RunPage(
            runs=_views(ctx, rows[: asked.limit], entity, project, parts),
            total=total,
            cursor=cursor,
            version=projects.version(conn, project_id),
        )

    return await ctx.read(look)


async def count_runs(ctx: Context, caller: Caller, entity: str, project: str, filter_text: str | None) -> int:
    """How many runs of a project match.

    Raises:
        Missing: no such project.
        Invalid: the filter cannot be understood.
    """
    matches = condition_of(filter_text)

    def look(conn: Connection) -> int:
        home = find_project(conn, caller, entity, project)
        return run_list.count(conn, run_list.living(home.id) & matches)

    return await ctx.read(look)


_LAST_KEY = 2**63 - 1
_LARGE_PAGE = 1_000
"""Runs of a page that are too many to be named one by one in a statement."""
_MOST_WITH_LATEST = 200
"""Runs of a page that tells the ends of their curves: more cost more than to ask for the curves on screen."""
_MOST_LATEST_KEYS = 20
"""A run's rows are decoded for each key; the page asks for 16."""


def _changed_sweep(ctx: Context, conn: Connection, project_id: int, asked: RunQuery) -> Sweep | None:
    known = sweeps.get(conn, asked.sweep) if asked.sweep is not None else None
    if known is None or known.project_id != project_id or known.version <= (asked.since or 0):
        return None
    return view(ctx, conn, known)


def _views(ctx: Context, rows: list[Any], entity: str, project: str, parts: dict[str, Thin]) -> list[Run]:
    """As ``views.run_view``, for thousands of rows of ``run_list.COLUMNS``: a tuple is taken apart the soonest."""
    pages = ctx.page(entity, project, "runs", "")
    thin_params, thin_why, thin_stopped, thin_config, thin_summary, thin_tags = (
        parts[name] for name in run_list.JSON_COLUMNS
    )
    found = []
    for (
        run_id, name, state, reason, stop_reason, sweep_id, agent_id, best, last, steps,
        created, started, heartbeat, ended, exit_code, creator, host, program, python, notes, group,
        job_type, version, attempt, retry_of, retried_by, retry_due, _key, params, why, stopped, config, summary, tags,
    ) in rows:  # fmt: skip
        run = Run(
            id=run_id,
            entity=entity,
            project=project,
            name=name,
            state=state,
            reason=reason or stop_reason or "",
            sweep_id=sweep_id,
            agent_id=agent_id,
            params=thin_params(params),
            why=thin_why(why),
            tries=tries_view(attempt, retry_of, retried_by, retry_due),
            stopped=thin_stopped(stopped),
            config=thin_config(config),
            summary=thin_summary(summary),
            best=best,
            last=last,
            steps=steps,
            created=created,
            started=started,
            heartbeat=heartbeat,
            ended=ended,
            duration=0.0 if started is None else max(0.0, (ended or heartbeat or started) - started),
            exit_code=exit_code,
            creator=creator,
            host=host,
            program=program,
            python=python,
            tags=thin_tags(tags),
            notes=notes,
            group=group,
            job_type=job_type,
            version=version,
            url=pages + quote(run_id, safe=""),
        )
        found.append(run)
    return found


def _decode_cursor(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    try:
        first, second = map(int, text.split("."))
    except ValueError:
        raise Invalid("bad_cursor", f"{text!r} is no cursor of this list.", field="cursor") from None
    return first, second
