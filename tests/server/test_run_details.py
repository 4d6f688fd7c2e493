"""What a run tells about itself besides its values: output, load, facts, labels, alerts; and changes from outside."""

from __future__ import annotations

from typing import Any

import pytest
from server_world import RANDOM, Refused, World, exit_record, history, line

from besom.server.services.deleted_runs import KEPT_DAYS, forget_some
from besom.server.store import output as store_output

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True


def printed(number: int, *lines: str, time: float = 1.0) -> bytes:
    return line({"type": "output", "line": number, "lines": lines, "time": time})


async def output(world: World, **query: int) -> dict[str, Any]:
    return await world.call("GET", world.runs_path("r/output"), params=query)


async def test_printed_lines_come_in_pages_and_the_last_page_says_where_to_go_on(world: World) -> None:
    await world.begin("r")
    offset = (await world.send("r", printed(0, *(f"line {n}" for n in range(600)))))["offset"]
    page = await output(world, after=250, limit=10)
    assert [each["text"] for each in page["lines"]] == [f"line {n}" for n in range(250, 260)]
    assert (page["total"], page["next"]) == (600, 260)
    assert (await output(world, after=600)) == {"lines": [], "total": 600, "next": 600}
    await world.send("r", printed(600, "later", time=2.0), offset)
    assert (await output(world, after=600))["lines"] == [{"number": 600, "time": 2.0, "text": "later", "level": None}]


async def test_a_line_that_is_printed_anew_replaces_the_old_one_as_progress_bars_do(world: World) -> None:
    await world.begin("r")
    offset = (await world.send("r", printed(0, "start", "10 %") + printed(1, "20 %")))["offset"]
    await world.send("r", printed(1, "100 %", "done"), offset)
    assert [each["text"] for each in (await output(world))["lines"]] == ["start", "100 %", "done"]


async def test_a_run_that_prints_for_ever_keeps_its_first_and_last_lines_and_says_how_many_are_gone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_output, "FIRST_BUCKETS", 1)
    monkeypatch.setattr(store_output, "LAST_BUCKETS", 2)
    await world.begin("r")
    offset = 0
    for start in range(0, 5000, 500):
        piece = printed(start, *(f"line {n}" for n in range(start, start + 500)))
        offset = (await world.send("r", piece, offset))["offset"]
    lines = (await output(world, limit=10_000))["lines"]
    assert [each["text"] for each in lines[:256]] == [f"line {n}" for n in range(256)]
    kept = [f"line {n}" for n in range(4608, 5000)]
    assert [each["text"] for each in lines[257:]] == kept
    assert lines[256]["text"] == "[4,352 lines were not kept: a run keeps its first and its last ones]"
    # A reader who goes on where the last page ended meets the same lines.
    assert (await output(world, after=256, limit=1))["lines"] == [lines[256]]
    assert (await output(world, after=lines[256]["number"] + 1, limit=1))["lines"] == [lines[257]]


async def test_a_very_long_line_is_cut_and_says_so(world: World) -> None:
    await world.begin("r")
    await world.send("r", printed(0, "x" * 10_050))
    text = (await output(world))["lines"][0]["text"]
    assert text == "x" * 10_000 + " [50 more characters were not kept]"


async def test_the_machines_load_is_thinned_and_keeps_its_peaks(world: World) -> None:
    await world.begin("r")
    offset = 0
    for start in range(0, 1000, 100):
        piece = b"".join(
            line({"type": "system", "time": 100.0 + n, "data": {"cpu": 99.0 if n == 437 else n % 10, "disk": 1.0}})
            for n in range(start, start + 100)
        )
        offset = (await world.send("r", piece, offset))["offset"]
    curves = (await world.call("GET", world.runs_path("r/system?points=20")))["curves"]
    assert [curve["key"] for curve in curves] == ["cpu", "disk"]
    cpu = dict(zip(curves[0]["times"], curves[0]["values"], strict=True))
    assert len(cpu) <= 20
    assert cpu[537.0] == 99.0
    assert curves[0]["times"][-1] == 1099.0


async def test_facts_about_the_program_are_merged_key_by_key(world: World) -> None:
    await world.begin("r")
    await world.send(
        "r",
        line({"type": "about", "data": {"git": {"commit": "abc"}, "cpu_count": 8}})
        + line({"type": "about", "data": {"cpu_count": 4}}),
    )
    about = (await world.call("GET", world.runs_path("r/details")))["about"]
    assert about == {"git": {"commit": "abc"}, "cpu_count": 4}


async def test_labels_that_the_program_changes_reach_the_run(world: World) -> None:
    await world.begin("r", name="old", tags=["a"], group="g")
    await world.send("r", line({"type": "labels", "labels": {"name": "new", "tags": ["b", "b"], "notes": "n"}}))
    run = await world.run("r")
    assert (run["name"], run["tags"], run["notes"], run["group"]) == ("new", ["b"], "n", "g")


async def test_an_alert_is_an_event_of_the_run_and_of_its_sweep_with_its_level(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.begin(run, sweep)
    await world.send(run, line({"type": "alert", "title": "loss", "text": "it is NaN", "level": "ERROR", "time": 6.0}))
    of_run = (await world.call("GET", world.runs_path(f"{run}/events")))["events"][0]
    assert (of_run["kind"], of_run["level"], of_run["reason"]) == ("run.alert", "ERROR", "loss: it is NaN")
    assert of_run in await world.events(sweep)


async def test_what_an_outsider_changes_is_seen_at_once_by_those_who_ask_what_changed(world: World) -> None:
    await world.begin("r", config={"lr": 1})
    version = (await world.runs())["version"]
    change = {"name": "mine", "notes": "n", "tags": ["x"], "config": {"depth": 2}, "summary": {"acc": 0.5}}
    changed = await world.call("PATCH", world.runs_path("r"), change)
    assert (changed["name"], changed["notes"], changed["tags"]) == ("mine", "n", ["x"])
    assert (changed["config"], changed["summary"]) == ({"lr": 1, "depth": 2}, {"acc": 0.5})
    assert (await world.runs(since=version))["runs"] == [changed]
    assert await world.call("PATCH", world.runs_path("r"), {}) == changed


async def test_an_empty_name_becomes_a_new_random_one_and_other_empty_texts_clear(world: World) -> None:
    await world.begin("r", name="mine", notes="n", group="g")
    changed = await world.call("PATCH", world.runs_path("r"), {"name": "", "notes": "", "group": ""})
    assert changed["name"] not in ("", "mine")
    assert (changed["notes"], changed["group"]) == (None, None)


async def test_a_parameter_that_the_sweep_handed_out_cannot_be_changed_from_outside(world: World) -> None:
    work = await world.next(await world.join(await world.sweep(RANDOM)))
    path = world.runs_path(work["run_id"])
    with pytest.raises(Refused, match="was handed out by its sweep") as refused:
        await world.call("PATCH", path, {"config": {"lr": 5.0}})
    assert (refused.value.status, refused.value.code) == (409, "swept_parameter")
    assert (await world.call("PATCH", path, {"config": {"more": 1}}))["config"] == {**work["params"], "more": 1}


async def test_a_summary_set_from_outside_counts_for_the_sweep(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "metric": {"name": "loss", "goal": "minimize", "target": 0.1}})
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.begin(run, sweep)
    await world.call("PATCH", world.runs_path(run), {"summary": {"loss": 0.05}})
    assert (await world.run(run))["best"] == 0.05
    assert (await world.show(sweep))["state"] == "FINISHED"


async def test_a_stranger_can_neither_change_nor_look_into_a_run(world: World) -> None:
    await world.begin("r")
    bob = world.user("bob", "member")
    for method, path in [("PATCH", "r"), ("GET", "r/details"), ("GET", "r/output"), ("GET", "r/system"),
                         ("GET", "r/events")]:  # fmt: skip
        with pytest.raises(Refused) as refused:
            await bob.call(method, world.runs_path(path), {} if method == "PATCH" else None)
        assert refused.value.status == 404


async def test_a_viewer_cannot_change_a_run(world: World) -> None:
    await world.begin("r")
    with pytest.raises(Refused) as refused:
        await world.user("eve", "viewer").call("PATCH", world.runs_path("r"), {"name": "x"})
    assert refused.value.status in (403, 404)


async def test_a_deleted_run_leaves_nothing_of_what_it_told_once_it_cannot_come_back(world: World) -> None:
    await world.begin("r")
    told = printed(0, "a") + line({"type": "system", "time": 1.0, "data": {"cpu": 1.0}})
    await world.send("r", told + line({"type": "about", "data": {"a": 1}}) + history(0, {"x": 1}))
    await world.call("DELETE", world.runs_path("r"))
    world.clock.advance(KEPT_DAYS * 86400.0 + 1)
    assert await forget_some(world.services.ctx) == 1

    def left(conn: Any) -> int:
        from besom.server.store.tables import output, run_details, samples, segments

        return sum(len(conn.execute(table.select()).all()) for table in (output, run_details, samples, segments))

    assert world.store.read_sync(left) == 0


async def test_times_that_no_clock_shows_spoil_no_page(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    for pid in range(2):
        run = (await world.next(await world.join(sweep, pid)))["run_id"]
        await world.begin(run, sweep, started=-1.7e308)
        await world.send(run, line({"type": "system", "time": 1e300, "data": {"cpu": 1.0}}) + exit_record(0))
        (curve,) = (await world.call("GET", world.runs_path(f"{run}/system")))["curves"]
        assert curve["values"] == [1.0]
    assert (await world.show(sweep))["run_count"] == 2


async def test_details_tell_who_works_on_a_run_and_how_long_its_lease_lasts(world: World) -> None:
    async def told(run: str) -> tuple[str | None, float | None]:
        details = await world.call("GET", world.runs_path(f"{run}/details"))
        return details["agent"], details["lease"]

    sweep = await world.sweep(RANDOM)
    queued = (await world.call("POST", f"/sweeps/{sweep}/queue", {"params": {"lr": 0.5}}))["id"]
    assert await told(queued) == (None, None)
    agent = await world.join(sweep)
    assert (await world.next(agent))["run_id"] == queued
    world.clock.advance(7)
    await world.beat(agent, (queued,))
    (known,) = (await world.call("GET", f"/sweeps/{sweep}/agents"))["agents"]
    assert await told(queued) == (known["name"], world.clock() + world.services.ctx.lease_seconds)
    assert (await world.run(queued))["heartbeat"] == world.clock()
    await world.exit(agent, queued)
    assert await told(queued) == (known["name"], None)
