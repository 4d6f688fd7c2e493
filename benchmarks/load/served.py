"""A server in a process of its own on loopback, its memory, and a sweep on it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from load.wire import Client, Tally

SAMPLE_SECONDS = 1.0
_PATIENCE = 60.0
_SPACE = {
    "lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 1e-1},
    "depth": {"min": 1, "max": 8},
    "optimizer": {"values": ["adam", "sgd"]},
}


@dataclass
class Served:
    """A running server."""

    url: str
    key: str
    pid: int
    folder: Path
    entity: str = ""

    def client(self, tally: Tally) -> Client:
        return Client(self.url, self.key, tally)

    def memory(self) -> float:
        """MB that the process has in memory."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1000

    def cpu(self) -> float:
        """Seconds of CPU that the process has taken."""
        ticks = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def events(self, kind: str) -> int:
        """How many of a kind there were."""
        with contextlib.closing(sqlite3.connect(f"file:{self.folder}/besom.db?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM events WHERE kind = ?", [kind]).fetchone()[0])

    async def sweep(self, project: str) -> str:
        """The id of a new random search without an end."""
        async with self.client(Tally()) as client:
            self.entity = (await client.ask("GET", "/viewer"))["entity"]
            config = {"method": "random", "metric": {"name": "loss", "goal": "minimize"}, "parameters": _SPACE}
            made = await client.ask("POST", f"/projects/{self.entity}/{project}/sweeps", {"config": config})
            return str(made["sweep"]["id"])

    async def count(self, project: str, **condition: object) -> int:
        """How many runs of a project fulfil it."""
        query = json.dumps(condition).replace('"', "%22").replace(" ", "")
        async with self.client(Tally()) as client:
            path = f"/projects/{self.entity}/{project}/runs?limit=1&fields=id&filter={query}"
            return int((await client.ask("GET", path))["total"])


@contextlib.contextmanager
def serving(folder: Path, *limits: str, options: Sequence[str] = ()) -> Iterator[Served]:
    """A server whose limits are the given ones, and the usual ones otherwise; ``options`` are more of its options."""
    folder.mkdir(exist_ok=True)
    options = [*options, *(option for limit in limits for option in ("--limit", limit))]
    command = [sys.executable, "-m", "besom.server", "--data", str(folder), "--port", "0", *options]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        told, deadline = folder / "server.json", time.monotonic() + _PATIENCE
        while not told.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{(folder / 'log').read_text()}")
            time.sleep(0.05)
        url = json.loads(told.read_text())["url"]
        yield Served(url, (folder / "key").read_text().strip(), process.pid, folder)
    finally:
        process.terminate()
        process.wait(_PATIENCE)


@contextlib.asynccontextmanager
async def measured_memory(server: Served) -> AsyncIterator[list[float]]:
    """The server's memory each second while the block lasts."""
    samples: list[float] = []

    async def sample() -> None:
        while True:
            samples.append(server.memory())
            await asyncio.sleep(SAMPLE_SECONDS)

    sampling = asyncio.create_task(sample())
    try:
        yield samples
    finally:
        sampling.cancel()
