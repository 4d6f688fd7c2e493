"""Pages of peers with the same runs on them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from page.browser import PATIENCE
from page.runs import METRIC, point, result


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
    """``showing`` fills a folder with so many runs and opens the page; ``most``: more of them take it minutes."""

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
    points = [point(number) for number in range(runs)]
    study.add_trials(
        [
            optuna.trial.create_trial(params=one, distributions=space, value=result(one, number)[METRIC])
            for number, one in enumerate(points)
        ]
    )
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
    experiment = client.create_experiment("runs")
    for number in range(runs):
        params = point(number)
        run = client.create_run(experiment, run_name=f"sweep-{number}").info.run_id
        metrics = [Metric(key, value, 0, 20) for key, value in result(params, number).items()]
        client.log_batch(run, metrics=metrics, params=[Param(key, str(value)) for key, value in params.items()])
        client.set_terminated(run)
    command = ("mlflow", "server", "--workers", "1", "--backend-store-uri", database, "--port")
    with _serving(*command) as (url, pid):
        rows = "document.body?.innerText.includes('sweep-')"
        yield Shown(f"{url}/#/experiments/{experiment}/runs", pid, rows, None)


@contextmanager
def trackio(_folder: Path, runs: int) -> Iterator[Shown]:
    """Its list of runs; they lie where TRACKIO_DIR says."""
    from trackio.sqlite_storage import SQLiteStorage

    for number in range(runs):
        params = point(number)
        SQLiteStorage.bulk_log("runs", f"sweep-{number}", [result(params, number)], config=params)
    code = "import sys, trackio; trackio.show('runs', open_browser=False, server_port=int(sys.argv[1]))"
    with _serving("-c", code) as (url, pid):
        listed = "document.querySelectorAll('tbody tr').length"
        yield Shown(f"{url}/runs?project=runs", pid, f"{listed} > 9", f"{listed} >= {runs}")


PEERS = (
    Peer("optuna-dashboard", 1_000, optuna_dashboard),
    Peer("mlflow", 1_000, mlflow),
    Peer("trackio", 1_000, trackio),
)


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
