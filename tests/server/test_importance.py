"""Importance over REST: which runs and metrics count, what is no parameter, and when it is computed anew."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from server_world import Refused, World, history

from besom.server.services import importance as service

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

PLAIN = {
    "method": "random",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {
        "lr": {"min": 0.0, "max": 1.0},
        "optimizer": {"values": ["adam", "sgd"]},
        "noise": {"min": 0.0, "max": 1.0},
        "epochs": {"value": 3},
    },
}


async def filled(world: World, count: int, config: dict[str, Any] = PLAIN) -> str:
    """A sweep whose loss is lr, and whose score is the optimizer."""
    sweep = await world.sweep(config)
    await more(world, sweep, count)
    return sweep


async def more(world: World, sweep: str, count: int) -> None:
    agent = await world.join(sweep)
    for _ in range(count):
        work = await world.next(agent)
        params = work["params"]
        await world.begin(work["run_id"], sweep, agent_id=agent)
        await world.log(work["run_id"], float(params.get("optimizer") == "sgd"), key="score")
        await world.log(work["run_id"], params["lr"], code=0)
        await world.exit(agent, work["run_id"])


async def ask(world: World, sweep: str, **query: str) -> dict[str, Any]:
    return await world.call("GET", f"/sweeps/{sweep}/importance", params=query)


async def test_the_sweeps_own_metric_is_judged_first_and_any_logged_number_when_asked_for(world: World) -> None:
    sweep = await filled(world, 24)
    own = await ask(world, sweep)
    assert (own["metric"], own["goal"], own["method"]) == ("loss", "minimize", "forest")
    assert own["metrics"] == ["loss", "score"]
    assert (own["runs"], own["left_out"]) == (24, 0)
    assert own["fit"] > 0.5
    assert {each["name"] for each in own["parameters"]} == {"lr", "optimizer", "noise"}
    first = own["parameters"][0]
    assert first["name"] == "lr"
    assert first["importance"] > 0.9
    assert first["correlation"] == pytest.approx(1)
    assert sum(each["importance"] for each in own["parameters"]) == pytest.approx(1)

    other = await ask(world, sweep, metric="score", method="ped_anova", goal="maximize")
    assert (other["metric"], other["goal"], other["method"]) == ("score", "maximize", "ped_anova")
    first = other["parameters"][0]
    assert first["name"] == "optimizer"
    assert {each["value"]: each["correlation"] for each in first["values"]} == {
        "sgd": pytest.approx(1),
        "adam": pytest.approx(-1),
    }
    assert other["best_runs"] >= 5


async def test_few_runs_are_answered_with_a_reason_and_a_run_that_goes_on_does_not_count(world: World) -> None:
    sweep = await filled(world, 4)
    agent = await world.join(sweep)
    work = await world.next(agent)
    await world.begin(work["run_id"], sweep, agent_id=agent)
    await world.log(work["run_id"], 0.5)
    answer = await ask(world, sweep)
    assert answer["parameters"] == []
    assert answer["runs"] == 4
    assert answer["reason"] == (
        "Importance needs at least 5 runs that are over and have a value of this metric. Here are only 4."
    )
    await world.exit(agent, work["run_id"])
    answer = await ask(world, sweep)
    assert answer["runs"] == 5
    assert answer["parameters"]


async def test_runs_that_broke_or_have_no_finite_value_are_left_out_and_counted(world: World) -> None:
    sweep = await filled(world, 8)
    agent = await world.join(sweep)
    for value in ("Infinity", "NaN"):
        work = await world.next(agent)
        await world.begin(work["run_id"], sweep, agent_id=agent)
        await world.send(work["run_id"], history(0, {"loss": value}))
        await world.exit(agent, work["run_id"])
    await world.work(agent, sweep, 0.5, code=1)
    answer = await ask(world, sweep)
    assert (answer["runs"], answer["left_out"]) == (8, 3)


async def test_an_answer_is_kept_until_a_run_ends_or_goes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = await filled(world, 6)
    computed = []
    compute = service._compute
    monkeypatch.setattr(service, "_compute", lambda *given: computed.append(1) or compute(*given))
    first = await ask(world, sweep)
    assert await ask(world, sweep) == first
    assert len(computed) == 1
    await more(world, sweep, 1)
    assert (await ask(world, sweep))["runs"] == 7
    run = (await world.runs(sweep=sweep))["runs"][0]["id"]
    await world.call("DELETE", world.runs_path(run))
    assert (await ask(world, sweep))["runs"] == 6
    assert len(computed) == 3


async def test_a_changed_configuration_changes_the_answer(world: World) -> None:
    sweep = await filled(world, 6)
    assert "noise" in {each["name"] for each in (await ask(world, sweep))["parameters"]}
    parameters = {name: value for name, value in PLAIN["parameters"].items() if name != "noise"}
    await world.call("POST", f"/sweeps/{sweep}/versions", {"text": json.dumps({**PLAIN, "parameters": parameters})})
    assert {each["name"] for each in (await ask(world, sweep))["parameters"]} == {"lr", "optimizer"}


async def test_a_sweep_without_runs_says_so(world: World) -> None:
    grid = {"method": "grid", "parameters": {"a": {"values": [1, 2]}}}
    sweep = await world.sweep(grid)
    answer = await ask(world, sweep)
    assert (answer["metric"], answer["metrics"], answer["parameters"]) == (None, [], [])
    assert answer["reason"] == "No run here that is over has logged a number yet."


async def test_a_projects_runs_are_judged_by_all_that_their_configurations_say(world: World) -> None:
    rng = random.Random(1)
    for number in range(20):
        config = {"model": {"width": rng.random()}, "tags": ["a"], "folder": f"/out/{number}"}
        run = f"run{number}"
        await world.begin(run, config=config)
        await world.log(run, config["model"]["width"] ** 2, key="error", code=0)
    answer = await world.call("GET", "/projects/ann/demo/importance")
    assert answer["metric"] == "error"
    assert [each["name"] for each in answer["parameters"]] == ["model.width"]


async def test_a_project_is_asked_about_the_metric_of_its_largest_sweep_first(world: World) -> None:
    sweep = await world.sweep({**PLAIN, "metric": {"name": "val/score", "goal": "maximize"}})
    await world.sweep({**PLAIN, "metric": {"name": "never", "goal": "minimize"}})
    for number in range(3):
        await world.begin(f"run{number}", sweep)
        await world.log(f"run{number}", number, key="lr")
        await world.log(f"run{number}", number, key="val/score", code=0)
    answer = await world.call("GET", "/projects/ann/demo/importance")
    assert (answer["metric"], answer["goal"], answer["metrics"]) == ("val/score", "maximize", ["lr", "val/score"])


async def test_who_may_not_see_a_sweep_does_not_see_its_importance(world: World) -> None:
    sweep = await filled(world, 1)
    with pytest.raises(Refused) as refused:
        await ask(world.user("eve", "member"), sweep)
    assert refused.value.status == 404


async def test_an_unknown_method_is_refused(world: World) -> None:
    sweep = await filled(world, 1)
    with pytest.raises(Refused) as refused:
        await ask(world, sweep, method="oracle")
    assert refused.value.status == 400


async def test_a_filter_leaves_only_the_runs_that_match(world: World) -> None:
    sweep = await filled(world, 24)
    low = await ask(world, sweep, filter='{"config.lr": {"$lt": 0.5}}')
    high = await ask(world, sweep, filter='{"config.lr": {"$gte": 0.5}}')
    assert 0 < low["runs"] < 24
    assert low["runs"] + high["runs"] == 24
    with pytest.raises(Refused, match="not JSON"):
        await ask(world, sweep, filter="lr < 0.5")
