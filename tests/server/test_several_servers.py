"""Several servers on one PostgreSQL are as one: what is done at one is known at the others."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from server_world import GRID, LEASE, RANDOM, World, open_world
from sqlalchemy import Connection, Engine, delete, func, insert, select
from test_polling_agents import beat, join
from test_pools import Pool, pool_of

from besom.server.home import admin_key
from besom.server.limits.limiter import Limiter
from besom.server.limits.settings import Limits
from besom.server.services import relay as relaying
from besom.server.services.context import Unit
from besom.server.services.live import Change, Subscription
from besom.server.services.pauses import Attention
from besom.server.services.reaper import reap
from besom.server.services.refusals import Conflict
from besom.server.services.relay import Relay, forget_old
from besom.server.services.users import new_secret
from besom.server.store import Store, StoreError, heartbeats, postgresql, projects
from besom.server.store.store import READERS
from besom.server.store.tables import notices

pytestmark = pytest.mark.anyio
ON_POSTGRESQL = True

HOUR = 3600.0
DAY = 24 * HOUR


@pytest.fixture
async def other(database: str, world: World) -> AsyncIterator[World]:
    """Another server on the database of ``world``, by the same clock."""
    async with open_world(database, seed=1, clock=world.clock) as opened:
        yield opened


@contextlib.asynccontextmanager
async def relayed(world: World) -> AsyncIterator[None]:
    """A server that looks for what others change, as it does outside of tests."""
    relay = Relay(world.services.ctx)
    await relay.look()
    task = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def project_of(world: World) -> int:
    return world.store.read_sync(lambda conn: projects.find(conn, "ann", "demo").id)


async def fetch(subscription: Subscription) -> set[tuple[str, str]]:
    return {(change.kind, change.id) for change in await subscription.fetch(keep_alive=0.01, coalesce=0)}


async def told_of(subscription: Subscription, change: tuple[str, str]) -> None:
    while change not in await fetch(subscription):
        pass


async def test_who_watches_at_one_server_sees_what_is_logged_at_another(world: World, other: World) -> None:
    await world.begin("run")
    relay = Relay(other.services.ctx)
    await relay.look()
    with other.services.ctx.live.subscribed(project_of(world)) as watching:
        await world.log("run", 0.5)
        await relay.look()
        assert await fetch(watching) == {("run", "run")}
        await relay.look()
        assert await fetch(watching) == set(), "told once"


async def test_nobody_is_told_twice_of_what_his_own_server_changed(world: World) -> None:
    await world.begin("run")
    relay = Relay(world.services.ctx)
    await relay.look()
    with world.services.ctx.live.subscribed(project_of(world)) as watching:
        await world.log("run", 0.5)
        assert await fetch(watching) == {("run", "run")}
        await relay.look()
        assert await fetch(watching) == set()


async def test_what_shares_a_transaction_has_one_version_and_is_told_in_one_notice_without_what_failed(
    world: World, other: World
) -> None:
    for run in ("one", "two", "lost"):
        await world.begin(run)
    project, relay = project_of(world), Relay(other.services.ctx)
    await relay.look()
    before = world.store.read_sync(notices_of)
    busy, go = threading.Event(), threading.Event()

    def hold(_: Unit) -> None:
        busy.set()
        go.wait(60)

    def change(run: str) -> Callable[[Unit], int]:
        def work(unit: Unit) -> int:
            version = unit.changed(project, "run", run)
            if run == "lost":
                raise Conflict("lost", "on purpose")
            return version

        return work

    ctx = world.services.ctx
    with other.services.ctx.live.subscribed(project) as watching:
        works = [asyncio.create_task(ctx.write(hold))]
        await asyncio.to_thread(busy.wait, 60)
        works += [asyncio.create_task(ctx.write(change(run))) for run in ("lost", "one", "two")]
        await asyncio.sleep(0)
        go.set()
        _, lost, one, two = await asyncio.gather(*works, return_exceptions=True)
        await relay.look()
        assert await fetch(watching) == {("run", "one"), ("run", "two")}
    assert isinstance(lost, Conflict)
    assert one == two == world.store.read_sync(lambda conn: projects.version(conn, project))
    assert world.store.read_sync(notices_of) == before + 1


def notices_of(conn: Connection) -> int:
    return int(conn.scalar(select(func.count()).select_from(notices)) or 0)


async def test_who_missed_what_is_kept_no_more_looks_at_everything_anew(
    world: World, other: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.begin("run")
    relay = Relay(other.services.ctx)
    await relay.look()
    with other.services.ctx.live.subscribed(project_of(world)) as watching:
        await world.log("run", 0.5)
        world.clock.advance(relaying.KEPT_SECONDS + 1)
        await forget_old(world.services.ctx)
        monkeypatch.setattr(relaying, "KEPT_SECONDS", 0.0)
        await relay.look()
        assert await watching.fetch(keep_alive=0.01, coalesce=0) == [Change("reset", "", 0)]


async def test_who_watches_looks_anew_when_the_database_is_back_at_an_older_state(world: World, other: World) -> None:
    await world.begin("run")
    relay = Relay(other.services.ctx)
    await relay.look()
    world.clock.advance(relaying.KEPT_SECONDS + 1)
    await forget_old(world.services.ctx)
    with other.services.ctx.live.subscribed(project_of(world)) as watching:
        for _ in range(2):
            await relay.look()
        assert await fetch(watching) == set(), "what was forgotten was known"
        world.store.write_sync(lambda conn: conn.execute(delete(notices)))  # as after the restore of a backup
        for _ in range(2):
            await relay.look()
        assert await fetch(watching) == {("reset", "")}
        relay.notify_connected()  # as when a standby has taken over, which may miss what nobody has looked at
        for told in ({("reset", "")}, set()):
            await relay.look()
            assert await fetch(watching) == told


async def test_a_key_that_another_server_makes_at_its_start_is_no_guess(
    world: World, other: World, tmp_path: Path
) -> None:
    relay, sessions = Relay(other.services.ctx), other.services.sessions
    await relay.look()
    assert not await sessions.recognises(new_secret())
    key, is_new = await asyncio.to_thread(admin_key, world.store, tmp_path)
    assert is_new
    assert not await sessions.recognises(key)
    await relay.look()
    assert await sessions.recognises(key)


async def test_a_notice_that_a_server_does_not_understand_leaves_it_deaf_to_no_other(
    world: World, other: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.begin("run")
    monkeypatch.setattr(relaying, "LOOK_EVERY", 0.01)
    async with relayed(other):
        with other.services.ctx.live.subscribed(project_of(world)) as watching:
            body = {"of": "another version"}
            world.store.write_sync(lambda conn: conn.execute(insert(notices).values(sender="x", time=0, body=body)))
            await asyncio.wait_for(told_of(watching, ("reset", "")), 60)
            await world.log("run", 0.5)
            await asyncio.wait_for(told_of(watching, ("run", "run")), 60)


async def test_what_others_change_is_heard_while_all_long_reads_are_busy(world: World, other: World) -> None:
    await world.begin("run")
    relay = Relay(other.services.ctx)
    await relay.look()
    await world.log("run", 0.5)
    ends = threading.Event()
    reads = [asyncio.create_task(other.store.read(lambda _: ends.wait(60))) for _ in range(READERS)]
    with other.services.ctx.live.subscribed(project_of(world)) as watching:
        try:
            await asyncio.wait_for(relay.look(), 30)
            assert not any(read.done() for read in reads)
            assert await fetch(watching) == {("run", "run")}
        finally:
            ends.set()
            await asyncio.gather(*reads)


async def test_an_agent_that_waits_at_one_server_gets_what_becomes_free_at_another(world: World, other: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await other.join(sweep)
    await world.command(sweep, "pause")
    async with relayed(other):
        waiting = asyncio.create_task(other.next(agent, wait=30))
        while not other.services.ctx.live._listeners:
            await asyncio.sleep(0)
        await world.command(sweep, "resume")
        assert (await asyncio.wait_for(waiting, 25))["command"] == "run"


async def test_a_key_that_is_revoked_at_one_server_opens_nothing_at_another(world: World, other: World) -> None:
    relay = Relay(other.services.ctx)
    await relay.look()
    limiter = other.client._transport.app.state.limiter = Limiter(Limits(guesses=1), lambda: 0.0, lambda: 0)
    assert not await other.services.sessions.recognises("x" * 40)
    for _ in range(40):
        limiter.count_guess("127.0.0.1")
    made = await world.call("POST", "/keys", {"name": "laptop"})
    await relay.look()  # though many guess at the address of the key, and that server has never seen it
    async with other.client_with({"Authorization": f"Bearer {made['secret']}"}) as client:
        assert (await client.get("/api/v1/viewer")).status_code == 200
        await world.call("DELETE", f"/keys/{made['key']['id']}")
        await relay.look()
        assert (await client.get("/api/v1/viewer")).status_code == 401


@pytest.mark.parametrize("method", ["grid", "bayes"])
async def test_agents_at_both_servers_never_get_the_same_point(world: World, other: World, method: str) -> None:
    space = {"x": {"min": 0, "max": 23}}
    config = {"method": method, "metric": {"name": "loss"}, "parameters": space, "run_cap": 24}
    sweep = await world.sweep({**GRID, **config} if method == "grid" else config)
    agents = [(server, await server.join(sweep, pid)) for pid in range(3) for server in (world, other)]

    async def work(server: World, agent: str) -> list[int]:
        got = []
        while (params := await server.work(agent, sweep, 0.5)) is not None:
            got.append(params["x"])
        return got

    got = await asyncio.gather(*(work(server, agent) for server, agent in agents))
    assert sorted(x for own in got for x in own) == list(range(24))


async def test_what_an_agent_that_polls_has_said_is_known_at_the_next_server(world: World, other: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await join(world, sweep)
    (command,) = await beat(world, agent)
    assert await beat(other, agent, command["run_id"]) == [], "it has begun the program"
    (next_one,) = await beat(world, agent)
    assert next_one["run_id"] != command["run_id"]
    assert (await other.run(command["run_id"]))["reason"] == "its program ended before it called init()"
    assert await beat(other, agent) == await beat(world, agent) == [next_one], "an answer may be lost"
    assert (await beat(other, agent))[0]["run_id"] != next_one["run_id"], "but not for ever"


async def test_an_agent_of_a_project_that_says_goodbye_at_one_server_gets_no_run_at_another(
    world: World, other: World
) -> None:
    sweep = await world.sweep(RANDOM)
    await world.command(sweep, "pause")
    pool = await pool_of(world)
    at_other = Pool(other, pool.route.rpartition("/")[2])
    async with relayed(other):
        waiting = asyncio.create_task(at_other.ask(wait=30))
        while not other.services.ctx.live._listeners:
            await asyncio.sleep(0)
        await world.call("DELETE", pool.route)
        await world.command(sweep, "resume")
        assert (await asyncio.wait_for(waiting, 25))["next"]["reason"] == "the agent has left"
    assert (await world.show(sweep))["run_count"] == 0


async def test_a_server_that_stood_still_takes_no_hours_while_another_went_on(world: World, other: World) -> None:
    sweep = await world.sweep({**RANDOM, "budget": {"hours": 100}})
    agent = await world.join(sweep)
    await world.next(agent)
    awake, stopped = (Attention(server.services.ctx, LEASE / 8) for server in (world, other))
    await awake.look()
    await stopped.look()
    for _ in range(80):
        world.clock.advance(LEASE / 8)
        await awake.look()
    await stopped.look()
    await reap(other.services.ctx, other.services.plans)
    used = (await world.show(sweep))["budget"][0]["used"]
    assert used == pytest.approx(10 * LEASE / HOUR)


async def test_a_night_in_which_all_servers_slept_is_taken_off_once(world: World, other: World) -> None:
    sweep = await world.sweep({**RANDOM, "budget": {"hours": 100}})
    run = (await world.next(await world.join(sweep)))["run_id"]
    looks = [Attention(server.services.ctx, LEASE / 8) for server in (world, other)]
    for attention in looks:
        await attention.look()
    world.clock.advance(13 * HOUR)
    for attention in looks:
        await attention.look()
    for server in (world, other):
        await reap(server.services.ctx, server.services.plans)
    assert (await world.show(sweep))["budget"][0]["used"] == pytest.approx(0, abs=0.01)
    assert (await world.run(run))["state"] == "pending", "nobody could hear its agent"


async def test_a_clock_of_the_database_that_is_set_back_is_made_good_once(world: World, other: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    run = (await other.next(agent))["run_id"]
    await world.beat(agent, (run,))
    looks = [Attention(server.services.ctx, LEASE / 8) for server in (world, other)]
    for attention in looks:
        await attention.look()
    before = world.store.read_sync(heartbeats.newest)
    world.clock.advance(-HOUR)
    for attention in looks:
        await attention.look()
    assert before - world.store.read_sync(heartbeats.newest) == pytest.approx(HOUR, abs=1)
    assert (await world.next(agent, (run,)))["command"] == "run"


async def test_a_server_that_waits_long_for_its_turn_to_write_down_that_it_looked_takes_no_hours(
    world: World, other: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = await world.sweep({**RANDOM, "budget": {"hours": 100}})
    await world.next(await world.join(sweep))
    late, prompt = (Attention(server.services.ctx, LEASE / 8) for server in (world, other))
    await late.look()
    await prompt.look()
    world.clock.advance(LEASE / 8)
    waits, goes_on = threading.Event(), threading.Event()
    usual = world.store._dialect.transaction

    def wait_for_its_turn(engine: Engine) -> AbstractContextManager[Connection]:
        waits.set()
        goes_on.wait(60)
        return usual(engine)

    monkeypatch.setattr(world.store._dialect, "transaction", wait_for_its_turn)
    waiting = asyncio.create_task(late.look())
    await asyncio.to_thread(waits.wait, 60)
    world.clock.advance(5)
    before = other.store.read_sync(heartbeats.newest)
    await prompt.look()
    goes_on.set()
    await waiting
    assert other.store.read_sync(heartbeats.newest) == before
    assert (await other.show(sweep))["budget"][0]["used"] == pytest.approx((LEASE / 8 + 5) / HOUR)


async def test_a_server_that_is_told_the_time_a_little_later_than_another_takes_no_hours(
    world: World, other: World
) -> None:
    sweep = await world.sweep({**RANDOM, "budget": {"hours": 100}})
    await world.next(await world.join(sweep))
    other.services.ctx.clock = lambda: world.clock() - 0.02
    looks = [Attention(server.services.ctx, LEASE / 8) for server in (world, other)]
    for _ in range(5):
        for attention in looks:
            await attention.look()
        world.clock.advance(LEASE / 8)
    assert (await world.show(sweep))["budget"][0]["used"] == pytest.approx(5 * LEASE / 8 / HOUR, abs=1 / HOUR)


@pytest.mark.parametrize("first", ["look", "reap"])
async def test_the_hours_that_a_machine_slept_cost_nobody_his_run_though_only_the_database_knows_of_them(
    world: World, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    ctx, plans = world.services.ctx, world.services.plans
    ctx.clock = world.store.clock
    sweep = await world.sweep({**RANDOM, "budget": {"hours": 100}})
    run = (await world.next(await world.join(sweep)))["run_id"]
    attention = Attention(ctx, LEASE / 8)
    await attention.look()
    ctx.started -= DAY
    # The clock by which a machine waits stands still while it sleeps.
    monkeypatch.setattr(postgresql, "_TURN", f"{postgresql._TURN} + {HOUR}")
    if first == "reap":
        await reap(ctx, plans)
    await attention.look()
    await reap(ctx, plans)
    assert (await world.run(run))["state"] == "pending", "nobody could hear its agent"
    assert (await world.show(sweep))["budget"][0]["used"] == pytest.approx(0, abs=0.01)


async def test_what_one_server_does_for_all_the_others_leave_until_it_is_due(world: World, other: World) -> None:
    first, second = world.services.ctx, other.services.ctx
    assert await first.takes_turn("sweep the floor", 60)
    writes = sum(other.store.batches[0].counts)
    assert not await second.takes_turn("sweep the floor", 60)
    assert sum(other.store.batches[0].counts) == writes, "it takes nobody's turn to write"
    world.clock.advance(61)
    assert await second.takes_turn("sweep the floor", 60)
    world.clock.advance(-1000)
    assert await first.takes_turn("sweep the floor", 60), "a clock that is set back stops nothing"


async def test_servers_go_by_the_clock_of_the_database_whatever_their_machines_say(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now - 10 * 365 * DAY)
    with contextlib.closing(Store.open(database)) as store:
        assert store.clock() == pytest.approx(now, abs=HOUR)


async def test_a_server_that_stops_in_the_middle_of_a_write_holds_the_others_up_for_a_while_only(
    world: World, other: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    holds, goes_on = threading.Event(), threading.Event()

    def stop(unit: Unit) -> int:
        holds.set()
        goes_on.wait(60)
        return projects.next_version(unit.conn, project, unit.now)

    await world.begin("run")
    project = project_of(world)
    with monkeypatch.context() as patched:  # for its own transaction only
        patched.setattr(postgresql, "LONGEST_PAUSE", 0.3)
        stopped = asyncio.create_task(world.services.ctx.write(stop))
        await asyncio.to_thread(holds.wait, 60)
    await other.log("run", 0.5)
    goes_on.set()
    relay = Relay(world.services.ctx)
    await relay.look()
    with world.services.ctx.live.subscribed(project) as watching:
        with pytest.raises(StoreError, match="idle-in-transaction"):
            await stopped
        await relay.look()
        assert await fetch(watching) == {("reset", "")}, "it cannot know what the database has kept"
    assert (await world.run("run"))["summary"]["loss"] == 0.5, "and it is well again"
