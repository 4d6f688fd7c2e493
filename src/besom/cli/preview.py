"""``besom preview``: what a sweep file would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from besom.cli.menu import Command, Option, json_option
from besom.cli.terminal import say_json
from besom.errors import BesomError

if TYPE_CHECKING:
    from besom.config import Loaded


@click.command(
    cls=Command,
    no_args_is_help=True,
    options_metavar="[--samples N] [--json]",
    examples=[("besom preview sweep.yaml", "Check the file, count its runs, show three of them.")],
)
@click.argument("config")
@click.option(
    "--samples",
    cls=Option,
    type=click.IntRange(min=0),
    default=3,
    metavar="N",
    help="Sample runs to show. [default: 3]",
)
@json_option
def command(config: str, samples: int, as_json: bool) -> None:
    """Check CONFIG, a YAML or JSON file; show the number of runs, the search space and sample command lines.

    Starts nothing and needs no server. The same file always shows the same samples.
    """
    from besom.config import load_file

    loaded = load_file(config)
    try:
        _show(config, loaded, samples, as_json)
    except ModuleNotFoundError as error:
        raise BesomError(
            f"`besom preview` draws sample runs with {error.name}, which is not installed.",
            "Install it with: pip install 'besom[server]'",
        ) from None


def _show(file: str, loaded: Loaded, samples: int, as_json: bool) -> None:
    from besom.cli.preview_text import preview_json, show  # needs NumPy
    from besom.search import check_feasible
    from besom.search.memory import Memory

    config, memory = loaded.config, Memory()  # counts a grid once for all that is said of it
    try:
        grid = memory.grid_of(config) if config.method == "grid" else None
        check_feasible(config, grid)
    except ValueError as error:
        raise BesomError(f"{file} cannot be used: {error}.") from None
    if as_json:
        say_json(preview_json(file, loaded, samples, memory))
    else:
        show(file, loaded, samples, memory)
