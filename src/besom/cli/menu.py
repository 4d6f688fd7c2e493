"""The menu of commands. A command's module is imported only when that command is used, so that help comes at once."""

from __future__ import annotations

import importlib
import keyword
from collections.abc import Callable, Mapping
from typing import Any

import click

import besom

COMMANDS = {
    "Sweeps": {
        "up": "Create a sweep and work for it with several agents; show the best run.",
        "sweep": "Create a sweep from a file; pause, resume, stop or cancel one.",
        "agent": "Work for a sweep: run its program with the next hyperparameters, until it ends.",
        "launch": "Start agents on other machines: with Slurm, ssh, Kubernetes or Ray.",
        "preview": "Show what a sweep file would do; start nothing.",
        "release": "Give an agent in quarantine another chance.",
        "enqueue": "Queue one configuration, to be run before what search suggests.",
        "controller": "Choose a sweep's runs in this process, also by a function of yours.",
        "sweep-scheduler": "Choose a sweep's runs with Optuna or Ax.",
    },
    "Results": {
        "status": "Show the server in use and its sweeps, or one sweep.",
        "runs": "List the runs of a sweep or project.",
        "export": "Write the runs of a sweep or project to a CSV or Parquet file.",
        "replay": "Show what early stopping would have saved and lost in a sweep.",
        "open": "Open a page in the browser, signed in.",
        "share": "Let anyone who has a link read a sweep.",
        "sync": "Send runs that were made offline, or that a dead machine left behind.",
        "import": "Bring runs of W&B into besom: offline folders, or a project of a server.",
    },
    "Accounts": {
        "user": "List accounts; make, close and open them (administrators).",
        "team": "List teams; say who is in them; invite somebody.",
        "key": "List, make and revoke your keys; make one for a single sweep.",
        "audit": "Show who did what (administrators, admins of teams).",
    },
    "Server": {
        "server": "Run a server here; stop the embedded one.",
        "backup": "Copy a server's database and files, while it runs.",
        "migrate": "Move a server's data to another database, or its files to another place.",
        "login": "Use a shared server: keep its address and your key.",
        "env": "Print the settings that connect other programs, for eval.",
        "verify": "Check that the server does all that sweeps need.",
    },
    "Settings": {
        "init": "Keep entity, project and mode for this folder.",
        "offline": "Send nothing from this folder; `besom sync` sends it later.",
        "online": "Send again from this folder.",
        "completion": "Print what makes a shell complete commands and options.",
    },
}
"""Names by section, each with its line in the menu."""

ELSEWHERE = {
    "logout": "Use the embedded server again with `besom login --embedded`.",
    "launch-sweep": "Launch queues are not supported. Start agents on your machines with `besom launch`.",
    "launch-agent": "Launch queues are not supported. Start agents on your machines with `besom launch`.",
    "version": "Write: besom --version",
    "scheduler": "It serves Launch queues, which are not supported. Start agents with `besom launch`.",
}
"""What W&B has a command for, or people look for, and besom has another way."""

FEW = 10
"""So many names of commands are said in one sentence."""

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Command(click.Command):
    """A command with examples at the end of its help: pairs of a command line and what it does."""

    def __init__(self, *args: Any, examples: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"context_settings": CONTEXT, **kwargs})
        self.examples = examples or []

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the examples."""
        _ = ctx
        write_examples(formatter, self.examples)


class Guessing(click.Group):
    """A group that names the nearest of its commands where it is asked for one that it does not have."""

    elsewhere: Mapping[str, str] = {}
    """What to do instead, by names that users of W&B may look for."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the command; for an unknown one names the nearest."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            raise click.UsageError(f"{ctx.command_path} has no command {args[0]!r}.{self._instead(ctx, args[0])}", ctx)
        return super().resolve_command(ctx, args)

    def _instead(self, ctx: click.Context, name: str) -> str:
        import difflib  # slow to load

        if name in self.elsewhere:
            return f" {self.elsewhere[name]}"
        names = self.list_commands(ctx)
        near = difflib.get_close_matches(name, names, n=1)
        if near:
            return f" Did you mean {near[0]}?"
        return f" It has: {', '.join(names)}." if len(names) <= FEW else ""


class Group(Guessing):
    """A command with subcommands, and examples at the end of its help."""

    def __init__(self, *args: Any, examples: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        defaults = {"context_settings": CONTEXT, "no_args_is_help": True, "options_metavar": ""}
        super().__init__(*args, **{**defaults, **kwargs})
        self.examples = examples or []

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the examples."""
        _ = ctx
        write_examples(formatter, self.examples)


class Option(click.Option):
    """An option whose help names its default, not the mathematics of its range."""

    def get_help_extra(self, ctx: click.Context) -> Any:
        """What click appends in brackets."""
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        return extra


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--json``. Such a command prints nothing but one JSON document; ``failure`` writes errors as JSON too."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts; errors too.")(command)


def write_examples(formatter: click.HelpFormatter, examples: list[tuple[str, str]]) -> None:
    """The examples as a section of a help text: side by side where each fits its line, else what it does below it."""
    if not examples:
        return
    longest, widest = (max(len(pair[side]) for pair in examples) for side in (0, 1))
    with formatter.section("Examples"):
        if formatter.current_indent + longest + 2 + widest <= formatter.width:
            formatter.write_dl(examples, col_max=longest)
            return
        for line, meaning in examples:
            formatter.write(f"{'':{formatter.current_indent}}{line}\n")
            with formatter.indentation(), formatter.indentation():
                formatter.write_text(meaning)


def module_of(name: str) -> str:
    """The module of a command."""
    return f"besom.cli.{name.replace('-', '_')}{'_' if keyword.iskeyword(name) else ''}"


class Menu(Guessing):
    """The group of all commands, read from ``COMMANDS``."""

    elsewhere = ELSEWHERE

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names."""
        _ = ctx
        return [name for section in COMMANDS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the command's module."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(module_of(cmd_name)).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the menu without importing any command."""
        _ = ctx
        for section, commands in COMMANDS.items():
            with formatter.section(section):
                formatter.write_dl(list(commands.items()))


def _print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"besom {besom.__version__}")
        ctx.exit()


@click.group(cls=Menu, context_settings=CONTEXT, options_metavar="", subcommand_metavar="COMMAND ...")
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="The version."
)
def menu() -> None:
    """Hyperparameter sweeps on your own machine or cluster.

    With no server configured, an embedded one is started on this machine when it is first needed.
    `besom COMMAND --help` shows what a command can do, with examples.
    """
