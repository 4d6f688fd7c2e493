"""What the page reads besides lists: curves of any runs, quick search, a table to download."""

from __future__ import annotations

import csv
import io

import pytest
from server_world import RANDOM, Refused, World, history

from besom.server.services.exports import runs_as_csv

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


async def export(world: World, **query: str) -> list[dict[str, str]]:
    reply = await world.client.get(f"/api/v1{world.runs_path('export')}", params=query)
    assert reply.status_code == 200
    assert reply.headers["content-disposition"].startswith("attachment")
    return list(csv.DictReader(io.StringIO(reply.text)))


async def test_the_table_of_runs_has_every_run_config_and_summary(world: World) -> None:
    await world.begin("a", name="first", tags=["x", "y"], config={"lr": 0.5, "net": {"width": 3, "act": "relu"}})
    await world.log("a", 1.5, code=0)
    await world.begin("b", config={"sizes": [1, 2], "big": True})
    rows = await export(world)
    assert [row["id"] for row in rows] == ["a", "b"]
    assert (rows[0]["name"], rows[0]["tags"], rows[0]["state"]) == ("first", "x, y", "finished")
    assert (rows[0]["config.lr"], rows[0]["config.net.width"], rows[0]["config.net.act"]) == ("0.5", "3", "relu")
    assert (rows[0]["summary.loss"], rows[1]["summary.loss"]) == ("1.5", "")
    assert (rows[1]["config.sizes"], rows[1]["config.big"]) == ("[1,2]", "true")
    assert [row["id"] for row in await export(world, filter='{"config.lr": 0.5}')] == ["a"]
    for number in range(1100):
        await world.begin(f"many{number}")
    assert len({row["id"] for row in await export(world)}) == 1102
    caller = await world.services.sessions.caller(world.key, "key")
    pieces = await runs_as_csv(world.services.ctx, caller, "ann", "demo", sweep=None, filter_text=None)
    shown = [await anext(pieces), await anext(pieces)]
    await world.call("DELETE", world.runs_path("a"))
    shown += [piece async for piece in pieces]
    assert len(list(csv.DictReader(io.StringIO(b"".join(shown).decode())))) == 1102, "a run was passed over"


async def test_nothing_in_the_table_is_a_formula_and_numbers_stay_numbers(world: World) -> None:
    await world.begin("a", name="=HYPERLINK(1)", tags=["@x"], config={"cmd": "+1+1", "low": -3.5, "text": "-3.5"})
    (row,) = await export(world)
    assert (row["name"], row["tags"], row["config.cmd"]) == ("'=HYPERLINK(1)", "'@x", "'+1+1")
    assert (row["config.low"], row["config.text"]) == ("-3.5", "-3.5")


async def test_a_table_of_a_project_that_is_not_there_is_refused_before_it_begins(world: World) -> None:
    await world.begin("a")
    for path, code in (
        ("/projects/ann/none/runs/export", "project_not_found"),
        (world.runs_path("export?filter={"), "bad_filter"),
    ):
        with pytest.raises(Refused) as refused:
            await world.call("GET", path)
        assert refused.value.code == code
