"""``besom enqueue``: one configuration, to be run before what search suggests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from besom.cli.menu import Command, json_option
from besom.cli.terminal import paint, quote, say, say_json
from besom.errors import UsageError


@click.command(
    cls=Command,
    no_args_is_help=True,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom enqueue a1b2c3d4 learning_rate=0.01 optimizer=adam", "Try this next."),
        ("besom enqueue a1b2c3d4 optimizer.lr=0.01 --name baseline", "A nested parameter, and a name."),
    ],
)
@click.argument("sweep")
@click.argument("values", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("-p", "--project", help="Project of the sweep, where SWEEP does not say it.")
@click.option("-e", "--entity", help="User or team of the sweep, likewise.")
@click.option("--name", help="Display name of the run.")
@json_option
def command(
    sweep: str, values: tuple[str, ...], project: str | None, entity: str | None, name: str | None, as_json: bool
) -> None:
    """Queue one configuration of SWEEP. The next agent that asks for work gets it, before anything else.

    Values are written as in the sweep's YAML file. Parameters with a fixed value may be left out.
    """
    from besom.cli.interrupts import uninterrupted
    from besom.cli.sweep_json import run_json
    from besom.client.connect import connect
    from besom.client.lookup import find_sweep
    from besom.client.paths import parse_item
    from besom.client.queueing import enqueue
    from besom.protocol import NewPoint

    connection = connect()
    found = find_sweep(connection, parse_item(sweep, "sweep").filled(project, entity))
    point = NewPoint(params=read_point(values, found.config.get("parameters", {})), display_name=name)
    with uninterrupted():
        run = enqueue(connection, found.id, point)
        if as_json:
            say_json(run_json(connection, run))
            return
        say(f"Queued {paint(run.name, bold=True)} ({run.id}). It is handed out before any other run of the sweep.")
        if not found.agent_count:
            path = quote(f"{found.entity}/{found.project}/{found.id}")
            say(f"No agent is at work. Start one with: besom agent {path}")


def read_point(words: Sequence[str], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Nested values by parameter, from ``NAME=VALUE`` words.

    Args:
        words: a dot leads into a group of parameters, unless a parameter's own name has it.
        parameters: of the sweep's configuration.

    Raises:
        UsageError: a word has another shape, or a name comes twice.
    """
    from besom.config.yaml_reader import read_yaml

    point: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name:
            raise UsageError(f"{word!r} gives no value.", "Write NAME=VALUE, for example learning_rate=0.01.")
        group, key, below = point, name, parameters
        while key not in below and "." in key:
            head, _, rest = key.partition(".")
            if not isinstance(below.get(head), Mapping) or "parameters" not in below[head]:
                break
            group, key, below = group.setdefault(head, {}), rest, below[head]["parameters"]
        if key in group:
            raise UsageError(f"{name} is given twice.")
        group[key] = read_yaml(text, source=word).data
    return point
