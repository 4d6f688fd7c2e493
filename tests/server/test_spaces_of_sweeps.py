"""Conditions, derived and forbidden values, repeats, a random order, and the number that a run counts with."""

from __future__ import annotations

import collections
from typing import Any

import pytest
from server_world import Refused, World

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

CONDITIONAL = {
    "optimizer": {"values": ["adam", "sgd"]},
    "momentum": {"values": [0.0, 0.9], "when": {"optimizer": "sgd"}},
    "batch": {"values": [8, 16]},
    "warmup": {"expr": "2 * batch"},
}
LOSS = {"name": "loss", "goal": "minimize"}


def grid(parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"method": "grid", "metric": LOSS, "parameters": parameters, **more}


async def work_off(world: World, sweep: str) -> list[dict[str, Any]]:
    """The params of every run that a new agent gets until it is sent away."""
    agent = await world.join(sweep)
    points = []
    while (params := await world.work(agent, sweep, 1.0)) is not None:
        points.append(params)
    return points


async def test_a_grid_has_only_what_exists_and_is_allowed_and_hands_out_derived_values(world: World) -> None:
    sweep = await world.sweep(grid(CONDITIONAL, forbid=[{"optimizer": "adam", "batch": 16}]))
    assert (await world.show(sweep))["expected_runs"] == 5
    points = await work_off(world, sweep)
    of_sgd = [{"momentum": momentum, "batch": batch} for momentum in (0.0, 0.9) for batch in (8, 16)]
    expected = [{"optimizer": "adam", "batch": 8}, *({"optimizer": "sgd", **point} for point in of_sgd)]
    assert len(points) == 5
    assert all({**point, "warmup": 2 * point["batch"]} in points for point in expected)
    assert (await world.show(sweep))["state"] == "FINISHED"


@pytest.mark.parametrize("method", ["random", "bayes"])
async def test_a_conditional_finite_space_is_used_up_before_anything_comes_twice(world: World, method: str) -> None:
    sweep = await world.sweep({**grid(CONDITIONAL), "method": method, "run_cap": 6})
    points = await work_off(world, sweep)
    assert len({str(sorted(point.items())) for point in points}) == 6
    assert all(("momentum" in point) == (point["optimizer"] == "sgd") for point in points)


async def test_a_configuration_that_leaves_nothing_to_run_is_refused(world: World) -> None:
    for method in ("grid", "random"):
        with pytest.raises(Refused) as refused:
            await world.sweep({**grid({"a": {"values": [1, 2]}}, forbid=["a > 0"]), "method": method})
        assert (refused.value.status, refused.value.code) == (422, "bad_config")
        assert "no point is left" in refused.value.message
    assert (await world.call("GET", "/projects"))["projects"] == []


async def test_a_repeated_grid_is_walked_once_per_repeat(world: World) -> None:
    config = grid({"a": {"values": [1, 2]}, "seed": {"values": [7, 8, 9]}}, repeat={"times": 2, "parameter": "seed"})
    sweep = await world.sweep(config)
    assert (await world.show(sweep))["expected_runs"] == 4
    assert await work_off(world, sweep) == [
        {"a": 1, "seed": 7},
        {"a": 2, "seed": 7},
        {"a": 1, "seed": 8},
        {"a": 2, "seed": 8},
    ]
    shown = await world.show(sweep)
    assert shown["state_reason"] == "every point of the grid has a run (2 points, 2 repeats each)"
    last = (await world.runs(sweep=sweep))["runs"][-1]["why"]
    assert (last["kind"], last["repeat"], last["times"]) == ("repeat", 2, 2)


async def test_a_deleted_repeat_is_run_again_and_nothing_else(world: World) -> None:
    sweep = await world.sweep(grid({"a": {"values": [1, 2, 3]}}, repeat={"times": 2}))
    await work_off(world, sweep)
    runs = (await world.runs(sweep=sweep))["runs"]
    assert [run["why"]["repeat"] for run in runs] == [1, 1, 1, 2, 2, 2]
    await world.call("DELETE", world.runs_path(runs[4]["id"]))
    await world.command(sweep, "resume")
    assert await work_off(world, sweep) == [{"a": 2}]
    again = (await world.runs(sweep=sweep))["runs"][-1]
    assert (again["params"], again["why"]["repeat"]) == ({"a": 2}, 2)


async def test_random_search_repeats_a_configuration_at_once_and_a_deleted_repeat_too(world: World) -> None:
    config = {
        "method": "random",
        "metric": LOSS,
        "parameters": {"lr": {"min": 0.0, "max": 1.0}},
        "repeat": {"times": 3, "parameter": "seed"},
    }
    sweep = await world.sweep(config)
    agent = await world.join(sweep)
    points = [await world.work(agent, sweep, 1.0) for _ in range(6)]
    assert [point["seed"] for point in points] == [0, 1, 2, 0, 1, 2]
    assert [len({point["lr"] for point in points[i : i + 3]}) for i in (0, 3)] == [1, 1]
    middle = (await world.runs(sweep=sweep))["runs"][1]
    await world.call("DELETE", world.runs_path(middle["id"]))
    assert await world.work(agent, sweep, 1.0) == middle["params"]


async def test_bayes_runs_bad_configurations_once_and_the_best_as_often_as_asked(world: World) -> None:
    config = {
        "method": "bayes",
        "metric": LOSS,
        "parameters": {"lr": {"min": 1, "max": 100}},
        "repeat": {"times": 3, "parameter": "seed"},
        "seed": 1,
    }
    sweep = await world.sweep(config)
    agent = await world.join(sweep)
    runs: collections.Counter[int] = collections.Counter()
    for _ in range(14):
        work = await world.next(agent)
        await world.begin(work["run_id"], sweep)
        noise = 0.01 * work["params"]["seed"]
        await world.log(work["run_id"], abs(work["params"]["lr"] - 3) + noise)
        await world.exit(agent, work["run_id"])
        runs[work["params"]["lr"]] += 1
    assert max(runs.values()) == 3
    assert {times for lr, times in runs.items() if lr > 50} == {1}


async def test_what_is_queued_is_the_next_repeat_of_its_configuration(world: World) -> None:
    sweep = await world.sweep(grid({"a": {"values": [1, 2]}}, repeat={"times": 2, "parameter": "seed"}))
    queued = [await world.call("POST", f"/sweeps/{sweep}/queue", {"params": {"a": 2}}) for _ in range(2)]
    assert [run["params"] for run in queued] == [{"a": 2, "seed": 0}, {"a": 2, "seed": 1}]
    with pytest.raises(Refused, match="has a run already"):
        await world.call("POST", f"/sweeps/{sweep}/queue", {"params": {"a": 2}})
    points = await work_off(world, sweep)
    assert points == [{"a": 2, "seed": 0}, {"a": 2, "seed": 1}, {"a": 1, "seed": 0}, {"a": 1, "seed": 1}]


async def test_start_with_comes_first_and_is_repeated_as_all_others(world: World) -> None:
    config = grid({"a": {"values": [1, 2, 3]}}, repeat={"times": 2, "parameter": "seed"}, start_with=[{"a": 3}])
    points = await work_off(world, await world.sweep(config))
    assert [point["a"] for point in points] == [3, 1, 2, 1, 2, 3]
    assert [point["seed"] for point in points] == [0, 0, 0, 1, 1, 1]


async def test_a_random_order_is_the_same_for_the_same_seed_and_complete(world: World) -> None:
    config = grid({"a": {"min": 1, "max": 30}}, grid_order="random", seed=5)
    first, second = [await work_off(world, await world.sweep(config)) for _ in range(2)]
    assert first == second
    assert [point["a"] for point in first] != list(range(1, 31))
    assert sorted(point["a"] for point in first) == list(range(1, 31))


async def test_prior_runs_cover_conditional_points_and_repeats(world: World) -> None:
    for run, config in {"one": {"optimizer": "adam"}, "two": {"optimizer": "adam"}, "odd": {"batch": 8}}.items():
        await world.begin(run, config=config)
        await world.log(run, 0.25, code=0)
    parameters = {key: CONDITIONAL[key] for key in ("optimizer", "momentum")}
    sweep = await world.sweep(grid(parameters, repeat={"times": 3}), prior_runs=["one", "two", "odd"])
    points = await work_off(world, sweep)
    assert points.count({"optimizer": "adam"}) == 1
    assert len(points) == 7


async def test_a_prior_run_that_lacks_a_parameter_is_learnt_from_as_far_as_it_goes(world: World) -> None:
    await world.begin("half", config={"lr": 0.5})
    await world.log("half", 0.25, code=0)
    parameters = {"lr": {"min": 0.0, "max": 1.0}, "depth": {"values": [1, 2]}}
    sweep = await world.sweep({"method": "bayes", "metric": LOSS, "parameters": parameters}, prior_runs=["half"])
    assert (await world.run("half"))["params"] == {"lr": 0.5}
    assert (await world.work(await world.join(sweep), sweep, 1.0)).keys() == {"lr", "depth"}


@pytest.mark.parametrize(
    ("use", "numbers"), [("best", [0.5, 0.25]), ("last", [0.75, 1.0]), ("mean_last_2", [0.625, 0.625])]
)
async def test_runs_are_compared_by_the_number_that_the_configuration_names(
    world: World, use: str, numbers: list[float]
) -> None:
    sweep = await world.sweep({**grid({"a": {"values": [1, 2]}}), "metric": {**LOSS, "use": use}})
    agent = await world.join(sweep)
    for values in [(1.0, 0.5, 0.75), (0.25, 0.25, 1.0)]:
        await world.work(agent, sweep, *values)
    runs = (await world.runs(sweep=sweep))["runs"]
    assert [run["best"] for run in runs] == numbers
    shown = await world.show(sweep)
    assert (shown["metric"]["use"], shown["best"]["value"]) == (use, min(numbers))
    ordered = (await world.runs(sweep=sweep, order="+best"))["runs"]
    assert [run["best"] for run in ordered] == sorted(numbers)


async def test_the_target_is_reached_by_the_number_that_counts(world: World) -> None:
    metric = {**LOSS, "use": "mean_last_3", "target": 0.5}
    sweep = await world.sweep({**grid({"a": {"values": [1, 2]}}), "metric": metric})
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.begin(run, sweep)
    await world.log(run, 1.0, 0.0)
    assert (await world.show(sweep))["state"] == "FINISHED"


async def test_a_spike_of_one_value_reaches_no_target_when_the_mean_counts(world: World) -> None:
    metric = {**LOSS, "use": "mean_last_2", "target": 0.5}
    sweep = await world.sweep({**grid({"a": {"values": [1, 2]}}), "metric": metric})
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.begin(run, sweep)
    await world.log(run, 2.0)
    await world.log(run, 0.1)
    assert (await world.show(sweep))["state"] == "RUNNING"
    await world.log(run, 0.1)
    assert (await world.show(sweep))["state"] == "FINISHED"
