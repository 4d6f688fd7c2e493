"""One change to many runs, and the way back from deletion."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from typing import Any

import pytest
from server_world import GRID, LEASE, RANDOM, Refused, World, history
from sqlalchemy import select, update

from besom.server.services import enqueue, many_runs
from besom.server.services.deleted_runs import KEPT_DAYS, forget_some
from besom.server.store import runs, tables

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True


async def change(world: World, action: str, **more: Any) -> dict[str, Any]:
    return await world.call("POST", world.runs_path("changes"), {"action": action, **more})


async def finished(world: World, *names: str) -> None:
    for number, name in enumerate(names):
        await world.begin(name, config={"lr": number})
        await world.log(name, float(number), code=0)


async def test_tags_are_added_and_taken_away_by_id_and_by_filter(world: World) -> None:
    await finished(world, "one", "two", "three")
    told = await change(world, "add_tags", runs=["one", "two", "nobody"], tags=["good", "seen"])
    assert (told["matched"], told["changed"], told["refused"]) == (2, 2, 1)
    assert told["reasons"] == [{"run": "nobody", "reason": "There is no such run in the project."}]
    assert (await change(world, "add_tags", filter={"tags": "good"}, tags=["seen"]))["changed"] == 0
    assert (await change(world, "remove_tags", filter={"config.lr": 0}, tags=["good"]))["changed"] == 1
    tags = {run["id"]: run["tags"] for run in (await world.runs())["runs"]}
    assert tags == {"one": ["seen"], "two": ["good", "seen"], "three": []}


async def test_a_change_that_does_not_say_which_runs_is_refused(world: World) -> None:
    await finished(world, "one")
    for body in (
        {"action": "delete"},
        {"action": "delete", "runs": ["one"], "filter": {}},
        {"action": "delete", "filter": {"colour": 1}},
        {"action": "add_tags", "filter": {}},
        {"action": "add_tags", "filter": {}, "tags": [""]},
    ):
        with pytest.raises(Refused) as refused:
            await change(world, **body)
        assert refused.value.status == 422
    with pytest.raises(Refused) as refused:
        await world.user("eve", "viewer").call("POST", world.runs_path("changes"), {"action": "delete", "filter": {}})
    assert refused.value.status == 403
    assert (await world.runs())["total"] == 1


async def test_a_run_that_changes_in_the_same_transaction_counts_as_stopped(world: World) -> None:
    await world.begin("busy")
    begun, go_on = threading.Event(), threading.Event()
    writing = asyncio.create_task(world.services.ctx.write(lambda _: (begun.set(), go_on.wait(10))))
    while not begun.is_set():
        await asyncio.sleep(0.001)
    changes = [world.call("PATCH", world.runs_path("busy"), {"notes": "seen"}), change(world, "stop", runs=["busy"])]
    tasks = [asyncio.create_task(each) for each in changes]
    while world.store.waiting_writes < len(tasks):
        await asyncio.sleep(0.001)
    go_on.set()
    _, _, told = await asyncio.gather(writing, *tasks)
    assert told["changed"] == 1
    assert (await change(world, "stop", runs=["busy"]))["changed"] == 0, "it was told already"


async def test_running_ones_are_stopped_and_the_others_are_told_of(world: World) -> None:
    await finished(world, "done")
    await world.begin("busy")
    told = await change(world, "stop", filter={})
    assert (told["changed"], told["reasons"]) == (
        1,
        [{"run": "done", "reason": "It is finished: there is nothing to stop."}],
    )
    assert (await world.send("busy", b""))["stop"] == "stopped by ann"


async def test_a_run_that_stops_matching_while_others_are_changed_is_left_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await finished(world, "one", "two")
    monkeypatch.setattr(many_runs, "_AT_ONCE", 1)
    original = many_runs._change

    def change_and_tag_the_other(ctx: Any, unit: Any, plans: Any, run: Any, *rest: Any) -> bool:
        other = runs.get(unit.conn, run.project_id, "two")
        runs.change(unit.conn, other.key, {"tags": ["keep"]})
        return original(ctx, unit, plans, run, *rest)

    monkeypatch.setattr(many_runs, "_change", change_and_tag_the_other)
    told = await change(world, "delete", filter={"tags": {"$ne": "keep"}})
    assert (told["matched"], told["changed"]) == (1, 1)
    assert [run["id"] for run in (await world.runs())["runs"]] == ["two"]


async def test_named_runs_of_another_sweep_are_told_of(world: World) -> None:
    sweep = await world.sweep(GRID)
    await finished(world, "one")
    told = await change(world, "delete", runs=["one"], sweep=sweep)
    assert (told["matched"], told["reasons"]) == (0, [{"run": "one", "reason": f"It is no run of sweep {sweep}."}])
    assert (await world.runs())["total"] == 1


async def test_deleted_runs_come_back_with_all_they_had(world: World) -> None:
    await finished(world, "one", "two")
    before = await world.run("one")
    assert (await change(world, "delete", filter={"config.lr": 0}))["changed"] == 1
    assert (await world.runs())["total"] == 1
    assert [run["id"] for run in (await world.runs(deleted="true"))["runs"]] == ["one"]
    assert (await change(world, "undelete", filter={}))["changed"] == 1
    after = await world.run("one")
    assert {**after, "version": 0} == {**before, "version": 0}
    assert [row["loss"] for row in (await world.call("GET", world.runs_path("one/history")))["rows"]] == [0.0]
    assert (await change(world, "undelete", runs=["one"]))["changed"] == 0


async def test_after_a_week_the_data_are_gone_and_the_run_cannot_come_back(world: World) -> None:
    await finished(world, "old", "new")
    await change(world, "delete", runs=["old"])
    world.clock.advance(KEPT_DAYS * 86400.0 - 60)
    await change(world, "delete", runs=["new"])
    world.clock.advance(120)
    assert await forget_some(world.services.ctx) == 1
    told = await change(world, "undelete", runs=["old", "new"])
    assert (told["changed"], told["refused"]) == (1, 1)
    assert told["reasons"][0]["reason"] == "Its data are gone: those of a deleted run are kept for 7 days."
    with pytest.raises(Refused):
        await world.begin("old")


async def test_a_grid_run_comes_back_to_its_point_unless_that_was_handed_out_again(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    for loss in (1.0, 2.0):
        await world.work(agent, sweep, loss)
    first, second = [run["id"] for run in (await world.runs(sweep=sweep))["runs"]]
    await change(world, "delete", filter={}, sweep=sweep)
    again = await world.next(agent)  # the first point, once more
    told = await change(world, "undelete", runs=[first, second])
    assert (told["changed"], told["refused"]) == (1, 1)
    assert told["reasons"][0]["run"] == first
    assert again["run_id"] in told["reasons"][0]["reason"]
    await world.exit(agent, again["run_id"])
    while await world.work(agent, sweep, 3.0) is not None:
        pass
    points = [tuple(sorted(run["params"].items())) for run in (await world.runs(sweep=sweep))["runs"]]
    assert len(points) == len(set(points)) == 6


async def test_runs_of_a_grid_are_run_again_in_one_step_which_takes_their_points_and_resumes_the_sweep(
    world: World,
) -> None:
    repeated = {"parameters": {"a": {"values": [1, 2]}}, "repeat": {"times": 2, "parameter": "seed"}}
    sweep = await world.sweep({**GRID, **repeated})
    agent = await world.join(sweep)
    while await world.work(agent, sweep, 1.0) is not None:
        pass
    assert (await world.show(sweep))["state"] == "FINISHED"
    done = {run["id"]: run for run in (await world.runs(sweep=sweep))["runs"]}
    old = next(run for run in done.values() if run["params"]["a"] == 1)
    told = await change(world, "again", runs=[old["id"], "nobody"])
    assert (told["changed"], told["refused"]) == (1, 1)
    assert (await world.show(sweep))["state"] == "RUNNING"
    (queued,) = told["queued"]
    assert (await world.run(queued["id"]))["params"] == old["params"]
    twice = await change(world, "again", runs=[old["id"], queued["id"]])
    assert (twice["changed"], twice["refused"]) == (0, 2)
    assert "It is pending" in twice["reasons"][1]["reason"]
    assert (await world.next(agent))["run_id"] == queued["id"]
    await world.exit(agent, queued["id"])
    assert await world.work(agent, sweep, 1.0) is None
    assert {run["id"] for run in (await world.runs(sweep=sweep))["runs"]} == {*done, queued["id"]} - {old["id"]}
    back = await change(world, "undelete", runs=[old["id"]])
    assert queued["name"] in back["reasons"][0]["reason"]


async def test_a_run_that_cannot_be_run_again_stays_as_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    await world.work(agent, sweep, 1.0)
    (run,) = (await world.runs(sweep=sweep))["runs"]
    await finished(world, "alone")
    told = await change(world, "again", runs=["alone"])
    assert told["reasons"] == [{"run": "alone", "reason": "No sweep handed it out."}]
    monkeypatch.setattr(enqueue, "LONGEST_QUEUE", 0)
    told = await change(world, "again", filter={}, sweep=sweep)
    assert "are queued already" in told["reasons"][0]["reason"]
    assert [run["id"] for run in (await world.runs(sweep=sweep))["runs"]] == [run["id"]]


async def test_what_was_drawn_at_random_is_run_again_beside_the_run_before(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    params = await world.work(agent, sweep, 1.0)
    assert (await change(world, "again", filter={}, sweep=sweep))["changed"] == 1
    assert (await world.next(agent))["params"] == params
    assert (await world.runs(sweep=sweep))["total"] == 2


async def test_a_run_that_was_deleted_while_it_ran_comes_back_with_the_order_to_end(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    busy = (await world.next(agent))["run_id"]
    await world.begin(busy, sweep)
    await change(world, "delete", runs=[busy])
    await change(world, "undelete", runs=[busy])
    assert (await world.run(busy))["state"] == "running"
    assert [order["run_id"] for order in await world.beat(agent, (busy,))] == [busy]
    assert (await world.log(busy, 1.0))["stop"] == "the run was deleted by ann"
    await world.exit(agent, busy, -15)
    assert (await world.run(busy))["state"] == "killed"


async def test_a_run_that_was_deleted_while_it_ran_and_fell_silent_comes_back_as_ended(world: World) -> None:
    sweep = await world.sweep({**RANDOM, "budget": {"gpu_hours": 100}})
    await world.begin("busy", sweep, started=world.clock())
    world.clock.advance(60)
    await world.send("busy", history(0, {"loss": 1.0}))
    await change(world, "delete", runs=["busy"])
    world.clock.advance(3 * 86400)
    await change(world, "undelete", runs=["busy"])
    run = await world.run("busy")
    assert (run["state"], run["reason"]) == ("killed", "the run was deleted by ann")
    assert run["duration"] == 60.0  # to when it was heard last
    shown = await world.show(sweep)
    assert (shown["compute_seconds"], shown["budget"][0]["used"]) == (60.0, pytest.approx(1 / 60))


async def test_a_run_that_comes_back_judges_others_again(world: World) -> None:
    config = {**GRID, "early_terminate": {"type": "hyperband", "min_iter": 1, "eta": 3}}
    sweep = await world.sweep(config)
    agent = await world.join(sweep)
    for loss in (1.0, 2.0):
        await world.work(agent, sweep, loss)
    ids = [run["id"] for run in (await world.runs(sweep=sweep))["runs"]]
    before = await world.call("GET", f"/sweeps/{sweep}/rungs")
    assert [(rung["position"], rung["reached"], rung["step"]) for rung in before["rungs"]] == [(1, 2, 0)]
    assert (before["rule"], before["rungs"][0]["threshold"]) == ("hyperband", 1.0)
    await change(world, "delete", runs=ids)
    assert (await world.call("GET", f"/sweeps/{sweep}/rungs"))["rungs"] == []
    await change(world, "undelete", runs=ids)
    assert await world.call("GET", f"/sweeps/{sweep}/rungs") == before


async def test_runs_move_to_another_project_and_their_old_address_says_where(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await finished(world, "one", "two", "three")
    content, digest = b"weights", hashlib.sha256(b"weights").hexdigest()
    await world.call("PUT", f"/projects/ann/demo/blobs/{digest}", content)
    await world.call("POST", f"{world.runs_path('one')}/files", {"path": "model.bin", "digest": digest, "size": 7})
    elsewhere = "/projects/ann/other"
    await world.call("PUT", elsewhere)
    before = (await world.runs())["version"]
    linked_by, link = [], os.link
    monkeypatch.setattr(os, "link", lambda *paths: linked_by.append(threading.current_thread().name) or link(*paths))

    shared_by, share = [], world.services.blobs.share
    monkeypatch.setattr(
        world.services.blobs, "share", lambda *about: shared_by.append(threading.current_thread().name) or share(*about)
    )

    told = await change(world, "move", runs=["one", "two", "nobody"], to="other")
    assert len(linked_by) == len(shared_by) == 1, "the place of files is asked once, by nobody for whom others wait"
    assert linked_by != ["besom-writer"], "other writers wait for the database only, not for the disk"
    assert (told["matched"], told["changed"], told["refused"]) == (2, 2, 1)
    assert [run["id"] for run in (await world.runs())["runs"]] == ["three"]
    assert (await world.runs(since=before))["deleted"] == ["one", "two"], "pages that follow the project drop them"
    moved = (await world.call("GET", f"{elsewhere}/runs?since=0"))["runs"]
    assert [(run["id"], run["project"], run["config"], run["summary"]["loss"]) for run in moved] == [
        ("one", "other", {"lr": 0}, 0.0),
        ("two", "other", {"lr": 1}, 1.0),
    ]
    assert (await world.call("GET", f"{elsewhere}/runs/one/history"))["rows"][0]["loss"] == 0.0
    fetched = await world.client.get(f"/api/v1{elsewhere}/runs/one/files/model.bin")
    assert fetched.content == content
    happened = (await world.call("GET", f"{elsewhere}/runs/one/events"))["events"]
    assert happened[0]["reason"] == "from ann/demo by ann"
    assert len(happened) > 1

    for act in (world.run("one"), world.begin("one", resume="allow"), world.send("one", b"", 0)):
        with pytest.raises(Refused, match=r"Run one was moved to ann/other") as refused:
            await act
        assert (refused.value.status, refused.value.code) == (410, "run_moved")
        assert refused.value.error["moved_to"] == "ann/other"
    assert (await change(world, "undelete", filter={}))["matched"] == 0

    third = "/projects/ann/third"
    await world.call("PUT", third)
    await world.call(
        "POST", f"{elsewhere}/runs/changes", {"action": "move", "filter": {"summary.loss": 0}, "to": "third"}
    )
    with pytest.raises(Refused, match="was moved to ann/third"):
        await world.run("one")
    with pytest.raises(Refused, match="The request names no project"):
        await world.call("POST", f"{third}/runs/changes", {"action": "move", "runs": ["one"]})
    of_third = select(tables.projects.c.id).where(tables.projects.c.name == "third").scalar_subquery()
    forget_md5 = update(tables.blobs).where(tables.blobs.c.project_id == of_third).values(md5=None)
    await world.store.write(lambda conn: conn.execute(forget_md5))
    await world.call("POST", f"{third}/runs/changes", {"action": "move", "runs": ["one"], "to": "ann/demo"})
    known = await world.store.read(lambda conn: list(conn.scalars(select(tables.blobs.c.md5))))
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    assert sorted(known, key=str) == [md5, md5, None], "what one project knows of the bytes another takes from none"
    assert (await world.run("one"))["config"] == {"lr": 0}
    assert (await world.client.get(f"/api/v1{world.runs_path('one')}/files/model.bin")).content == content
    await world.call("DELETE", elsewhere)
    with pytest.raises(Refused, match="Run two was deleted"):
        await world.run("two")


async def test_runs_that_are_needed_where_they_are_do_not_move(world: World) -> None:
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    await world.work(agent, sweep, 1.0)
    (tried,) = [run["id"] for run in (await world.runs())["runs"]]
    learner = await world.sweep({**GRID, "parameters": {"a": {"values": [1, 2]}}}, prior_runs=[tried])
    await world.call("DELETE", f"/sweeps/{sweep}")
    other = await world.sweep(GRID)
    await world.work(await world.join(other), other, 1.0)
    (of_sweep,) = [run["id"] for run in (await world.runs(sweep=other))["runs"]]
    await world.begin("silent")
    await world.silence(LEASE + 1)
    await world.begin("busy")
    await finished(world, "taken", "free", "sending")
    late = {"path": "late.bin", "digest": hashlib.sha256(b"late").hexdigest(), "size": 4}
    for run in ("silent", "sending"):
        await world.call("POST", f"{world.runs_path(run)}/files", late)
    await world.call("POST", "/projects/ann/other/runs", {"id": "taken", "started": 5.0})

    told = await change(world, "move", filter={}, to="other")
    assert (told["matched"], told["changed"]) == (7, 1)
    reasons = {refused["run"]: refused["reason"] for refused in told["reasons"]}
    assert f"prior run of sweep {learner}" in reasons[tried]
    assert f"a run of sweep {other}" in reasons[of_sweep]
    assert "It is running" in reasons["busy"]
    assert "another run with the id taken" in reasons["taken"]
    assert "nobody saw its program end" in reasons["silent"]
    assert "Its files are still on their way, e.g. 'late.bin'" in reasons["sending"]
    world.clock.advance(7 * 86400.0)
    assert (await change(world, "move", runs=["silent"], to="other"))["changed"] == 1
    await world.call("POST", f"{world.runs_path('sending')}/files", late)
    assert (await change(world, "move", runs=["sending"], to="other"))["changed"] == 0
    await world.call("PUT", f"/projects/ann/demo/blobs/{late['digest']}", b"late")
    assert (await change(world, "move", runs=["sending"], to="other"))["changed"] == 1
    assert (await world.show(other))["run_count"] == 1
    for to, message in (
        ("demo", "already"),
        ("nowhere", "no project ann/nowhere"),
        ("a/b/c", "names no project"),
        (None, "names no"),
    ):
        with pytest.raises(Refused, match=message):
            await change(world, "move", filter={}, to=to)
