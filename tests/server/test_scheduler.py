"""Which run an agent gets, and why there is none."""

from __future__ import annotations

import asyncio

import pytest
from server_world import GRID, LEASE, RANDOM, Refused, World

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

BAYES = {
    "method": "bayes",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"min": 0.0, "max": 1.0}, "depth": {"values": [1, 2, 3]}},
}
ALL_POINTS = [{"a": a, "b": b} for a in (1, 2) for b in ("x", "y", "z")]


async def work_off(world: World, sweep: str) -> list[dict]:
    """What a new agent gets until it is sent away."""
    agent = await world.join(sweep)
    points = []
    while (params := await world.work(agent, sweep, 1.0)) is not None:
        points.append(params)
    return points


async def test_a_grid_is_handed_out_in_order_and_then_the_sweep_is_finished(world: World) -> None:
    sweep = await world.sweep(GRID)
    assert await work_off(world, sweep) == ALL_POINTS
    shown = await world.show(sweep)
    assert (shown["state"], shown["run_count"], shown["expected_runs"]) == ("FINISHED", 6, 6)
    assert shown["state_reason"] == "every point of the grid has a run (6 points)"


async def test_a_grid_is_finished_once_every_point_has_a_run_though_they_still_run(world: World) -> None:
    sweep = await world.sweep(GRID)
    agents = [await world.join(sweep, pid) for pid in range(7)]
    work = [await world.next(agent) for agent in agents]
    assert [answer["command"] for answer in work] == ["run"] * 6 + ["exit"]
    assert (await world.show(sweep))["state"] == "FINISHED"
    assert (await world.log(work[0]["run_id"], 0.5))["stop"] is None


async def test_a_run_says_how_search_came_to_it(world: World) -> None:
    sweep = await world.sweep(GRID)
    work = await world.next(await world.join(sweep))
    reason = "point 1 of 6 of the grid"
    assert work["why"] == {"method": "grid", "kind": "grid", "reason": reason, "point": 0, "of": 6}
    assert work["run_name"].endswith("-sweep-1")


async def test_an_answer_that_got_lost_is_given_again(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    lost = await world.next(agent)
    assert await world.next(agent) == lost
    assert (await world.next(agent, holding=(lost["run_id"],)))["run_id"] != lost["run_id"]
    assert (await world.show(sweep))["run_count"] == 2


async def test_the_last_point_of_a_grid_is_repeated_too_although_the_sweep_is_finished(world: World) -> None:
    sweep = await world.sweep({**GRID, "parameters": {"a": {"values": [1]}}})
    agent = await world.join(sweep)
    lost = await world.next(agent)
    assert (await world.show(sweep))["state"] == "FINISHED"
    assert await world.next(agent) == lost


async def test_a_run_whose_program_has_begun_is_not_handed_out_again(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    first = await world.next(agent)
    await world.begin(first["run_id"], sweep)
    assert (await world.next(agent))["run_id"] != first["run_id"]


async def test_a_deleted_run_frees_its_point_at_once(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    first = await world.next(agent)
    await world.exit(agent, first["run_id"], 1)
    await world.call("DELETE", world.runs_path(first["run_id"]))
    again = await world.next(agent)
    assert again["params"] == first["params"]
    assert again["run_id"] != first["run_id"]


async def test_a_finished_grid_is_resumed_with_exactly_the_missing_points(world: World) -> None:
    sweep = await world.sweep(GRID)
    await work_off(world, sweep)
    runs = (await world.runs(sweep=sweep))["runs"]
    for run in (runs[4], runs[1]):
        await world.call("DELETE", world.runs_path(run["id"]))
    with pytest.raises(Refused, match="sweep_not_running"):
        await world.join(sweep)
    await world.command(sweep, "resume")
    assert await work_off(world, sweep) == [ALL_POINTS[1], ALL_POINTS[4]]
    assert (await world.show(sweep))["state"] == "FINISHED"


async def test_crashed_and_failed_points_are_not_run_again(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    for code in (1, -9, 0, 2, 0, 0):
        assert await world.work(agent, sweep, 1.0, code=code)
    assert await world.work(agent, sweep) is None


async def test_prior_runs_cover_grid_points_by_their_values(world: World) -> None:
    for run, config in {"one": {"a": 1.0, "b": "y"}, "two": {"a": 2, "b": "x"}, "other": {"a": 9, "b": "x"}}.items():
        await world.begin(run, config=config)
        await world.log(run, 0.25, code=0)
    sweep = await world.sweep(GRID, prior_runs=["one", "two", "other"])
    covered = [ALL_POINTS[1], ALL_POINTS[3]]
    assert await work_off(world, sweep) == [point for point in ALL_POINTS if point not in covered]
    assert (await world.show(sweep))["best"]["value"] == 0.25
    await world.call("DELETE", world.runs_path("two"))
    await world.command(sweep, "resume")
    assert await work_off(world, sweep) == [ALL_POINTS[3]]


async def test_a_prior_run_must_exist_have_ended_and_be_free(world: World) -> None:
    await world.begin("alive")
    for run, code in {"nobody": "run_not_found", "alive": "run_not_ended"}.items():
        with pytest.raises(Refused) as refused:
            await world.sweep(GRID, prior_runs=[run])
        assert refused.value.code == code
    assert (await world.call("GET", "/projects/ann/demo"))["sweep_count"] == 0


async def test_random_in_a_finite_space_repeats_no_point_before_all_were_used(world: World) -> None:
    sweep = await world.sweep({**GRID, "method": "random", "run_cap": 12})
    points = await work_off(world, sweep)
    key = lambda point: (point["a"], point["b"])  # noqa: E731
    assert sorted(points[:6], key=key) == sorted(points[6:], key=key) == ALL_POINTS


async def test_no_more_runs_are_started_than_run_cap_says(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "run_cap": 3})
    assert len(await work_off(world, sweep)) == 3
    assert (await world.show(sweep))["state_reason"] == "run_cap is reached: 3 runs were started"


async def test_a_run_that_died_before_it_reported_anything_does_not_count(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "run_cap": 2})
    agent = await world.join(sweep)
    await world.exit(agent, (await world.next(agent))["run_id"], 1)
    assert len(await work_off(world, sweep)) == 2
    assert (await world.show(sweep))["run_count"] == 3


async def test_a_run_that_was_only_not_heard_any_more_counts_because_it_may_come_back(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "run_cap": 1})
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.begin(run, sweep)
    await world.silence(LEASE + 1)
    assert (await world.run(run))["state"] == "crashed"
    assert (await world.show(sweep))["state"] == "FINISHED", "no other run may take its place"
    await world.log(run, 0.5)
    assert (await world.run(run))["state"] == "running"


async def test_while_the_last_runs_may_still_die_silently_other_agents_wait(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "run_cap": 1})
    first, second = await world.join(sweep, 1), await world.join(sweep, 2)
    run = (await world.next(first))["run_id"]
    assert "run_cap 1 is reached unless" in (await world.next(second))["reason"]
    await world.exit(first, run, 1)
    assert (await world.next(second))["command"] == "run"


async def test_the_first_report_of_the_last_run_ends_the_sweep(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "run_cap": 1})
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.begin(run, sweep)
    assert (await world.show(sweep))["state"] == "RUNNING"
    await world.log(run, 1.0)
    assert (await world.show(sweep))["state"] == "FINISHED"


@pytest.mark.parametrize(("goal", "values"), [("minimize", (0.3, 0.1)), ("maximize", (0.05, 0.1))])
async def test_a_run_at_the_target_ends_the_sweep_and_goes_on_itself(world: World, goal: str, values) -> None:
    sweep = await world.sweep({**RANDOM, "metric": {"name": "loss", "goal": goal, "target": 0.1}})
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.begin(run, sweep)
    await world.log(run, values[0])
    assert (await world.show(sweep))["state"] == "RUNNING"
    assert (await world.log(run, values[1]))["stop"] is None
    shown = await world.show(sweep)
    assert shown["state"] == "FINISHED"
    assert "reached the target: loss = 0.1" in shown["state_reason"]


async def test_a_paused_sweep_starts_nothing_and_its_runs_go_on(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.command(sweep, "pause")
    waiting = await world.next(agent, holding=(run,))
    assert (waiting["command"], waiting["ended"]) == ("wait", [])
    assert "paused by ann" in waiting["reason"]
    assert (await world.log(run, 1.0))["stop"] is None
    assert await world.beat(agent, (run,)) == []


async def test_a_waiting_agent_is_woken_by_a_resume(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.command(sweep, "pause")
    waiting = asyncio.create_task(world.next(agent, holding=(run,), wait=30))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await world.command(sweep, "resume")
    assert (await asyncio.wait_for(waiting, 25))["command"] == "run"


async def test_an_agent_that_waits_is_sent_away_by_a_stop(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.command(sweep, "pause")
    waiting = asyncio.create_task(world.next(agent, holding=(run,), wait=30))
    await asyncio.sleep(0.05)
    await world.command(sweep, "stop")
    answer = await asyncio.wait_for(waiting, 25)
    assert (answer["command"], answer["sweep_state"]) == ("exit", "FINISHED")
    assert answer["reason"].startswith("stopped by ann")


async def test_a_run_that_was_canceled_before_it_began_is_over(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = (await world.next(agent))["run_id"]
    await world.command(sweep, "cancel")
    assert (await world.next(agent))["sweep_state"] == "CANCELED"
    shown = await world.run(run)
    assert (shown["state"], shown["reason"]) == ("killed", "the sweep was canceled by ann; it had not begun")


async def test_bayes_learns_from_what_was_logged(world: World) -> None:
    sweep = await world.sweep({**BAYES, "seed": 3})
    agent = await world.join(sweep)
    last = []
    for _ in range(16):
        work = await world.next(agent)
        await world.begin(work["run_id"], sweep)
        await world.log(work["run_id"], (work["params"]["lr"] - 0.7) ** 2 + work["params"]["depth"])
        await world.exit(agent, work["run_id"])
        last.append(work["params"])
    assert any(abs(params["lr"] - 0.7) < 0.1 and params["depth"] == 1 for params in last)


async def test_agents_that_ask_for_bayes_at_the_same_time_get_different_points(world: World) -> None:
    sweep = await world.sweep(BAYES)
    agents = [await world.join(sweep, pid) for pid in range(6)]
    answers = await asyncio.gather(*(world.next(agent) for agent in agents))
    points = {(answer["params"]["lr"], answer["params"]["depth"]) for answer in answers}
    assert len(points) == 6


async def test_a_sweep_with_a_seed_hands_out_the_same_points_again(world: World) -> None:
    async def points():
        sweep = await world.sweep({**BAYES, "seed": 11, "run_cap": 8})
        return await work_off(world, sweep)

    assert await points() == await points()


async def test_the_runs_of_a_local_controller_are_not_the_servers_to_choose(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "controller": {"type": "local"}})
    answer = await world.next(await world.join(sweep))
    assert answer["command"] == "wait"
    assert answer["reason"].endswith(f"none is at work. Start it: besom controller ann/demo/{sweep}")
