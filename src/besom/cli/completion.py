"""``besom completion``: completes commands and options in a shell."""

from __future__ import annotations

import click

from besom.cli.menu import Command, menu
from besom.cli.terminal import say


@click.command(
    cls=Command,
    no_args_is_help=True,
    options_metavar="",
    examples=[
        ('eval "$(besom completion bash)"', "In ~/.bashrc."),
        ('eval "$(besom completion zsh)"', "In ~/.zshrc."),
        ("besom completion fish > ~/.config/fish/completions/besom.fish", "Once, for fish."),
    ],
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the lines that make SHELL complete besom's commands and options."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    say(found(menu, {}, "besom", "_BESOM_COMPLETE").source())
