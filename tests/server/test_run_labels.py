"""What people call a run has an end: they are told, and what a program says is cut, for a training does not fail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from server_world import RANDOM, Refused, World, line

pytestmark = pytest.mark.anyio

LONG = "x" * 251
TOO_LONG: dict[str, Any] = {
    "name": "n" * 300,
    "group": "g" * 10_000_000,
    "job_type": LONG,
    "tags": ["t" * 1000, "short", *map(str, range(1000))],
    "notes": "a b " * 30_000,
}


async def cuts(world: World, run: str) -> list[str]:
    events = (await world.call("GET", f"{world.runs_path(run)}/events"))["events"]
    return [event["reason"] for event in events if event["kind"] == "run.shortened"]


def check_cut(run: dict[str, Any]) -> None:
    assert run["name"] == "n" * 249 + "…"
    assert [len(run[text]) for text in ("group", "job_type", "notes")] == [250, 250, 100_000]
    assert (run["tags"][:3], len(run["tags"])) == (["t" * 249 + "…", "short", "0"], 500)


async def test_what_a_program_says_as_it_begins_is_cut_and_its_values_are_kept(world: World) -> None:
    for _ in range(2):
        begun = await world.begin("r", spool="one", **TOO_LONG)
    check_cut(begun["run"])
    (told,) = await cuts(world, "r")
    assert "The name 'nnn" in told
    assert "has 300 characters, and at most 250 are allowed: cut; The group" in told
    assert "There are 1,002 tags, and at most 500 are allowed: cut" in told
    assert len(told) < 1000
    await world.send("r", line({"type": "history", "step": 0, "time": 6.0, "data": {"loss": 1.0}}), query="&spool=one")
    again = await world.begin("r", spool="two", resume="allow", tags=["one more"])
    assert (again["run"]["steps"], len(again["run"]["tags"])) == (1, 500)


async def test_what_a_program_says_later_is_cut_and_told_of_once(world: World) -> None:
    await world.begin("r", spool="one")
    labels = line({"type": "labels", "labels": TOO_LONG})
    await world.send("r", labels, query="&spool=one")
    await world.send("r", labels, len(labels), query="&spool=one")
    check_cut(await world.run("r"))
    assert len(await cuts(world, "r")) == 1
    upsert = "mutation($input: UpsertBucketInput!) { upsertBucket(input: $input) { bucket { id displayName } } }"
    named = {"name": "w", "modelName": "demo", "entityName": "ann", "displayName": LONG, "tags": [LONG]}
    for _ in range(2):  # as W&B's client begins, and as it changes its run
        asked = {"query": upsert, "variables": {"input": {**named, "host": "box"}}}
        reply = await world.client.post("/graphql", content=json.dumps(asked))
        assert reply.json()["data"]["upsertBucket"]["bucket"]["displayName"] == "x" * 249 + "…"


async def test_people_are_told_which_rule_a_label_breaks(world: World) -> None:
    await world.begin("r")
    sweep = await world.sweep(RANDOM)
    for field, value in TOO_LONG.items():
        with pytest.raises(Refused, match=r"and at most [\d,]+ are allowed") as refused:
            await world.call("PATCH", world.runs_path("r"), {field: value})
        assert (refused.value.status, refused.value.error["field"]) == (422, field)
        assert len(str(refused.value)) < 300
    queued = {"params": {"lr": 0.5}, "display_name": LONG}
    added = {"action": "add_tags", "runs": ["r"], "tags": [LONG]}
    for path, body in ((f"/sweeps/{sweep}/queue", queued), (world.runs_path("changes"), added)):
        with pytest.raises(Refused, match="has 251 characters, and at most 250 are allowed"):
            await world.call("POST", path, body)
    for first in (0, 300):
        tags = [str(number) for number in range(first, first + 300)]
        told = await world.call("POST", world.runs_path("changes"), {"action": "add_tags", "runs": ["r"], "tags": tags})
    assert told["reasons"] == [{"run": "r", "reason": "It would have 600 tags, and at most 500 are allowed."}]
