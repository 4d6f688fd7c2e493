"""``besom replay``: what early stopping would have saved and lost."""

from __future__ import annotations

import click

from besom.cli.menu import Command, json_option
from besom.errors import BesomError


@click.command(
    cls=Command,
    no_args_is_help=True,
    options_metavar="[OPTIONS]",
    examples=[
        ("besom replay a1b2c3d4", "The sweep's own rule, or all three at their defaults."),
        ("besom replay a1b2c3d4 --stopper asha --min-iter 3", "One rule, with a setting."),
        ("besom replay a1b2c3d4 --stopper asha,eta=2 --stopper median", "Several, beside each other."),
        ("besom replay a1b2c3d4 --use-config sweep.yaml --verbose", "The rule of a file, run by run."),
    ],
)
@click.argument("sweep")
@click.option(
    "--stopper",
    "stoppers",
    multiple=True,
    metavar="TYPE",
    help="hyperband, asha or median; settings of its own after commas: asha,eta=2. May be repeated.",
)
@click.option("--min-iter", metavar="N", help="Values after which a run is judged first.")
@click.option("--max-iter", metavar="N", help="Values of a whole run (hyperband, asha).")
@click.option("--s", metavar="N", help="Brackets counted down from --max-iter (hyperband).")
@click.option("--eta", metavar="X", help="Factor from rung to rung; one in X goes on (hyperband, asha).")
@click.option("--strict/--no-strict", default=None, help="Compare the value at the bracket, or the best (hyperband).")
@click.option("--min-runs", metavar="N", help="Runs that must have come as far (median).")
@click.option("--interval", metavar="N", help="Values from one judgement to the next (median).")
@click.option("--use-config", metavar="FILE", help="Replay the early_terminate of a sweep file, too.")
@click.option("--verbose", "-v", is_flag=True, help="Show each run: where it would have been stopped, and why.")
@json_option
def command(
    sweep: str, stoppers: tuple[str, ...], use_config: str | None, verbose: bool, as_json: bool, **settings: object
) -> None:
    """Show what early stopping would have saved, and lost, in SWEEP. Changes nothing.

    The curves of its runs are replayed in the order in which their values were logged.
    """
    try:
        from besom.cli.replay_text import show  # needs NumPy
    except ModuleNotFoundError as error:
        raise BesomError(
            f"`besom replay` needs {error.name}, which is not installed.",
            "Install it with: pip install 'besom[server]'",
        ) from None
    given = {key: value for key, value in settings.items() if value is not None}
    show(sweep, stoppers, given, use_config, verbose=verbose, as_json=as_json)
