"""``besom controller``: searches for a sweep in this process."""

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
        ("besom controller me/mnist/a1b2c3d4", "Choose its runs until it ends."),
        ("besom controller --verbose a1b2c3d4", "Show each run that is queued or stopped, and why."),
        ("besom sweep --controller sweep.yaml", "Create a sweep and choose its runs."),
    ],
)
@of_a_controller
@click.option(
    "--ahead",
    cls=Option,
    type=click.IntRange(min=1),
    metavar="N",
    help="Runs that wait in the queue. [default: one for each run that the living agents can work on]",
)
def command(ahead: int | None, **work_options: Any) -> None:
    """Choose the runs of SWEEP in this process: by besom's own search, or by the function that its `search` names.

    For sweeps with `controller: {type: local}` or `method: custom`. Start agents beside it. Ctrl-C ends it after the
    step that is going on; started again, it goes on from there. One is at work per sweep.
    """
    from besom.client.connect import connect
    from besom.controller.loop import Ahead
    from besom.controller.work import work

    work(connect(), ahead=Ahead(waiting=ahead), say=say, **work_options)
