"""The server as a program: its files, its port, its end."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import socket
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from besom.server.errors import ServerError
from besom.server.run import run
from besom.server.services.users import KEY_SHAPE
from ports import reserved_port
from server_process import ServerProcess, command
from waiting import until

PATIENCE = 60.0


class Running(ServerProcess):
    """A server that a client talks to."""

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=PATIENCE)


def spawn(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(command(*arguments), stderr=subprocess.PIPE, text=True)


@contextlib.contextmanager
def serving(home: Path, *arguments: str) -> Iterator[Running]:
    running = Running(home, "--embedded", str(home), *arguments)
    try:
        yield running
    finally:
        running.stop()


def taken_port() -> socket.socket:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    return listening


def test_the_first_start_makes_a_private_key_and_tells_where_the_server_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home, "--port", "0") as server:
        assert KEY_SHAPE.fullmatch(server.key)
        assert stat.S_IMODE((home / "key").stat().st_mode) == 0o600
        with server.client() as client:
            assert client.get("/healthz").json()["status"] == "ok"
            assert client.get("/api/v1/viewer").json()["role"] == "admin"
    assert not (home / "server.json").exists()


def test_what_was_stored_is_there_after_a_restart_and_the_key_stays_good(tmp_path: Path) -> None:
    for _ in range(2):
        with serving(tmp_path, "--port", "0") as server, server.client() as client:
            claimed = client.post("/api/v1/projects/me/demo/runs", json={"id": "r", "started": 1.0})
            assert claimed.json()["run"]["id"] == "r"
            listed = client.get("/api/v1/projects").json()["projects"]
            database = tmp_path / "data" / "besom.db"
            assert stat.S_IMODE(database.stat().st_mode) == 0o600
        database.chmod(0o644)  # as earlier versions left it
    assert [project["name"] for project in listed] == ["demo"]


def test_a_key_file_that_was_lost_is_made_anew_for_the_same_administrator(tmp_path: Path) -> None:
    names = []
    for _ in range(2):
        with serving(tmp_path, "--port", "0") as server, server.client() as client:
            names.append(client.get("/api/v1/viewer").json()["name"])
        (tmp_path / "key").unlink()
    assert names[0] == names[1]


def test_an_embedded_server_takes_another_port_when_its_own_is_taken(tmp_path: Path) -> None:
    with taken_port() as other:
        port = other.getsockname()[1]
        with serving(tmp_path, "--port", str(port)) as server:
            assert not server.url.endswith(f":{port}")


def test_an_embedded_server_comes_back_at_its_last_port_while_that_is_free(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", str(reserved_port())) as first:
        url = first.url
    with serving(tmp_path) as second:
        assert second.url == url
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", int(url.rpartition(":")[2])))
        other.listen()
        with serving(tmp_path) as third:
            assert third.url != url


def test_a_taken_port_is_a_clear_error_in_the_foreground(tmp_path: Path) -> None:
    with taken_port() as other:
        port = other.getsockname()[1]
        error = refusal("--data", str(tmp_path), "--port", str(port))
    assert error.startswith(f"besom: Port {port} of 127.0.0.1 is taken")
    assert "--port" in error


def test_a_second_server_on_the_same_data_is_refused_in_words(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0") as server:
        error = refusal("--embedded", str(tmp_path), "--port", "0")
        assert error.startswith("besom: ")
        with server.client() as client:
            assert client.get("/api/v1/viewer").status_code == 200


def refusal(*arguments: str) -> str:
    """What a server says that cannot start."""
    process = subprocess.run(command(*arguments), stderr=subprocess.PIPE, text=True, timeout=PATIENCE, check=False)
    assert process.returncode == 1
    assert "Traceback" not in process.stderr
    return process.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_long_polls_and_event_streams_do_not_hold_up_the_end(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path, "--port", "0") as server, server.client() as client:
        name = client.get("/api/v1/viewer").json()["name"]
        config = {"method": "random", "parameters": {"x": {"min": 0.0, "max": 1.0}}}
        sweep = client.post(f"/api/v1/projects/{name}/demo/sweeps", json={"config": config}).json()["sweep"]["id"]
        agent = client.post(f"/api/v1/sweeps/{sweep}/agents", json={"host": "h", "pid": 1}).json()["agent_id"]
        run = client.post(f"/api/v1/agents/{agent}/next", json={}).json()["run_id"]

        def last_beat() -> float:
            return client.get(f"/api/v1/sweeps/{sweep}/agents").json()["agents"][0]["heartbeat"]

        joined = last_beat()
        heard: queue.SimpleQueue[str] = queue.SimpleQueue()
        answers: list[int] = []

        def watch() -> None:
            with (
                server.client() as own,
                own.stream("GET", f"/api/v1/events?entity={name}&project=demo") as stream,
            ):
                for line in stream.iter_lines():
                    heard.put(line)

        def beat() -> None:
            with server.client() as own:
                body = {"holding": [run], "wait": 25}
                answers.append(own.post(f"/api/v1/agents/{agent}/heartbeat", json=body).status_code)

        threads = [threading.Thread(target=work) for work in (watch, beat)]
        for thread in threads:
            thread.start()
        heard.get(timeout=PATIENCE)  # its first line: it is connected
        client.patch(f"/api/v1/projects/{name}/demo/runs/{run}", json={"notes": "seen"})
        while f'"id":"{run}"' not in heard.get(timeout=PATIENCE):
            pass
        until(lambda: last_beat() > joined)  # the other has come too, and waits: there is nothing to tell it
        os.kill(server.process.pid, number)
        server.process.wait(timeout=PATIENCE)
        for thread in threads:
            thread.join(PATIENCE)
        assert answers == [200]


def test_the_foreground_server_tells_its_address_and_puts_the_new_key_into_no_log(tmp_path: Path) -> None:
    process = spawn("--data", str(tmp_path), "--port", "0", "--url", "https://besom.example", "--proxy", "127.0.0.1")
    assert process.stderr is not None
    said = [process.stderr.readline() for _ in range(2)]
    key = (tmp_path / "key").read_text().strip()
    try:
        assert said[0].startswith("besom: serving http://127.0.0.1:")
        assert str(tmp_path / "key") in said[1]
        assert key not in "".join(said)

        address = said[0].split()[2]
        reply = httpx.post(
            f"{address}/api/v1/session", json={"key": key}, headers={"Host": "besom.example"}, timeout=PATIENCE
        )
        assert reply.headers["set-cookie"].endswith("; Secure")
        mine = {"Authorization": f"Bearer {key}"}
        ticket = httpx.post(f"{address}/api/v1/tickets", json={"path": "/"}, headers=mine, timeout=PATIENCE)
        assert ticket.json()["url"].startswith("https://besom.example/login?")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [("--url", "https://besom.example/besom", "no path"), ("--proxy", "nginx", "no address of a proxy"),
     ("--proxy", "*", "no address of a proxy"), ("--proxy", "10.0.0.5/8", "has host bits set")],
)  # fmt: skip
def test_a_public_address_or_a_proxy_that_cannot_be_is_refused_before_anything_is_made(
    tmp_path: Path, option: str, value: str, rule: str
) -> None:
    with pytest.raises(ServerError, match=rule):
        run(data=tmp_path / "data", **{"--url": {"public_url": value}, "--proxy": {"proxies": [value]}}[option])
    assert not (tmp_path / "data").exists()
