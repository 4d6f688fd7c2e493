"""A clean surrounding for each test, and programs that train in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import waiting
from besom.client import embedded
from besom.client.connection import Connection
from besom.protocol import HistoryPage, Run, SpoolRecord, Viewer
from besom.sdk import current, messages

Program = Callable[..., subprocess.Popen[str]]


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith(("BESOM_", "WANDB_")) or name in ("RANK", "LOCAL_RANK"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("BESOM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BESOM_DIR", str(tmp_path))
    yield
    for run in current.runs():
        run.finish()
    messages.silence(False)  # a silent run leaves the process so until the next one begins


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BESOM_MODE", "offline")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Program]:
    """Starts a Python program; its output is in ``stdout`` and ``stderr``."""
    started = []

    def start_program(code: str, **environ: str) -> subprocess.Popen[str]:
        script = tmp_path / f"train_{len(started)}.py"
        script.write_text(textwrap.dedent(code))
        process = subprocess.Popen(
            [sys.executable, str(script)],
            env={**os.environ, **environ},
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start_program
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def records(tmp_path: Path) -> Callable[[], list[SpoolRecord]]:
    """Reads what the only run below the test's folder wrote."""

    def read() -> list[SpoolRecord]:
        (spool,) = tmp_path.glob("besom/run-*/spool.jsonl")
        return [msgspec.json.decode(line, type=SpoolRecord) for line in spool.read_bytes().splitlines()]

    return read


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.EmbeddedServer]:
    """A server process, shared by all tests."""
    home = tmp_path_factory.mktemp("server")
    yield embedded.start(home, print)
    embedded.stop(home)


@pytest.fixture
def connection(server: embedded.EmbeddedServer) -> Connection:
    return Connection(server.url, server.key)


@pytest.fixture
def online(server: embedded.EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BESOM_BASE_URL", server.url)
    monkeypatch.setenv("BESOM_API_KEY", server.key)


class ServerView:
    """What the server has of a run."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.entity = connection.request("GET", "/viewer", reply=Viewer).entity

    def run(self, project: str, run_id: str) -> Run:
        return self.connection.request("GET", f"/projects/{self.entity}/{project}/runs/{run_id}", reply=Run)

    def rows(self, project: str, run_id: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            path = f"/projects/{self.entity}/{project}/runs/{run_id}/history"
            page = self.connection.request("GET", path, query={"after": after, "limit": 1000}, reply=HistoryPage)
            rows += page.rows
            after = page.next_row
        return rows

    def logged(self, project: str, run_id: str, key: str) -> list[Any]:
        """Values of one key in the order of their rows."""
        return [row[key] for row in self.rows(project, run_id) if key in row]


@pytest.fixture
def view(connection: Connection) -> ServerView:
    return ServerView(connection)


@pytest.fixture
def view_of() -> Callable[[Connection], ServerView]:
    return ServerView


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], Any]:
    """Waits for something that another process will do."""
    return waiting.until
