"""Pauses, resumes, stops and cancels a sweep, and says what happens to its runs."""

from __future__ import annotations

from typing import cast

from besom.cli.interrupts import uninterrupted
from besom.cli.sweep_json import sweep_json
from besom.cli.terminal import NEXT_STEP, paint, quote, say, say_json
from besom.client.connect import connect
from besom.client.connection import segment
from besom.client.lookup import find_sweep
from besom.client.paths import parse_item
from besom.protocol import Sweep, SweepAction, SweepCommand

DONE = {"pause": "Paused", "resume": "Resumed", "stop": "Stopped", "cancel": "Canceled"}


def change_state(text: str, action: str, project: str | None, entity: str | None, *, as_json: bool) -> None:
    """Changes the state of the sweep that ``text`` names.

    Raises:
        BesomError: no such sweep, or its state does not allow it.
    """
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
    say(f"{DONE[action]} sweep {full}. {_consequence(action, before, after)}")
    if action != "resume":
        say(f"{'Go on' if action == 'pause' else 'Reopen it'} with: {_next(f'besom sweep --resume {full}')}")
    elif after.expected_runs is not None and after.run_count >= after.expected_runs:
        say(f"But all of its {after.expected_runs:,} runs exist. Delete those that shall be run again.")
    elif used := [limit for limit in after.budget if limit.used >= limit.limit]:
        keys = ", ".join(f"budget.{limit.key}" for limit in used)
        say(f"But {keys} is used up, so it ends at once. Raise it: {_next(f'besom sweep --update {full} FILE')}")
    elif not after.agent_count:
        say(f"No agent is at work. Start one with: {_next(f'besom agent {full}')}")


def _consequence(action: str, before: Sweep, after: Sweep) -> str:
    if action == "resume":
        return "New runs start again."
    said = ["No new runs start"]
    queued = before.runs_by_state.get("pending", 0) - after.runs_by_state.get("pending", 0)
    if queued > 0:
        said.append("the queued run is dropped" if queued == 1 else f"the {queued} queued runs are dropped")
    running = sum(after.runs_by_state.get(state, 0) for state in ("running", "preempting"))
    if running:
        those = "the running run " if running == 1 else f"the {running} running runs "
        verbs = {"pause": ("goes on", "go on"), "stop": ("goes on to the end", "go on to the end")}
        said.append(those + verbs.get(action, ("is killed", "are killed"))[running > 1])
    if action == "pause" and after.agent_count:
        said.append("agents wait")
    return "; ".join(said) + "."


def _next(line: str) -> str:
    return paint(line, **NEXT_STEP)
