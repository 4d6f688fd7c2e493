"""``besom up``: creates a sweep, works for it, shows the best run."""

from __future__ import annotations

import os

import click

from besom.cli.menu import Command, Option, json_option


@click.command(
    cls=Command,
    no_args_is_help=True,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom up sweep.yaml --agents 4", "Four runs side by side, until the sweep ends."),
        ("besom up sweep.yaml --gpus all", "One run on each GPU of this machine."),
        ("besom up sweep.yaml --count 20 --json", "Twenty runs; the best one as JSON."),
        ("besom up a1b2c3d4", "Go on with a sweep that exists."),
    ],
)
@click.argument("config_or_id")
@click.option(
    "--agents",
    cls=Option,
    type=click.IntRange(min=1),
    metavar="N",
    help="Runs side by side. [default: 1, or by --gpus]",
)
@click.option("--gpus", metavar="IDS", help="GPUs to share out: ids such as 0,1,3, how many, or all.")
@click.option(
    "--gpus-per-run", cls=Option, type=click.IntRange(min=1), metavar="K", help="With --gpus: GPUs of each run."
)
@click.option(
    "--count", cls=Option, type=click.IntRange(min=1), metavar="N", help="End after N runs. [default: no limit]"
)
@click.option("-p", "--project", help="Project, made when missing. [default: the file's, else the program's folder]")
@click.option("-e", "--entity", help="User or team. [default: yours]")
@click.option("--name", help="Display name; wins over the file's.")
@click.option("--program", help="Program to run; wins over the file's.")
@click.option("-v", "--verbose", is_flag=True, help="Show what the agent and its runs print.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    config_or_id: str,
    agents: int | None,
    gpus: str | None,
    gpus_per_run: int | None,
    count: int | None,
    project: str | None,
    entity: str | None,
    name: str | None,
    program: str | None,
    verbose: bool,
    as_json: bool,
) -> None:
    """Create a sweep from CONFIG_OR_ID, run its program on this machine until it ends, and show the best run.

    CONFIG_OR_ID is a YAML or JSON file, or a sweep that exists. Ctrl-C starts no new runs and asks what to do with the
    running ones; a second one ends them, a third kills them. The sweep stays, paused.
    """
    from besom.agent.slots import read_slots
    from besom.cli.sweep_create import Wanted
    from besom.cli.up_work import Work, up

    read_slots(os.environ, slots=agents, devices=gpus, per_run=gpus_per_run)  # the agent would refuse it too late
    wanted = Wanted(file=config_or_id, project=project, entity=entity, name=name, program=program)
    options = {"--slots": agents, "--gpus": gpus, "--gpus-per-run": gpus_per_run, "--count": count}
    words = [word for option, value in options.items() if value is not None for word in (option, str(value))]
    ctx.exit(up(wanted, Work(options=words, verbose=verbose, as_json=as_json)))
