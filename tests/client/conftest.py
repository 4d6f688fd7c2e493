"""A real embedded server for the whole folder, and a real way to put runs on it; and servers that are not besom's."""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from besom.client import embedded
from besom.client.api import Api
from besom.client.connection import Connection
from besom.client.lookup import project_route
from besom.protocol import (
    AgentJoined,
    ExitRecord,
    HistoryRecord,
    NewAgent,
    NewRun,
    NewSweep,
    NextRequest,
    NextRun,
    Run,
    RunClaimed,
    StreamAck,
    SweepCreated,
)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose embedded server runs."""
    folder = tmp_path_factory.mktemp("client") / "besom-home"
    embedded.start(folder, say=lambda _: None)
    yield folder
    embedded.stop(folder)


@pytest.fixture
def api(home: Path, monkeypatch: pytest.MonkeyPatch) -> Api:
    """The Api as a user makes it, with nothing configured."""
    for name in ("BASE_URL", "API_KEY", "ENTITY", "PROJECT"):
        monkeypatch.delenv(f"BESOM_{name}", raising=False)
        monkeypatch.delenv(f"WANDB_{name}", raising=False)
    monkeypatch.setenv("BESOM_HOME", str(home))
    return Api()


@pytest.fixture
def serve() -> Iterator[Callable[[type[BaseHTTPRequestHandler]], ThreadingHTTPServer]]:
    """Starts a server that answers with a handler of the test's, and is found at its ``url``."""
    with contextlib.ExitStack() as ending:

        def start(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
            silent = type(handler.__name__, (handler,), {"log_message": lambda *_: None})
            server = ending.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), silent))
            server.daemon_threads = True
            server.url = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            ending.callback(thread.join)
            ending.callback(server.shutdown)
            return server

        yield start


_numbers = itertools.count()


class Lab:
    """A project of its own for one test."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.connection: Connection = api.connection
        self.entity = api.default_entity
        self.project = f"lab-{next(_numbers)}"
        self.route = project_route(self.entity, self.project)

    @property
    def path(self) -> str:
        return f"{self.entity}/{self.project}"

    def sweep(self, **changes) -> str:
        """Creates a sweep with some keys changed, or left out (None); returns its path."""
        config = {
            "method": "grid",
            "metric": {"name": "loss", "goal": "minimize"},
            "parameters": {"lr": {"values": [1, 2, 3]}},
            **changes,
        }
        new = NewSweep(config={key: value for key, value in config.items() if value is not None})
        made = self.connection.request("POST", f"{self.route}/sweeps", body=new, reply=SweepCreated).sweep
        return f"{self.path}/{made.id}"

    def run(self, *rows: dict, sweep: str | None = None, exit_code: int | None = 0, **fields) -> Run:
        """Makes a run that logs ``rows`` and ends."""
        new = NewRun(
            id=f"run{next(_numbers):05}",
            sweep_id=sweep.rsplit("/", 1)[1] if sweep else None,
            started=time.time(),
            **fields,
        )
        run = self.connection.request("POST", f"{self.route}/runs", body=new, reply=RunClaimed).run
        records = [HistoryRecord(step=step, time=time.time(), data=row) for step, row in enumerate(rows)]
        if exit_code is not None:
            records.append(ExitRecord(code=exit_code, time=time.time()))
        lines = b"".join(msgspec.json.encode(record) + b"\n" for record in records)
        self.connection.request(
            "POST", f"{self.route}/runs/{run.id}/stream", query={"offset": 0}, body=lines, reply=StreamAck
        )
        return run

    def records(self, *records, sweep: str | None = None) -> str:
        """Makes a run whose stream brings ``records`` and its end; returns its id."""
        sweep_id = sweep.rsplit("/", 1)[1] if sweep else None
        run = NewRun(id=f"run{next(_numbers):05}", sweep_id=sweep_id, started=time.time())
        self.connection.request("POST", f"{self.route}/runs", body=run, reply=RunClaimed)
        lines = b"".join(
            msgspec.json.encode(record) + b"\n" for record in (*records, ExitRecord(code=0, time=time.time()))
        )
        route = f"{self.route}/runs/{run.id}/stream"
        self.connection.request("POST", route, query={"offset": 0}, body=lines, reply=StreamAck)
        return run.id

    def agent_run(self, sweep: str) -> str:
        """Has an agent take the sweep's next run; returns its id."""
        route = f"/sweeps/{sweep.rsplit('/', 1)[1]}/agents"
        joined = self.connection.request("POST", route, body=NewAgent(host="box", pid=7), reply=AgentJoined)
        route = f"/agents/{joined.agent_id}/next"
        return self.connection.request("POST", route, body=NextRequest(), reply=NextRun).run_id


@pytest.fixture
def lab(api: Api) -> Lab:
    return Lab(api)
