"""A server that is killed while it takes a report in several transactions: the next one goes on after the last."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from dying import in_a_process
from sqlalchemy import Connection, select

from besom.protocol import ArtifactRecord, FileEntry, HistoryRecord, NewArtifact, NewRun
from besom.sdk.spool import line_of
from besom.server.services.claims import begin_run
from besom.server.services.configs import Plans
from besom.server.services.context import Context, Unit
from besom.server.services.portions import cut
from besom.server.services.stream import take_spool
from besom.server.services.users import Caller, ensure_admin, new_secret
from besom.server.store import Store, history, runs
from besom.server.store.tables import artifacts, events, spools, users
from databases import database_address

ARTIFACTS = 250


def lines_of(number: int) -> bytes:
    """An artifact, and a row that tells which."""
    file = FileEntry(path="weights.bin", digest=hashlib.sha256(b"%d" % number).hexdigest(), size=number)
    artifact = NewArtifact(name=f"net-{number}", type="model", files=[file])
    row = HistoryRecord(step=number, time=1.0, data={"v": number})
    return line_of(ArtifactRecord(artifact=artifact)) + line_of(row)


PIECE = b"".join(map(lines_of, range(ARTIFACTS)))
ENDS = [sum(map(len, cut(PIECE)[:number])) for number in range(1, len(cut(PIECE)) + 1)]
"""How much is stored after each transaction."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    yield from database_address(request.param, request)


def send(address: str, *, last: int = 0, commit: bool = True) -> None:
    """A server takes the whole piece; it is killed in that of its transactions, or right after the commit."""
    store = Store.open(address)
    store.write_sync(lambda conn: ensure_admin(Unit(conn, time.time()), "ann", new_secret()))
    ann = store.read_sync(lambda conn: conn.execute(select(users).where(users.c.name == "ann")).one())
    caller = Caller(id=ann.id, name="ann", role="admin")
    ctx = Context(store, time.time, random.Random(0), 100.0, "http://127.0.0.1:7878", "")
    write, transactions = store.write, 0

    async def dying(work: Any) -> Any:
        nonlocal transactions
        transactions += 1

        def work_and_die(conn: Connection) -> Any:
            work(conn)
            os.kill(os.getpid(), signal.SIGKILL)

        done = await write(work_and_die if transactions == last and not commit else work)
        if transactions == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    async def serve() -> None:
        await begin_run(ctx, caller, "ann", "demo", NewRun(id="r", spool="s", started=1.0))
        store.write = dying  # type: ignore[method-assign]
        ack = await take_spool(ctx, Plans(), caller, "ann", "demo", "r", "s", 0, PIECE)
        assert ack.offset == len(PIECE)

    asyncio.run(serve())
    store.close()


def stored(address: str) -> int:
    """How many bytes of the piece the server has; of what they say it has everything, and each thing once."""

    def look(conn: Connection) -> int:
        offset, key = conn.execute(select(spools.c.offset, spools.c.run_key)).one()
        count = PIECE[:offset].count(b"\n") // 2
        rows = history.rows(conn, key, after=0, limit=ARTIFACTS + 1).rows
        assert [row["v"] for row in rows] == list(range(count))
        assert runs.by_key(conn, key).steps == count
        made = Counter((row.name, row.version) for row in conn.execute(select(artifacts)))
        assert made == Counter((f"net-{number}", 0) for number in range(count))
        told = Counter(conn.scalars(select(events.c.reason).where(events.c.kind == "artifact.logged")))
        assert told == Counter(f"net-{number}:v0" for number in range(count))
        return int(offset)

    store = Store.open(address)
    found = store.read_sync(look)
    store.close()
    return found


def test_whichever_transaction_was_the_last_everything_is_there_once(address: str) -> None:
    assert len(ENDS) == 3
    for last, commit, end in [(1, False, 0), (1, True, ENDS[0]), (2, False, ENDS[0]), (2, True, ENDS[1])]:
        assert in_a_process(partial(send, address, last=last, commit=commit)) == -signal.SIGKILL
        assert stored(address) == end
    assert in_a_process(partial(send, address)) > 0
    assert stored(address) == len(PIECE)
