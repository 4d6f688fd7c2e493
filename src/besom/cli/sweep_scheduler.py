"""``besom sweep-scheduler``: Optuna or Ax as the search of a sweep."""

from __future__ import annotations

import click

from besom.cli.menu import Command, Option
from besom.cli.terminal import say


@click.command(
    cls=Command,
    no_args_is_help=True,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom sweep-scheduler me/mnist/a1b2c3d4", "Choose its runs until it ends."),
        ("besom sweep-scheduler --batch-size 4 a1b2c3d4", "Four runs in flight, for four agents."),
    ],
)
@click.argument("sweep")
@click.option("-p", "--project", help="Project of the sweep, where SWEEP does not say it.")
@click.option("-e", "--entity", help="User or team of the sweep, likewise.")
@click.option(
    "--batch-size", cls=Option, type=click.IntRange(min=1), default=10, metavar="N",
    help="Runs that wait or are at work. [default: 10]",
)  # fmt: skip
@click.option(
    "--poll-interval", cls=Option, type=click.FloatRange(min=0.05), default=1.0, metavar="SECONDS",
    help="Time between two looks at the runs. [default: 1]",
)  # fmt: skip
@click.option("-v", "--verbose", is_flag=True, help="Show each run that is queued or stopped, and why.")
def command(
    sweep: str, project: str | None, entity: str | None, batch_size: int, poll_interval: float, verbose: bool
) -> None:
    """Choose the runs of SWEEP with the engine of its `scheduler` block: Optuna, Ax, or besom's own (wandb).

    Start it where the block's `source` is, and agents beside it. Ctrl-C ends it after the step that is going on, a
    second one at once. Started again, it learns from all runs that exist. One is at work per sweep.
    """
    from besom.client.connect import connect
    from besom.controller.loop import Ahead
    from besom.controller.work import work

    work(
        connect(),
        sweep,
        project=project,
        entity=entity,
        ahead=Ahead(at_once=batch_size),
        poll=poll_interval,
        verbose=verbose,
        say=say,
    )
