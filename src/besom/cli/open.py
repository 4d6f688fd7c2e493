"""``besom open``: a page in the browser, signed in."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from besom.cli.menu import Command
from besom.cli.runs import find_place
from besom.cli.terminal import LINK, note, paint, say
from besom.client.pages import signed_address
from besom.client.paths import page_noun

if TYPE_CHECKING:
    from besom.client.api import Api


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
    from besom.client.api import Api

    api = Api()
    connection = api.connection
    address = signed_address(connection, _page(api, path) if path else "/")
    say(paint(address, **LINK))
    if _has_display():
        import webbrowser

        webbrowser.open(address)
    elif os.environ.get("SSH_CONNECTION"):
        port = urlsplit(connection.url).port
        note(f"From your own machine: ssh -L {port}:127.0.0.1:{port} THIS_MACHINE, then open the address there.")


def _page(api: Api, text: str) -> str:
    """The address of the page that ``text`` means."""
    if page_noun(text) == "run":
        return api.run(text).url
    sweep, project = find_place(api, text)
    return project.url if sweep is None else sweep.url


def _has_display() -> bool:
    if not sys.stdout.isatty():
        return False
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
