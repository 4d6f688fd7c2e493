"""What all benchmarks share: which peers are installed, processes with their CPU time, a server, and the table.

Every figure is compared with the *limit*: the least Python that does the same job on the same disk, in the same run.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

FSYNC_SERVER = """\
import os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
lock, file = threading.Lock(), open(sys.argv[1], "ab")
class Handler(BaseHTTPRequestHandler):
    protocol_version, disable_nagle_algorithm = "HTTP/1.1", True
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with lock:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
    def log_message(self, *_):
        pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


def version(package: str) -> str | None:
    """Installed version of a package; None when it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def installed(*packages: str) -> list[str]:
    """Those of some packages that can be measured here."""
    return [package for package in packages if version(package)]


@dataclass(frozen=True)
class Usage:
    """What a process took, in seconds, and what it printed."""

    wall: float
    cpu: float
    output: str


def run(*command: str, **variables: str) -> Usage:
    """Runs a command to its end.

    Raises:
        RuntimeError: it failed; carries what it printed.
    """
    import time

    with tempfile.TemporaryFile("w+") as output:
        begin = time.perf_counter()
        process = subprocess.Popen(command, env={**os.environ, **variables}, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)[:200]} ended with {process.returncode}:\n{text}")
    return Usage(wall, usage.ru_utime + usage.ru_stime, text)


def python(code: str, *arguments: str, **variables: str) -> Usage:
    """Runs Python code in a fresh interpreter."""
    return run(sys.executable, "-c", code, *arguments, **variables)


@contextmanager
def fsync_server(file: Path) -> Iterator[str]:
    """The least that a server can do: writes each request's body to a file, on the disk before it answers. Its port."""
    process = subprocess.Popen([sys.executable, "-c", FSYNC_SERVER, str(file)], stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip() if process.stdout else ""
    finally:
        process.kill()
        process.wait()


@contextmanager
def clean_home() -> Iterator[Path]:
    """A folder of its own for everything that besom and its peers keep, and no network: the machine stays as it is."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        home = Path(name)
        changes = {
            "HOME": name,
            "BESOM_HOME": str(home / "besom-home"),
            "BESOM_DIR": name,
            "BESOM_MODE": "online",
            "BESOM_SILENT": "1",
            "WANDB_MODE": "offline",
            "WANDB_DIR": name,
            "WANDB_SILENT": "true",
            "TRACKIO_DIR": str(home / "trackio"),
            "HF_HUB_OFFLINE": "1",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "SWANLAB_MODE": "offline",
            "RAY_USAGE_STATS_ENABLED": "0",
        }
        before = {key: os.environ.get(key) for key in [*changes, "PYTHONDONTWRITEBYTECODE"]}
        os.environ.update(changes)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody is to compile anew at each start
        try:
            yield home
        finally:
            for key, value in before.items():
                if value is None:
                    os.environ.pop(key, None)
                else:
                    os.environ[key] = value


@contextmanager
def server() -> Iterator[Path]:
    """An embedded besom server in a clean home; yields the home."""
    with clean_home() as home:
        python("from besom.client.connect import connect; connect()")
        try:
            yield home
        finally:
            run(sys.executable, "-m", "besom.cli", "server", "stop")


def median(values: list[float]) -> float:
    """The middle one: a disturbed round does not move it."""
    return statistics.median(values)


def percentile(values: list[float], percent: float) -> float:
    """The value below which ``percent`` of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


@dataclass
class Table:
    """Results, as Markdown. The first row is the limit; every other number is followed by its ratio to it."""

    title: str
    columns: list[str]
    unit: str
    goal: str
    rows: list[tuple[str, list[float | str | None]]] = field(default_factory=list)

    def add(self, name: str, *values: float | str | None) -> None:
        """Adds a row: the limit first. None: that peer cannot do it."""
        self.rows.append((name, list(values)))

    def __str__(self) -> str:
        limit = self.rows[0][1]
        lines = [
            f"## {self.title}",
            "",
            f"In {self.unit}. Goal: {self.goal}.",
            "",
            f"| | {' | '.join(self.columns)} |",
            f"|---|{'---:|' * len(self.columns)}",
        ]
        for number, (name, values) in enumerate(self.rows):
            cells = [_cell(value, limit[column] if number else None) for column, value in enumerate(values)]
            lines.append(f"| {_named(name)} | {' | '.join(cells)} |")
        return "\n".join([*lines, ""])


def _cell(value: float | str | None, limit: float | str | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{text} ({value / limit:.2f} x)" if isinstance(limit, float | int) and limit else text


def _named(name: str) -> str:
    known = version(name)
    return f"**{name} {known}**" if name == "besom" else f"{name} {known}" if known else name
