"""What all engines of ``besom launch`` have in common: their options, and how an order comes about."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from besom.cli.menu import Option

if TYPE_CHECKING:
    from pathlib import Path

    from besom.client.connection import Connection
    from besom.launch.order import Order
    from besom.launch.records import Handle

_NUMBER: dict[str, Any] = {"cls": Option, "type": click.IntRange(min=1)}


def extra_words(engine: str) -> Callable[..., Any]:
    """Adds what stands after ``--``, for the program of the engine."""

    def check(_ctx: click.Context, _parameter: click.Parameter, words: tuple[str, ...]) -> tuple[str, ...]:
        if words and not words[0].startswith("-"):
            raise click.UsageError(f"{words[0]!r} is one argument too many. Options of {engine} come after --.")
        return words

    return click.argument(
        "extra", nargs=-1, type=click.UNPROCESSED, callback=check, metavar=f"[-- {engine.upper()} OPTIONS]"
    )


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that every engine has; the command gets them as one ``Asked``."""

    @functools.wraps(command)
    def collected(**values: Any) -> Any:
        asked = Asked(**{name: values.pop(name) for name in Asked.__dataclass_fields__})
        return command(asked=asked, **values)

    return _with(_OPTIONS, collected)


def no_time(engine: str) -> Callable[..., Any]:
    """Adds ``--time``, which other engines have, to say what there is instead of it."""

    def refuse(_ctx: click.Context, _parameter: click.Parameter, time: str | None) -> None:
        if time is not None:
            from besom.errors import UsageError

            raise UsageError(
                f"--time is {time!r}, but {engine} ends no agent because of its time.",
                "Let the sweep end, for example by `budget: {hours: 4}` in its configuration, or end the agents "
                "yourself: besom launch stop LAUNCH",
            )

    return click.option("--time", hidden=True, expose_value=False, callback=refuse, help="Refused: says what to use.")


def array(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options of engines that start many jobs by themselves."""
    return _with(_ARRAY_OPTIONS, command)


_OPTIONS = [
    click.option(
        "--slots",
        **_NUMBER,
        metavar="N",
        help="Runs side by side. [default: 1, or by GPUs]",
    ),
    click.option("--gpus-per-run", **_NUMBER, metavar="K", help="With --gpus: GPUs of each run. [default: 1]"),
    click.option("--env", multiple=True, metavar="NAME[=VALUE]", help="Put this into the agents' environment, too."),
    click.option("--folder", metavar="DIR", help="Where agents and programs work on their machines."),
    click.option("--besom", metavar="COMMAND", help="What starts besom there, if not what starts it here."),
    click.option("--server", metavar="URL", help="Where agents find the server, if not where it is found from here."),
    click.option("--days", **_NUMBER, metavar="N", help="How long their key is good. [default: 30]"),
    click.option("--dry-run", is_flag=True, help="Print what would be submitted; start nothing."),
    click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts; errors too."),
]
_ARRAY_OPTIONS = [
    click.option("-n", "--agents", **_NUMBER, default=1, metavar="N", help="How many agents. [default: 1]"),
    click.option("--at-once", **_NUMBER, metavar="M", help="At most so many at a time. [default: all]"),
    click.option("--one-run-per-job", is_flag=True, help="Each agent makes one run and ends."),
    click.option("--cpus", **_NUMBER, metavar="N", help="Processors of each agent."),
    click.option("--memory", metavar="SIZE", help="Memory of each agent, for example 500M or 16G."),
]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The common options as they were typed."""

    slots: int | None
    gpus_per_run: int | None
    env: tuple[str, ...]
    folder: str | None
    besom: str | None
    server: str | None
    days: int | None
    dry_run: bool
    as_json: bool

    def launch(
        self,
        sweep: str,
        engine: str,
        *,
        preview: Callable[[Order], str],
        submit: Callable[[Order], Handle],
        nearby: bool = False,
        **wanted: Any,
    ) -> None:
        """Launches agents, or shows what would be; prints what to do next.

        Args:
            sweep: as people name it.
            engine: its name.
            preview: what the engine would be told, secrets hidden.
            submit: tells it.
            nearby: whether the agents' machine is this one, which may reach a server on loopback.
            wanted: further fields of the order.

        Raises:
            BesomError: the order makes no sense, or engine or server refuse.
        """
        from besom.client.connect import connect

        connection = connect()
        order = self._order(connection, sweep, nearby=nearby, **wanted)
        shown = preview(order)
        if self.dry_run:
            self._say({"dry_run": shown}, shown)
            return
        from besom.cli.interrupts import uninterrupted
        from besom.cli.terminal import NEXT_STEP, note, paint
        from besom.launch.life import start

        with uninterrupted():
            launch = start(connection, order, engine, submit, self.days)
        if not self.as_json:
            note(f"{shown}\n")
        handle = {"id": launch.id, "engine": engine, "sweep": launch.sweep, "handle": launch.handle}
        self._say(handle, f"Launched {launch.id} with {engine} for {launch.sweep}.")
        if not self.as_json:
            note(f"To look at it: {paint(f'besom launch status {launch.id}', **NEXT_STEP)}")
            note(f"To end it:     {paint(f'besom launch stop {launch.id}', **NEXT_STEP)}")

    def _say(self, value: dict[str, Any], text: str) -> None:
        from besom.cli.terminal import say, say_json

        if self.as_json:
            say_json(value)
        else:
            say(text)

    def _order(self, connection: Connection, text: str, *, nearby: bool, **wanted: Any) -> Order:
        import os
        import secrets
        import shlex

        from besom.client.lookup import find_sweep
        from besom.client.paths import parse_item
        from besom.client.settings import check_url
        from besom.errors import UsageError
        from besom.launch.order import HIDDEN, Order, read_memory, read_variables, refuse_loopback

        sweep = find_sweep(connection, parse_item(text, "sweep"))
        if sweep.state in ("FINISHED", "CANCELED"):
            raise UsageError(
                f"Sweep {sweep.id} is {sweep.state}: its agents would end at once.",
                f"To go on with it: besom sweep --resume {sweep.id}",
            )
        if self.server is None and not nearby:
            refuse_loopback(connection.url)
        memory = wanted.pop("memory", None)
        return Order(
            id=secrets.token_hex(4),
            sweep=f"{sweep.entity}/{sweep.project}/{sweep.id}",
            url=connection.url if self.server is None else check_url(self.server),
            key=HIDDEN,
            slots=self.slots,
            gpus_per_run=self.gpus_per_run,
            memory=None if memory is None else read_memory(memory),
            variables=read_variables(self.env, os.environ),
            **{"besom": tuple(shlex.split(self.besom)) if self.besom else _besom_here(), **wanted},
        )


def read_object(file: Path, what: str) -> dict[str, Any]:
    """The object in a file of YAML; raises UsageError when there is none. ``what`` it should be, for the message."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    from besom.errors import UsageError

    try:
        found = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read as YAML: {error}", "Mend the file.") from None
    if not isinstance(found, dict):
        raise UsageError(f"{file} holds no object but {type(found).__name__}.", f"Write it as {what}.")
    return found


def _with(options: list[Callable[..., Any]], command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command


def _besom_here() -> tuple[str, ...]:
    """What starts this besom, from any folder: homes and environments are often shared among machines."""
    import sys
    from pathlib import Path

    beside = Path(sys.executable).with_name("besom")
    return (str(beside),) if beside.exists() else (sys.executable, "-m", "besom.cli")
