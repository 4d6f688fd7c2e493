"""Pauses, resumes, stops and cancels a sweep, and says what happens to its runs."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from besom.cli.interrupts import uninterrupted
from besom.cli.sweep_json import sweep_json
from besom.cli.terminal import NEXT_STEP, paint, quote, say, say_json
from besom.client.connect import connect
from besom.client.connection import segment
from besom.client.lookup import find_sweep
from besom.client.paths import parse_item
from besom.errors import UsageError
from besom.protocol import Sweep, SweepAction, SweepCommand

DONE = {"pause": "Paused", "resume": "Resumed", "stop": "Stopped", "cancel": "Canceled"}


def change_state(text: str, action: str, project: str | None, entity: str | None, *, as_json: bool) -> None:
    """Changes the state of the sweep that ``text`` names.

    Raises:
        BesomError: no such sweep, or its state does not allow it.
    """
    if Path(text).is_file():
        raise UsageError(f"{text} is a file.", f"--{action} wants a sweep: its id, as `besom sweep` printed it.")
    path = parse_item(text, "sweep").filled(project, entity)
    connection = connect()
    before = find_sweep(connection, path)
    command = SweepCommand(action=cast("SweepAction", action))
    with uninterrupted():
        after = connection.request("POST", f"/sweeps/{segment(before.id)}/state", body=command, reply=Sweep)
    if as_json:
        say_json(sweep_json(connection, after))
        return
    full = quote(f"{after.entity}/{after.project}/{after.id}")
    say(f"{DONE[action]} sweep {full}. {_consequence(action, before)}")
    if action != "resume":
        say(f"{'Go on' if action == 'pause' else 'Reopen it'} with: {_next(f'besom sweep --resume {full}')}")
    elif after.expected_runs is not None and after.run_count >= after.expected_runs:
        say(f"But all of its {after.expected_runs:,} runs exist. Delete those that shall be run again.")
    elif not after.agent_count:
        say(f"No agent is at work. Start one with: {_next(f'besom agent {full}')}")


def _consequence(action: str, sweep: Sweep) -> str:
    running = sum(sweep.runs_by_state.get(state, 0) for state in ("pending", "running", "preempting"))
    those = {0: "", 1: "the running run "}.get(running, f"the {running} running runs ")
    if action == "resume":
        return "New runs start again."
    if action == "cancel":
        return f"No new runs start{f'; {those}' + ('is' if running == 1 else 'are') + ' killed' if running else ''}."
    goes_on = f"; {those}{'goes' if running == 1 else 'go'} on" if running else ""
    ending = " to the end" if running and action == "stop" else ""
    agents = ", agents wait" if action == "pause" and sweep.agent_count else ""
    return f"No new runs start{goes_on}{ending}{agents}."


def _next(line: str) -> str:
    return paint(line, **NEXT_STEP)
