"""A besom server inside the test: the real application on a real database, a clock that the test moves."""

from __future__ import annotations

import contextlib
import json
import random
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar

from besom.protocol import Role
from besom.server.app import assemble, furnish
from besom.server.services.context import Unit
from besom.server.services.reaper import reap
from besom.server.services.services import Services
from besom.server.services.users import add_user, ensure_admin, new_secret
from besom.server.store.blob_folder import BlobFolder
from besom.server.store.store import Store
from databases import kept_store

GRID = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"a": {"values": [1, 2]}, "b": {"values": ["x", "y", "z"]}},
}
RANDOM = {
    "method": "random",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"min": 0.0, "max": 1.0}},
}
LEASE = 120.0

_FREE: list[Litestar] = []
"""Applications without a world. To assemble one takes longer than most tests."""


class Clock:
    """Unix seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0
        self.tick = 0.0
        """Seconds that pass whenever somebody looks: so each work of the writer has a time of its own."""

    def __call__(self) -> float:
        self.now += self.tick
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{status} {error}")
        self.status = status
        self.code = error["code"]
        self.message = error["message"]
        self.error = error


class User:
    """Somebody who talks to the server. Answers come decoded; errors are raised as ``Refused``."""

    def __init__(self, client: httpx.AsyncClient, name: str) -> None:
        self.client = client
        self.name = name

    async def call(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        if isinstance(body, bytes):
            options["content"] = body
        elif body is not None:
            options["json"] = body
        reply = await self.client.request(method, f"/api/v1{path}", **options)
        if reply.status_code >= 400:
            raise Refused(reply.status_code, reply.json()["error"])
        return reply.json() if reply.content else None

    def runs_path(self, run: str = "") -> str:
        return f"/projects/{self.name}/demo/runs" + (f"/{run}" if run else "")

    async def sweep(self, config: dict[str, Any], **more: Any) -> str:
        created = await self.call("POST", f"/projects/{self.name}/demo/sweeps", {"config": config, **more})
        return created["sweep"]["id"]

    async def show(self, sweep: str) -> dict[str, Any]:
        return await self.call("GET", f"/sweeps/{sweep}")

    async def command(self, sweep: str, action: str) -> dict[str, Any]:
        return await self.call("POST", f"/sweeps/{sweep}/state", {"action": action})

    async def events(self, sweep: str) -> list[dict[str, Any]]:
        """Oldest first."""
        return (await self.call("GET", f"/sweeps/{sweep}/events?limit=1000"))["events"][::-1]

    async def join(self, sweep: str, pid: int = 1) -> str:
        return (await self.call("POST", f"/sweeps/{sweep}/agents", {"host": "box", "pid": pid}))["agent_id"]

    async def next(self, agent: str, holding: tuple[str, ...] = (), wait: float = 0) -> dict[str, Any]:
        return await self.call("POST", f"/agents/{agent}/next", {"holding": list(holding), "wait": wait})

    async def beat(self, agent: str, holding: tuple[str, ...] = (), wait: float = 0) -> list[dict[str, Any]]:
        body = {"holding": list(holding), "wait": wait}
        return (await self.call("POST", f"/agents/{agent}/heartbeat", body))["stop"]

    async def begin(self, run: str, sweep: str | None = None, **more: Any) -> dict[str, Any]:
        return await self.call("POST", self.runs_path(), {"id": run, "sweep_id": sweep, "started": 5.0, **more})

    async def send(self, run: str, spool: bytes, offset: int = 0, *, query: str = "", **options: Any) -> dict[str, Any]:
        return await self.call("POST", f"{self.runs_path(run)}/stream?offset={offset}{query}", spool, **options)

    async def log(self, run: str, *values: float, key: str = "loss", code: int | None = None) -> dict[str, Any]:
        """Appends rows, and an exit record with ``code``, to what the server has."""
        at = (await self.begin(run))["offset"]
        steps = (await self.run(run))["steps"]
        records = [history(steps + i, {key: value}) for i, value in enumerate(values)]
        if code is not None:
            records.append(exit_record(code))
        return await self.send(run, b"".join(records), at)

    async def exit(
        self, agent: str, run: str, code: int = 0, message: str | None = None, hand_out: int | None = None
    ) -> dict[str, Any]:
        body = {"exit_code": code, "message": message, "hand_out": hand_out}
        return await self.call("POST", f"/agents/{agent}/runs/{run}/exit", body)

    async def give_back(self, agent: str, work: dict[str, Any]) -> None:
        """The agent does not begin what it was given."""
        await self.call("DELETE", f"/agents/{agent}/runs/{work['run_id']}?hand_out={work['hand_out']}")

    async def run(self, run: str) -> dict[str, Any]:
        return await self.call("GET", self.runs_path(run))

    async def runs(self, **query: Any) -> dict[str, Any]:
        return await self.call("GET", self.runs_path(), params=query)

    async def work(self, agent: str, sweep: str, *values: float, code: int = 0) -> dict[str, Any] | None:
        """One whole run of an agent; its params, or None when there was none."""
        work = await self.next(agent)
        if work["command"] != "run":
            return None
        await self.begin(work["run_id"], sweep)
        await self.log(work["run_id"], *values)
        await self.exit(agent, work["run_id"], code)
        return work["params"]


class World(User):
    """The server and its administrator, ann."""

    def __init__(self, client: httpx.AsyncClient, services: Services, store: Store, clock: Clock, key: str) -> None:
        super().__init__(client, "ann")
        self.services = services
        self.store = store
        self.clock = clock
        self.key = key

    def user(self, name: str, role: Role) -> User:
        key = new_secret()
        self.store.write_sync(lambda conn: add_user(Unit(conn, self.clock()), name, role, key))
        return User(self.client_with({"Authorization": f"Bearer {key}"}), name)

    async def member(self, name: str, team: str, role: Role) -> User:
        """A new user, who is a member of a team; the team is made when there is none."""
        user = self.user(name, "member")
        await self.call("PUT", f"/teams/{team}")
        await self.call("PUT", f"/teams/{team}/members/{name}", {"role": role})
        return user

    def client_with(self, headers: dict[str, str]) -> httpx.AsyncClient:
        transport = self.client._transport
        return httpx.AsyncClient(transport=transport, base_url="http://localhost:7878", headers=headers)

    async def silence(self, seconds: float) -> None:
        """Time passes, and the server looks who is lost."""
        self.clock.advance(seconds)
        await reap(self.services.ctx, self.services.plans)


@contextlib.asynccontextmanager
async def open_world(database: str, seed: int = 0, clock: Clock | None = None) -> AsyncIterator[World]:
    clock = clock or Clock()
    with kept_store(database) as store, tempfile.TemporaryDirectory() as folder:
        key = store.write_sync(lambda conn: ensure_admin(Unit(conn, clock()), "ann", new_secret()))
        app = _FREE.pop() if _FREE else assemble(background=False)
        services = furnish(
            app, store, BlobFolder(Path(folder)), clock=clock, rng=random.Random(seed), lease_seconds=LEASE
        )
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:7878", headers=headers) as client:
            yield World(client, services, store, clock, key)
        services.close()
        _FREE.append(app)


def line(record: dict[str, Any]) -> bytes:
    return json.dumps(record).encode() + b"\n"


def history(step: int, data: dict[str, Any], time: float = 6.0) -> bytes:
    return line({"type": "history", "step": step, "time": time, "data": data})


def exit_record(code: int) -> bytes:
    return line({"type": "exit", "code": code, "time": 9.0})
