"""``besom sweep``: creates a sweep, replaces its configuration, or changes its state."""

from __future__ import annotations

from pathlib import Path

import click

from besom.cli.menu import Command
from besom.errors import UsageError

CONFIG_SUFFIXES = (".yaml", ".yml", ".json")


@click.command(
    cls=Command,
    no_args_is_help=True,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom sweep sweep.yaml", "Create a sweep."),
        ("besom sweep -p mnist --name first sweep.yaml", "In project mnist, named “first”."),
        ("besom sweep --pause a1b2c3d4", "No new runs for a while."),
        ("besom sweep --resume a1b2c3d4", "New runs again, also of an ended sweep."),
        ("besom sweep --update a1b2c3d4 sweep.yaml", "Change it before its first run."),
    ],
)
@click.argument("config_or_id")
@click.option("-p", "--project", help="Project, made when missing. [default: the file's, else the program's folder]")
@click.option("-e", "--entity", help="User or team. [default: yours]")
@click.option("--name", help="Display name; wins over the file's.")
@click.option("--program", help="Program to run; wins over the file's.")
@click.option(
    "-R", "--prior_run", "prior_runs", multiple=True, metavar="RUN", help="Count this run of the project too."
)
@click.option("--update", metavar="SWEEP", help="Replace the configuration of this sweep.")
@click.option("--pause", "actions", flag_value="pause", multiple=True, help="No new runs; running ones go on.")
@click.option("--resume", "actions", flag_value="resume", multiple=True, help="New runs again.")
@click.option("--stop", "actions", flag_value="stop", multiple=True, help="End it; running runs go on to their end.")
@click.option("--cancel", "actions", flag_value="cancel", multiple=True, help="End it and kill its running runs.")
def command(
    config_or_id: str,
    project: str | None,
    entity: str | None,
    name: str | None,
    program: str | None,
    prior_runs: tuple[str, ...],
    update: str | None,
    actions: tuple[str, ...],
) -> None:
    """Create a sweep from CONFIG_OR_ID, a YAML or JSON file; with a state flag, steer the sweep of that id or path."""
    if len(set(actions)) > 1:
        raise UsageError("Only one of --pause, --resume, --stop and --cancel can be given.")
    if actions:
        if update or name or program or prior_runs:
            raise UsageError(f"--{actions[0]} cannot be combined with --update, --name, --program or --prior_run.")
        from besom.cli.sweep_state import change_state

        change_state(config_or_id, actions[0], project, entity)
        return
    _refuse_id(config_or_id)
    from besom.cli.sweep_create import create

    create(config_or_id, project, entity, name, program, prior_runs, update)


def _refuse_id(text: str) -> None:
    """Says what to do when an existing sweep was meant."""
    if not Path(text).exists() and not text.endswith(CONFIG_SUFFIXES):
        raise UsageError(
            f"There is no file {text}.",
            "To create a sweep, name its YAML file.\n"
            f"To steer the sweep {text}, add --pause, --resume, --stop or --cancel.\n"
            f"To work for it: besom agent {text}",
        )
