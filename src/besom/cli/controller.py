"""``besom controller``: searches for a sweep in this process."""

from __future__ import annotations

import click

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
@click.argument("sweep")
@click.option("-p", "--project", help="Project of the sweep, where SWEEP does not say it.")
@click.option("-e", "--entity", help="User or team of the sweep, likewise.")
@click.option(
    "--ahead",
    cls=Option,
    type=click.IntRange(min=1),
    metavar="N",
    help="Runs that wait in the queue. [default: one for each run that the living agents can work on]",
)
@click.option(
    "--poll-interval", cls=Option, type=click.FloatRange(min=0.05), default=1.0, metavar="SECONDS",
    help="Time between two looks at the runs. [default: 1]",
)  # fmt: skip
@click.option("-v", "--verbose", is_flag=True, help="Show each run that is queued or stopped, and why.")
def command(
    sweep: str, project: str | None, entity: str | None, ahead: int | None, poll_interval: float, verbose: bool
) -> None:
    """Choose the runs of SWEEP in this process: by besom's own search, or by the function that its `search` names.

    For sweeps with `controller: {type: local}` or `method: custom`. Start agents beside it. Ctrl-C ends it after the
    step that is going on; started again, it goes on from there. One is at work per sweep.
    """
    from besom.client.connect import connect
    from besom.controller.loop import Ahead
    from besom.controller.work import work

    work(
        connect(),
        sweep,
        project=project,
        entity=entity,
        ahead=Ahead(waiting=ahead),
        poll=poll_interval,
        verbose=verbose,
        say=say,
    )
