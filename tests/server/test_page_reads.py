"""What the page reads besides lists: curves of any runs, quick search."""

from __future__ import annotations

import pytest
from server_world import RANDOM, Refused, World, history
from sqlalchemy import Connection

from besom.server.store import compaction, runs

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True


async def test_curves_of_any_runs_and_keys_come_in_the_order_asked_for(world: World) -> None:
    for name, factor in (("a", 1.0), ("b", 2.0)):
        await world.begin(name)
        await world.send(name, b"".join(history(i, {"x": factor * i, "y": -i}) for i in range(3)))
    asked = {"runs": ["b", "nobody", "a"], "keys": ["x", "y"]}
    page = await world.call("GET", "/projects/ann/demo/curves", params=asked)
    found = [(curve["run_id"], curve["key"], curve["values"]) for curve in page["curves"]]
    assert found == [
        ("b", "x", [0.0, 2.0, 4.0]),
        ("a", "x", [0.0, 1.0, 2.0]),
        ("b", "y", [0, -1, -2]),
        ("a", "y", [0, -1, -2]),
    ]
    part = await world.call("GET", "/projects/ann/demo/curves", params={**asked, "from_step": 1, "to_step": 1})
    assert [(curve["steps"], curve["total"]) for curve in part["curves"]] == [([1], 1)] * 4
    of_run = {"keys": ["x"], "from_step": 1}
    assert (await world.call("GET", f"{world.runs_path('b')}/curves", params=of_run))["curves"][0]["values"] == [2, 4]
    with pytest.raises(Refused, match="the range ends before it begins") as refused:
        await world.call("GET", "/projects/ann/demo/curves", params={**asked, "from_step": 2, "to_step": 1})
    assert refused.value.code == "bad_range"
    with pytest.raises(Refused, match="curves") as refused:
        await world.call("GET", "/projects/ann/demo/curves", params={"runs": ["a"] * 101, "keys": ["x"] * 100})
    assert refused.value.code == "too_many_curves"


async def test_extremes_are_the_least_and_the_largest_finite_number_packed_or_not(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    in_sweep = (await world.next(agent))["run_id"]
    await world.begin(in_sweep, sweep)
    await world.begin("alone")
    await world.begin("words")
    logged = [3.0, "Infinity", -2.0, "NaN", "-Infinity", 1.0]
    rows = b"".join(history(i, {"x": value}) for i, value in enumerate(logged))
    await world.send("alone", rows)
    await world.send("words", history(0, {"x": "Infinity", "y": 1}))
    await world.log(in_sweep, 0.5, key="x")
    asked = {"key": "x"}
    whole = {"runs": {"alone": [-2.0, 3.0], in_sweep: [0.5, 0.5]}}
    assert await world.call("GET", "/projects/ann/demo/extremes", params=asked) == whole
    await world.store.write(_pack_all)
    assert await world.call("GET", "/projects/ann/demo/extremes", params=asked) == whole
    # What came after the packing counts as well.
    await world.send("alone", history(6, {"x": -7.5}), len(rows))
    assert (await world.call("GET", "/projects/ann/demo/extremes", params=asked))["runs"]["alone"] == [-7.5, 3.0]
    of_sweep = await world.call("GET", "/projects/ann/demo/extremes", params={**asked, "sweep": sweep})
    assert of_sweep == {"runs": {in_sweep: [0.5, 0.5]}}


def _pack_all(conn: Connection) -> None:
    for run in runs.some_of_project(conn, 1, ["alone", "words"]):
        prepared = compaction.prepare(conn, run.key)
        assert prepared is not None
        compaction.apply(conn, prepared)


async def test_a_part_of_a_name_finds_projects_sweeps_and_runs_that_the_caller_may_see(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "name": "Demolition 100%"})
    await world.begin("r1", name="my demo")
    await world.begin("r2", name="Demo_one")
    await world.begin("r3", name="other")
    world.user("bob", "member")
    world.clock.advance(1)
    await world.call("POST", "/projects/bob/demo2/runs", {"id": "r", "started": 1.0, "name": "demo of bob"})
    found = (await world.call("GET", "/search", params={"q": "demo"}))["found"]
    assert [(item["kind"], item["name"]) for item in found] == [
        ("project", "demo2"),
        ("project", "demo"),
        ("sweep", "Demolition 100%"),
        ("run", "demo of bob"),
        ("run", "Demo_one"),
        ("run", "my demo"),
    ]
    assert next(item for item in found if item["kind"] == "sweep")["url"].endswith(f"/ann/demo/sweeps/{sweep}")
    for text, expected in (("100%", ["Demolition 100%"]), ("o_o", ["Demo_one"]), (sweep, ["Demolition 100%"])):
        found_now = (await world.call("GET", "/search", params={"q": text}))["found"]
        assert [item["name"] for item in found_now] == expected
    await world.begin("r4", name="GRÜNER Versuch Ω")
    for text in ("grüner", "Grüner v", "such ω"):
        found_now = (await world.call("GET", "/search", params={"q": text}))["found"]
        assert [item["id"] for item in found_now] == ["r4"], text
    assert (await world.call("GET", "/search", params={"q": " "}))["found"] == []
    carl = world.user("carl", "member")
    assert (await carl.call("GET", "/search", params={"q": "demo"}))["found"] == []
