"""``besom agent``: works for a sweep."""

from __future__ import annotations

import click

from besom.cli.menu import Command, Option


@click.command(
    cls=Command,
    no_args_is_help=True,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom agent me/mnist/a1b2c3d4", "Run its program until the sweep ends."),
        ("besom agent --count 1 a1b2c3d4", "One run: for a cluster's job."),
        ("besom agent --slots 4 a1b2c3d4", "Four runs side by side."),
        ("besom agent --gpus all a1b2c3d4", "One run on each GPU of this machine."),
        ("besom agent --project mnist", "Work for every sweep that is running in the project."),
    ],
)
@click.argument("sweep", required=False)
@click.option("-p", "--project", help="Without SWEEP: work for all of this project; else where SWEEP is.")
@click.option("-e", "--entity", help="User or team, likewise.")
@click.option(
    "--count", cls=Option, type=click.IntRange(min=0), metavar="N", help="Leave after N runs. [default: 0, no limit]"
)
@click.option(
    "--slots",
    cls=Option,
    type=click.IntRange(min=1),
    metavar="N",
    help="Runs side by side. [default: 1, or as many as GPUs allow]",
)
@click.option("--gpus", metavar="IDS", help="GPUs to share out: ids such as 0,1,3, how many, or all.")
@click.option(
    "--gpus-per-run", cls=Option, type=click.IntRange(min=1), metavar="K", help="With --gpus: GPUs of each run."
)
@click.option(
    "--max-consecutive-failed-runs",
    cls=Option,
    type=click.IntRange(min=1),
    metavar="N",
    help="Give up after N in a row.",
)
@click.option("-f", "--forward-signals", is_flag=True, help="Pass the first Ctrl-C on to the run too.")
@click.option(
    "-t",
    "--term-timeout",
    cls=Option,
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="With -f: kill a run that lives on so long after a signal.",
)
@click.option("--exit-when-idle", is_flag=True, help="For a project: leave when no sweep there is running.")
@click.pass_context
def command(
    ctx: click.Context,
    sweep: str | None,
    project: str | None,
    entity: str | None,
    count: int | None,
    slots: int | None,
    gpus: str | None,
    gpus_per_run: int | None,
    max_consecutive_failed_runs: int | None,
    forward_signals: bool,
    term_timeout: float | None,
    exit_when_idle: bool,
) -> None:
    """Run the program of SWEEP again and again with the hyperparameters that the server hands out.

    SWEEP is id, project/id or entity/project/id. The agent leaves when the sweep has ended. Start as many as you
    like, on as many machines as you like. Ctrl-C once: no new runs; twice: end the run; three times: kill it.

    With --project alone it works for all sweeps of the project, those with the highest priority first, and waits for
    more.
    """
    if sweep is None and project is None:
        raise click.UsageError("Name a SWEEP, or a project: --project NAME.")
    if exit_when_idle and sweep is not None:
        raise click.UsageError("--exit-when-idle is for a project; the agent of a sweep leaves when that has ended.")
    from besom.agent.programs import run_agent
    from besom.client.connect import connect

    ctx.exit(
        run_agent(
            sweep,
            connection=connect(),
            count=count,
            project=project,
            entity=entity,
            forward_signals=forward_signals,
            term_timeout=term_timeout,
            max_consecutive_failed_runs=max_consecutive_failed_runs,
            slots=slots,
            gpus=gpus,
            gpus_per_run=gpus_per_run,
            exit_when_idle=exit_when_idle,
        )
    )
