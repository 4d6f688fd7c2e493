"""``besom sweep-scheduler``: Optuna or Ax as the search of a sweep."""

from __future__ import annotations

from typing import Any

import click

from besom.cli.controller_options import of_a_controller
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
@of_a_controller
@click.option(
    "--batch-size", cls=Option, type=click.IntRange(min=1), default=10, metavar="N",
    help="Runs that wait or are at work. [default: 10]",
)  # fmt: skip
def command(batch_size: int, **work_options: Any) -> None:
    """Choose the runs of SWEEP with the engine of its `scheduler` block: Optuna, Ax, or besom's own (wandb).

    Start it where the block's `source` is, and agents beside it. Ctrl-C ends it after the step that is going on, a
    second one at once. Started again, it learns from all runs that exist. One is at work per sweep.
    """
    from besom.client.connect import connect
    from besom.controller.loop import Ahead
    from besom.controller.work import work

    work(connect(), ahead=Ahead(at_once=batch_size), say=say, **work_options)
