"""The requests that come by the thousand take the fast way, which reads what the long one reads."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from server_world import RANDOM, Refused, World, history

from besom.server.api import fast_path, runs

pytestmark = pytest.mark.anyio

DESCRIPTION = Path(__file__).parents[2] / "web/openapi.json"
STREAM = "/api/v1/projects/{entity}/{project}/runs/{run_id}/stream"


async def test_questions_heartbeats_claims_and_reports_take_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fast: list[bytes] = []

    class Noted(fast_path.Answer):
        def __init__(self, body: bytes) -> None:
            fast.append(body)
            super().__init__(body)

    monkeypatch.setattr(fast_path, "Answer", Noted)
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    assert not fast
    run = (await world.next(agent))["run_id"]
    await world.beat(agent, (run,))
    await world.begin(run, sweep, spool="s")
    await world.send(run, history(0, {"loss": 1.0}), query="&spool=s&begin=false")
    assert len(fast) == 4
    with pytest.raises(Refused):  # the framework's own says what is wrong
        await world.call("POST", f"/agents/{agent}/next", {"wait": "long"})
    assert len(fast) == 4


def test_a_report_has_the_parameters_there_that_are_described() -> None:
    asked = json.loads(DESCRIPTION.read_text())["paths"][STREAM]["post"]["parameters"]
    described = {one["name"]: one for one in asked if one["in"] == "query"}
    fast = msgspec.json.schema(runs._Place)["$defs"]["_Place"]
    assert {name: one["schema"] for name, one in described.items()} == fast["properties"]
    assert [name for name, one in described.items() if one["required"]] == fast["required"]
