"""Servers in processes of their own on one real PostgreSQL: direct, through PgBouncer, and with several workers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from pgbouncer import pgbouncer

import postgresql
from databases import postgresql_server  # noqa: F401  a fixture
from server_process import ServerProcess

pytestmark = pytest.mark.postgresql

PATIENCE = 60.0
RANDOM = {"method": "random", "metric": {"name": "loss"}, "parameters": {"x": {"min": 0.0, "max": 1.0}}}


@dataclass
class Replica:
    """A server and its administrator."""

    process: ServerProcess
    client: httpx.Client

    def call(self, method: str, path: str, body: Any = None) -> Any:
        reply = self.client.request(method, f"/api/v1{path}", json=body)
        assert reply.status_code < 400, reply.text
        return reply.json() if reply.content else None

    @property
    def entity(self) -> str:
        return str(self.call("GET", "/viewer")["entity"])

    def sweep(self, config: dict[str, Any]) -> str:
        return str(self.call("POST", f"/projects/{self.entity}/demo/sweeps", {"config": config})["sweep"]["id"])

    def join(self, sweep: str) -> str:
        return str(self.call("POST", f"/sweeps/{sweep}/agents", {"host": "box", "pid": 1})["agent_id"])

    def next(self, agent: str, holding: tuple[str, ...] = (), wait: float = 0) -> Any:
        return self.call("POST", f"/agents/{agent}/next", {"holding": list(holding), "wait": wait})

    @contextlib.contextmanager
    def watching(self) -> Iterator[Iterator[dict[str, Any]]]:
        """The changes of the project from now on."""
        query = {"entity": self.entity, "project": "demo"}
        with self.client.stream("GET", "/api/v1/events", params=query, timeout=PATIENCE) as stream:
            lines = stream.iter_lines()
            assert next(lines) == ": watching"
            yield (json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: "))


@contextlib.contextmanager
def replica(home: Path, *arguments: str) -> Iterator[Replica]:
    """A server of its own, with a folder of its own."""
    process = ServerProcess(home, "--data", str(home), "--port", "0", "--lease", "120", *arguments)
    try:
        headers = {"Authorization": f"Bearer {process.key}"}
        with httpx.Client(base_url=process.url, headers=headers, timeout=2 * PATIENCE) as client:
            yield Replica(process, client)
    finally:
        process.stop()


@pytest.fixture(scope="module")
def address(postgresql_server: postgresql.Server) -> Iterator[str]:  # noqa: F811
    with postgresql_server.database() as found:
        yield found


@pytest.fixture(scope="module")
def replicas(
    postgresql_server: postgresql.Server,  # noqa: F811
    address: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[Replica]]:
    """Three that were started at the same time on an empty database: past PgBouncer, through it, and through it but
    for what it cannot do."""
    with pgbouncer(postgresql_server.port) as bouncer, contextlib.ExitStack() as stack:
        pooled = bouncer.url(address.rpartition("/")[2])
        ways = [["--db", address], ["--db", pooled], ["--db", pooled, "--db-listen", address]]
        folder = tmp_path_factory.mktemp("replicas")
        with ThreadPoolExecutor() as threads:
            contexts = [replica(folder / str(number), *way) for number, way in enumerate(ways)]
            running = list(threads.map(stack.enter_context, contexts))
        yield running


def test_servers_that_start_together_on_an_empty_database_make_its_tables_and_its_administrator_once(
    replicas: list[Replica],
) -> None:
    assert len({one.entity for one in replicas}) == 1
    users = replicas[0].call("GET", "/users")["users"]
    assert [user["role"] for user in users] == ["admin"]
    assert not any("Traceback" in one.process.log.read_text() for one in replicas)


def test_what_is_logged_at_one_is_seen_live_at_all(replicas: list[Replica]) -> None:
    first = replicas[0]
    path = f"/projects/{first.entity}/demo/runs"
    first.call("POST", path, {"id": "seen", "started": 1.0})
    for number, watcher in enumerate(replicas):
        with watcher.watching() as changes:
            for writer in replicas:
                before = writer.call("GET", f"{path}/seen")["tags"]
                writer.call("PATCH", f"{path}/seen", {"tags": [*before, f"{number}-{len(before)}"]})
                assert next(change["id"] for change in changes if change["kind"] == "run") == "seen"


def test_who_waits_at_one_is_told_of_what_happens_at_another(replicas: list[Replica]) -> None:
    first, *others = replicas
    sweep = first.sweep(RANDOM)
    agents = [(one, one.join(sweep)) for one in others]
    first.call("POST", f"/sweeps/{sweep}/state", {"action": "pause"})
    with ThreadPoolExecutor() as threads:
        waiting = [threads.submit(one.next, agent, wait=PATIENCE) for one, agent in agents]
        time.sleep(0.1)  # a reply that is held back cannot be seen; without the rest the test is easier to pass
        first.call("POST", f"/sweeps/{sweep}/state", {"action": "resume"})
        assert [reply.result(PATIENCE)["command"] for reply in waiting] == ["run", "run"]


def test_agents_of_all_servers_share_a_grid_and_those_of_one_that_is_killed_go_on_at_another(
    replicas: list[Replica], address: str, tmp_path: Path
) -> None:
    sweep = replicas[0].sweep({"method": "grid", "parameters": {"x": {"min": 0, "max": 59}}})
    taken: list[int] = []
    with replica(tmp_path, "--db", address) as dying:

        def work(number: int) -> None:
            at = dying if number < 2 else replicas[number % 3]
            agent, holding = at.join(sweep), ()
            while True:
                try:
                    reply = at.next(agent, holding)
                except httpx.HTTPError:  # whether it was given a run, nobody can tell
                    at = replicas[number]
                    continue
                if reply["command"] != "run":
                    break
                taken.append(reply["params"]["x"])
                holding = (*holding, reply["run_id"])
                if len(taken) == 20:
                    dying.process.kill()

        with ThreadPoolExecutor() as threads:
            list(threads.map(work, range(6)))
    assert sorted(taken) == list(range(60))


def test_workers_share_an_address_and_a_server_of_which_one_dies_goes_on(address: str, tmp_path: Path) -> None:
    with replica(tmp_path, "--db", address, "--workers", "2") as one:
        children = Path(f"/proc/{one.process.process.pid}/task/{one.process.process.pid}/children")
        workers = children.read_text().split()
        assert len(workers) == 2
        agent = one.join(one.sweep(RANDOM))
        os.kill(int(workers[0]), signal.SIGKILL)
        commands = set()
        for _ in range(20):
            with contextlib.suppress(httpx.TransportError):  # its connection was that of the dead
                commands.add(one.next(agent)["command"])
        assert commands == {"run"}
    assert not (tmp_path / "server.json").exists()


@pytest.mark.parametrize(
    ("count", "why"), [("2", "2 workers cannot share a SQLite file"), ("0", "0 workers serve nobody")]
)
def test_workers_that_cannot_serve_are_refused(tmp_path: Path, count: str, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        ServerProcess(tmp_path, "--data", str(tmp_path), "--port", "0", "--workers", count)


def test_a_mistake_that_workers_would_find_ends_the_server_with_one_message(address: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"start:\nbesom: --files-direct is for .*\n.*\n.*server ends.\n$"):
        ServerProcess(
            tmp_path, "--data", str(tmp_path), "--port", "0", "--workers", "2", "--db", address, "--files-direct"
        )
