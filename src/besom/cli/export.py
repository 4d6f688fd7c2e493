"""``besom export``: the runs of a sweep or project as a table in a file."""

from __future__ import annotations

from pathlib import Path

import click

from besom.cli.menu import Command
from besom.cli.terminal import say


@click.command(
    cls=Command,
    no_args_is_help=True,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom export a1b2c3d4 -o runs.csv", "The runs of a sweep, for a spreadsheet."),
        ("besom export mnist -o runs.parquet", "Those of a project, with types, for pandas, DuckDB, ..."),
        ("""besom export mnist --filter '{"state": "finished"}' -o runs.csv""", "Those that match."),
    ],
)
@click.argument("path")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write; .csv or .parquet says in which format.",
)
@click.option("--filter", "filter_text", metavar="JSON", help="Only runs that match.")
def command(path: str, output: Path, filter_text: str | None) -> None:
    """Write the runs of PATH, a sweep's id or path, or a project, to a file.

    One row per run: name, id, state, tags, times, then all values of config and summary.
    """
    from besom.cli.runs import find_place
    from besom.cli.sweep_create import read_filter
    from besom.client.api import Api
    from besom.client.export import export_runs

    api = Api()
    sweep, project = find_place(api, path)
    sweep_id = None if sweep is None else sweep.id
    filters = read_filter(filter_text)
    export_runs(api.connection, project.entity, project.name, output, sweep=sweep_id, filters=filters)
    say(f"Wrote {output} ({output.stat().st_size:,} bytes).")
