"""Lists of runs that carry only what is asked for."""

from __future__ import annotations

import pytest
from server_world import RANDOM, Refused, World

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True


async def two_runs(world: World) -> None:
    for number in range(2):
        run = f"run{number}"
        await world.begin(run, config={"lr": 1e16, "opt": {"kind": "sgd"}, "a.b": 1, "rest": [1]}, tags=["t"])
        await world.log(run, 0.5, float(number))


async def test_a_list_carries_the_keys_that_are_asked_for_and_all_short_columns(world: World) -> None:
    await two_runs(world)
    for run in (await world.runs(fields="config.lr, config.a.b,config.none,summary.loss"))["runs"]:
        assert run["config"] == {"lr": 1e16, "a.b": 1}
        assert run["summary"] == {"loss": float(run["id"][-1])}
        assert (run["params"], run["why"], run["tags"]) == (None, None, [])
        assert (run["steps"], run["state"]) == (2, "running")


async def test_a_key_in_a_group_brings_the_group(world: World) -> None:
    await two_runs(world)
    run = (await world.runs(fields="config.opt.kind,tags"))["runs"][0]
    assert (run["config"], run["tags"], run["summary"]) == ({"opt": {"kind": "sgd"}}, ["t"], {})


async def test_a_key_with_signs_that_json_escapes_can_be_asked_for(world: World) -> None:
    config = {'quoted "key"': [1], "C:\\data": {"a": 2}, "rest": 3}
    await world.begin("run", config=config)
    run = (await world.runs(fields='config.quoted "key",config.C:\\data,config.line\nbreak,params."p"'))["runs"][0]
    assert (run["config"], run["params"]) == ({'quoted "key"': [1], "C:\\data": {"a": 2}}, None)


async def test_a_whole_column_can_be_asked_for(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    given = await world.next(await world.join(sweep))
    run = (await world.runs(fields="params,why"))["runs"][0]
    assert (run["params"], run["why"], run["config"]) == (given["params"], given["why"], {})


async def test_without_fields_a_run_in_a_list_is_the_run_itself(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    await world.work(agent, sweep, 1.0)
    await two_runs(world)
    for run in (await world.runs())["runs"]:
        assert run == await world.run(run["id"])


async def test_a_field_that_runs_do_not_have_is_named(world: World) -> None:
    await two_runs(world)
    with pytest.raises(Refused, match=r"no field 'confg\.lr'"):
        await world.runs(fields="confg.lr")
