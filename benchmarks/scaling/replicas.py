"""How many points and how many runs a second some servers take that share a PostgreSQL, beside one with SQLite."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from load.served import Served, serving
from load.wire import Client, Tally

from scaling.cost import clock

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))  # a private PostgreSQL is there

SECONDS = 8.0
CLIENTS = 16
ROWS, METRICS = 10, 10
"""Of a piece of spool: a hundred points."""
_PROJECT = "replicas"
Work = Callable[[Client, str, str, int, float], Coroutine[Any, Any, int]]


def measure(folder: Path, counts: Sequence[int]) -> str:
    """The table, as Markdown."""
    import postgresql

    lines = [
        "### Servers that share a database",
        "",
        f"{CLIENTS} clients on the same machine, {SECONDS:.0f} s each.",
        "",
        "| | points/s | ms of CPU per 100 points | runs/s | ms of CPU per run |",
        "|---|---:|---:|---:|---:|",
    ]
    lines.append(_row("SQLite, one server", folder / "sqlite", 1, None))
    with postgresql.server() as database:
        for count in counts:
            with database.database() as url:
                name = f"PostgreSQL, {count} server{'s' if count > 1 else ''}"
                lines.append(_row(name, folder / f"postgresql-{count}", count, url))
    return "\n".join([*lines, ""])


def _row(name: str, folder: Path, count: int, url: str | None) -> str:
    with _servers(folder, count, url) as servers:
        ingest, ingest_cpu = asyncio.run(_storm(servers, _log))
        handed, handed_cpu = asyncio.run(_storm(servers, _work))
    return f"| {name} | {100 * ingest:,.0f} | {ingest_cpu:.2f} | {handed:,.0f} | {handed_cpu:.2f} |"


@contextlib.contextmanager
def _servers(folder: Path, count: int, url: str | None) -> Iterator[list[Served]]:
    folder.mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        options = () if url is None else ("--db", url)
        yield [stack.enter_context(serving(folder / f"{number}", options=options)) for number in range(count)]


async def _storm(servers: list[Served], work: Work) -> tuple[float, float]:
    """How often a second the clients did their work, and the servers' milliseconds of CPU for each."""
    sweep = await servers[0].sweep(_PROJECT)
    clients = [servers[number % len(servers)].client(Tally()) for number in range(CLIENTS)]
    begun, cpu = time.monotonic(), sum(map(clock, servers))
    until = begun + SECONDS
    place = f"/projects/{servers[0].entity}/{_PROJECT}/runs"
    done = sum(await asyncio.gather(*(work(client, place, sweep, n, until) for n, client in enumerate(clients))))
    taken, cpu = time.monotonic() - begun, sum(map(clock, servers)) - cpu
    for client in clients:
        client.close()
    return done / taken, 1000 * cpu / done


async def _log(client: Client, place: str, sweep: str, number: int, until: float) -> int:  # noqa: ARG001  as _work
    """A run that logs as fast as it can."""
    run, done = f"log{number}", 0
    offset = (await client.ask("POST", place, {"id": run, "started": time.time(), "spool": run}))["offset"]
    while time.monotonic() < until:
        first = done * ROWS
        piece = b"".join(_line(step) for step in range(first, first + ROWS))
        offset = (await client.ask("POST", f"{place}/{run}/stream?offset={offset}&spool={run}", piece))["offset"]
        done += 1
    return done


async def _work(client: Client, place: str, sweep: str, number: int, until: float) -> int:  # noqa: ARG001  as _log
    """An agent whose runs end at once."""
    agent = (await client.ask("POST", f"/sweeps/{sweep}/agents", {"host": f"box{number}", "pid": 1}))["agent_id"]
    done = 0
    while time.monotonic() < until:
        order = await client.ask("POST", f"/agents/{agent}/next", {"holding": [], "wait": 5})
        if order["command"] == "run":
            await client.ask("POST", f"/agents/{agent}/runs/{order['run_id']}/exit", {"exit_code": 0})
            done += 1
    return done


def _line(step: int) -> bytes:
    data = {f"metric/{key}": step / (key + 1) for key in range(METRICS)}
    return msgspec.json.encode({"type": "history", "step": step, "time": 1.7e9 + step, "data": data}) + b"\n"
