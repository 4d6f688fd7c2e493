"""Changes the configuration of a sweep that has begun: its runs stay, and count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from besom.cli.terminal import say
from besom.client.connection import Connection, segment
from besom.config import Loaded
from besom.errors import UsageError
from besom.protocol import NewSweepVersion, Sweep, SweepVersionMade

if TYPE_CHECKING:
    from besom.cli.sweep_create import Wanted


def change(connection: Connection, wanted: Wanted, loaded: Loaded, sweep: Sweep, *, quiet: bool) -> Sweep:
    """Sends the file as a new version, and prints what it changes.

    Raises:
        UsageError: an option is for sweeps that have not begun.
        BesomError: the server refused.
    """
    options = {
        "--name": wanted.name,
        "--prior-run": wanted.prior_runs,
        "--prior-sweep": wanted.prior_sweeps,
        "--prior-filter": wanted.prior_filter,
        "--freeze-code": wanted.freeze_code,
    }
    if given := [name for name, value in options.items() if value]:
        raise UsageError(
            f"Sweep {sweep.id} is {sweep.state} and has runs: {', '.join(given)} cannot change under way.",
            "Leave it out: --update changes the configuration alone, and all runs so far count.",
        )
    route = f"/sweeps/{segment(sweep.id)}/versions"
    made = connection.request("POST", route, body=NewSweepVersion(text=loaded.text), reply=SweepVersionMade)
    if not quiet:
        say(f"Version {made.version.number}: the runs so far ({sweep.run_count}) stay and count.")
        for sentence in made.version.changes:
            say(f"  {sentence}")
    return made.sweep
