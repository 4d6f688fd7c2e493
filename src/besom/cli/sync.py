"""``besom sync``: sends what is left on disk."""

from __future__ import annotations

from pathlib import Path

import click

from besom.cli.menu import Command
from besom.cli.terminal import LINK, note, paint, progress, say
from besom.errors import BesomError, UsageError


@click.command(
    cls=Command,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom sync", "All runs below ./besom that no server has yet."),
        ("besom sync besom/run-20260131_120000-x7k2m9p1", "One run."),
        ("besom sync --append besom/run-20260131_120000-x7k2m9p1", "Add it to the run of that id."),
    ],
)
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@click.option("-p", "--project", help="Send to this project. [default: the one that each run names]")
@click.option("-e", "--entity", help="User or team, likewise.")
@click.option("--append", is_flag=True, help="Add to runs that are there already, as of another process of theirs.")
@click.pass_context
def command(
    ctx: click.Context, folders: tuple[Path, ...], project: str | None, entity: str | None, append: bool
) -> None:
    """Send runs that were made offline, or that a killed process left behind, to the server.

    FOLDERS are run folders or folders of them; by default those of this directory (see BESOM_DIR). It is safe to
    repeat and to interrupt: nothing arrives twice.
    """
    from besom.client import settings
    from besom.client.connect import connect
    from besom.client.pages import page_address
    from besom.sdk.sync import Target, ship

    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"There is no folder {folder}.", "Name run folders, or folders of them.")
    places = folders or (settings.directory(),)
    found = list(dict.fromkeys(run for place in places for run in _runs_of(place)))
    if not found:
        say(f"Nothing to send below {', '.join(map(str, places))}.")
        return
    connection = connect()
    sent, failed, alive = 0, 0, 0
    for index, folder in enumerate(found, 1):
        progress(f"Sending {index} of {len(found)}: {folder.name}")
        try:
            shipped = ship(folder, connection, Target(project, entity, append))
        except BesomError as error:
            progress("")
            failed += 1
            note(f"{paint('Not sent:', fg='red')} {folder}: {error}")
            continue
        progress("")
        if not shipped.complete:
            alive += 1
            note(f"Left alone: {folder}: its program is still running.")
            continue
        sent += 1
        page = paint(page_address(connection, shipped.url), **LINK) if shipped.url else ""
        say(f"Sent {shipped.run_id} ({size(shipped.sent)})  {page}".rstrip())
        if shipped.doubtful:
            where = f" on {shipped.host}" if shipped.host else ""
            note(f"Whether its program{where} has ended cannot be told from here. If it has not, sync it again later.")
        if shipped.damaged:
            note("Its first line was damaged; the name, tags and configuration that it began with are lost.")
        if shipped.lost:
            note(f"Removed or overwritten before they could be sent: {', '.join(shipped.lost)}")
    rest = [f"{count} {word}" for count, word in ((alive, "still running"), (failed, "failed")) if count]
    say(", ".join([f"{sent} of {len(found)} {'run' if len(found) == 1 else 'runs'} sent", *rest]) + ".")
    if failed:
        ctx.exit(1)


def _runs_of(place: Path) -> list[Path]:
    """The unsent run folders that ``place`` means: itself, or those in it, or those in its folder ``besom``."""
    from besom.sdk.spool import FILE_NAME, is_done
    from besom.sdk.sync import unsent

    if (place / FILE_NAME).exists():
        return [] if is_done(place) else [place]
    return unsent(place) or unsent(place / "besom")


def size(count: float) -> str:
    """Bytes as people say them: ``1.2 MB``."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} GB"
