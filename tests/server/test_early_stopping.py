"""Early stopping, decided on each report in the report's own transaction."""

from __future__ import annotations

import random
from typing import Any

import pytest
from server_world import RANDOM, World

from besom.config.model import Asha, EarlyTerminate, Hyperband, Median
from besom.search.stopping import Race, make_stopper

ON_BOTH_DATABASES = True
pytestmark = pytest.mark.anyio
RULES: dict[str, tuple[dict[str, Any], EarlyTerminate]] = {
    "hyperband": ({"type": "hyperband", "min_iter": 2}, Hyperband(min_iter=2)),
    "lenient": ({"type": "hyperband", "min_iter": 2, "strict": False}, Hyperband(min_iter=2, strict=False)),
    "asha": ({"type": "asha", "min_iter": 1, "eta": 2}, Asha(min_iter=1, eta=2)),
    "median": ({"type": "median", "min_iter": 2, "min_runs": 2}, Median(min_iter=2, min_runs=2)),
}


async def begun(world: World, agent: str, sweep: str) -> str:
    """A run that an agent was given and has begun."""
    run: str = (await world.next(agent))["run_id"]
    await world.begin(run, sweep)
    return run


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
async def test_the_server_decides_as_the_rule_does_in_memory(world: World, rule: str, goal: Any) -> None:
    """Six runs log by turns, one value per report; each decision is that of a race of the same values."""
    block, parsed = RULES[rule]
    sweep = await world.sweep({**RANDOM, "metric": {"name": "loss", "goal": goal}, "early_terminate": block})
    agent = await world.join(sweep)
    runs = [await begun(world, agent, sweep) for _ in range(6)]
    race: Race[str] = Race(make_stopper(parsed, goal))
    rng = random.Random(rule + goal)
    level = {run: 3 * (place % 4) for place, run in enumerate(runs)}
    decided = 0
    for turn in range(60):
        run = runs[turn % len(runs)]
        value = float(level[run] + rng.randrange(6))
        decision = race.log(run, value)
        stop = (await world.log(run, value))["stop"]
        assert stop == (decision.reason if decision else None)
        if decision:
            decided += 1
            assert (await world.run(run))["stopped"] == decision.as_record()
            await world.exit(agent, run, -15)
            runs.remove(run)
            if len(runs) < 2:
                break
    assert decided


async def test_a_stopped_run_carries_the_record_and_is_counted(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "early_terminate": {"type": "asha", "min_iter": 1}})
    agent = await world.join(sweep)
    good, bad, polite = [await begun(world, agent, sweep) for _ in range(3)]
    await world.log(good, 1.0)
    record = {"rule": "asha", "rung": 1, "value": 2.0, "threshold": 1.0, "rank": 1}
    for of, run in enumerate((bad, polite), 2):
        ack = await world.log(run, 2.0)
        assert ack["stop"] == f"stopped at its 1st value: 2 was worse than 1, the best of {of} at that point"
        assert (await world.run(run))["stopped"] == {**record, "of": of}
    assert (await world.show(sweep))["stopped_early"] == {}
    await world.exit(agent, bad, -15)
    await world.exit(agent, polite, 0)
    await world.exit(agent, good, 0)
    shown = await world.show(sweep)
    assert shown["runs_by_state"] == {"finished": 2, "killed": 1}
    assert shown["stopped_early"] == {"finished": 1, "killed": 1}


async def test_a_report_of_many_values_is_judged_at_the_last_rung_it_reached(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "early_terminate": {"type": "asha", "min_iter": 1}})
    agent = await world.join(sweep)
    good, late = [await begun(world, agent, sweep) for _ in range(2)]
    await world.log(good, 1.0, 1.0, 1.0, 1.0)
    assert (await world.log(late, 9.0, 9.0, 0.5, 9.0))["stop"] is None
    assert (await world.log(late, 9.0, 9.0, 9.0, 9.0, 9.0))["stop"] is None
    await world.log(good, 1.0, 1.0, 1.0, 1.0, 1.0)
    third = await begun(world, agent, sweep)
    assert "9th value: 9 was worse than 1" in (await world.log(third, *[9.0] * 9))["stop"]


async def test_deleted_runs_judge_nobody(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "early_terminate": {"type": "asha", "min_iter": 1}})
    agent = await world.join(sweep)
    good, other = [await begun(world, agent, sweep) for _ in range(2)]
    await world.log(good, 1.0)
    await world.exit(agent, good)
    await world.call("DELETE", world.runs_path(good))
    assert (await world.log(other, 2.0))["stop"] is None
