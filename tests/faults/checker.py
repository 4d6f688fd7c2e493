"""Compares what every process of a storm was told with what the store holds."""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
import stat
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import journal

from besom.client.connection import Connection
from besom.protocol import AgentPage, Event, EventPage, FilePage, HistoryPage, OutputPage, Run, RunFile, RunPage, Sweep

PAGE = 1000
EVENTS = 1000
LONG = 60.0
"""Seconds of a server's absence in which every run that is under way comes to its end without it."""
LAST_WORDS = 2.0
"""Seconds in which the last lines of a program are written that was killed."""
PREEMPTED = "runs that went on after they were preempted"
TRIES = 3
"""Runs that a point may have in a sweep with ``retry``."""
BROKEN = ("crashed", "failed")
ENDS = ("run.finished", "run.failed", "run.crashed", "run.killed")
WORDS = (*ENDS, "run.preempted", "run.returned", "run.resumed")
"""What is said of a run's end, or takes that back."""
Kind = Literal["grid", "capped", "retried", "stale", "hours", "gpu_hours"]
"""What is known of a sweep: a grid; a ``run_cap``; a grid whose broken runs are tried again, one of its agents being on
a broken machine; so many runs without a better one than the first; so many seconds of either kind."""


@dataclass
class Attempt:
    """What one process of a run noted. A function agent may go on with a run in the process that began it."""

    number: int
    pid: int
    parent: int
    begun: float
    last: float
    """When it noted something last."""
    values: list[int] = field(default_factory=list)
    """For which ``log`` returned."""
    said: set[str] = field(default_factory=set)
    """What it noted besides: ``preempting``, ``broken`` (it is about to fail), ``finishing`` (it is about to end well),
    ``end`` (``finish`` returned)."""

    @property
    def was_preempted(self) -> bool:
        return "preempting" in self.said


@dataclass
class Verdict:
    """What was found."""

    runs: int = 0
    begun: int = 0
    values: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    """What happened besides, and how often."""
    faults: list[str] = field(default_factory=list)
    """Broken promises, as sentences."""


def attempts(folder: Path) -> dict[str, list[Attempt]]:
    """The processes of each run, oldest first."""
    found: dict[str, list[Attempt]] = defaultdict(list)
    by_number: dict[int, Attempt] = {}
    for line in journal.read(folder):
        number = line["attempt"]
        if line["what"] == "begin":
            by_number[number] = Attempt(number, line["pid"], line["parent"], line["at"], line["at"])
            found[line["run"]].append(by_number[number])
        attempt = by_number[number]
        attempt.last = line["at"]
        if line["what"] == "log":
            attempt.values.append(line["value"])
        attempt.said.add(line["what"])
    return found


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
        self._killed = killed
        self._full = full
        self._away = away
        self._seen: set[str] = set()
        self._read: set[str] = set()
        """Digests of files whose bytes are right."""
        self.verdict = Verdict()

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
            self._check_run(run)
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

    def _check_run(self, run: Run) -> None:
        begun = self._attempts.get(run.id, [])
        name = f"run {run.id} ({run.state}, {run.reason!r})"
        self.verdict.begun += bool(begun)
        self.verdict.seen[f"runs {run.state}"] += 1
        self._expect(
            run.state in ("finished", "failed", "crashed", "killed"), f"{name} has not come to an end: {run.state}"
        )
        if not begun:
            left = run.state == "killed" and "ended its agent" in run.reason
            self._expect(run.state == "crashed" or left, f"{name} was never begun, though no agent ended with it")
        for earlier, later in itertools.pairwise(begun):
            self._expect(
                earlier.was_preempted or earlier.pid in self._killed, f"{name} was begun twice, not being preempted"
            )
            self._expect(earlier.last < later.begun, f"{name} was held by two processes at once")
        if begun and begun[-1].was_preempted and not self._was_killed(begun[-1]):
            # The next process may have been struck before it could note anything, or together with its agent: that one
            # counts among those that never began, of which there are not more than blows that may do it.
            with_its_agent = run.state == "crashed" and "nor its agent was heard" in run.reason
            self.verdict.begun -= with_its_agent
            gone_on = "its point was given" in run.reason or (run.state == "crashed" and "ended by SIG" in run.reason)
            gone_on |= with_its_agent
            self._expect(gone_on, f"{name} was preempted, and nobody went on with it")
        self.verdict.seen[PREEMPTED] += any(attempt.was_preempted for attempt in begun[:-1])
        for attempt in begun:
            self._check_absence(attempt, name)
        if begun:
            self._check_end(run, begun[-1], name)
        self._check_values(run, begun, name)
        self._check_lines(run, begun, name)

    def _check_values(self, run: Run, begun: list[Attempt], name: str) -> None:
        path = f"/projects/{run.entity}/{run.project}/runs/{run.id}/history"
        rows = self._connection.request("GET", path, query={"limit": 10_000}, reply=HistoryPage).rows
        if len(begun) == 1:
            steps = [row["_step"] for row in rows]
            self._expect(steps == list(range(len(rows))), f"{name}: its rows have the steps {steps}")
        arrived: dict[int, list[int]] = defaultdict(list)
        for row in rows:
            arrived[row["attempt"]].append(row["v"])
        for attempt in begun:
            values = arrived.pop(attempt.number, [])
            self.verdict.values += len(attempt.values)
            self._expect(
                values == list(range(len(values))),
                f"{name}: attempt {attempt.number} logged in order, not {values}",
            )
            self._expect(
                len(values) >= len(attempt.values),
                f"{name}: attempt {attempt.number} was told that {attempt.values} are kept, and there is {values}",
            )
        self._expect(not arrived, f"{name}: values of nobody: {arrived}")
        newest = [row for row in rows if begun and row["attempt"] == begun[-1].number]
        if newest:
            last = {key: newest[-1][key] for key in ("v", "attempt")}
            held: dict[str, Any] = {key: run.summary.get(key) for key in last}
            self._expect(held == last, f"{name}: its summary is {held}, and its last row {last}")
        if run.state == "finished":
            given, done = (run.params or {})["x"], run.summary.get("done")
            self._expect(done == given, f"{name}: its program did {done}, and the point is {given}")

    def _check_end(self, run: Run, last: Attempt, name: str) -> None:
        """Whoever ended by itself has ended so, and who was killed has not ended well. A run that was not heard for
        long may have been given up before."""
        superseded = "its point was given to another run" in run.reason
        if self._was_killed(last):
            was_at_its_end = not last.said.isdisjoint(("finishing", "broken"))
            self._expect(run.state == "crashed" or was_at_its_end or superseded, f"{name} was killed")
        elif "end" in last.said:
            self._expect(run.state == "finished", f"{name} had ended well")
        elif "broken" in last.said:
            self._expect((run.state, run.exit_code) == ("failed", 1) or superseded, f"{name} had failed")

    def _check_lines(self, run: Run, begun: list[Attempt], name: str) -> None:
        """Every process printed a line after each of its values, so all are there but maybe that after the last one."""
        path = f"/projects/{run.entity}/{run.project}/runs/{run.id}/output"
        page = self._connection.request("GET", path, query={"limit": 1000}, reply=OutputPage)
        left = [line.text for line in page.lines if line.text.startswith("line ")]
        for attempt in begun:
            printed = [f"line {value} of {attempt.number}" for value in attempt.values]
            own = [line for line in left if line in printed]
            left = [line for line in left if line not in printed]
            if self._met_full_disk(attempt):  # then lines may be missing, but none is there twice or elsewhere
                printed = [line for line in printed if line in own]
            killed = self._was_killed(attempt)
            whole = own == printed or (own == printed[:-1] and killed)
            self._expect(whole, f"{name}: attempt {attempt.number} printed {printed}, and there is {own}")
        self._expect(not left, f"{name}: lines of nobody: {left}")

    def _check_absence(self, attempt: Attempt, name: str) -> None:
        """A run that was under way when the server left for long ended long before it came back."""
        if self._away is None or not attempt.begun < self._away[0] < attempt.last:
            return
        left, returned = self._away
        if returned - left < LONG:
            return
        self.verdict.seen["runs that the server left alone"] += 1
        self._expect(
            attempt.last < left + LONG,
            f"{name}: its program waited {attempt.last - left:.0f} s for a server that was away",
        )

    def _was_killed(self, attempt: Attempt) -> bool:
        return attempt.pid in self._killed or attempt.parent in self._killed

    def _met_full_disk(self, attempt: Attempt) -> bool:
        """Also shortly after: what it printed is written by another process, and it may have been stopped meanwhile."""
        last = max(attempt.last, *(self._killed.get(pid, 0.0) for pid in (attempt.pid, attempt.parent)))
        return any(began < last + LAST_WORDS and attempt.begun < ended for began, ended in self._full)

    def _expect(self, held: bool, otherwise: str) -> None:
        if not held:
            self.verdict.faults.append(otherwise)
