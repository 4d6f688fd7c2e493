"""``besom release``: gives an agent in quarantine another chance."""

from __future__ import annotations

import click

from besom.cli.menu import Command, json_option


@click.command(
    cls=Command,
    options_metavar="[--json]",
    examples=[("besom release 0a1b2c3d4e5f", "It is given runs again; `besom status SWEEP` tells the id.")],
)
@click.argument("agent")
@json_option
def command(agent: str, as_json: bool) -> None:
    """Take AGENT out of quarantine, where the server has put it because its runs kept breaking."""
    from besom.cli.interrupts import uninterrupted
    from besom.cli.terminal import say, say_json
    from besom.client.connect import connect
    from besom.client.connection import segment
    from besom.protocol import Agent

    connection = connect()
    with uninterrupted():
        released = connection.request("POST", f"/agents/{segment(agent)}/release", reply=Agent)
    if as_json:
        say_json(released)
    elif released.state == "gone":
        say(f"Agent {released.name} is gone. Start it again on its machine.")
    else:
        say(f"Agent {released.name} is given runs again.")
