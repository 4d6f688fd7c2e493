"""``besom import``: brings in runs of W&B."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from besom.cli.import_tally import Tally
from besom.cli.menu import Command, Group
from besom.cli.terminal import note


@click.group(
    cls=Group,
    examples=[
        ("besom import wandb-offline wandb", "The offline runs below ./wandb."),
        ("besom import wandb alice/mnist", "A project of W&B, with its sweeps."),
    ],
)
def command() -> None:
    """Bring runs of W&B into besom. Importing twice adds nothing, and one that was broken off goes on."""


_project = click.option("--project", metavar="NAME", help="Project to import into. [default: the same name]")
_entity = click.option("--entity", metavar="NAME", help="Its entity. [default: yours]")


@command.command(
    "wandb-offline",
    cls=Command,
    no_args_is_help=True,
    options_metavar="[OPTIONS]",
    short_help="Runs that W&B's client left on disk.",
    examples=[
        ("besom import wandb-offline wandb", "All offline runs below ./wandb."),
        ("besom import wandb-offline wandb/offline-run-20260131_120000-x7k2m9p1", "One run."),
        ("besom import wandb-offline --project mnist runs/*/wandb", "Several folders, into one project."),
    ],
)
@_project
@_entity
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_context
def wandb_offline(ctx: click.Context, folders: tuple[Path, ...], project: str | None, entity: str | None) -> None:
    """Import the runs of FOLDERS: configuration, history, summary, output, system metrics, files, artifacts, their end.

    FOLDERS are folders of runs (offline-run-...), folders of such, or single files run-ID.wandb. W&B's client need not
    be installed.
    """
    from besom.client.connect import connect
    from besom.importing.offline_artifacts import artifacts_of
    from besom.importing.offline_folder import files_of, find_runs
    from besom.importing.offline_run import read_run
    from besom.importing.sending import send_run

    found = list(dict.fromkeys(path for folder in folders for path in find_runs(folder)))
    connection = connect()
    tally = Tally(connection, len(found))
    for path in found:
        with tally.run(path.parent.name):
            files, artifacts = files_of(path.parent), artifacts_of(path)
            tally.imported(send_run(read_run(path, project, entity), connection, files, artifacts, note))
    ctx.exit(tally.sum_up())


@command.command(
    "wandb",
    cls=Command,
    no_args_is_help=True,
    options_metavar="[OPTIONS]",
    short_help="A project of W&B, or of any server that its client reads.",
    examples=[
        ("besom import wandb alice/mnist", "With the key that `wandb login` kept, or WANDB_API_KEY."),
        ("besom import wandb alice/mnist --project mnist-2025 --no-files", "Under another name, without files."),
        ("besom import wandb mnist --python ~/venv/bin/python", "W&B's client is installed there."),
    ],
)
@_project
@_entity
@click.option("--python", default=sys.executable, metavar="PATH", help="A Python that has W&B's client.")
@click.option("--no-files", is_flag=True, help="Leave out files, media, artifacts and the output: they may be large.")
@click.argument("path", metavar="[ENTITY/]PROJECT")
@click.pass_context
def wandb(ctx: click.Context, path: str, project: str | None, entity: str | None, python: str, no_files: bool) -> None:
    """Import the sweeps and ended runs of PROJECT: configuration, whole history, summary, output, files, artifacts.

    W&B's own client reads, so its settings say from where (WANDB_BASE_URL, WANDB_API_KEY, or what `wandb login` kept).
    Where to is said by besom's alone (BESOM_BASE_URL, BESOM_API_KEY, or what `besom login` kept; else the server here).
    Runs that are still going on are left for the next time.
    """
    from besom.cli.import_wandb import import_project

    ctx.exit(import_project(path, project, entity, python, files=not no_files))
