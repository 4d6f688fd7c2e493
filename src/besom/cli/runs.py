"""``besom runs``: the runs of a sweep or project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from besom.cli.menu import Command, Option, json_option
from besom.cli.terminal import columns, note, say, say_json
from besom.client.run_states import state_word

if TYPE_CHECKING:
    from besom.client.api import Api
    from besom.client.projects import Project
    from besom.client.runs import Run
    from besom.client.sweeps import Sweep


@click.command(
    cls=Command,
    no_args_is_help=True,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom runs a1b2c3d4", "The runs of a sweep, the best first."),
        ("besom runs mnist --limit 5", "The newest runs of a project."),
        ("""besom runs mnist --filter '{"config.lr": {"$lt": 0.1}}'""", "Those that match."),
        ("besom runs a1b2c3d4 --order -summary_metrics.acc --json", "For a script."),
    ],
)
@click.argument("path")
@click.option("--order", metavar="KEY", help="+KEY or -KEY, several with commas. [default: best, else newest, first]")
@click.option("--filter", "filter_text", metavar="JSON", help="Only runs that match.")
@click.option(
    "--limit", cls=Option, type=click.IntRange(min=1), default=20, metavar="N", help="At most so many. [default: 20]"
)
@json_option
def command(path: str, order: str | None, filter_text: str | None, limit: int, as_json: bool) -> None:
    """List the runs of PATH: a sweep's id or path, or a project."""
    from besom.cli.sweep_create import read_filter
    from besom.cli.sweep_json import run_json
    from besom.client.api import Api

    api = Api()
    sweep, project = find_place(api, path)
    filters = read_filter(filter_text) or {}
    if sweep is not None:
        filters["sweep"] = sweep.id
        order = order or (f"{sweep.order[0]}best" if sweep.order else None)
    matching = project.runs(filters, order or "-created_at", per_page=min(limit, 1000))
    found = matching[:limit]
    if as_json:
        say_json([run_json(api.connection, run.message) for run in found])
        return
    if not found:
        say("No runs.")
        return
    for line in columns([_row(run) for run in found], ("RUN", "NAME", "STATE", "BEST", "STEPS", "PARAMETERS")):
        say(line)
    if len(matching) > len(found):
        note(f"{len(matching) - len(found):,} more: --limit {len(matching)} shows all.")


def find_place(api: Api, path: str) -> tuple[Sweep | None, Project]:
    """The sweep that ``path`` means, None for a whole project, and the project.

    Raises:
        NotFound, UsageError: it means neither.
    """
    from besom.errors import NotFound, UsageError

    try:
        sweep = api.sweep(path)
    except (NotFound, UsageError) as no_sweep:
        if path.strip("/").count("/") > 1:
            raise
        try:
            return None, api.project(path)
        except NotFound as no_project:
            if isinstance(no_sweep, UsageError):
                raise no_sweep from None
            raise NotFound(
                f"There is neither a sweep nor a project {path} on {api.connection.url}.",
                no_sweep.hint or no_project.hint or "`besom status` lists the sweeps under way.",
                status=no_project.status,
                code=no_project.code,
            ) from None
    return sweep, api.project(sweep.project, sweep.entity)


def _row(run: Run) -> tuple[str, ...]:
    params = run.message.params if run.message.params is not None else run.config
    short = {name: f"{value:.5g}" if isinstance(value, float) else value for name, value in params.items()}
    values = " ".join(f"{name}={value}" for name, value in short.items())
    best = "-" if run.best is None else f"{run.best:g}"
    return run.id, run.name, state_word(run.message), best, str(run.message.steps), values
