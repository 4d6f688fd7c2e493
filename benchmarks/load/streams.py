"""Programs that log all the time, as besom's SDK sends it: a piece of spool each second."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec
from harness import percentile

from load.promises import Storm
from load.served import Served
from load.wire import Tally

KEYS = 10
EVERY = 1.0
"""Seconds between two rows of a run."""
_PROJECT = "streams"


async def log(server: Served, run: str, rows: int, delay: float, lags: list[float], tally: Tally) -> None:
    """One run, from its beginning to its end."""
    await asyncio.sleep(delay)
    loop = asyncio.get_running_loop()
    runs = f"/projects/{server.entity}/{_PROJECT}/runs"
    async with server.client(tally) as client:
        new = {"id": run, "started": time.time(), "spool": run, "host": "load"}
        offset = (await client.ask("POST", runs, new))["offset"]
        begin, sent = loop.time(), 0
        while sent < rows:
            await asyncio.sleep(begin + sent * EVERY - loop.time())
            due = min(rows, int((loop.time() - begin) / EVERY) + 1)  # all that was logged while the last piece was away
            piece = b"".join(_row(step) for step in range(sent, due))
            if due == rows:
                piece += msgspec.json.encode({"type": "exit", "code": 0, "time": time.time()}) + b"\n"
            offset = (await client.ask("POST", f"{runs}/{run}/stream?offset={offset}&spool={run}", piece))["offset"]
            lags.append(loop.time() - (begin + sent * EVERY))
            sent = due


def _row(step: int) -> bytes:
    row = {"type": "history", "step": step, "time": time.time(), "data": _values(step)}
    return msgspec.json.encode(row) + b"\n"


def _values(step: int) -> dict[str, float]:
    return {f"metric/{key}": step / (key + 1) for key in range(KEYS)}


async def storm(server: Served, count: int, seconds: float) -> Storm:
    """``count`` runs that log ``KEYS`` metrics each second."""
    await server.sweep(_PROJECT)
    rows, tally = max(2, int(seconds / EVERY)), Tally()
    lags: list[float] = []
    names = [f"stream{number:04d}" for number in range(count)]
    spread = [EVERY * number / count for number in range(count)]
    await asyncio.gather(
        *(log(server, run, rows, delay, lags, tally) for run, delay in zip(names, spread, strict=True))
    )
    stored = await rows_of(server, names)
    result = Storm(f"{count} runs, {KEYS} metrics each second, for {seconds:.0f} s")
    result.at_least("values stored", stored * KEYS, count * rows * KEYS)
    result.at_least("runs finished", await server.count(_PROJECT, state="finished"), count)
    result.at_most("from log to stored, 99th percentile", percentile(lags, 99), 2, "s")
    result.at_most("requests failed", sum(tally.errors.values()), 0)
    result.at_most("requests refused", tally.statuses[429] + tally.statuses[503], 0)
    result.facts = [
        f"{percentile(lags, 50) * 1000:.0f} ms (median), {max(lags):.2f} s (longest)",
        f"{count * KEYS / EVERY:,.0f} values/s",
        f"{server.memory():.0f} MB at the end",
    ]
    return result


async def rows_of(server: Served, names: list[str]) -> int:
    """How many rows these runs have, each with all of its values, and in its order."""
    total = 0
    async with server.client(Tally()) as client:
        for run in names:
            rows: list[dict[str, Any]] = []
            after: int | None = 0
            while after is not None:
                path = f"/projects/{server.entity}/{_PROJECT}/runs/{run}/history?after={after}&limit=10000"
                page = await client.ask("GET", path)
                rows += page["rows"]
                after = page["next_row"]
            total += sum(row["_step"] == step and row.items() >= _values(step).items() for step, row in enumerate(rows))
    return total
