"""The last lines of an agent."""

from __future__ import annotations

from besom.agent.limits import Record
from besom.agent.output import BOLD, Output
from besom.agent.session import GOODBYE_SECONDS, Session
from besom.errors import CommError


def say(record: Record, session: Session, output: Output, *, ask: bool) -> None:
    """Says how many runs there were, and, if the server may be asked, which is the sweep's best."""
    counts = record.states.copy()
    if session.unreported:
        counts["not reported"] = len(session.unreported)
    runs = f"{counts.total()} run{'' if counts.total() == 1 else 's'}"
    states = ", ".join(f"{number} {state}" for state, number in counts.most_common())
    output.line(f"Agent ends after {runs}{f': {states}' if states else ''}.", BOLD)
    try:
        sweep = session.sweep(0.0, GOODBYE_SECONDS) if ask else None
    except CommError:
        sweep = None  # away, or the sweep was deleted; there is nothing to add
    if sweep is not None and sweep.best is not None and sweep.metric is not None:
        output.line(f"Best of the sweep: {sweep.best.name} with {sweep.metric.name} = {sweep.best.value:g}.", BOLD)
