"""Whatever agents and people do: no point twice, no lease with two, no run too many, and the sweep ends complete."""

from __future__ import annotations

import collections
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import precondition, rule, run_state_machine_as_test
from lease_machine import Agent, Leases
from server_world import LEASE

import postgresql

POINTS = 9
GRID = {"method": "grid", "parameters": {"x": {"min": 0, "max": POINTS - 1}}}
FEW_POINTS, TRIES = 4, 2
RETRIED = {
    "method": "grid",
    "parameters": {"x": {"min": 0, "max": FEW_POINTS - 1}},
    "retry": {"max": TRIES - 1, "on": ["crashed", "failed"]},
}
CAP = 6
BUDGETED = {
    "method": "random",
    "metric": {"name": "v"},
    "parameters": {"x": {"min": 0.0, "max": 1.0}},
    "budget": {"no_improvement_in": 3, "hours": 6 * LEASE / 3600, "gpu_hours": 8 * LEASE / 3600},
    "retry": {"max": 1},
}
CAPPED = {"method": "random", "run_cap": CAP, "parameters": {"x": {"min": 0.0, "max": 1.0}}}


class OfGrid(Leases):
    config = GRID

    @rule()
    @precondition(lambda self: self.freed)
    def undelete(self) -> None:
        """All that were deleted come back, but for those whose point another run has meanwhile."""
        body = {"action": "undelete", "sweep": self.sweep}
        self.do(self.world.call("POST", self.world.runs_path() + "/changes", body))

    def check(self, runs: list[dict[str, Any]]) -> None:
        super().check(runs)
        points = collections.Counter(run["params"]["x"] for run in runs)
        assert max(points.values(), default=1) == 1, "a point has two runs"

    def check_end(self, runs: list[dict[str, Any]]) -> None:
        super().check_end(runs)
        assert sorted(run["params"]["x"] for run in runs) == list(range(POINTS))


class OfCap(Leases):
    config = CAPPED

    def check(self, runs: list[dict[str, Any]]) -> None:
        super().check(runs)
        # Those do not count that an agent has seen to die before they reported anything.
        counted = [run for run in runs if run["steps"] or run["state"] == "finished" or run["exit_code"] is None]
        assert len(counted) <= CAP, "more runs than run_cap allows"


class OfRetry(Leases):
    config = RETRIED

    def check(self, runs: list[dict[str, Any]]) -> None:
        super().check(runs)
        points = collections.Counter(run["params"]["x"] for run in runs)
        for point, tries in points.items():
            assert tries <= TRIES * (1 + self.freed[point]), f"point {point} was tried too often"

    def check_end(self, runs: list[dict[str, Any]]) -> None:
        super().check_end(runs)
        assert {run["params"]["x"] for run in runs} == set(range(FEW_POINTS))
        due = [run["id"] for run in runs if run["tries"] and run["tries"]["due"]]
        assert not due, "runs that are to be tried again, in a sweep that has ended"


class OfBudget(Leases):
    config = BUDGETED

    def check_allowed(self, agent: Agent) -> None:
        super().check_allowed(agent)
        assert not self.used_up(), "a run was handed out when the budget was used up"

    def check_end(self, runs: list[dict[str, Any]]) -> None:
        super().check_end(runs)
        assert self.used_up()

    def used_up(self) -> list[dict[str, Any]]:
        """The limits that are reached."""
        return [use for use in self.do(self.world.show(self.sweep))["budget"] if use["used"] >= use["limit"]]


EXAMPLES = int(os.environ.get("FAULTS_EXAMPLES", "0"))
"""Plays of each. The few among the tests are always the same; `make faults` has many, and new ones."""
PLAYED = settings(
    max_examples=EXAMPLES or 3,
    derandomize=not EXAMPLES,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestLeasesOfGrid = OfGrid.TestCase
TestLeasesOfCap = OfCap.TestCase
TestLeasesOfRetry = OfRetry.TestCase
TestLeasesOfBudget = OfBudget.TestCase
TestLeasesOfGrid.settings = TestLeasesOfCap.settings = TestLeasesOfRetry.settings = PLAYED
TestLeasesOfBudget.settings = PLAYED


@pytest.mark.postgresql
def test_on_postgresql_too(postgresql_server: postgresql.Server, emptied: str) -> None:
    def empty_database(_: Leases) -> str:
        postgresql_server.empty(emptied)
        return postgresql_server.url(emptied)

    for kind in (OfGrid, OfRetry):
        machine = type(f"{kind.__name__}OnPostgresql", (kind,), {"empty_database": empty_database})
        run_state_machine_as_test(machine, settings=settings(PLAYED, max_examples=EXAMPLES // 3 or 1))
