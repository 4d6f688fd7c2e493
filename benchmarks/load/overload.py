"""A small server that gets far more than it takes on, from clients of which some are stuck."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import socket
import time
from urllib.parse import urlsplit

from harness import percentile

from load import streams
from load.promises import Storm
from load.served import Served
from load.wire import Tally

LIMITS = ("requests=64", "writes=200", "rate=400", "head_seconds=5", "stall_seconds=5")
"""A hundredth of the usual ones."""
READERS, WRITERS, AGENTS, STUCK, NEVER_READ = 150, 150, 20, 60, 4
_DRIP_SECONDS = 0.5
_LONGEST_STUCK = 60.0
_ESTABLISHED = 1
"""As Linux counts the states of a connection."""


async def storm(server: Served, seconds: float) -> Storm:
    """Readers that never pause, writers, a few agents, and clients that do not get on, for so many seconds."""
    sweep = await server.sweep("streams")
    until = asyncio.get_running_loop().time() + seconds
    reading, writing, beating = Tally(), Tally(), Tally()
    rows, lags = max(2, int(seconds)), list[float]()
    names = [f"writer{number}" for number in range(WRITERS)]
    beats = asyncio.gather(*(_beat(server, sweep, number, until, beating) for number in range(AGENTS)))
    reads = asyncio.gather(*(_read(server, until, reading) for _ in range(READERS)))
    address = await _large_file(server)
    cut = asyncio.gather(
        *(_be_stuck(server, number) for number in range(STUCK)),
        *(_never_read(server, address) for _ in range(NEVER_READ)),
    )
    await asyncio.gather(*(streams.log(server, run, rows, 0, lags, writing) for run in names))
    await asyncio.gather(beats, reads)
    cut_off = sum(await cut)
    refused = sum(tally.statuses[status] for tally in (reading, writing, beating) for status in (429, 503))
    result = Storm(f"Overload: {READERS} readers, {WRITERS} runs, {AGENTS} agents, {STUCK + NEVER_READ} stuck clients")
    result.at_least("requests refused", refused, 1)
    result.at_most("refused without Retry-After", reading.unexplained + writing.unexplained + beating.unexplained, 0)
    result.at_most("requests failed", sum((reading.errors + writing.errors + beating.errors).values()), 0)
    result.at_least("rows stored", await streams.rows_of(server, names), WRITERS * rows)
    result.at_least("runs finished", await server.count("streams", state="finished"), WRITERS)
    result.at_most("heartbeats, longest", max(beating.latencies["heartbeat"]), 15, "s")
    result.at_least("stuck clients cut off", cut_off, STUCK + NEVER_READ)
    result.facts = [
        f"{sum(reading.statuses.values())} reads asked for, {reading.statuses[200]} answered",
        f"from log to stored {percentile(lags, 50):.2f}/{percentile(lags, 99):.2f} s (median/99 %)",
        f"{server.memory():.0f} MB at the end",
    ]
    return result


async def _read(server: Served, until: float, tally: Tally) -> None:
    async with server.client(tally) as client:
        while asyncio.get_running_loop().time() < until:
            await client.ask("GET", f"/projects/{server.entity}/streams/runs?limit=100")


async def _beat(server: Served, sweep: str, number: int, until: float, tally: Tally) -> None:
    async with server.client(tally) as client:
        agent = (await client.ask("POST", f"/sweeps/{sweep}/agents", {"host": "load", "pid": number + 1}))["agent_id"]
        while asyncio.get_running_loop().time() < until:
            began = time.perf_counter()
            await client.ask("POST", f"/agents/{agent}/heartbeat", {"holding": [], "wait": 0})
            tally.took("heartbeat", time.perf_counter() - began)  # with all the waiting for a place
            await asyncio.sleep(1)
        await client.ask("DELETE", f"/agents/{agent}")


async def _large_file(server: Served) -> str:
    """More than the buffers of a connection hold; where it is."""
    content = bytes(2**26)
    address = f"/projects/{server.entity}/streams/blobs/{hashlib.sha256(content).hexdigest()}"
    async with server.client(Tally()) as client:
        await client.ask("PUT", address, content)
    return address


async def _never_read(server: Served, address: str) -> bool:
    """Asks for a large file and reads nothing of it, again until it is let in; whether the server ended that."""
    place = urlsplit(server.url)
    head = f"GET /api/v1{address} HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: Bearer {server.key}\r\n\r\n"
    deadline = time.monotonic() + _LONGEST_STUCK
    while time.monotonic() < deadline:
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
            connection.connect((place.hostname, place.port))
            connection.sendall(head.encode())
            let_in = False
            while time.monotonic() < deadline:
                await asyncio.sleep(_DRIP_SECONDS)
                if connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != _ESTABLISHED:
                    return let_in
                with contextlib.suppress(BlockingIOError):
                    said = connection.recv(2**10, socket.MSG_PEEK | socket.MSG_DONTWAIT)
                    if not said.startswith(b"HTTP/1.1 200"):
                        break
                    let_in = True
        await asyncio.sleep(1)
    return False


async def _be_stuck(server: Served, number: int) -> bool:
    """Says nothing, or drips a head, or drips a body; whether the server ended that."""
    place = urlsplit(server.url)
    head = f"Host: {place.netloc}\r\nAuthorization: Bearer {server.key}\r\n"
    begun = (
        "",
        "GET /healthz HTTP/1.1\r\nX-Slow: ",
        f"POST /api/v1/configs/check HTTP/1.1\r\n{head}Content-Length: 100000\r\n\r\n",
    )[number % 3]
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    deadline = time.monotonic() + _LONGEST_STUCK
    with contextlib.closing(writer):
        try:
            writer.write(begun.encode())
            while time.monotonic() < deadline:
                with contextlib.suppress(asyncio.TimeoutError):
                    if not await asyncio.wait_for(reader.read(65536), _DRIP_SECONDS):
                        return True
                if begun:
                    writer.write(b"x")
                    await writer.drain()
        except ConnectionError:
            return True
    return False
