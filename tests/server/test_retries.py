"""Runs that broke are tried again: by whom, how often, and what counts (``retry``)."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import json
import tempfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from server_world import GRID, LEASE, RANDOM, Refused, World, open_world

from besom.server.services.reaper import end_sweeps
from besom.server.store import sweeps

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

TWICE = {"retry": {"max": 2, "on": ["crashed", "failed"]}}
ONE_POINT = {**GRID, **TWICE, "parameters": {"a": {"values": [1]}}}


async def take(world: World, agent: str, *, holding: tuple[str, ...] = ()) -> dict[str, Any]:
    """A run that the agent is given."""
    work = await world.next(agent, holding)
    assert work["command"] == "run", work
    return work


async def broken(world: World, agent: str, sweep: str, *values: float, code: int = 1) -> dict[str, Any]:
    """A run of the agent that logs and breaks."""
    work = await take(world, agent)
    await world.begin(work["run_id"], sweep)
    await world.log(work["run_id"], *values)
    await world.exit(agent, work["run_id"], code)
    return work


async def test_a_grid_ends_when_its_broken_points_were_tried_as_often_as_allowed(world: World) -> None:
    sweep = await world.sweep(ONE_POINT)
    agent = await world.join(sweep)
    first = await broken(world, agent, sweep, 0.5)
    assert (await world.show(sweep))["state"] == "RUNNING"
    second = await broken(world, agent, sweep, code=-9)
    third = await broken(world, agent, sweep)
    shown = await world.show(sweep)
    assert (shown["state"], shown["run_count"], shown["expected_runs"]) == ("FINISHED", 3, 3)
    assert (await world.next(agent))["command"] == "exit"
    assert first["params"] == second["params"] == third["params"]
    assert second["why"]["reason"] == f"try 2 of 3, after {first['run_name']} failed: exit code 1"
    assert f"try 3 of 3, after {second['run_name']} crashed: ended by SIGKILL" in third["why"]["reason"]
    tries = [(await world.run(work["run_id"]))["tries"] for work in (first, second, third)]
    ids = [work["run_id"] for work in (first, second, third)]
    assert [(t["attempt"], t["after"], t["next"]) for t in tries] == [
        (1, None, ids[1]),
        (2, ids[0], ids[2]),
        (3, ids[1], None),
    ]
    assert [run["tries"] for run in (await world.runs(sweep=sweep))["runs"]] == tries


async def test_only_what_the_rule_names_is_tried_again(world: World) -> None:
    sweep = await world.sweep({**GRID, "retry": {"max": 1, "on": ["crashed"]}})
    agent = await world.join(sweep)
    failed = await broken(world, agent, sweep)
    stopped = await take(world, agent)
    await world.call("POST", world.runs_path(f"{stopped['run_id']}/stop"))
    await world.exit(agent, stopped["run_id"], -15)
    crashed = await broken(world, agent, sweep, code=-11)
    assert (await take(world, agent))["params"] == crashed["params"]
    for work in (failed, stopped):
        assert (await world.run(work["run_id"]))["tries"] is None


async def test_a_run_of_a_lost_machine_is_tried_again_and_told_to_stop_if_it_comes_back(world: World) -> None:
    sweep = await world.sweep({**RANDOM, **TWICE})
    first = await world.join(sweep, 1)
    lost = await take(world, first)
    await world.begin(lost["run_id"], sweep)
    await world.log(lost["run_id"], 0.5)
    await world.silence(LEASE + 1)
    assert (await world.run(lost["run_id"]))["tries"]["due"]
    second = await world.join(sweep, 2)
    again = await take(world, second)
    assert again["params"] == lost["params"]
    told = (await world.log(lost["run_id"], 0.25))["stop"]
    assert "its point was given to another run meanwhile" in str(told)
    await world.call("DELETE", f"/agents/{second}")
    assert (await world.log(lost["run_id"], 0.25))["stop"] is None, "nobody began the other one: it goes on"
    await world.silence(LEASE + 1)
    again = await take(world, await world.join(sweep, 3))
    await world.log(lost["run_id"], 0.25)
    await world.exit(first, lost["run_id"], -15)
    third = again["run_id"]
    agent = (await world.run(third))["agent_id"]
    await world.call("DELETE", f"/agents/{agent}")
    assert (await world.run(lost["run_id"]))["tries"]["due"], "it was stopped for a run that never began"


async def test_a_run_that_ended_well_and_is_heard_too_late_says_that_another_tries_its_point(world: World) -> None:
    sweep = await world.sweep({**RANDOM, **TWICE})
    first = await world.join(sweep, 1)
    late = (await take(world, first))["run_id"]
    await world.begin(late, sweep)
    await world.silence(LEASE + 1)
    second = await world.join(sweep, 2)
    await take(world, second)
    await world.exit(first, late, 0)
    ended = await world.run(late)
    assert (ended["state"], ended["reason"]) == ("finished", "its point was given to another run meanwhile")
    await world.call("DELETE", f"/agents/{second}")
    ended = await world.run(late)
    assert (ended["reason"], ended["tries"]) == ("", None), "nobody began the other one: the point is its own again"


async def test_a_run_that_comes_back_before_anybody_tried_it_again_goes_on(world: World) -> None:
    sweep = await world.sweep({**ONE_POINT})
    agent = await world.join(sweep)
    run = (await take(world, agent))["run_id"]
    await world.begin(run, sweep)
    await world.silence(LEASE + 1)
    assert (await world.log(run, 0.25))["stop"] is None
    other = await world.join(sweep, 2)
    assert "tried again" in (await world.next(other))["reason"]
    await world.exit(agent, run, 0)
    assert (await world.next(other))["command"] == "exit"
    assert (await world.show(sweep))["run_count"] == 1


async def test_a_point_goes_to_another_agent_than_the_one_it_broke_with_while_there_is_one(world: World) -> None:
    sweep = await world.sweep(ONE_POINT)
    first, second = await world.join(sweep, 1), await world.join(sweep, 2)
    await broken(world, first, sweep)
    assert (await world.next(first))["command"] == "wait"
    waiting = asyncio.create_task(world.next(first, wait=30))
    await asyncio.sleep(0)
    await broken(world, second, sweep)
    assert (await waiting)["command"] == "run", "it broke with the other one last"


async def test_an_agent_that_is_left_alone_tries_its_own_broken_point_again(world: World) -> None:
    sweep = await world.sweep(ONE_POINT)
    first, second = await world.join(sweep, 1), await world.join(sweep, 2)
    await broken(world, first, sweep)
    assert (await world.next(first))["command"] == "wait"
    await world.call("DELETE", f"/agents/{second}")
    assert (await world.next(first))["command"] == "run"


async def test_a_try_that_no_program_began_is_given_back_and_another_agent_gets_it(world: World) -> None:
    sweep = await world.sweep(ONE_POINT)
    first, second = await world.join(sweep, 1), await world.join(sweep, 2)
    point = await broken(world, first, sweep)
    await take(world, second)
    await world.call("DELETE", f"/agents/{second}")
    shown = await world.show(sweep)
    assert (shown["state"], shown["run_count"], shown["expected_runs"]) == ("RUNNING", 1, 1)
    again = await take(world, first)
    assert (again["params"], again["why"]["attempt"]) == (point["params"], 2)


async def test_the_last_try_given_back_opens_the_sweep_again(world: World) -> None:
    sweep = await world.sweep({**ONE_POINT, "retry": {"max": 1}})
    first, second = await world.join(sweep, 1), await world.join(sweep, 2)
    await broken(world, first, sweep)
    await take(world, second)
    assert (await world.show(sweep))["state"] == "FINISHED"
    await world.call("DELETE", f"/agents/{second}")
    assert (await world.show(sweep))["state"] == "RUNNING"
    assert (await take(world, first))["why"]["attempt"] == 2


async def test_a_run_that_its_agent_was_told_to_end_is_not_tried_again_whatever_its_program_says(world: World) -> None:
    sweep = await world.sweep(ONE_POINT)
    first, second = await world.join(sweep, 1), await world.join(sweep, 2)
    run = (await take(world, first))["run_id"]
    await world.begin(run, sweep, agent_id=first)
    await world.log(run, code=143)
    assert (await world.next(second))["command"] == "wait", "its agent has not said yet how it ended"
    body = {"exit_code": 143, "stopped": "Ctrl-C ended its agent"}
    assert (await world.call("POST", f"/agents/{first}/runs/{run}/exit", body))["state"] == "killed"
    assert (await world.next(second))["command"] == "exit"


async def test_the_word_of_a_program_holds_when_its_agent_will_not_say_more(world: World) -> None:
    sweep = await world.sweep(ONE_POINT)
    first, second = await world.join(sweep, 1), await world.join(sweep, 2)
    run = (await take(world, first))["run_id"]
    await world.begin(run, sweep, agent_id=first)
    await world.log(run, code=1)
    await world.call("DELETE", f"/agents/{first}")
    assert (await take(world, second))["why"]["after"] == run


async def test_a_changed_rule_holds_for_runs_that_broke_before(world: World) -> None:
    config = {**RANDOM, "run_cap": 1, "retry": {"max": 2}}
    sweep = await world.sweep(config)
    agent = await world.join(sweep)
    silent = await take(world, agent)
    await world.exit(agent, silent["run_id"], 1)
    text = "method: random\nmetric: {name: loss}\nparameters: {lr: {min: 0.0, max: 1.0}}\nrun_cap: 1\n"
    await world.call("POST", f"/sweeps/{sweep}/versions", {"text": text})
    assert (await world.run(silent["run_id"]))["tries"] is None
    other = await take(world, agent)
    assert other["params"] != silent["params"]
    await world.begin(other["run_id"], sweep)
    await world.command(sweep, "pause")
    await world.call("POST", f"/sweeps/{sweep}/versions", {"text": text + "retry: {max: 1}\n"})
    await world.command(sweep, "resume")
    again = await take(world, agent, holding=(other["run_id"],))
    assert (again["params"], again["why"]["after"]) == (silent["params"], silent["run_id"])


async def test_a_point_that_the_configuration_has_lost_is_not_tried_again(world: World) -> None:
    """People take away what breaks."""
    points = {**GRID, **TWICE, "parameters": {"a": {"values": [1, 2]}}}
    sweep = await world.sweep(points)
    agent = await world.join(sweep)
    lost = (await broken(world, agent, sweep))["run_id"]
    edited = {"text": json.dumps({**points, "parameters": {"a": {"values": [2]}}})}
    await world.call("POST", f"/sweeps/{sweep}/versions", edited)
    assert (await world.run(lost))["tries"] is None
    assert await world.work(agent, sweep, 0.5) == {"a": 2}
    assert (await world.show(sweep))["state"] == "FINISHED"
    await world.call("POST", f"/sweeps/{sweep}/versions", {"text": json.dumps(points)})
    assert (await world.run(lost))["tries"]["due"], "it is there again"


async def test_a_sweep_that_cannot_be_read_any_more_keeps_no_lost_run_of_others_from_being_missed(world: World) -> None:
    old, good = await world.sweep(RANDOM), await world.sweep({**RANDOM, **TWICE})
    lost = [(await take(world, await world.join(sweep)))["run_id"] for sweep in (old, good)]
    world.services.plans._plans.clear()
    world.store.write_sync(lambda conn: sweeps.change(conn, old, {"config": {**RANDOM, "method": "tarot"}}))
    await world.silence(LEASE + 1)
    assert [(await world.run(run))["state"] for run in lost] == ["crashed", "crashed"]
    assert (await world.run(lost[1]))["tries"]["due"]
    await end_sweeps(world.services.ctx, world.services.plans)


async def test_tries_count_once_for_run_cap_whichever_of_them_reported_something(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "run_cap": 2, "retry": {"max": 1}})
    agent = await world.join(sweep)
    reported = await broken(world, agent, sweep, 0.5)
    silent = await take(world, agent)
    assert silent["params"] == reported["params"]
    await world.exit(agent, silent["run_id"], 1)
    other = await broken(world, agent, sweep, 0.25)
    assert other["params"] != reported["params"]
    assert await world.work(agent, sweep, 0.25) == other["params"]
    assert (await world.next(agent))["command"] == "exit"
    shown = await world.show(sweep)
    assert (shown["state_reason"], shown["run_count"]) == ("run_cap is reached: 2 runs were started", 4)


async def test_the_search_sees_a_point_once_and_as_pending_while_it_is_to_be_tried_again(world: World) -> None:
    config = {**RANDOM, "method": "bayes", **TWICE}
    sweep = await world.sweep(config)
    agent = await world.join(sweep)
    await world.work(agent, sweep, 0.75)
    first = await broken(world, agent, sweep)

    def seen() -> list[tuple[Any, str]]:
        from besom.server.services.trials import Trials
        from besom.server.store import sweeps

        def look(conn: Any) -> list[tuple[Any, str]]:
            row = sweeps.get(conn, sweep)
            return [(t.values, t.state) for t in Trials(world.services.plans.of(row).config).read(conn, row)]

        return world.store.read_sync(look)

    points = seen()
    assert [state for _, state in points] == ["finished", "pending"]
    again = await take(world, agent)
    assert again["params"] == first["params"]
    assert seen() == points
    await world.begin(again["run_id"], sweep)
    await world.log(again["run_id"], 0.5)
    await world.exit(agent, again["run_id"], 0)
    assert [state for _, state in seen()] == ["finished", "finished"]
    learner = await world.sweep(config, prior_sweeps=[sweep])
    assert (await world.call("GET", f"/sweeps/{learner}"))["state"] == "PENDING"


async def test_a_deleted_try_frees_its_place_and_what_broke_stays_a_record(world: World) -> None:
    sweep = await world.sweep({**GRID, **TWICE})
    agent = await world.join(sweep)
    first = await broken(world, agent, sweep)
    again = await take(world, agent)
    await world.exit(agent, again["run_id"], 0)
    await world.call("DELETE", world.runs_path(again["run_id"]))
    anew = await take(world, agent)
    assert (anew["params"], anew["why"].get("attempt")) == (first["params"], None)
    await world.call("DELETE", world.runs_path(first["run_id"]))
    assert (await world.next(agent, (anew["run_id"],)))["params"] != first["params"]


async def test_a_changed_configuration_keeps_the_tries_of_a_point_together(world: World) -> None:
    config = {**GRID, **TWICE}
    sweep = await world.sweep(config)
    agent = await world.join(sweep)
    await broken(world, agent, sweep, 0.5)
    assert await world.work(agent, sweep, 0.5)
    text = (
        "method: grid\nmetric: {name: loss, goal: minimize}\nretry: {max: 1}\n"
        "parameters: {a: {values: [1, 2, 3]}, b: {values: [x, y, z]}}\n"
    )
    made = await world.call("POST", f"/sweeps/{sweep}/versions", {"text": text})
    assert made["sweep"]["expected_runs"] == 10
    points = []
    while (params := await world.work(agent, sweep, 0.5)) is not None:
        points.append((params["a"], params["b"]))
    assert sorted(points) == [(a, b) for a in (1, 2, 3) for b in "xyz" if (a, b) != (1, "x")]
    assert (await world.show(sweep))["run_count"] == 10


ACTS = ("ask", "ask", "ask", "lose answer", "finish", "fail", "fail silently", "crash", "leave", "lose", "delete")


async def play(config: dict[str, Any], steps: list[tuple[str, int]]) -> None:
    """Three agents do as they please; what must hold whatever they do is looked at after each step."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_world(f"sqlite:///{folder}/besom.db") as world:
            sweep = await world.sweep(config)
            holding: dict[str, list[str]] = {}
            for act, number in steps:
                with contextlib.suppress(SweepHasEnded):
                    while len(holding) < 3:
                        holding[await join(world, sweep)] = []
                    await step(world, sweep, holding, act, number)
                runs = (await world.runs(sweep=sweep, limit=1000))["runs"]
                look(config, runs)
            await finish(world, sweep, holding)
            runs = (await world.runs(sweep=sweep, limit=1000))["runs"]
            look(config, runs)
            if (await world.show(sweep))["state"] == "FINISHED":
                assert not any(run["tries"] and run["tries"]["due"] for run in runs)


class SweepHasEnded(Exception):
    """Nobody can join any more."""


async def join(world: World, sweep: str) -> str:
    try:
        return await world.join(sweep)
    except Refused as refused:
        if refused.code == "sweep_not_running":
            raise SweepHasEnded from None
        raise


async def step(world: World, sweep: str, holding: dict[str, list[str]], act: str, number: int) -> None:
    agent = list(holding)[number % 3]
    if act in ("ask", "lose answer"):
        answer = await world.next(agent, tuple(holding[agent]))
        if answer["command"] == "run" and act == "ask":
            holding[agent].append(answer["run_id"])
            await world.begin(answer["run_id"], sweep)
    elif act == "leave":
        for run in holding.pop(agent):
            await world.exit(agent, run, 0)
        await world.call("DELETE", f"/agents/{agent}")
    elif act == "lose":
        del holding[agent]
        for other, runs in holding.items():
            await world.beat(other, tuple(runs))
        world.clock.advance(LEASE - 1)
        for other, runs in holding.items():
            await world.beat(other, tuple(runs))
        await world.silence(2)
    elif holding[agent]:
        run = holding[agent].pop(0)
        if act == "delete":
            await world.call("DELETE", world.runs_path(run))
        elif act != "fail silently":
            await world.log(run, float(number))
        if act != "delete":
            await world.exit(agent, run, {"finish": 0, "crash": -9}.get(act, 1))


async def finish(world: World, sweep: str, holding: dict[str, list[str]]) -> None:
    """Every run that is held ends, and one agent works until it is sent away or there is nothing more to do."""
    for agent, runs in holding.items():
        for run in runs:
            await world.exit(agent, run, 0)
    *others, last = holding or [await world.join(sweep)]
    for agent in others:
        await world.call("DELETE", f"/agents/{agent}")
    for _ in range(60):
        if await world.work(last, sweep, 1.0) is None:
            break


def look(config: dict[str, Any], runs: list[dict[str, Any]]) -> None:
    """No point is at work twice or tried too often; tries follow each other; the cap holds for points."""
    most = config["retry"]["max"] + 1
    chains = collections.defaultdict(list)
    by_id = {run["id"]: run for run in runs}
    for run in runs:
        tries = run["tries"] or {"attempt": 1, "after": None, "next": None, "due": False}
        assert tries["attempt"] <= most
        before = by_id.get(tries["after"])
        if before is not None:
            assert before["tries"]["next"] == run["id"]
            assert before["params"] == run["params"]
        if tries["next"] is not None:
            assert run["state"] in ("failed", "crashed")
        chains[str(run["params"])].append((run, tries))
    for chain in chains.values():
        alive = [run for run, tries in chain if tries["next"] is None]
        assert len(alive) <= 1 or config["method"] != "grid"
        assert sum(run["state"] in ("pending", "running") for run, _ in chain) <= 1
    if "run_cap" in config:
        assert sum(any(run["steps"] for run, _ in chain) for chain in chains.values()) <= config["run_cap"]


@pytest.mark.parametrize("cap", [None, 3])
@settings(max_examples=5, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 8)), max_size=25))
def test_whatever_agents_do_no_point_is_at_work_twice_tried_too_often_or_above_the_cap(
    cap: int | None, steps: list[tuple[str, int]]
) -> None:
    config = {**(GRID if cap is None else RANDOM), **TWICE, **({} if cap is None else {"run_cap": cap})}
    asyncio.run(play(config, steps))
