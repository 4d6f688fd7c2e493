"""Whatever agents and people do: no point twice, no lease with two, no run too many, and the sweeps end complete."""

from __future__ import annotations

import collections
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import precondition, rule, run_state_machine_as_test
from lease_agents import Agent, PoolAgent
from lease_machine import Config, Leases
from server_world import LEASE
from sqlalchemy import Connection

import postgresql
from besom.server.services.consumption import Consumption, Totals
from besom.server.store import sweeps


def grid(points: int, **more: Any) -> Config:
    return {"method": "grid", "parameters": {"x": {"values": list(range(points))}}, **more}


def retry(times: int) -> Config:
    return {"retry": {"max": times, "on": ["crashed", "failed"]}}


def capped(cap: int) -> Config:
    return {"method": "random", "run_cap": cap, "parameters": {"x": {"min": 0.0, "max": 1.0}}}


def budgeted(runs: int, hours: float, gpu_hours: float) -> Config:
    """The hours in leases."""
    budget = {"no_improvement_in": runs, "hours": hours * LEASE / 3600, "gpu_hours": gpu_hours * LEASE / 3600}
    parameters = {"x": {"min": 0.0, "max": 1.0}}
    return {"method": "random", "metric": {"name": "v"}, "parameters": parameters, "budget": budget, **retry(1)}


class OfGrid(Leases):
    versions = ((grid(9), grid(6), grid(12)),)

    def points(self, sweep: str) -> set[int]:
        """Those of the configuration that a sweep has now."""
        return set(self.configs[sweep]["parameters"]["x"]["values"])

    def chosen_point(self, sweep: str, number: int) -> float:
        return sorted(self.points(sweep))[number % len(self.points(sweep))]

    def tries(self, sweep: str) -> int:
        """Runs that a point may have had, by the most patient of the sweep's configurations."""
        return max(version.get("retry", {"max": 0})["max"] for version in self.versions_of(sweep)) + 1

    @rule()
    @precondition(lambda self: self.freed)
    def undelete(self) -> None:
        """All that were deleted come back, but for those whose point another run has meanwhile."""
        for sweep in self.configs:
            body = {"action": "undelete", "sweep": sweep, "filter": {}}
            self.do(self.world.call("POST", self.world.runs_path() + "/changes", body))

    def check_new(self, sweep: str, answer: dict[str, Any]) -> None:
        super().check_new(sweep, answer)
        point = answer["params"]["x"]
        assert point in self.points(sweep), "the configuration has no such point any more"
        same = [run for run in self.runs() if run["sweep_id"] == sweep and run["params"]["x"] == point]
        ended_badly = [run for run in same if run["state"] in ("crashed", "failed")]
        assert len(same) == 1 or (self.tries(sweep) > 1 and len(ended_badly) == len(same) - 1), "it had a run already"

    def check(self, sweep: str, runs: list[dict[str, Any]]) -> None:
        super().check(sweep, runs)
        always = min(len(version["parameters"]["x"]["values"]) for version in self.versions_of(sweep))
        for point, count in collections.Counter(run["params"]["x"] for run in runs).items():
            # Where a run is deleted and brought back while the grid lacks its point, another may have that by then.
            free = self.tries(sweep) == 1 and point < always
            assert count <= self.tries(sweep) * (1 if free else 1 + self.freed[sweep, point]), f"{point} has {count}"

    def check_end(self, sweep: str, runs: list[dict[str, Any]]) -> None:
        super().check_end(sweep, runs)
        assert {run["params"]["x"] for run in runs} >= self.points(sweep)
        due = [run["id"] for run in runs if run["tries"] and run["tries"]["due"]]
        assert not due, "runs that are to be tried again, in a sweep that has ended"


class OfRetry(OfGrid):
    versions = ((grid(4, **retry(1)), grid(5, **retry(1)), grid(3, **retry(2))),)


class OfProject(OfGrid):
    """Several sweeps: with other priorities, which change; one has nothing to give while its only run goes on."""

    versions = (
        (grid(5), grid(5, priority=7), grid(3)),
        (grid(3, priority=5), grid(4, priority=-1), grid(2, priority=5)),
        (grid(1, priority=9, **retry(1)), grid(1, **retry(1))),
    )

    def check_allowed(self, agent: Agent, sweep: str, member: str) -> None:
        super().check_allowed(agent, sweep, member)
        if not isinstance(agent, PoolAgent):
            return
        runs = self.runs()
        for other, config in self.configs.items():
            own = [run for run in runs if run["sweep_id"] == other]
            is_first = config.get("priority", 0) > self.configs[sweep].get("priority", 0)
            if is_first and self.do(self.world.show(other))["state"] in ("PENDING", "RUNNING"):
                has_none = {run["params"]["x"] for run in own} >= self.points(other)
                assert has_none or self.is_refused(agent, other), "a sweep with a higher priority has a run"

    def is_refused(self, agent: Agent, sweep: str) -> bool:
        """Whether any agent of its name is in quarantine there: its members are told from others by the name alone."""
        shown = self.do(self.world.call("GET", f"/sweeps/{sweep}/agents"))["agents"]
        return any(each["name"] == "box-7" and each["quarantined"] for each in shown)


class OfCap(Leases):
    versions = ((capped(6), capped(4), capped(8)),)

    def counted(self, runs: list[dict[str, Any]]) -> int:
        """Those do not count that an agent has seen to die before they reported anything, nor those that nobody has
        been given: they wait in the queue, or the sweep ended before their turn came."""
        given = [run for run in runs if run["agent_id"] or run["state"] not in ("pending", "killed")]
        return sum(bool(run["steps"] or run["state"] == "finished" or run["exit_code"] is None) for run in given)

    def check_new(self, sweep: str, answer: dict[str, Any]) -> None:
        super().check_new(sweep, answer)
        assert self.counted(self.runs()) <= self.configs[sweep]["run_cap"], "more runs than run_cap allows"

    def check(self, sweep: str, runs: list[dict[str, Any]]) -> None:
        super().check(sweep, runs)
        assert self.counted(runs) <= max(version["run_cap"] for version in self.versions_of(sweep))

    def check_end(self, sweep: str, runs: list[dict[str, Any]]) -> None:
        super().check_end(sweep, runs)
        assert self.counted(runs) >= self.configs[sweep]["run_cap"]


class OfBudget(Leases):
    versions = ((budgeted(3, 6, 8), budgeted(2, 9, 8), budgeted(4, 6, 12)),)

    def check(self, sweep: str, runs: list[dict[str, Any]]) -> None:
        super().check(sweep, runs)
        ctx = self.world.services.ctx

        def look(conn: Connection) -> tuple[Totals, Totals]:
            row = sweeps.get(conn, sweep)
            return ctx.consumption.totals(conn, row, None, None), Consumption().totals(conn, row, None, None)

        remembered, there = self.do(ctx.read(look))
        assert remembered == there, "what is kept in memory of the runs that have ended is not what they used"

    def check_allowed(self, agent: Agent, sweep: str, member: str) -> None:
        super().check_allowed(agent, sweep, member)
        assert not self.used_up(sweep), "a run was handed out when the budget was used up"

    def check_end(self, sweep: str, runs: list[dict[str, Any]]) -> None:
        super().check_end(sweep, runs)
        assert self.used_up(sweep)

    def used_up(self, sweep: str) -> list[dict[str, Any]]:
        """The limits that are reached."""
        return [use for use in self.do(self.world.show(sweep))["budget"] if use["used"] >= use["limit"]]


EXAMPLES = int(os.environ.get("FAULTS_EXAMPLES", "0"))
"""Plays of each. The few among the tests are always the same; `make faults` has many, and new ones."""
SEEDS = {OfGrid: 12, OfRetry: 12, OfProject: 4, OfCap: 11, OfBudget: 11}
"""Of the few. Hypothesis leaves many rules out of each play, so with most seeds hardly any run is begun in three."""
PLAYED = settings(
    max_examples=EXAMPLES or 3,
    derandomize=not EXAMPLES,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("kind", SEEDS)
def test_no_point_is_had_twice_and_no_run_is_one_too_many(kind: type[Leases]) -> None:
    kind.seen = collections.Counter()
    run_state_machine_as_test(kind if EXAMPLES else seed(SEEDS[kind])(kind), settings=PLAYED)
    played = ("handed out", "ended", "edited", "given back")
    assert all(kind.seen[what] for what in played), f"little was played: {kind.seen}"


@pytest.mark.postgresql
def test_on_postgresql_too(postgresql_server: postgresql.Server, emptied: str) -> None:
    def empty_database(_: Leases) -> str:
        postgresql_server.empty(emptied)
        return postgresql_server.url(emptied)

    for kind in (OfProject, OfRetry, OfBudget):
        seen = collections.Counter[str]()
        machine = type(f"{kind.__name__}OnPostgresql", (kind,), {"empty_database": empty_database, "seen": seen})
        if not EXAMPLES:
            machine = seed(SEEDS[kind])(machine)
        run_state_machine_as_test(machine, settings=settings(PLAYED, max_examples=EXAMPLES // 3 or 3))
        assert all(seen[what] for what in ("handed out", "ended")), f"little was played: {seen}"
