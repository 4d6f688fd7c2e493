"""``besom sweep``: creates a sweep, replaces its configuration, or changes its state."""

from __future__ import annotations

from pathlib import Path

import click

from besom.cli.menu import Command, json_option
from besom.cli.terminal import say
from besom.client.paths import FILE_SUFFIXES
from besom.errors import UsageError


@click.command(
    cls=Command,
    no_args_is_help=True,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom sweep sweep.yaml", "Create a sweep."),
        ("besom sweep -p mnist --name first sweep.yaml", "In project mnist, named “first”."),
        ("besom sweep --prior-sweep a1b2c3d4 sweep.yaml", "Search learns from that sweep's runs too."),
        ("besom sweep --pause a1b2c3d4", "No new runs for a while."),
        ("besom sweep --resume a1b2c3d4", "New runs again, also of an ended sweep."),
        ("besom sweep --update a1b2c3d4 sweep.yaml", "Change it; its runs so far count."),
        ("besom sweep --controller sweep.yaml", "Create a sweep and choose its runs here."),
    ],
)
@click.argument("config_or_id")
@click.option("-p", "--project", help="Project, made when missing. [default: the file's, else the program's folder]")
@click.option("-e", "--entity", help="User or team. [default: yours]")
@click.option("--name", help="Display name; wins over the file's.")
@click.option("--program", help="Program to run; wins over the file's.")
@click.option(
    "-R",
    "--prior_run",
    "--prior-run",
    "prior_runs",
    multiple=True,
    metavar="RUN",
    help="Count this run of the project too; repeatable.",
)
@click.option(
    "--prior-sweep", "prior_sweeps", multiple=True, metavar="SWEEP", help="Count all runs of that sweep; repeatable."
)
@click.option("--prior-filter", metavar="JSON", help="Count the project's runs that match.")
@click.option("--freeze-code", is_flag=True, help="Agents run the program's files as they are now.")
@click.option("--update", metavar="SWEEP", help="Change the configuration of this sweep.")
@click.option("--pause", "actions", flag_value="pause", multiple=True, help="No new runs; running ones go on.")
@click.option("--resume", "actions", flag_value="resume", multiple=True, help="New runs again.")
@click.option("--stop", "actions", flag_value="stop", multiple=True, help="End it; running runs go on to their end.")
@click.option("--cancel", "actions", flag_value="cancel", multiple=True, help="End it and kill its running runs.")
@click.option("--controller", is_flag=True, help="Choose its runs in this process, as `besom controller` does.")
@click.option("--verbose", is_flag=True, help="With --controller: show each run that is queued or stopped.")
@click.option("--settings", hidden=True, help="Without effect, as in W&B.")
@json_option
def command(
    config_or_id: str,
    project: str | None,
    entity: str | None,
    name: str | None,
    program: str | None,
    prior_runs: tuple[str, ...],
    prior_sweeps: tuple[str, ...],
    prior_filter: str | None,
    freeze_code: bool,
    update: str | None,
    actions: tuple[str, ...],
    controller: bool,
    verbose: bool,
    settings: str | None,  # noqa: ARG001
    as_json: bool,
) -> None:
    """Create a sweep from CONFIG_OR_ID, a YAML or JSON file; with a state flag, steer the sweep of that id or path."""
    if len(set(actions)) > 1:
        raise UsageError("Only one of --pause, --resume, --stop and --cancel can be given.")
    if verbose and not controller:
        raise UsageError("--verbose goes with --controller.")
    if controller and (as_json or update or actions):
        raise UsageError("--controller creates a sweep and works for it; it goes with no --json, --update or state.")
    if actions:
        if update or name or program or prior_runs or prior_sweeps or prior_filter or freeze_code:
            raise UsageError(f"--{actions[0]} steers a sweep, and goes with none of the options that create one.")
        from besom.cli.sweep_state import change_state

        change_state(config_or_id, actions[0], project, entity, as_json=as_json)
        return
    refuse_id(config_or_id)
    from besom.cli.sweep_create import Wanted, create

    wanted = Wanted(
        file=config_or_id,
        project=project,
        entity=entity,
        name=name,
        program=program,
        prior_runs=prior_runs,
        prior_sweeps=prior_sweeps,
        prior_filter=prior_filter,
        update=update,
        freeze_code=freeze_code,
    )
    created = create(wanted, as_json=as_json, local=controller)
    if controller:
        from besom.client.connect import connect
        from besom.controller.loop import Ahead
        from besom.controller.work import work

        work(connect(), created, project=None, entity=None, ahead=Ahead(), poll=1.0, verbose=verbose, say=say)


def refuse_id(text: str) -> None:
    """Says what to do when an existing sweep was meant."""
    if not Path(text).exists() and not text.endswith(FILE_SUFFIXES):
        raise UsageError(
            f"There is no file {text}.",
            "To create a sweep, name its YAML file.\n"
            f"To steer the sweep {text}, add --pause, --resume, --stop or --cancel.\n"
            f"To work for it: besom agent {text}",
        )
