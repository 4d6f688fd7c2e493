"""A server that has too much to do says so at once, first to those who can wait; a stuck client cannot hold it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from test_server_process import Running, serving

from besom.client import blobs
from besom.client.connection import Connection
from besom.errors import SettingsError
from besom.server.limits.connections import Standing, is_stuck, stands
from besom.server.limits.limiter import MEGABYTE, Busy, Limiter, Load, Overloaded, decide
from besom.server.limits.priority import Priority, priority_of
from besom.server.limits.settings import Limits, read_limits
from besom.server.store.store import READERS, Store, urgently
from besom.server.wandb.operations import keeps_work, read_operation

LEASE, REPORT, BULK = Priority.LEASE, Priority.REPORT, Priority.BULK
PATIENCE = 60.0
PROGRAM = """
import besom
with besom.init(project="p", id="whole") as run:
    run.save("file")
    for value in range(100):
        run.log({"v": value})
"""


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("method", "path", "priority"),
    [
        ("GET", "/healthz", LEASE),
        ("GET", "/readyz", LEASE),
        ("GET", "/metrics", LEASE),
        ("POST", "/api/v1/agents/a1/next", LEASE),
        ("POST", "/api/v1/agents/a1/heartbeat", LEASE),
        ("POST", "/api/v1/agents/a1/runs/r1/exit", LEASE),
        ("DELETE", "/api/v1/agents/a1", LEASE),
        ("POST", "/api/v1/sweeps/s1/agents", LEASE),
        ("POST", "/api/v1/projects/me/p/runs", LEASE),
        ("POST", "/graphql", LEASE),
        ("POST", "/api/v1/projects/me/p/runs/r1/stream", REPORT),
        ("POST", "/files/me/p/r1/file_stream", REPORT),
        ("POST", "/api/v1/projects/me/p/blobs/missing", REPORT),
        ("GET", "/api/v1/viewer", REPORT),
        ("GET", "/api/v1/projects/me/p/runs", BULK),
        ("GET", "/api/v1/projects/me/p/runs/export", BULK),
        ("GET", "/api/v1/sweeps/s1/agents", BULK),
        ("PUT", "/api/v1/projects/me/p/blobs/" + "0" * 64, BULK),
        ("PUT", "/storage/runs/me/p/r1/a.txt", BULK),
        ("GET", "/", BULK),
    ],
)
def test_what_agents_live_from_is_urgent_and_what_can_wait_is_not(method, path, priority):
    assert priority_of(method, path) is priority


@pytest.mark.parametrize("load", [{"writes": 50}, {"size": 50 * MEGABYTE}], ids=["writes", "megabytes"])
def test_reads_are_refused_first_reports_later_and_heartbeats_last(load):
    limits = Limits(requests=100, writes=100, megabytes=100)
    half_full = Load(**load)
    size = MEGABYTE if "size" in load else 0
    assert [decide(half_full, limits, priority, size) is None for priority in (LEASE, REPORT, BULK)] == [
        True,
        True,
        False,
    ]
    full = Load(**{name: 2 * number for name, number in load.items()})
    busy = [decide(full, limits, priority, size) for priority in (LEASE, REPORT, BULK)]
    assert [(said.status, said.after >= 1) for said in busy] == [(503, True)] * 3


def test_the_places_of_reads_and_of_reports_are_counted_apart_and_given_back():
    limiter = Limiter(Limits(requests=8), Clock(), lambda: 0)
    with limiter.admit(BULK, None):
        with pytest.raises(Overloaded), limiter.admit(BULK, None):
            pass
        with limiter.admit(REPORT, None), limiter.admit(LEASE, None):
            pass
    with limiter.admit(BULK, None):
        pass


def test_the_streams_of_each_link_are_counted_and_given_back():
    limiter = Limiter(Limits(streams=1), Clock(), lambda: 0)
    for _ in range(2):
        with limiter.watching("a"), limiter.watching("b"):
            with pytest.raises(Overloaded) as refused, limiter.watching("a"):
                pass
            assert (refused.value.busy.status, refused.value.busy.after >= 1) == (429, True)


def test_one_body_alone_always_has_room_and_a_second_one_waits_but_not_heartbeats_and_what_has_no_body():
    limiter = Limiter(Limits(megabytes=1), Clock(), lambda: 0)
    with limiter.admit(REPORT, None, 64 * MEGABYTE):
        for priority, size in ((LEASE, 2**16 + 1), (REPORT, 1)):
            with pytest.raises(Overloaded), limiter.admit(priority, None, size):
                pass
        with limiter.admit(LEASE, None, 2**16), limiter.admit(REPORT, None), limiter.admit(BULK, None):
            pass


def test_a_key_has_its_rate_and_reads_leave_enough_of_it_for_heartbeats():
    clock = Clock()
    limiter = Limiter(Limits(rate=8), clock, lambda: 0)

    def taken(priority: Priority, key: str = "mine") -> int:
        for count in range(1000):
            try:
                with limiter.admit(priority, key):
                    pass
            except Overloaded as refused:
                told.append(refused.busy)
                return count
        return 1000

    told: list[Busy] = []
    assert taken(BULK) == 5
    assert taken(LEASE) == 35
    assert taken(BULK, "another") == 5
    clock.now += told[0].after
    assert taken(LEASE) == 8 * told[0].after
    assert {busy.status for busy in told} == {429}


@pytest.mark.anyio
async def test_a_short_read_of_an_agent_does_not_wait_behind_long_ones(database: str):
    go = threading.Event()
    with contextlib.closing(Store.open(database)) as store:
        long = [asyncio.create_task(store.read(lambda _: go.wait(PATIENCE))) for _ in range(2 * READERS)]
        try:
            with urgently(True):
                assert await asyncio.wait_for(store.read(lambda _: "short"), PATIENCE / 2) == "short"
        finally:
            go.set()
        assert await asyncio.gather(*long) == [True] * len(long)


@pytest.mark.parametrize(
    ("said", "message"), [("rat=3", "'rat'"), ("rate=0", "above 0"), ("rate=x", "'x'"), ("rate", "''")]
)
def test_a_limit_that_cannot_be_is_refused_by_name(said, message):
    with pytest.raises(SettingsError, match=message):
        read_limits([said])
    assert read_limits(["rate=5", "writes=7"]) == Limits(rate=5, writes=7)


def test_a_client_that_drips_bytes_is_stuck_and_one_that_moves_a_kilobyte_is_not():
    limits = Limits(head_seconds=10, stall_seconds=30)
    for what, pause in (("head", 10), ("body", 30), ("answer", 30)):
        standing: Standing | None = None
        for second in range(pause + 1):
            standing = stands(standing, (what, second), float(second))
        assert is_stuck(standing, limits, pause)
        assert not is_stuck(standing, limits, pause - 1)
    standing = stands(Standing("body", 0, 0.0), ("body", 2000), 29.0)
    assert not is_stuck(standing, limits, 58.0)
    assert stands(standing, None, 30.0) is None


@pytest.fixture
def tiny(tmp_path, request) -> Iterator[Running]:
    options = [option for limit in request.param for option in ("--limit", limit)]
    with serving(tmp_path, *options) as running:
        yield running


def raw(server: Running) -> socket.socket:
    place = urlsplit(server.url)
    return socket.create_connection((place.hostname, place.port), timeout=PATIENCE)


def closed(connection: socket.socket) -> bool:
    """Whether the server ends the connection; waits for it."""
    try:
        while connection.recv(65536):
            pass
    except ConnectionError:
        pass
    return True


def answers(server: Running, said: str) -> list[int]:
    """The statuses of all answers until the server ends the connection."""
    heard = b""
    with raw(server) as connection:
        with contextlib.suppress(ConnectionError):  # it may refuse before it has heard everything
            connection.sendall(said.encode())
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65536):
                heard += piece
    return [int(status) for status in re.findall(rb"HTTP/1.1 (\d+) ", heard)]


@pytest.mark.parametrize("tiny", [["head_seconds=5", "stall_seconds=5"]], indirect=True)
def test_clients_that_drip_or_never_read_are_cut_off_and_others_are_served_meanwhile(tiny: Running):
    key = f"Authorization: Bearer {tiny.key}\r\nHost: localhost\r\n"
    drips = b"x" * 200_000
    content = b"\0" * 2**26
    with tiny.client() as client:
        name = client.get("/api/v1/viewer").json()["name"]
        client.put(f"/api/v1/projects/{name}/p")
        blob = f"/api/v1/projects/{name}/p/blobs/{hashlib.sha256(content).hexdigest()}"
        assert client.put(blob, content=content).status_code == 204
    begun = {
        "says nothing": b"",
        "drips a head": b"GET /healthz HTTP/1.1\r\nX-Slow: ",
        "drips a body": f"PUT {blob[:-1]}0 HTTP/1.1\r\n{key}Content-Length: 200000\r\n\r\n".encode(),
        "reads nothing": f"GET {blob} HTTP/1.1\r\n{key}\r\n".encode(),
    }
    ends: dict[str, bool] = {}

    def behave(how: str) -> None:
        with raw(tiny) as connection:
            connection.sendall(begun[how])
            if "drips" in how:
                try:
                    for place in range(len(drips)):
                        connection.sendall(drips[place : place + 1])
                        time.sleep(0.05)
                except ConnectionError:
                    ends[how] = True
                return
            if how == "reads nothing":
                cut = threading.Event()
                while not cut.wait(0.2) and _is_established(connection):
                    pass
            ends[how] = closed(connection)

    threads = [threading.Thread(target=behave, args=(how,), daemon=True) for how in begun]
    for thread in threads:
        thread.start()
    with tiny.client() as client:
        deadline = time.monotonic() + PATIENCE
        while any(thread.is_alive() for thread in threads) and time.monotonic() < deadline:
            assert client.get("/healthz").status_code == 200
            time.sleep(0.1)
    assert ends == dict.fromkeys(begun, True)


def _is_established(connection: socket.socket) -> bool:
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == 1


@pytest.mark.parametrize("tiny", [["requests=8"]], indirect=True)
def test_where_there_is_no_room_for_reads_agents_and_reports_still_come_in(tiny: Running):
    content = b"content"
    with tiny.client() as client:
        name = client.get("/api/v1/viewer").json()["name"]
        project = f"/api/v1/projects/{name}/p"
        client.put(project)
        sweep = {"config": {"method": "random", "parameters": {"x": {"min": 0.0, "max": 1.0}}}}
        sweep_id = client.post(f"{project}/sweeps", json=sweep).json()["sweep"]["id"]
        reads = "query { viewer { id } }"
        changes = 'mutation { upsertModel(input: {name: "p"}) { model { id } } }'

        def ask(document: str) -> httpx.Response:
            return client.post("/graphql", json={"query": document})

        with raw(tiny) as upload:  # the one that there is room for
            key = f"Authorization: Bearer {tiny.key}\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            path = f"{project}/blobs/{hashlib.sha256(content).hexdigest()}"
            upload.sendall(f"PUT {path} HTTP/1.1\r\n{key}Content-Length: {len(content)}\r\n\r\n".encode())
            assert b"100 Continue" in upload.recv(100)

            refused = client.get(f"{project}/runs")
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
            assert int(refused.headers["retry-after"]) >= 1
            asked = ask(reads)
            assert (asked.status_code, int(asked.headers["retry-after"]) >= 1) == (503, True)
            assert "busy" in asked.json()["errors"][0]["message"]

            assert ask(changes).json()["data"]["upsertModel"]["model"]["id"]
            agent = client.post(f"/api/v1/sweeps/{sweep_id}/agents", json={"host": "box", "pid": 1}).json()["agent_id"]
            run = client.post(f"/api/v1/agents/{agent}/next", json={"wait": 0}).json()["run_id"]
            assert client.post(f"/api/v1/agents/{agent}/heartbeat", json={"holding": [run]}).status_code == 200
            begun = client.post(f"{project}/runs", json={"id": run, "sweep_id": sweep_id, "started": 1.0})
            assert client.post(f"{project}/runs/{run}/stream?offset={begun.json()['offset']}").status_code == 200

            upload.sendall(content)
            assert b"204" in upload.recv(1000)
        assert client.get(f"{project}/runs").status_code == 200
        assert ask(reads).json()["data"]["viewer"]["id"]


@pytest.mark.parametrize(
    "tiny", [["requests=8", "megabytes=1", "head_seconds=600", "stall_seconds=600"]], indirect=True
)
def test_those_who_have_no_key_shut_nobody_out_with_bodies_that_never_come(tiny: Running):
    head = "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    sign_in = f'{{"key": "{tiny.key}"}}'.encode()
    with contextlib.ExitStack() as stack:
        for _ in range(10):
            waiting = stack.enter_context(raw(tiny))
            waiting.sendall(f"{head}Expect: 100-continue\r\nContent-Length: {len(sign_in)}\r\n\r\n".encode())
            assert b"100 Continue" in waiting.recv(1000)
        for length in ("Content-Length: 4097\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n1001\r\n" + "x" * 4097):
            with raw(tiny) as long:
                long.sendall((head + length).encode())
                assert b" 413 " in long.recv(1000)
        with tiny.client() as client:
            name = client.get("/api/v1/viewer").json()["name"]
            assert client.put(f"/api/v1/projects/{name}/p").is_success
            assert client.get(f"/api/v1/projects/{name}/p/runs").status_code == 200
        waiting.sendall(sign_in)
        assert b" 200 " in waiting.recv(1000)
    chunked = "Transfer-Encoding: chunked\r\n"
    hello = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
    smuggled = f"GET /api/v1/viewer HTTP/1.1\r\nHost: localhost\r\n{chunked}Connection: close\r\n\r\n0\r\n"
    smuggled += f"Authorization: Bearer {tiny.key}\r\n\r\n"
    endless = "X: " + "x" * 2**20  # what is unread when the server ends a connection takes its answer along
    assert set(answers(tiny, hello + endless)) <= {400}, "a head without end"
    assert set(answers(tiny, f"GET /{endless * 10} HTTP/1.1\r\nHost: localhost\r\n\r\n")) <= {400}, "an address"
    assert set(answers(tiny, f"{head}{chunked}\r\n0\r\n{endless}")) <= {400}, "a body with something behind it"
    assert answers(tiny, smuggled) == [401], "what stands behind the body is no header"
    assert answers(tiny, f"{hello}\r\n" * 4 + f"{hello}Connection: close\r\n\r\n") == [200] * 5
    assert answers(tiny, f"{hello}\r\n" * 20)[-1] == 400, "more at once than anybody needs"
    assert answers(tiny, f"{hello}Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n") == [200], "nothing follows a refusal"


@pytest.mark.parametrize("tiny", [["rate=4"]], indirect=True)
def test_besoms_own_client_comes_again_when_it_is_told_to_and_loses_nothing(tiny: Running, tmp_path):
    connection = Connection(tiny.url, tiny.key)
    name = connection.request("GET", "/viewer", reply=dict)["name"]
    connection.request("PUT", f"/projects/{name}/p")
    file = tmp_path / "file"
    file.write_bytes(b"content")
    digest = blobs.digest_of(file)
    refused = 0
    with tiny.client() as client:
        while refused == 0:  # uses up the allowance
            refused += client.post("/api/v1/agents/none/heartbeat", json={}).status_code == 429
    place = {"BESOM_BASE_URL": tiny.url, "BESOM_API_KEY": tiny.key, "BESOM_DIR": str(tmp_path)}
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **place},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    blobs.put(connection, f"/projects/{name}/p", digest, file)
    blobs.fetch(connection, f"/projects/{name}/p", digest, tmp_path / "back", 7)
    assert (tmp_path / "back").read_bytes() == b"content"
    said, _ = program.communicate(timeout=2 * PATIENCE)
    assert program.returncode == 0, said
    assert "besom sync" not in said, "something was left on the disk"
    run = f"/projects/{name}/p/runs/whole"
    rows = connection.request("GET", f"{run}/history", query={"limit": 1000}, reply=dict)["rows"]
    assert [row["v"] for row in rows] == list(range(100))
    assert connection.request("GET", run, reply=dict)["state"] == "finished"
    assert "file" in {found["path"] for found in connection.request("GET", f"{run}/files", reply=dict)["files"]}


@pytest.mark.parametrize(
    ("document", "goes_ahead"),
    [
        ("mutation { agentHeartbeat(input: {id: 1}) { agent { id } } }", True),
        ("mutation Upsert { mine: upsertBucket(input: {}) { inserted } }", True),
        ("mutation { deleteRun(input: {id: 1}) { clientMutationId } }", False),
    ],
)
def test_of_wandb_mutations_only_claims_and_signs_of_life_go_ahead(document: str, goes_ahead: bool) -> None:
    assert keeps_work(read_operation(document)) == goes_ahead
