"""Those who watch hear what changed: soon, once, and never more than they can take."""

from __future__ import annotations

import asyncio
import re
from functools import partialmethod
from pathlib import Path

import pytest
from server_world import RANDOM, World

from besom.server.api.events import event_lines
from besom.server.services.live import KEEP_ALIVE_SECONDS, Change, Live, Subscription
from besom.server.store import projects

pytestmark = pytest.mark.anyio


async def fetch(subscription: Subscription) -> list[Change]:
    return await subscription.fetch(keep_alive=0.01, coalesce=0)


async def test_a_watcher_hears_of_runs_sweeps_and_agents(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    project = world.store.read_sync(lambda conn: projects.find(conn, "ann", "demo").id)
    with world.services.ctx.live.subscribed(project) as watching:
        agent = await world.join(sweep)
        run = (await world.next(agent))["run_id"]
        changes = await fetch(watching)
        assert {(change.kind, change.id) for change in changes} == {("sweep", sweep), ("agent", agent), ("run", run)}
        version = (await world.runs())["version"]
        assert max(change.version for change in changes) == version


@pytest.mark.parametrize(("goal", "use"), [("minimize", "best"), ("maximize", "last")])
async def test_values_tell_of_the_sweep_only_where_its_best_run_is_another_or_has_another(
    world: World, goal: str, use: str
) -> None:
    sweep = await world.sweep({**RANDOM, "metric": {"name": "loss", "goal": goal, "use": use}})
    first, second = [(await world.next(await world.join(sweep, pid)))["run_id"] for pid in (1, 2)]
    good, bad = (1.0, 9.0) if goal == "minimize" else (9.0, 1.0)
    project = world.store.read_sync(lambda conn: projects.find(conn, "ann", "demo").id)

    async def told(run: str, value: float) -> bool:
        with world.services.ctx.live.subscribed(project) as watching:
            await world.log(run, value)
            return "sweep" in {change.kind for change in await fetch(watching)}

    await world.begin(first, sweep)
    await world.begin(second, sweep)
    assert await told(first, 5.0)
    assert not await told(second, bad)
    assert not await told(second, (bad + 5.0) / 2)
    assert await told(second, good)
    # With "last" it is the best no more; with "best" it still is, by the value that it had.
    assert await told(second, bad) == (use == "last")


async def test_many_changes_of_one_thing_are_one_change() -> None:
    live = Live()
    with live.subscribed(1) as watching:
        for version in range(5):
            live.publish(1, Change("run", "r", version))
        assert await fetch(watching) == [Change("run", "r", 4)]
        assert await fetch(watching) == []


async def test_what_changes_again_and_again_is_told_before_what_changes_here_and_there() -> None:
    live, told = Live(), []

    async def follow(project: int, second: str) -> None:
        with live.subscribed(project) as watching:
            live.publish(project, Change("run", "first", 1))
            await watching.fetch(coalesce=0)
            live.publish(project, Change("run", second, 2))
            told.extend(await watching.fetch(coalesce=0.05))

    await asyncio.gather(follow(1, "another"), follow(2, "first"))
    assert [change.id for change in told] == ["first", "another"]


async def test_a_stream_without_changes_beats_as_often_as_the_page_expects(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def still_sees() -> None: ...

    monkeypatch.setattr(Subscription, "fetch", partialmethod(Subscription.fetch, keep_alive=0.01))
    caller = await world.services.sessions.caller(world.client.headers["authorization"][7:], "key")
    stream = event_lines(world.services, caller, 1, still_sees)
    assert (await anext(stream)).startswith(b":")
    assert await anext(stream) == b"event: beat\ndata: {}\n\n"
    await stream.aclose()
    page = (Path(__file__).parents[2] / "web/src/api/live.ts").read_text()
    expected = re.search(r"const BEAT = ([\d_]+);", page)
    assert expected is not None
    assert int(expected[1]) == 1000 * KEEP_ALIVE_SECONDS


async def test_a_reader_that_is_too_slow_is_told_to_ask_for_everything() -> None:
    live = Live()
    with live.subscribed(1) as watching:
        for number in range(5000):
            live.publish(1, Change("run", f"r{number}", number))
        assert [change.kind for change in await fetch(watching)] == ["reset"]
        live.publish(1, Change("run", "r", 5001))
        assert await fetch(watching) == [Change("run", "r", 5001)]


async def test_projects_do_not_hear_of_each_other() -> None:
    live = Live()
    with live.subscribed(1) as watching:
        live.publish(2, Change("run", "r", 1))
        assert await fetch(watching) == []


async def test_what_happens_before_one_begins_to_wait_is_not_missed() -> None:
    live = Live()
    with live.listening("topic") as listener:
        live.wake(["topic"])
        assert await listener.wait(30)


async def test_closing_ends_every_wait() -> None:
    live = Live()
    with live.listening("topic") as listener, live.subscribed(1) as watching:
        waits = [asyncio.create_task(listener.wait(30)), asyncio.create_task(watching.fetch(30, 0))]
        await asyncio.sleep(0)
        live.close()
        assert await asyncio.wait_for(asyncio.gather(*waits), 25) == [False, []]
        assert watching.closed
    with live.listening("topic") as listener:
        assert not await listener.wait(30)
