"""Pages of peers with the same runs on them."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from page.browser import PATIENCE
from page.runs import METRIC, point, result

Row = dict[str, Any]
Change = Callable[[Row, int], Row]
"""What is different in a row of the run with this number."""


@dataclass(frozen=True)
class Shown:
    """A peer's page that is there to be opened."""

    address: str
    pid: int
    first: str
    """JavaScript, true once rows can be seen."""
    whole: str | None
    """True once the page has all runs; None where it never does by itself."""


@dataclass(frozen=True)
class Peer:
    """``showing`` fills a folder with so many runs and opens the page; ``most``: more of them its page never shows."""

    package: str
    most: int
    showing: Callable[[Path, int], AbstractContextManager[Shown]]


@contextmanager
def optuna_dashboard(folder: Path, runs: int) -> Iterator[Shown]:
    """Its list of trials."""
    import optuna
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = {
        "lr": FloatDistribution(1e-4, 1e-1, log=True),
        "batch_size": CategoricalDistribution([16, 32, 64, 128]),
        "optimizer": CategoricalDistribution(["adam", "sgd", "rmsprop"]),
        "depth": IntDistribution(1, 8),
        "epochs": IntDistribution(20, 20),
    }
    database = f"sqlite:///{folder}/optuna.db"
    study = optuna.create_study(storage=database, study_name="runs", direction="minimize")
    params = point(0)
    study.add_trial(optuna.trial.create_trial(params=params, distributions=space, value=result(params, 0)[METRIC]))

    def param(row: Row, number: int) -> Row:
        name = row["param_name"]
        value = space[name].to_internal_repr(point(number)[name])
        return {"param_id": None, "trial_id": number + 1, "param_value": value}

    def value(_: Row, number: int) -> Row:
        return {"trial_value_id": None, "trial_id": number + 1, "value": result(point(number), number)[METRIC]}

    tables = {
        "trials": lambda _, number: {"trial_id": number + 1, "number": number},
        "trial_params": param,
        "trial_values": value,
    }
    _multiply(folder / "optuna.db", runs, tables)
    with _serving("optuna_dashboard._cli", database, "--port") as (url, pid):
        rows = "/Trial \\d+/.test(document.body?.innerText)"
        yield Shown(f"{url}/dashboard/studies/1/trials", pid, rows, rows)


@contextmanager
def mlflow(folder: Path, runs: int) -> Iterator[Shown]:
    """Its runs of an experiment; further ones come at a click."""
    from mlflow.entities import Metric, Param
    from mlflow.tracking import MlflowClient

    database = f"sqlite:///{folder}/mlflow.db"
    client = MlflowClient(database)
    experiment = client.create_experiment("runs", artifact_location=str(folder))
    run, params = client.create_run(experiment, run_name="sweep-0").info.run_id, point(0)
    metrics = [Metric(key, value, 0, 20) for key, value in result(params, 0).items()]
    client.log_batch(run, metrics=metrics, params=[Param(key, str(value)) for key, value in params.items()])
    client.set_terminated(run)

    def reached(row: Row, number: int) -> Row:
        return {"run_uuid": f"{number:032x}", "value": result(point(number), number)[row["key"]]}

    tables = {
        "runs": lambda _, number: {"run_uuid": f"{number:032x}", "name": f"sweep-{number}"},
        "tags": lambda _, number: {"run_uuid": f"{number:032x}", "value": f"sweep-{number}"},
        "params": lambda row, number: {"run_uuid": f"{number:032x}", "value": str(point(number)[row["key"]])},
        "metrics": reached,
        "latest_metrics": reached,
    }
    _multiply(folder / "mlflow.db", runs, tables)
    command = ("mlflow", "server", "--workers", "1", "--backend-store-uri", database, "--port")
    with _serving(*command) as (url, pid):
        rows = "document.body?.innerText.includes('sweep-')"
        yield Shown(f"{url}/#/experiments/{experiment}/runs", pid, rows, None)


@contextmanager
def trackio(_folder: Path, runs: int) -> Iterator[Shown]:
    """Its list of runs; they lie where TRACKIO_DIR says."""
    from trackio.sqlite_storage import SQLiteStorage

    folder = Path(os.environ["TRACKIO_DIR"])
    for before in folder.glob("runs.*"):
        before.unlink()
    SQLiteStorage.bulk_log("runs", "sweep-0", [result(point(0), 0)], config=point(0))

    def row(column: str, of: Callable[[int], object]) -> Change:
        return lambda _, number: {
            "id": None,
            "run_id": f"sweep-{number}",
            "run_name": f"sweep-{number}",
            column: json.dumps(of(number)).encode(),
        }

    tables = {"metrics": row("metrics", lambda number: result(point(number), number)), "configs": row("config", point)}
    _multiply(folder / "runs.db", runs, tables)
    code = "import sys, trackio; trackio.show('runs', open_browser=False, server_port=int(sys.argv[1]))"
    with _serving("-c", code) as (url, pid):
        listed = "document.querySelectorAll('tbody tr').length"
        yield Shown(f"{url}/runs?project=runs", pid, f"{listed} > 9", f"{listed} >= {runs}")


PEERS = (
    Peer("optuna-dashboard", 10_000, optuna_dashboard),
    Peer("mlflow", 10_000, mlflow),
    Peer("trackio", 10_000, trackio),
)


def _multiply(database: Path, runs: int, tables: Mapping[str, Change]) -> None:
    """Copies the one run that the peer itself has written, until there are so many: through the peer it takes an hour.

    Args:
        database: SQLite.
        runs: with the first one, whose number is 0.
        tables: what is different in the rows of the run with this number; None: a key that the table makes.
    """
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.row_factory = sqlite3.Row
        for table, change in tables.items():
            rows = [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]
            columns = list(rows[0])
            insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})"
            copies = ({**row, **change(row, number)} for number in range(1, runs) for row in rows)
            connection.executemany(insert, copies)


@contextmanager
def _serving(*command: str) -> Iterator[tuple[str, int]]:
    """A server in a process group of its own; the free port that it is to take is added to its command."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [sys.executable, *(() if command[0] == "-c" else ("-m",)), *command, str(port)]
    process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + PATIENCE
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start")
            time.sleep(0.1)
        yield url, process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
