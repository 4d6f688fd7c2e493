"""One change to many runs: tags, stop, delete, bring back, move, run again. What cannot be changed is told of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from besom.protocol import QueuedRun, RefusedRun, RunLabels, RunsChange, RunsChanged, RunSelection
from besom.server.services.audit import note
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.deleted_runs import bring_back
from besom.server.services.labels import MOST_TAGS, check_labels
from besom.server.services.moved_runs import move_run, share_files
from besom.server.services.projects import find_project
from besom.server.services.refusals import Conflict, Invalid, Missing, Refusal
from besom.server.services.run_again import prepare, run_again
from besom.server.services.run_state import order_stop
from besom.server.services.runs import delete_found, refuse_deleted
from besom.server.services.states import UNFINISHED
from besom.server.services.users import Caller
from besom.server.store import run_list, runs
from besom.server.store.blob_store import BlobStore
from besom.server.store.errors import FilterError
from besom.server.store.filters import compile_filter

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

MOST_NAMED = 10_000
"""Ids in one request; a filter may match any number."""
_AT_ONCE = 200
"""Runs in one transaction, so that nobody else has to wait for long."""
_NAMED = 100
"""Runs of which the answer tells."""

_Outcome = bool | QueuedRun | Refusal


async def change_runs(
    ctx: Context, plans: Plans, folder: BlobStore, caller: Caller, entity: str, project: str, asked: RunsChange
) -> RunsChanged:
    """Changes all runs of a selection.

    Raises:
        Missing: no such project, or none to move to.
        Invalid: the selection, the tags or the project to move to cannot be understood.
    """
    if asked.action in ("add_tags", "remove_tags") and not all([asked.tags, *asked.tags]):
        raise Invalid("no_tags", f"{asked.action} needs tags, and none of them may be empty.", field="tags")
    if asked.action == "add_tags":
        check_labels(RunLabels(tags=asked.tags))

    there = _destination(asked, entity, project)
    matches = selection_condition(asked)
    of = run_list.deleted if asked.action == "undelete" else run_list.living

    def places(conn: Connection) -> tuple[Any, Any]:
        return find_project(conn, caller, entity, project, "write"), find_project(conn, caller, *there, "write")

    def look(conn: Connection) -> tuple[Any, Any, list[str]]:
        home, target = places(conn)
        if asked.runs is not None:  # those that are not there are told of
            return home, target, list(dict.fromkeys(asked.runs))
        return home, target, run_list.ids(conn, of(home.id, asked.sweep) & matches)

    home, target, ids = await ctx.read(look)
    result = RunsChanged(matched=0, changed=0, refused=0, reasons=[])
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        shared = await share_files(ctx, folder, some, home, target) if asked.action == "move" else set()

        if asked.action == "again":
            await prepare(ctx, plans, home.id, some)

        def change(unit: Unit, some: list[str] = some, shared: set[str] = shared) -> list[tuple[str, _Outcome]]:
            source, target = places(unit.conn)

            def move(run: Any) -> None:
                move_run(unit, folder, run, source, target, caller.name, shared=shared)

            if asked.runs is None:  # some may have changed since they were looked for
                some = run_list.ids(unit.conn, of(source.id, asked.sweep) & matches & run_list.named(some))
            outcomes = [(run_id, _try(ctx, unit, plans, source.id, run_id, asked, caller, move)) for run_id in some]
            _note(unit, caller, source, target, asked, [run_id for run_id, changed in outcomes if changed is True])
            return outcomes

        for run_id, outcome in await ctx.write(change):
            result.matched += not isinstance(outcome, Missing)
            if not isinstance(outcome, Refusal):
                result.changed += bool(outcome)
                if isinstance(outcome, QueuedRun) and len(result.queued) < _NAMED:
                    result.queued.append(outcome)
                continue
            result.refused += 1
            if len(result.reasons) < _NAMED:
                result.reasons.append(RefusedRun(run=run_id, reason=outcome.message))
    return result


def _note(unit: Unit, caller: Caller, source: Any, target: Any, asked: RunsChange, run_ids: list[str]) -> None:
    """What was deleted, brought back or moved stands in the audit log."""
    done = {"delete": "deleted", "undelete": "brought_back", "move": "moved"}.get(asked.action)
    if done is None or not run_ids:
        return
    subject = run_ids[0] if len(run_ids) == 1 else f"{len(run_ids)} runs"
    detail = f"to {target.entity}/{target.name}" if asked.action == "move" else ""
    note(unit, caller, f"run.{done}", subject, detail, entity=source.entity, project=source.name)


def selection_condition(selection: RunSelection) -> ColumnElement[bool]:
    """The condition on runs that a selection stands for.

    Raises:
        Invalid: it says neither which runs nor what they match, or both; or the filter cannot be understood.
    """
    if (selection.runs is None) == (selection.filter is None):
        raise Invalid(
            "bad_selection",
            "The request must say which runs it means.",
            'Give either "runs", a list of ids, or "filter"; {} matches every run.',
            field="runs",
        )
    if selection.runs is not None:
        if len(selection.runs) > MOST_NAMED:
            raise Invalid("too_many_runs", f"At most {MOST_NAMED} runs can be named; use a filter.", field="runs")
        return run_list.named(selection.runs)
    try:
        return compile_filter(selection.filter)
    except FilterError as error:
        raise Invalid("bad_filter", error.message, error.hint, field="filter") from None


def _destination(asked: RunsChange, entity: str, project: str) -> tuple[str, str]:
    """Entity and project where the runs are after the change."""
    if asked.action != "move":
        return entity, project
    *before, name = (asked.to or "").split("/")
    there = (before[0] if before else entity, name)
    if len(before) > 1 or not all(there):
        said = "The request" if asked.to is None else repr(asked.to)
        raise Invalid(
            "bad_destination",
            f"{said} names no project to move to.",
            'Give "to" as entity/project, or as project of the same entity.',
            field="to",
        )
    if there == (entity, project):
        raise Invalid("same_project", f"The runs are in {entity}/{project} already.", "Name another one.", field="to")
    return there


def _try(
    ctx: Context,
    unit: Unit,
    plans: Plans,
    project_id: int,
    run_id: str,
    asked: RunsChange,
    caller: Caller,
    move: Callable[[Any], None],
) -> _Outcome:
    """Whether the run is changed now, or which one is queued in its stead; the reason where it cannot be."""
    run = runs.get(unit.conn, project_id, run_id)
    if run is None:
        return Missing("run_not_found", "There is no such run in the project.")
    if asked.sweep not in (None, run.sweep_id):
        return Missing("run_not_found", f"It is no run of sweep {asked.sweep}.")
    try:
        if asked.action == "again":
            refuse_deleted(unit.conn, run)
            return run_again(ctx, unit, plans, run, caller)
        return _change(ctx, unit, plans, run, asked, caller.name, move)
    except Refusal as refusal:
        return refusal


def _change(
    ctx: Context,
    unit: Unit,
    plans: Plans,
    run: Any,
    asked: RunsChange,
    actor: str,
    move: Callable[[Any], None],
) -> bool:
    if asked.action == "undelete":
        if run.deleted is not None:
            bring_back(ctx, unit, plans, run, actor)
        return run.deleted is not None
    refuse_deleted(unit.conn, run)
    if asked.action == "move":
        move(run)
        return True
    if asked.action == "delete":
        delete_found(unit, run, actor)
        return True
    if asked.action == "stop":
        if run.state not in UNFINISHED:
            raise Conflict("run_ended", f"It is {run.state}: there is nothing to stop.")
        return order_stop(unit, run, actor, f"stopped by {actor}") is not run
    if asked.action == "add_tags":
        tags = list(dict.fromkeys([*run.tags, *asked.tags]))
        if len(tags) > MOST_TAGS:
            raise Conflict("too_many_tags", f"It would have {len(tags)} tags, and at most {MOST_TAGS} are allowed.")
    else:
        tags = [tag for tag in run.tags if tag not in asked.tags]
    if tags == run.tags:
        return False
    runs.change(unit.conn, run.key, {"tags": tags, "version": unit.changed(run.project_id, "run", run.id)})
    return True
