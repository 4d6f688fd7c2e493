"""The checks of ``besom verify``: each does one thing that users of a server rely on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import besom
from besom.agent.process_state import changed_environment
from besom.cli.terminal import note, paint, progress, say, say_json
from besom.client import blobs
from besom.client.api import Api
from besom.client.connect import connect
from besom.client.connection import Connection
from besom.client.lookup import project_route
from besom.errors import BesomError
from besom.protocol import NewSweep, SweepCreated, Viewer

RUNS = 10
CONFIG = {
    "method": "grid",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"x": {"values": list(range(RUNS))}},
}
FILE_BYTES = 1 << 20


class Failed(BesomError):
    """The server did not do what it should."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a check."""

    check: str
    passed: bool
    seconds: float
    message: str
    """What was seen, or what went wrong."""


class Checks:
    """The checks in their order; a later one uses what an earlier one made."""

    def __init__(self, host: str | None, folder: Path) -> None:
        self._host = host
        self._folder = folder
        self._project = f"besom-verify-{os.urandom(4).hex()}"
        self._connection: Connection | None = None
        self._entity = ""
        self._sweep = ""

    def all(self) -> list[tuple[str, Callable[[], str]]]:
        """Name and function of each; the function returns what was seen."""
        return [
            ("The server answers", self._reach),
            ("It knows the key", self._log_in),
            ("A sweep is created", self._create),
            (f"A function agent makes {RUNS} runs", self._work),
            ("Each point was run once, the best is right", self._compare),
            ("What was logged is read back", self._read),
            ("A file goes there and back", self._file),
        ]

    def clean(self) -> None:
        """Deletes the project."""
        if self._sweep:
            Api(base_url=self._host).project(self._project, self._entity).delete()

    def _reach(self) -> str:
        self._connection = connect(self._host, say=lambda _: None)
        self._connection.exchange("GET", "/healthz")
        return self._connection.url

    def _log_in(self) -> str:
        viewer = self._server.request("GET", "/viewer", reply=Viewer)
        self._entity = viewer.entity
        return f"{viewer.name} ({viewer.role}), besom {viewer.server_version}"

    def _create(self) -> str:
        route = f"{project_route(self._entity, self._project)}/sweeps"
        self._sweep = self._server.request("POST", route, body=NewSweep(config=CONFIG), reply=SweepCreated).sweep.id
        return f"{self._entity}/{self._project}/{self._sweep}"

    def _work(self) -> str:
        def train() -> None:
            with besom.init(settings={"console": "off"}) as run:
                for step in range(3):
                    run.log({"loss": float(run.config["x"]) + 2 - step})

        with _environment(self._server, self._folder):
            besom.agent(f"{self._entity}/{self._project}/{self._sweep}", function=train)
        state = self._api.sweep(self._sweep).state
        _expect(state, "FINISHED", "the sweep's state")
        return f"the sweep is {state.lower()}"

    def _compare(self) -> str:
        sweep = self._api.sweep(self._sweep)
        _expect(sorted(run.config["x"] for run in sweep.runs), list(range(RUNS)), "the points that were run")
        _expect({run.state for run in sweep.runs}, {"finished"}, "the states of the runs")
        best = sweep.best_run()
        _expect(best.config["x"] if best else None, 0, "the best run's parameter")
        return f"best loss {sweep.best_loss:g}"

    def _read(self) -> str:
        for run in self._api.sweep(self._sweep).runs:
            x = float(run.config["x"])
            _expect([row["loss"] for row in run.scan_history()], [x + 2, x + 1, x], f"the history of {run.name}")
        return f"{RUNS * 3} values"

    def _file(self) -> str:
        content = os.urandom(FILE_BYTES)
        there, back = self._folder / "there", self._folder / "back"
        there.write_bytes(content)
        digest, route = hashlib.sha256(content).hexdigest(), project_route(self._entity, self._project)
        blobs.put(self._server, route, digest, there)
        blobs.fetch(self._server, route, digest, back, FILE_BYTES)
        _expect(back.read_bytes() == content, True, "that the bytes are the same")
        return f"{FILE_BYTES:,} bytes"

    @property
    def _server(self) -> Connection:
        if self._connection is None:
            raise Failed("The server does not answer.")
        return self._connection

    @property
    def _api(self) -> Api:
        return Api({"entity": self._entity, "project": self._project}, base_url=self._host)


def verify(host: str | None, *, as_json: bool) -> int:
    """Runs all checks, prints what became of each, and returns the exit code: 1 when one failed."""
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="besom-verify-") as folder:
        checks = Checks(host, Path(folder))
        try:
            for name, check in checks.all():
                if not as_json:
                    progress(f"{name} …")
                outcome = _outcome(name, check)
                outcomes.append(outcome)
                if not as_json:
                    progress("")
                    _show(outcome)
                if not outcome.passed:
                    break
        finally:
            _clean(checks)
    passed = all(outcome.passed for outcome in outcomes)
    if as_json:
        say_json({"passed": passed, "checks": outcomes})
    else:
        say("All is well." if passed else "The server does not do all that sweeps need.")
    return 0 if passed else 1


def _outcome(name: str, check: Callable[[], str]) -> Outcome:
    began = time.monotonic()
    try:
        message, passed = check(), True
    except (BesomError, OSError) as error:
        message, passed = str(error), False
    return Outcome(name, passed, round(time.monotonic() - began, 3), message)


def _clean(checks: Checks) -> None:
    try:
        checks.clean()
    except BesomError as error:
        note(f"What the checks made could not be deleted: {error}")


def _show(outcome: Outcome) -> None:
    mark = paint("✓", fg="green", bold=True) if outcome.passed else paint("✗", fg="red", bold=True)
    say(f"{mark} {outcome.check:<44} {outcome.seconds:6.2f} s  {outcome.message}")


def _expect(seen: object, wanted: object, what: str) -> None:
    if seen != wanted:
        raise Failed(f"Expected {wanted!r} as {what}, and it is {seen!r}.")


@contextlib.contextmanager
def _environment(connection: Connection, folder: Path) -> Iterator[None]:
    """The environment in which the agent finds that server, keeps its files in ``folder``, and prints nothing."""
    wanted = {
        "BESOM_BASE_URL": connection.url,
        "BESOM_API_KEY": connection.key or "",
        "BESOM_DIR": str(folder),
        "BESOM_MODE": "online",
        "BESOM_SILENT": "true",
    }
    log = (folder / "agent.log").open("w")
    with changed_environment(wanted), log, contextlib.redirect_stderr(log), contextlib.redirect_stdout(log):
        yield
