"""``besom open``: a page in the browser, signed in."""

from __future__ import annotations

import os
import sys
from urllib.parse import urlsplit

import click

from besom.cli.menu import Command
from besom.cli.terminal import LINK, note, paint, say
from besom.client import settings
from besom.client.connect import connect
from besom.client.connection import Connection, segment
from besom.client.lookup import find_project, find_run, find_sweep
from besom.client.pages import signed_address
from besom.client.paths import page_noun, parse_item, parse_project
from besom.errors import NotFound, UsageError
from besom.protocol import Viewer


@click.command(
    cls=Command,
    options_metavar="",
    examples=[
        ("besom open", "All projects."),
        ("besom open mnist", "The project mnist."),
        ("besom open a1b2c3d4", "The sweep with that id."),
        ("besom open me/mnist/runs/x7k2m9p1", "A run."),
    ],
)
@click.argument("path", required=False)
def command(path: str | None) -> None:
    """Print an address that signs a browser in, once, and open it where there is a display.

    PATH names a project, a sweep or a run; without it all projects are shown.
    """
    connection = connect()
    address = signed_address(connection, _page(connection, path) if path else "/")
    say(paint(address, **LINK))
    if _has_display():
        import webbrowser

        webbrowser.open(address)
    elif os.environ.get("SSH_CONNECTION"):
        port = urlsplit(connection.url).port
        note(f"From your own machine: ssh -L {port}:127.0.0.1:{port} THIS_MACHINE, then open the address there.")


def _page(connection: Connection, text: str) -> str:
    """The path of the page that ``text`` means."""
    if page_noun(text) != "run":
        try:
            return find_sweep(connection, parse_item(text, "sweep")).url
        except (NotFound, UsageError):
            if text.strip("/").count("/") > 1:
                raise
    else:
        item = parse_item(text, "run")
        return find_run(connection, item.entity or "", item.project or "", item.id).url
    entity, name = parse_project(text)
    entity = entity or settings.entity() or connection.request("GET", "/viewer", reply=Viewer).entity
    find_project(connection, entity, name)
    return f"/{segment(entity)}/{segment(name)}"


def _has_display() -> bool:
    if not sys.stdout.isatty():
        return False
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
