"""What a caller was told is stored survives the sudden death of the server."""

from __future__ import annotations

import subprocess
import sys

import rows_of

from besom.server.store import Store

SERVER = """
import asyncio, sys
from sqlalchemy import insert
from besom.server.store import Store
from besom.server.store.tables import users

store = Store.open(sys.argv[1])

async def client(number):
    for turn in range(10**6):
        name = f"{number}-{turn}"
        await store.write(lambda conn: conn.execute(insert(users).values(name=name, role="member", created=0.0)))
        print(name, flush=True)

async def main():
    await asyncio.gather(*(client(number) for number in range(8)))

asyncio.run(main())
"""


def test_every_acknowledged_write_survives_kill_9(url: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", SERVER, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    acknowledged = [process.stdout.readline().strip() for _ in range(300)]
    process.kill()
    acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]
    process.wait()
    store = Store.open(url)
    assert set(acknowledged) - store.read_sync(rows_of.user_names) == set()
    store.close()
