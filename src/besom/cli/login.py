"""``besom login``: keeps the address of a server and a key for it."""

from __future__ import annotations

import sys

import click

from besom.cli.menu import Command
from besom.cli.terminal import note, say
from besom.client import settings
from besom.client.login import ask_key, check_key, keep_key
from besom.errors import UsageError


@click.command(
    cls=Command,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom login --host https://besom.lab.example", "Use that server; asks for your key."),
        ("besom login --host URL - < key.txt", "The key comes from a file."),
        ("besom login --embedded", "Back to the server on this machine."),
    ],
)
@click.argument("key", required=False)
@click.option("--host", metavar="URL", help="Address of the server. [default: the configured one]")
@click.option("--embedded", is_flag=True, help="Use the embedded server of this machine again; it needs no login.")
@click.option("--relogin", is_flag=True, help="Ask for the key again.")
@click.option("--cloud", is_flag=True, hidden=True, help="Refused: there is no hosted besom.")
@click.option("--anonymously", "--anonymous", is_flag=True, hidden=True, help="Without effect; W&B's.")
@click.option("--verify/--no-verify", default=True, help="Try the key before it is kept. [default: verify]")
def command(
    key: str | None,
    host: str | None,
    embedded: bool,
    relogin: bool,
    cloud: bool,
    anonymously: bool,  # noqa: ARG001
    verify: bool,
) -> None:
    """Use a shared server from now on: keep its address and your KEY (“-”: read it from standard input)."""
    if cloud:
        raise UsageError(
            "There is no hosted besom, so --cloud leads nowhere.",
            "Use the embedded server (no login needed), or your team's: besom login --host URL",
        )
    if embedded:
        if key or host:
            raise UsageError("--embedded takes no key and no --host.")
        settings.save({"base_url": None})
        say("The embedded server of this machine is used from now on.")
        _warn_of_environment(None)
        return
    url = settings.base_url(host)
    if url is None:
        if key:
            raise UsageError("A key alone does not say for which server.", "Run: besom login --host URL KEY")
        say("No login is needed: the embedded server of this machine is used, and knows you.")
        say("For a shared server: besom login --host URL")
        return
    key = _read(key) if key else None
    known = None if relogin else settings.saved().get("keys", {}).get(url) or settings.variable("API_KEY")
    chosen = (key or known or ask_key(url)).strip()
    viewer = check_key(url, chosen) if verify else None
    keep_key(url, chosen, default=True)
    if viewer:
        say(f"Logged in to {url} as {viewer.name}. The key is kept in {settings.home()}.")
    else:
        say(f"The key for {url} is kept in {settings.home()}, untried.")
    _warn_of_environment(url)


def _read(key: str) -> str:
    if key != "-":
        return key
    key = sys.stdin.readline().strip()
    if not key:
        raise UsageError("Standard input held no key.", "Put the key on its first line.")
    return key


def _warn_of_environment(url: str | None) -> None:
    address = settings.variable("BASE_URL")
    if address and address.rstrip("/") != url:
        note(f"Note: {settings.variable_name('BASE_URL')} names another server, {address}, and wins while it is set.")
    elif url and (name := settings.variable_name("API_KEY")):
        note(f"Note: the environment holds a key, {name}, which wins while it is set.")
