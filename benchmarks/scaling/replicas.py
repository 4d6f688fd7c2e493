"""How many values a second some servers store that share a PostgreSQL, and how many runs they hand out, beside one with
SQLite; and what it costs them and the database."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from load.served import Served, serving
from load.wire import Client, Tally

import postgresql
from scaling.cost import clock

SECONDS = 8.0
CLIENTS = 16
ROWS, METRICS = 10, 10
"""Of a piece of spool: a hundred values."""
_PROJECT = "replicas"
Work = Callable[[Client, str, str, int, float], Coroutine[Any, Any, int]]


def measure(folder: Path, counts: Sequence[int]) -> str:
    """The table, as Markdown."""
    lines = [
        "### Servers that share a database",
        "",
        f"{CLIENTS} clients on the same machine, {SECONDS:.0f} s each. CPU is that of the servers, and of PostgreSQL.",
        "",
        "| | values/s | ms of CPU per 100 values | `next`/s | ms of CPU per `next` |",
        "|---|---:|---:|---:|---:|",
    ]
    lines.append(_row("SQLite, one server", folder / "sqlite", 1))
    with postgresql.server() as database:
        for count in counts:
            with database.database() as url:
                name = f"PostgreSQL, {count} server{'s' if count > 1 else ''}"
                lines.append(_row(name, folder / f"postgresql-{count}", count, url, database.pid))
    return "\n".join([*lines, ""])


def _row(name: str, folder: Path, count: int, url: str | None = None, database: int | None = None) -> str:
    cells = []
    with _servers(folder, count, url) as servers:
        for work, unit in ((_log, 100), (_work, 1)):
            rate, cpu, beside = asyncio.run(_storm(servers, database, work))
            costs = f"{unit * cpu:.2f}" if database is None else f"{unit * cpu:.2f} + {unit * beside:.2f}"
            cells += [f"{rate:,.0f}", costs]
    return f"| {name} | {' | '.join(cells)} |"


@contextlib.contextmanager
def _servers(folder: Path, count: int, url: str | None) -> Iterator[list[Served]]:
    folder.mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        options = () if url is None else ("--db", url)
        yield [stack.enter_context(serving(folder / f"{number}", options=options)) for number in range(count)]


async def _storm(servers: list[Served], database: int | None, work: Work) -> tuple[float, float, float]:
    """How much a second the clients got done, and the milliseconds of CPU for each: the servers', and the database's,
    whose process is ``database``."""
    sweep = await servers[0].sweep(_PROJECT)
    clients = [servers[number % len(servers)].client(Tally()) for number in range(CLIENTS)]
    begun, cpu, beside = time.monotonic(), sum(map(clock, servers)), _family_cpu(database)
    until = begun + SECONDS
    place = f"/projects/{servers[0].entity}/{_PROJECT}/runs"
    done = sum(await asyncio.gather(*(work(client, place, sweep, n, until) for n, client in enumerate(clients))))
    taken = time.monotonic() - begun
    cpu, beside = sum(map(clock, servers)) - cpu, _family_cpu(database) - beside
    for client in clients:
        client.close()
    return done / taken, 1000 * cpu / done, 1000 * beside / done


def _family_cpu(pid: int | None) -> float:
    """Seconds of CPU that a process and its children have taken, those that have ended as well."""
    if pid is None:
        return 0.0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ticks = sum(sum(_times(child)[:2]) for child in children) + sum(_times(pid))
    return ticks / os.sysconf("SC_CLK_TCK")


def _times(pid: int | str) -> list[int]:
    """User and system time, then the same of its children that have ended, in ticks."""
    try:
        return [int(field) for field in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]]
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return []


async def _log(client: Client, place: str, sweep: str, number: int, until: float) -> int:  # noqa: ARG001  as _work
    """A run that logs as fast as it can; returns how many values of it the server has stored."""
    run, sent = f"{place}/log{number}", 0
    new = {"id": f"log{number}", "started": time.time(), "spool": "spool"}
    offset = (await client.ask("POST", place, new))["offset"]
    while time.monotonic() < until:
        piece = b"".join(_line(step) for step in range(sent, sent + ROWS))
        offset = (await client.ask("POST", f"{run}/stream?offset={offset}&spool=spool", piece))["offset"]
        sent += ROWS
    stored = int((await client.ask("GET", run))["steps"])
    if stored != sent:
        raise RuntimeError(f"{sent} rows were taken from run {number}, and {stored} are stored")
    return METRICS * stored


async def _work(client: Client, place: str, sweep: str, number: int, until: float) -> int:  # noqa: ARG001  as _log
    """An agent whose runs end at once, which it tells as it asks for the next; returns how many it got."""
    agent = (await client.ask("POST", f"/sweeps/{sweep}/agents", {"host": f"box{number}", "pid": 1}))["agent_id"]
    ended: list[dict[str, object]] = []
    done = 0
    while time.monotonic() < until:
        order = await client.ask("POST", f"/agents/{agent}/next", {"holding": [], "wait": 5, "ended": ended})
        # As a run of which somebody has taken care; one that never called init() would speak against its agent.
        ended = [{"run_id": order["run_id"], "exit_code": 0, "stopped": "it is a benchmark"}]
        done += 1
    return done


def _line(step: int) -> bytes:
    data = {f"metric/{key}": step / (key + 1) for key in range(METRICS)}
    return msgspec.json.encode({"type": "history", "step": step, "time": 1.7e9 + step, "data": data}) + b"\n"
