"""``besom init``: keeps defaults for a folder."""

from __future__ import annotations

import sys

import click

from besom import names
from besom.cli.menu import Command
from besom.cli.terminal import say
from besom.client import folder_settings, settings


@click.command(
    cls=Command,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom init -p mnist", "Runs and sweeps of this folder go to project mnist."),
        ("besom init --mode offline", "Send nothing from here for now."),
        ("besom init --reset", "Forget what was kept."),
    ],
)
@click.option("-p", "--project", help="Project of what is started here.")
@click.option("-e", "--entity", help="User or team likewise.")
@click.option("-m", "--mode", type=click.Choice(["online", "offline", "disabled"]), help="Mode of runs started here.")
@click.option("--reset", is_flag=True, help="Forget what was kept before.")
def command(project: str | None, entity: str | None, mode: str | None, reset: bool) -> None:
    """Keep entity, project and mode for this folder, in the file besom/settings. Asks for the project on a terminal.

    Options of commands, arguments of init() and environment variables win over the file.
    """
    folder = settings.directory()
    if not (project or entity or mode or reset) and sys.stdin.isatty():
        default = settings.kept("project") or _usual_project()
        project = click.prompt("Project of what is started in this folder", default=default, err=True)
    changes: dict[str, str | None] = dict.fromkeys(folder_settings.KEYS) if reset else {}
    if project:
        changes["project"] = names.check("project", project)
    if entity:
        changes["entity"] = names.check("entity", entity)
    if mode:
        changes["mode"] = mode
    file = folder_settings.write(folder, changes)
    kept = folder_settings.read(folder)
    said = ", ".join(f"{key} {kept[key]}" for key in folder_settings.KEYS if key in kept) or "nothing"
    say(f"Kept in {file}: {said}.")


def _usual_project() -> str:
    """The project that a sweep of this folder would get."""
    from pathlib import Path

    from besom.cli.project_name import project_for

    return project_for("program.py", Path.cwd(), Path.home())
