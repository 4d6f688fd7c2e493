"""Writes are transactions that share commits; reads are snapshots. The same on both databases."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
import rows_of
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from besom.server.store import Store, StoreError, writer
from besom.server.store.filters import compile_filter
from besom.server.store.store import urgently
from besom.server.store.tables import projects, runs, sweeps, users
from besom.server.store.writer import Writer
from waiting import until


class OneBatch:
    """Holds the writer busy until the works of a test are all waiting, so that they share a transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._go = threading.Event()
        self._busy = threading.Event()
        self.waiting: list[asyncio.Future[Any]] = []

    async def run(self, *works: Callable[[Connection], Any], urgent: frozenset[int] = frozenset()) -> list[Any]:
        """The results of the works; ``urgent`` are the numbers of those that are."""

        async def write(number: int, work: Callable[[Connection], Any]) -> Any:
            with urgently(number in urgent):
                return await self._store.write(work)

        def hold(conn: Connection) -> None:
            self._busy.set()
            assert self._go.wait(30)

        held = asyncio.ensure_future(self._store.write(hold))
        await asyncio.to_thread(self._busy.wait, 30)
        self.waiting = [asyncio.ensure_future(write(number, work)) for number, work in enumerate(works)]
        await asyncio.sleep(0)
        self._go.set()
        await held
        return await asyncio.gather(*self.waiting, return_exceptions=True)


def add(name: str) -> Callable[[Connection], str]:
    def work(conn: Connection) -> str:
        rows_of.user(conn, name)
        return name

    return work


def test_a_write_returns_the_result_of_its_work_and_others_see_it(store: Store) -> None:
    assert asyncio.run(store.write(add("ada"))) == "ada"
    assert asyncio.run(store.read(rows_of.user_names)) == {"ada"}


def test_an_exception_in_a_work_reaches_its_caller_and_leaves_no_trace(store: Store) -> None:
    def work(conn: Connection) -> None:
        rows_of.user(conn, "ada")
        raise LookupError("no such sweep")

    with pytest.raises(LookupError, match="no such sweep"):
        store.write_sync(work)
    assert store.read_sync(rows_of.user_names) == set()


def test_in_one_batch_a_failing_work_takes_back_only_itself(store: Store) -> None:
    def fail(conn: Connection) -> None:
        rows_of.user(conn, "eve")
        raise ValueError("on purpose")

    results = asyncio.run(OneBatch(store).run(add("ada"), fail, add("ada"), add("bob")))
    assert results[0] == "ada"
    assert isinstance(results[1], ValueError)
    assert isinstance(results[2], IntegrityError)
    assert results[3] == "bob"
    assert store.read_sync(rows_of.user_names) == {"ada", "bob"}


def test_a_transaction_ends_with_what_is_done_for_all_works_that_are_kept(store: Store) -> None:
    closed = list[list[Any]]()

    def close(conn: Connection, kept: list[Any]) -> None:
        rows_of.user(conn, f"end {len(closed)}")
        closed.append(kept)

    def fail(conn: Connection) -> None:
        rows_of.user(conn, "eve")
        raise ValueError("on purpose")

    store.before_commit(close)
    asyncio.run(OneBatch(store).run(add("ada"), fail, add("bob")))
    assert closed == [[None], ["ada", "bob"]]
    assert store.read_sync(rows_of.user_names) == {"end 0", "ada", "bob", "end 1"}


def test_in_one_batch_a_work_sees_what_those_before_it_did(store: Store) -> None:
    results = asyncio.run(OneBatch(store).run(add("ada"), rows_of.user_names, add("bob"), rows_of.user_names))
    assert results == ["ada", {"ada"}, "bob", {"ada", "bob"}]


def test_nobody_is_told_done_before_the_commit(store: Store) -> None:
    batch = OneBatch(store)

    def look(conn: Connection) -> tuple[set[str], bool]:
        time.sleep(0.05)  # long enough for news to travel, if there were any
        return store.read_sync(rows_of.user_names), batch.waiting[0].done()

    assert asyncio.run(batch.run(add("ada"), look)) == ["ada", (set(), False)]


def test_urgent_works_go_ahead_and_where_none_can_wait_the_others_share_a_transaction(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "BATCH_SECONDS", 0.0)
    order: list[int] = []
    works = [lambda _conn, number=number: order.append(number) for number in range(6)]
    before = sum(store.batches[0].counts)
    asyncio.run(OneBatch(store).run(*works, urgent=frozenset({3, 5})))
    assert order == [3, 5, 0, 1, 2, 4]
    elsewhere = store.is_shared  # there some may wait at another server
    assert sum(store.batches[0].counts) - before == 1 + (4 if elsewhere else 1)


def test_what_is_urgent_waits_for_few_of_the_others_and_however_much_of_it_comes_they_have_their_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    used, slept, order = [0.0], list[float](), list[int | str]()
    clock = SimpleNamespace(thread_time=lambda: used[0], perf_counter=lambda: 0.0, sleep=slept.append)
    monkeypatch.setattr(writer, "time", clock)
    monkeypatch.setattr(writer, "BATCH_SECONDS", 20.0)

    async def scenario() -> None:
        loop, urgent = asyncio.get_running_loop(), list[asyncio.Future[None]]()

        def take_three_seconds(said: int | str) -> None:
            used[0] += 3.0
            order.append(said)

        def work(number: int) -> Callable[[Connection], None]:
            def let_an_urgent_one_come(_conn: Connection) -> None:
                take_three_seconds(number)
                came = store._writer.submit_in(loop, lambda _conn: take_three_seconds("urgent"), is_urgent=True)
                urgent.append(came)

            return let_an_urgent_one_come

        await OneBatch(store).run(*map(work, range(20)))
        await asyncio.gather(*urgent)

    before = sum(store.batches[0].counts)
    asyncio.run(scenario())
    first, second, third = range(7), range(7, 14), range(14, 20)  # seven of them: 20 seconds
    assert order == [*first, *["urgent"] * 7, *second, *["urgent"] * 7, *third, *["urgent"] * 6]
    assert sum(store.batches[0].counts) - before == 1 + 4
    assert len(slept) <= 1, "not while works wait"


def test_a_work_that_raises_what_no_future_takes_keeps_no_answer_from_the_others(store: Store) -> None:
    results = asyncio.run(asyncio.wait_for(OneBatch(store).run(lambda _conn: next(iter(())), add("ada")), 30))
    assert isinstance(results[0], RuntimeError)
    assert results[1] == "ada"


def test_a_transaction_that_fails_fails_no_work_that_was_not_at_its_turn(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Writer, "_attempt", lambda *_, **__: _fail())
    results = asyncio.run(OneBatch(store).run(lambda _conn: None, lambda _conn: "later"))
    assert isinstance(results[0], OSError)
    assert results[1] == "later"


def _fail() -> None:
    raise OSError("the disk is away")


def test_a_write_given_up_before_its_turn_never_happens(store: Store) -> None:
    async def scenario() -> None:
        go, busy = threading.Event(), threading.Event()

        def hold(conn: Connection) -> None:
            busy.set()
            assert go.wait(30)

        held = asyncio.ensure_future(store.write(hold))
        await asyncio.to_thread(busy.wait, 30)
        given_up = asyncio.ensure_future(store.write(add("ada")))
        await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.sleep(0)
        go.set()
        await held
        await store.write(add("bob"))

    asyncio.run(scenario())
    assert store.read_sync(rows_of.user_names) == {"bob"}


def test_threads_that_read_then_write_lose_no_update(store: Store) -> None:
    key = store.write_sync(rows_of.project)

    def increment(conn: Connection) -> None:
        value = conn.scalar(select(projects.c.version).where(projects.c.id == key))
        conn.execute(update(projects).where(projects.c.id == key).values(version=value + 1))

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda _: store.write_sync(increment), range(200)))
    assert store.read_sync(lambda conn: conn.scalar(select(projects.c.version))) == 200


@pytest.mark.postgresql
def test_two_servers_on_one_postgresql_lose_no_update(postgresql_server: Any, migrated: str) -> None:
    def increment(conn: Connection) -> None:
        value = conn.scalar(select(projects.c.version))
        conn.execute(update(projects).values(version=value + 1))

    with postgresql_server.database(migrated) as address:
        servers = [Store.open(address), Store.open(address)]
        servers[0].write_sync(rows_of.project)
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda index: servers[index % 2].write_sync(increment), range(200)))
        assert servers[0].read_sync(lambda conn: conn.scalar(select(projects.c.version))) == 200
        for server in servers:
            server.close()


@pytest.mark.postgresql
def test_connections_that_were_cut_off_while_nobody_used_them_are_not_missed(
    postgresql_server: Any, migrated: str
) -> None:
    with postgresql_server.database(migrated) as address, psycopg.connect(address, autocommit=True) as stranger:
        store = Store.open(address)
        barrier = threading.Barrier(3)
        with ThreadPoolExecutor(3) as threads:
            for name in ("ada", "bob"):
                store.write_sync(add(name))
                list(threads.map(lambda _: store.read_sync(lambda _conn: barrier.wait(30)), range(3)))
                others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                assert len(stranger.execute(f"SELECT pg_terminate_backend(pid, 10000) {others}").fetchall()) >= 4
        assert store.read_sync(rows_of.user_names) == {"ada", "bob"}
        store.write_sync(add("eve"))
        store.close()


@pytest.mark.postgresql
def test_a_deadlock_with_a_stranger_is_survived(postgresql_server: Any, migrated: str) -> None:
    with postgresql_server.database(migrated) as address, psycopg.connect(address) as stranger:
        store = Store.open(address)
        for name in ("ada", "bob"):
            store.write_sync(add(name))
        stranger.execute("SET deadlock_timeout = '60s'")  # so that the store is the one to give way
        stranger.execute("UPDATE users SET role = 'stranger' WHERE name = 'bob'")
        first_locked = threading.Event()
        attempts = []
        waits_for_this = text("SELECT FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid")

        def work(conn: Connection) -> None:
            attempts.append(1)
            conn.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
            conn.execute(update(users).where(users.c.name == "ada").values(role="store"))
            first_locked.set()
            # The database looks for a deadlock once, 10 ms after one has begun to wait.
            until(lambda: len(attempts) > 1 or conn.execute(waits_for_this).all())
            conn.execute(update(users).where(users.c.name == "bob").values(role="store"))

        with ThreadPoolExecutor(1) as threads:
            writing = threads.submit(store.write_sync, work)
            assert first_locked.wait(30)
            stranger.execute("UPDATE users SET role = 'stranger' WHERE name = 'ada'")
            stranger.commit()
            writing.result(30)
        assert len(attempts) > 1
        assert set(store.read_sync(lambda conn: conn.scalars(select(users.c.role)).all())) == {"store"}
        store.close()


def test_a_read_sees_one_moment(store: Store) -> None:
    def twice(conn: Connection) -> tuple[set[str], set[str]]:
        before = rows_of.user_names(conn)
        with ThreadPoolExecutor(1) as other:
            other.submit(store.write_sync, add("ada")).result(30)
        return before, rows_of.user_names(conn)

    assert store.read_sync(twice) == (set(), set())
    assert store.read_sync(rows_of.user_names) == {"ada"}


def test_a_read_cannot_write(store: Store) -> None:
    with pytest.raises((StoreError, DBAPIError)):
        store.read_sync(add("ada"))
    assert store.read_sync(rows_of.user_names) == set()


def test_many_readers_and_writers_at_once_all_succeed(store: Store) -> None:
    async def scenario() -> list[Any]:
        writes = [store.write(add(f"u{number}")) for number in range(200)]
        reads = [store.read(rows_of.user_names) for _ in range(50)]
        return await asyncio.gather(*writes, *reads)

    asyncio.run(scenario())
    assert len(store.read_sync(rows_of.user_names)) == 200


def test_closing_finishes_what_waits_and_refuses_what_comes_later(url: str) -> None:
    store = Store.open(url)

    async def scenario() -> list[Any]:
        writes = [asyncio.ensure_future(store.write(add(f"u{number}"))) for number in range(20)]
        await asyncio.sleep(0)
        await asyncio.to_thread(store.close)
        return await asyncio.gather(*writes)

    assert len(asyncio.run(scenario())) == 20
    with pytest.raises(StoreError, match="closed"):
        store.write_sync(add("late"))
    with pytest.raises(StoreError, match="closed"):
        asyncio.run(store.read(rows_of.user_names))
    again = Store.open(url)
    assert len(again.read_sync(rows_of.user_names)) == 20
    again.close()


def test_json_comes_back_as_it_went_in(store: Store) -> None:
    config = {"z": 1, "a": 1.0, "big": 1e16, "nested": {"y": [1, None, "é", True], "b": {}}, 'quote"d': "\\", "": -0.5}
    key = store.write_sync(lambda conn: rows_of.run(conn, config=config))
    back = store.read_sync(lambda conn: conn.scalar(select(runs.c.config).where(runs.c.key == key)))
    assert back == config
    assert list(back) == list(config)
    assert [type(value) for value in back.values()] == [type(value) for value in config.values()]


def test_a_nul_in_one_run_s_config_does_not_break_filters_over_all(store: Store) -> None:
    config = {"a": "x\0", "b\0": "\\\0", "c": "\\u0000", "d": 1}
    key = store.write_sync(lambda conn: rows_of.run(conn, config=config))
    found = store.read_sync(
        lambda conn: conn.execute(select(runs.c.key, runs.c.config).where(compile_filter({"config.d": 1}))).all()
    )
    assert found == [(key, {"a": "x\ufffd", "b\ufffd": "\\\ufffd", "c": "\\u0000", "d": 1})]


def test_foreign_keys_are_kept(store: Store) -> None:
    with pytest.raises(IntegrityError):
        store.write_sync(lambda conn: rows_of.run(conn, project_id=12345))


def test_a_living_point_cannot_be_handed_out_twice(store: Store) -> None:
    def sweep(conn: Connection) -> int:
        project = rows_of.project(conn)
        values = {"id": "s", "project_id": project, "state": "RUNNING", "config": {}, "text": "", "seed": 1}
        conn.execute(insert(sweeps).values(**values, creator="me", created=0.0, updated=0.0, version=1))
        return project

    project = store.write_sync(sweep)
    point = {"sweep_id": "s", "point_hash": "abc", "round": 0}
    store.write_sync(lambda conn: rows_of.run(conn, project, **point, deleted=1.0))
    store.write_sync(lambda conn: rows_of.run(conn, project, **point))
    with pytest.raises(IntegrityError):
        store.write_sync(lambda conn: rows_of.run(conn, project, **point))
