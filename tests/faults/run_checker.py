"""Compares what the processes of a run were told with what the store holds of it."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import Any

from attempts import Attempt
from verdict import Verdict

from besom.client.connection import Connection
from besom.protocol import HistoryPage, OutputPage, Run

LONG = 60.0
"""Seconds of a server's absence in which every run that is under way comes to its end without it."""
LAST_WORDS = 2.0
"""Seconds in which the last lines of a program are written that was killed."""
PREEMPTED = "runs that went on after they were preempted"


class RunChecker:
    """Looks at one run after the other.

    Args:
        connection: To the server.
        attempts: The processes of each run.
        killed: Processes that were killed, and when.
        full: From when to when a disk of the clients was full.
        away: From when to when the server was away for long.
        verdict: Gets what is found.
    """

    def __init__(
        self,
        connection: Connection,
        attempts: dict[str, list[Attempt]],
        killed: dict[int, float],
        full: list[tuple[float, float]],
        away: tuple[float, float] | None,
        verdict: Verdict,
    ) -> None:
        self._connection = connection
        self._attempts = attempts
        self._killed = killed
        self._full = full
        self._away = away
        self.verdict = verdict
        self._expect = verdict.expect

    def check(self, run: Run) -> None:
        """A run of a sweep that has come to its end."""
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
