"""What other servers write is heard at once where PostgreSQL is listened at; the log says so where it cannot be."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from besom.server.errors import ServerError
from besom.server.run import run
from besom.server.store import StoreError
from besom.server.store.notice_listener import listen_for_notices

pytestmark = pytest.mark.anyio
ON_POSTGRESQL = True

NOBODY = "127.0.0.1:1"


async def test_it_hears_also_where_the_first_of_several_hosts_is_away_but_not_its_own_notices(
    database: str,
) -> None:
    there = urlsplit(database)
    name = there.path.removeprefix("/")
    told = asyncio.Queue[None]()
    address = f"postgresql://tester@/{name}?host={NOBODY}&host=127.0.0.1:{there.port}"
    listening = asyncio.create_task(listen_for_notices(address, lambda: told.put_nowait(None), own="me"))
    await asyncio.wait_for(told.get(), 60)
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as other:
        await other.execute("SELECT pg_notify('besom', sender) FROM unnest(array['me', 'you']) AS senders (sender)")
    await asyncio.wait_for(told.get(), 60)
    await asyncio.sleep(0.05)
    assert told.empty()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_another_database_is_told_from_the_servers_own(
    database: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def probe(word: str) -> None:
        async with await psycopg.AsyncConnection.connect(database, autocommit=True) as own:
            await own.execute("SELECT pg_notify('besom', %s)", (word,))

    heard, none = asyncio.Event(), asyncio.Event()
    listening = [asyncio.create_task(listen_for_notices(database, heard.set, probe))]
    await asyncio.wait_for(heard.wait(), 60)
    heard.clear()
    await probe("any")
    await asyncio.wait_for(heard.wait(), 60)
    assert not caplog.records
    monkeypatch.setattr("besom.server.store.notice_listener._PROBE_SECONDS", 0.1)
    other = urlsplit(database)._replace(path="/postgres").geturl()
    listening.append(asyncio.create_task(listen_for_notices(other, none.set, probe)))
    while not caplog.records:
        await asyncio.sleep(0.01)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    assert "/postgres cannot be listened at" in caplog.text
    assert "it is another database than that of --db" in caplog.text
    assert not none.is_set()


async def test_an_address_at_which_nothing_is_heard_is_named_once_without_its_password(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, logger="besom.store")
    monkeypatch.setattr("besom.server.store.notice_listener._RETRY_SECONDS", 0.01)
    listening = asyncio.create_task(listen_for_notices(f"postgresql://tester:secret@{NOBODY}/besom", lambda: None))
    while len(caplog.records) < 3:
        await asyncio.sleep(0.01)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    assert [record.levelname for record in caplog.records[:3]] == ["WARNING", "INFO", "INFO"]
    assert f"{NOBODY}/besom cannot be listened at" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "address", ["nonsense", "sqlite:////tmp/besom.db", "postgresql://u:secret@db:port/besom", "mysql://u:secret@db/x"]
)
def test_a_server_does_not_start_with_an_address_to_listen_at_that_is_none(address: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is no address of a PostgreSQL database") as refused:
        run(data=tmp_path / "data", port=0, db="no database either", db_listen=address)
    assert not (tmp_path / "data").exists()
    with pytest.raises(ServerError, match="database is SQLite"):
        run(data=tmp_path / "data", port=0, db_listen="postgresql://u@db/besom")
    assert not (tmp_path / "data").exists()
    assert "mysql" not in address or "secret" not in str(refused.value)
