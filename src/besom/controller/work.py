"""What ``besom controller`` and ``besom sweep-scheduler`` do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from besom.client.connection import Connection
from besom.client.lookup import find_sweep
from besom.client.numbers import decode_deep
from besom.client.paths import parse_item
from besom.config import load_stored
from besom.controller.graceful import ends_gently
from besom.controller.loop import Ahead, Loop
from besom.controller.report import Report
from besom.controller.sources import refuse_server_search, rule_for, source_for


def work(
    connection: Connection,
    path: str,
    *,
    project: str | None,
    entity: str | None,
    ahead: Ahead,
    poll: float,
    verbose: bool,
    say: Callable[[str], None],
) -> None:
    """Chooses a sweep's runs until it has ended or Ctrl-C is pressed.

    Args:
        connection: To the server.
        path: Of the sweep.
        project: Where the path does not say it.
        entity: Likewise.
        ahead: How long the queue is kept.
        poll: Seconds between two steps.
        verbose: Also print each run that is queued or stopped, and why.
        say: Prints a line.

    Raises:
        BesomError: the sweep is unknown, has ended, or is not searched here; its search failed; the server refuses.
    """
    sweep = find_sweep(connection, parse_item(path, "sweep").filled(project, entity))
    config = load_stored(decode_deep(sweep.config))
    refuse_server_search(config)
    source = source_for(config, sweep, Path.cwd())
    loop = Loop(connection, sweep, source, hopeless=rule_for(config), ahead=ahead)
    with ends_gently(say) as over:
        loop.run(over, poll=poll, after=Report(actions=verbose, debug=verbose, say=say), say=say)
    if loop.is_done():
        say(f"Sweep {loop.sweep.id} {loop.sweep.state.lower()}: {loop.sweep.state_reason}.")
    else:
        say(f"The queue stays as it is. Go on with: besom controller {sweep.entity}/{sweep.project}/{sweep.id}")
