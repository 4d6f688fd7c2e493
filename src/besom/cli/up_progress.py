"""How far a sweep is, while ``besom up`` works for it."""

from __future__ import annotations

import sys
import time

from besom.cli.terminal import is_live, note, paint, progress
from besom.client.connection import Connection, segment
from besom.client.lookup import project_route
from besom.client.run_states import state_color, state_word
from besom.client.times import duration
from besom.errors import CommError
from besom.protocol import Run, RunPage, Sweep

ENDED = ("finished", "failed", "crashed", "killed", "preempted")
AT_WORK = ("pending", "running", "preempting")
BAR_WIDTH = 20


class Progress:
    """Asks the server and prints what is new: one line that changes on a terminal, a line per ended run elsewhere."""

    def __init__(self, connection: Connection, sweep: Sweep, *, silent: bool) -> None:
        self._connection = connection
        self._route = f"{project_route(sweep.entity, sweep.project)}/runs"
        self._silent = silent
        self._live = is_live(sys.stderr)
        self._began = time.monotonic()
        self._told: set[str] = set()
        self.sweep = sweep
        page = self._runs(None)
        self._version = page.version
        self._told = {run.id for run in page.runs if run.state in ENDED}

    def step(self) -> None:
        """Shows the state of now; a server that does not answer is asked again at the next step."""
        try:
            page = self._runs(self._version)
            self.sweep = self._connection.request("GET", f"/sweeps/{segment(self.sweep.id)}", reply=Sweep)
        except CommError as error:
            if not self._silent:
                progress(error.message)
            return
        self._version = page.version
        for run in page.runs:
            if run.state in ENDED and run.id not in self._told:
                self._told.add(run.id)
                self._tell(run)
        if not self._silent:
            progress(status_line(self.sweep, time.monotonic() - self._began))

    def clear(self) -> None:
        """Takes the line away."""
        if not self._silent:
            progress("")

    def _tell(self, run: Run) -> None:
        if self._silent or (self._live and run.state == "finished"):
            return
        self.clear()
        note(run_line(run, self.sweep))

    def _runs(self, since: int | None) -> RunPage:
        query = {"sweep": self.sweep.id, "limit": 10_000, "since": since}
        return self._connection.request("GET", self._route, query=query, reply=RunPage)


def run_line(run: Run, sweep: Sweep) -> str:
    """How a run ended, with its value of the metric, and why where it did not finish."""
    value = f"  {sweep.metric.name} = {run.best:g}" if sweep.metric and run.best is not None else ""
    why = f"  {run.reason}" if run.reason and run.state != "finished" else ""
    return f"{run.name} ({run.id}) {paint(state_word(run), sys.stderr, fg=state_color(run))}{value}{why}"


def at_work(sweep: Sweep) -> int:
    """How many of its runs have not ended."""
    return sum(sweep.runs_by_state.get(state, 0) for state in AT_WORK)


def status_line(sweep: Sweep, seconds: float) -> str:
    """Ended runs of all, how many are at work, the best value, the time."""
    ended = sum(sweep.runs_by_state.get(state, 0) for state in ENDED)
    parts = [f"{ended:,} run{'' if ended == 1 else 's'}"]
    if sweep.expected_runs:
        done = min(ended / sweep.expected_runs, 1.0)
        parts = [f"{'█' * round(done * BAR_WIDTH):░<{BAR_WIDTH}} {ended:,} of {sweep.expected_runs:,} runs"]
    if working := at_work(sweep):
        parts.append(f"{working} running")
    if failed := sum(sweep.runs_by_state.get(state, 0) for state in ("failed", "crashed")):
        parts.append(f"{failed} failed")
    if sweep.best is not None and sweep.metric is not None:
        parts.append(f"best {sweep.metric.name} {sweep.best.value:g}")
    return " · ".join([*parts, duration(seconds)])
