"""An agent whose runs keep breaking where those of others do not gets no more runs, until somebody releases it."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from server_world import RANDOM, World

from besom.server.services.quarantine import FEWEST, FIRST_SECONDS, is_unlikely, streak

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True


async def shown(world: World, sweep: str, agent: str) -> dict[str, Any]:
    agents = (await world.call("GET", f"/sweeps/{sweep}/agents"))["agents"]
    return next(each for each in agents if each["id"] == agent)


async def work(world: World, sweep: str, agent: str, times: int, code: int = 0) -> None:
    for _ in range(times):
        run = (await world.next(agent))["run_id"]
        await world.begin(run, sweep, started=world.clock())
        world.clock.advance(1)
        await world.exit(agent, run, code)


async def test_an_agent_that_breaks_what_others_finish_gets_nothing_until_it_is_released(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "retry": {"max": 1}})
    good, bad = await world.join(sweep, 1), await world.join(sweep, 2)
    await work(world, sweep, good, 1)
    await work(world, sweep, bad, 2, code=1)
    await work(world, sweep, good, 2)
    assert (await shown(world, sweep, bad))["quarantined"] is None
    third = (await world.next(bad))["run_id"]
    await world.begin(third, sweep, started=world.clock())
    world.clock.advance(1)
    told = {"holding": [], "wait": 0, "ended": [{"run_id": third, "exit_code": 1}]}
    answer = await world.call("POST", f"/agents/{bad}/next", told)
    assert (answer["command"], answer["quarantined"]) == ("wait", True), "the end itself is answered so"
    agent = await shown(world, sweep, bad)
    assert agent["quarantined"] == world.clock()
    reason = "its last 3 runs broke within 5 min of their beginning, while 3 of 3 runs of other agents ended well"
    assert agent["quarantine_reason"] == reason
    answer = await world.next(bad)
    assert (answer["command"], answer["quarantined"]) == ("wait", True)
    assert answer["reason"].endswith(f"to give it another chance: besom release {bad}")
    broken = [run for run in (await world.runs(sweep=sweep))["runs"] if run["state"] == "failed"]
    due = [run["params"] for run in broken if run["tries"]["due"]]
    assert due
    assert (await world.next(good))["params"] == due[0], "what broke there is tried again elsewhere"
    released = await world.call("POST", f"/agents/{bad}/release")
    assert (released["id"], released["quarantined"]) == (bad, None)
    await work(world, sweep, bad, 1, code=1)
    assert (await shown(world, sweep, bad))["quarantined"] is None, "it begins anew"
    events = [event for event in await world.events(sweep) if event["kind"] in ("agent.quarantined", "agent.released")]
    assert [(event["agent_id"], event["kind"], event["actor"], event["reason"]) for event in events] == [
        (bad, "agent.quarantined", "server", f"{agent['name']}: {reason}"),
        (bad, "agent.released", "ann", f"{agent['name']}: given another chance by ann"),
    ]


@pytest.mark.parametrize(("wrong", "seconds", "held_back"), [(-20 * 3600, 1, True), (20 * 3600, 10_000, False)])
async def test_the_clock_of_a_machine_does_not_matter(
    world: World, wrong: float, seconds: float, held_back: bool
) -> None:
    sweep = await world.sweep(RANDOM)
    good, bad = await world.join(sweep, 1), await world.join(sweep, 2)
    for _ in range(3):
        run = (await world.next(bad))["run_id"]
        await world.begin(run, sweep, started=world.clock() + wrong)
        await work(world, sweep, good, 1)
        world.clock.advance(seconds)
        await world.exit(bad, run, 1)
    assert ((await shown(world, sweep, bad))["quarantined"] is not None) == held_back


@pytest.mark.parametrize(("code", "held_back"), [(-signal.SIGUSR1, False), (-signal.SIGUSR2, False), (-9, True)])
async def test_programs_that_a_clusters_warning_ended_say_nothing_of_the_machine(
    world: World, code: int, held_back: bool
) -> None:
    sweep = await world.sweep(RANDOM)
    good, warned = await world.join(sweep, 1), await world.join(sweep, 2)
    await work(world, sweep, warned, FEWEST, code=code)
    await work(world, sweep, good, 3)
    await work(world, sweep, warned, 1, code=code)
    agent = await shown(world, sweep, warned)
    assert (agent["quarantined"] is not None) == held_back


async def test_where_nobody_succeeds_nobody_is_sent_into_quarantine(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    first, second = await world.join(sweep, 1), await world.join(sweep, 2)
    await work(world, sweep, first, 6, code=1)
    await work(world, sweep, second, 6, code=-9)
    assert [(await shown(world, sweep, agent))["quarantined"] for agent in (first, second)] == [None, None]


async def test_one_who_succeeded_long_ago_proves_nothing_of_the_present(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    first, second = await world.join(sweep, 1), await world.join(sweep, 2)
    await work(world, sweep, first, 5)
    world.clock.advance(10)
    await work(world, sweep, second, 6, code=1)
    assert (await shown(world, sweep, second))["quarantined"] is None
    run = (await world.next(first))["run_id"]
    await world.begin(run, sweep, started=world.clock())
    await world.log(run, 0.5)
    world.clock.advance(FIRST_SECONDS)
    await world.beat(first, (run,))
    await work(world, sweep, second, 1, code=1)
    assert (await shown(world, sweep, second))["quarantined"] is not None, "a long run that goes well does"


async def test_an_agent_in_quarantine_is_sent_away_with_the_others_when_the_sweep_ends(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    good, bad = await world.join(sweep, 1), await world.join(sweep, 2)
    await work(world, sweep, bad, 2, code=1)
    await work(world, sweep, good, 4)
    await work(world, sweep, bad, 1, code=1)
    assert (await world.next(bad))["command"] == "wait"
    await world.command(sweep, "stop")
    assert (await world.next(bad))["command"] == "exit"


def test_what_breaks_late_or_ends_otherwise_ends_the_streak() -> None:
    assert streak([("failed", 1.0), ("crashed", FIRST_SECONDS), ("finished", 1.0), ("failed", 1.0)]) == 2
    assert streak([("failed", FIRST_SECONDS + 1), ("failed", 1.0)]) == 0
    assert streak([("killed", 1.0), ("failed", 1.0)]) == 0


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 40), st.integers(0, 200), st.integers(0, 200))
def test_more_broken_runs_of_its_own_and_better_ones_of_others_speak_against_an_agent(
    number: int, good: int, broken: int
) -> None:
    verdict = is_unlikely(number, good, broken)
    assert not verdict or (number >= FEWEST and good > 0)
    if verdict:
        assert is_unlikely(number + 1, good, broken)
        assert is_unlikely(number, good + 1, broken)
    else:
        assert not is_unlikely(number, good, broken + 1)
