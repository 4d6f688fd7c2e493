"""Changes to a run from outside its program: what people call it, its config, its summary."""

from __future__ import annotations

from typing import Any

from besom.protocol import Run, RunChange
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.labels import check_labels, label_columns
from besom.server.services.naming import run_name
from besom.server.services.refusals import Conflict
from besom.server.services.report import Whole, summary_numbers
from besom.server.services.runs import find_run, merge_config
from besom.server.services.sweep_metric import act_on, add_values
from besom.server.services.users import Caller
from besom.server.services.views import run_view
from besom.server.store import runs, sweeps


async def change_run(
    ctx: Context,
    plans: Plans,
    caller: Caller,
    entity: str,
    project: str,
    run_id: str,
    change: RunChange,
    whole: Whole = frozenset(),
) -> Run:
    """Sets what the change names. An empty name becomes a new random one; other empty texts clear their field.

    What ``whole`` names is replaced by what the change says of it; of the rest keys are added.

    Raises:
        Conflict: a key of the config was handed out by the run's sweep and would get another value.
        Invalid: a name, a tag or the notes are too long.
    """

    check_labels(change)

    def work(unit: Unit) -> Run:
        run = find_run(unit.conn, caller, entity, project, run_id, "work")
        values = label_columns(change)
        if change.name == "":
            values["name"] = run_name(ctx.rng, runs.count_of_project(unit.conn, run.project_id))
        if change.config or "config" in whole:
            known = run.params or {} if "config" in whole else run.config
            values["config"] = _changed_config(run, known, change.config)
        has_summary = change.summary or "summary" in whole
        if not values and not has_summary:
            return run_view(ctx, run, entity, project)
        values["version"] = unit.changed(run.project_id, "run", run.id)
        if has_summary:
            known = {} if "summary" in whole else run.summary
            run = _set_summary(unit, plans, run, known, change.summary, values)
        else:
            run = runs.change(unit.conn, run.key, values)
        return run_view(ctx, run, entity, project)

    return await ctx.write(work)


def _changed_config(run: Any, known: dict[str, Any], added: dict[str, Any]) -> dict[str, Any]:
    config = merge_config(known, added)
    kept = merge_config(config, run.params or {})
    if kept != config:
        key = next(key for key in kept if kept[key] != config.get(key))
        raise Conflict(
            "swept_parameter",
            f"{key} of run {run.id} was handed out by its sweep and stays {run.config.get(key)!r}.",
            "Leave it out; to try another value enqueue a new run of the sweep.",
            field=f"config.{key}",
        )
    return config


def _set_summary(
    unit: Unit, plans: Plans, run: Any, known: dict[str, Any], added: dict[str, Any], values: dict[str, Any]
) -> Any:
    """Sets keys of the summary; a value of the sweep's metric counts as if the program had set it."""
    values = {**values, "summary": {**known, **added}}
    sweep = sweeps.get(unit.conn, run.sweep_id) if run.sweep_id else None
    plan = plans.readable(sweep) if sweep is not None else None
    metric = plan.config.metric if plan is not None else None
    new = add_values(run, metric, [], summary_numbers(added, metric.name)) if metric else None
    before, run = run, runs.change(unit.conn, run.key, {**values, **(new.columns if new else {})})
    if new and metric and plan:
        run = act_on(unit, plan, sweep, metric, before, run, new)
    return run
