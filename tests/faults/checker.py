"""Compares what every process of a storm was told with what the store holds."""

from __future__ import annotations

import hashlib
import sqlite3
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import journal
from attempts import attempts
from run_checker import RunChecker
from verdict import Verdict

from besom.client.connection import Connection
from besom.protocol import AgentPage, Event, EventPage, FilePage, HistoryPage, OutputPage, Run, RunFile, RunPage, Sweep

PAGE = 1000
EVENTS = 1000
TRIES = 3
"""Runs that a point may have in a sweep with ``retry``."""
BROKEN = ("crashed", "failed")
ENDS = ("run.finished", "run.failed", "run.crashed", "run.killed")
WORDS = (*ENDS, "run.preempted", "run.returned", "run.resumed")
"""What is said of a run's end, or takes that back."""
Kind = Literal["grid", "capped", "retried", "stale", "hours", "gpu_hours"]
"""What is known of a sweep: a grid; a ``run_cap``; a grid whose broken runs are tried again, one of its agents being on
a broken machine; so many runs without a better one than the first; so many seconds of either kind."""


def finished_after(best: str, events: list[Event]) -> set[str | None]:
    """The runs that ended well after the run ``best`` had, as it was known when their sweep ended.

    An agent may know better than the last word of its run, which then counts no more: but only if it said so before.

    Args:
        best: Id of a run that finished once.
        events: What happened to the sweep, oldest first.
    """
    kinds = [(event.kind, event.run_id == best) for event in events]
    since = events[kinds.index(("run.finished", True)) + 1 : kinds.index(("sweep.finished", False))]
    last = {event.run_id: event.kind for event in since if event.kind in WORDS}
    return {run for run, kind in last.items() if kind == "run.finished"}


class Checker:
    """Looks at one server after a storm."""

    def __init__(
        self,
        connection: Connection,
        journals: Path,
        killed: dict[int, float],
        full: list[tuple[float, float]],
        away: tuple[float, float] | None = None,
    ) -> None:
        self._connection = connection
        self._journals = journals
        self._attempts = attempts(journals)
        self._seen: set[str] = set()
        self._read: set[str] = set()
        """Digests of files whose bytes are right."""
        self.verdict = Verdict()
        self._expect = self.verdict.expect
        self._run_checker = RunChecker(connection, self._attempts, killed, full, away, self.verdict)

    def check_sweep(self, sweep_id: str, count: int, kind: Kind) -> None:
        """A sweep of so many points, or with a ``run_cap`` of so many runs, that has come to its end."""
        sweep = self._connection.request("GET", f"/sweeps/{sweep_id}", reply=Sweep)
        runs = list(self.runs(sweep))
        self._expect(sweep.state == "FINISHED", f"sweep {sweep_id} is {sweep.state}: {sweep.state_reason}")
        if kind == "capped":
            # Those do not count that an agent has seen to die before they reported anything.
            counted = [run for run in runs if run.steps or run.state == "finished" or run.exit_code is None]
            self._expect(len(counted) == count, f"sweep {sweep_id} has {len(counted)} runs, not {count}")
        elif kind == "stale":
            self._check_patience(sweep, count)
        elif kind in ("hours", "gpu_hours"):
            self._check_hours(sweep, kind)
        else:
            self._check_points(runs, count, most=1 if kind == "grid" else TRIES)
        if kind == "retried":
            self._check_quarantine(sweep, runs)
        for run in runs:
            self._run_checker.check(run)
            self._seen.add(run.id)
        self.verdict.runs += len(runs)

    def check_rest(self) -> None:
        """Nothing was begun that the server has forgotten. To be called when all sweeps were checked."""
        forgotten = set(self._attempts) - self._seen
        self._expect(not forgotten, f"runs that programs began and no sweep has: {sorted(forgotten)[:10]}")

    def _check_points(self, runs: list[Run], count: int, most: int) -> None:
        """Each point of a grid has a run, and more only where the last one before crashed."""
        tries: dict[int, list[Run]] = defaultdict(list)
        for run in runs:
            tries[(run.params or {})["x"]].append(run)
        missing = sorted(set(range(count)) - set(tries))
        self._expect(not missing, f"points without a run: {missing[:10]}")
        for point, own in tries.items():
            name = f"point {point} with {[(run.id, run.state) for run in own]}"
            self._expect(len(own) <= most, f"{name} was tried too often")
            last = [run for run in own if run.tries is None or run.tries.next is None]
            self._expect(len(last) == 1, f"{name} has not one last try: {[run.id for run in last]}")
            for run in own:
                if run.tries is not None and run.tries.next is not None:
                    self._expect(self._was_given_up(run), f"{name}: {run.id} was tried again, and was {run.reason!r}")
            if most > 1 and last and last[0].state in BROKEN:
                self._expect(len(own) == most, f"{name} was to be tried again")

    def _was_given_up(self, run: Run) -> bool:
        """Whether a run had broken, or was not heard for so long that another took its place."""
        return run.state in BROKEN or "its point was given to another run" in run.reason

    def _check_patience(self, sweep: Sweep, count: int) -> None:
        """The sweep ended with the run with which its budget was used up, and not one later."""
        self._expect("no_improvement_in" in sweep.state_reason, f"sweep {sweep.id} ended: {sweep.state_reason}")
        best = journal.best(self._journals, sweep.id).read_text()
        events = self._events(sweep)
        ends = [event.kind for event in events if event.run_id == best and event.kind in ENDS]
        if ends != ["run.finished"]:  # it was lost, and nobody can say when it ended
            return
        worse = len(finished_after(best, events))
        self._expect(worse == count, f"sweep {sweep.id} ended after {worse} runs without a better one, not {count}")
        self.verdict.seen["budgets used up to the last run"] += 1

    def _check_hours(self, sweep: Sweep, key: str) -> None:
        """The sweep ended because its budget was used up, and nothing was handed out from then on."""
        self._expect(f"budget.{key}:" in sweep.state_reason, f"sweep {sweep.id} ended: {sweep.state_reason}")
        (use,) = sweep.budget
        self._expect(use.used >= use.limit, f"sweep {sweep.id} ended when {use.used} of {use.limit} h were used up")
        kinds = [event.kind for event in self._events(sweep)]
        late = kinds[kinds.index("sweep.finished") :].count("run.handed_out")
        self._expect(late == 0, f"sweep {sweep.id} handed out {late} runs after its {key} were used up")
        self.verdict.seen[f"budgets of {key}"] += 1

    def _check_quarantine(self, sweep: Sweep, runs: list[Run]) -> None:
        """An agent in quarantine gets no more runs."""
        agents = self._connection.request("GET", f"/sweeps/{sweep.id}/agents", reply=AgentPage).agents
        held = {agent.id: agent.quarantined for agent in agents if agent.quarantined is not None}
        late = [run.id for run in runs if run.created > held.get(run.agent_id or "", run.created)]
        self._expect(not late, f"agents in quarantine were given the runs {late[:10]}")
        self.verdict.seen["agents in quarantine"] += len(held)

    def _events(self, sweep: Sweep) -> list[Event]:
        """What happened to a sweep, oldest first; of a thousand or more, the newest thousand."""
        path = f"/sweeps/{sweep.id}/events"
        page = self._connection.request("GET", path, query={"limit": EVENTS}, reply=EventPage)
        return page.events[::-1]

    def runs(self, sweep: Sweep) -> Iterator[Run]:
        """All runs of a sweep."""
        query = {"sweep": sweep.id, "order": "+created_at", "limit": PAGE}
        path = f"/projects/{sweep.entity}/{sweep.project}/runs"
        cursor = None
        while True:
            page = self._connection.request("GET", path, query={**query, "cursor": cursor}, reply=RunPage)
            yield from page.runs
            cursor = page.cursor
            if cursor is None:
                return

    def count_readable(self, sweep: Sweep, sent: set[tuple[str, str]]) -> int:
        """The runs of a sweep, each with its steps, its output and its files, of which these were ``sent``."""
        count = 0
        for count, run in enumerate(self.runs(sweep), 1):  # noqa: B007
            path = f"/projects/{run.entity}/{run.project}/runs/{run.id}"
            rows = self._connection.request("GET", f"{path}/history", query={"limit": 10_000}, reply=HistoryPage).rows
            self._connection.request("GET", f"{path}/output", reply=OutputPage)
            for file in self._connection.request("GET", f"{path}/files", reply=FilePage).files:
                if file.present:
                    self._check_file_of(run, file, sent)
            self._expect(len(rows) == run.steps, f"run {run.id} has {run.steps} steps, and {len(rows)} can be read")
        return count

    def _check_file_of(self, run: Run, file: RunFile, sent: set[tuple[str, str]]) -> None:
        what = f"{file.path} of run {run.id}"
        self._expect((run.id, file.digest) in sent, f"{what} is a file that its program never spoke of")
        if file.digest not in self._read:  # many runs have the same
            path = f"/projects/{run.entity}/{run.project}/blobs/{file.digest}"
            found = hashlib.sha256(self._connection.exchange("GET", path)).hexdigest()
            self._expect(found == file.digest, f"the bytes of {what} are not those that were sent")
            self._read.add(file.digest)
            self.verdict.seen["files in backups"] += 1

    def check_file(self, database: Path) -> None:
        """The database itself."""
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            said = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        connection.close()
        self._expect(said == ["ok"], f"{database} fails its integrity check: {said[:3]}")
        self._expect(not broken, f"{database} has rows that point nowhere: {broken[:3]}")

    def check_modes(self, paths: Iterable[Path]) -> None:
        """Files and folders that are for nobody but their user, under any umask."""
        modes = {path: path.stat().st_mode for path in paths}
        shown = [f"{path} {stat.filemode(mode)}" for path, mode in modes.items() if mode & 0o077]
        self._expect(not shown, f"others may read or change {shown[:10]}")
        self.verdict.seen["files and folders for their user alone"] += len(modes)
