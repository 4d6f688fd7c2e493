"""Runs per second of a function that does nothing, and what 32 workers meet.

    python benchmarks/function_runs.py

Each worker is a process with a function agent of one random sweep; a run suggests a point, is recorded, logs one value
and ends. The limit makes two requests per run to a server that writes each to disk. Optuna's workers share a study in a
SQLite file, its documented way without a server. Counted from the first end of a run to the last.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import time

from harness import Table, clean_home, fsync_server, installed, python, server

RUNS = {1: 200, 8: 400, 32: 640}
BESOM = """\
import sys, time, besom
def train():
    with besom.init() as run:
        run.log({"loss": run.config.x})
        print("END", time.time())
besom.agent(sys.argv[1], function=train, count=int(sys.argv[2]))
"""
CREATE_BESOM = """\
import besom
print("sweep", besom.sweep({"method": "random", "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"x": {"min": 0.0, "max": 1.0}}}, project="functions"))
"""
OPTUNA = """\
import sys, time, optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.load_study(study_name="s", storage=sys.argv[1], sampler=optuna.samplers.RandomSampler())
for _ in range(int(sys.argv[2])):
    try:
        study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=1)
        print("END", time.time())
    except Exception as error:
        print("ERROR", error)
"""
CREATE_OPTUNA = "import sys, optuna; optuna.create_study(study_name='s', storage=sys.argv[1])"
LIMIT = """\
import http.client, sys, time
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    for _ in range(2):
        connection.request("POST", "/", b'{"x": 0.5}')
        connection.getresponse().read()
    print("END", time.time())
"""


def work(code: str, where: str, workers: int) -> tuple[float, int, float]:
    """Runs per second, runs that failed, and the longest time in seconds in which no run of any worker ended."""
    each = RUNS[workers] // workers
    everyone = [
        subprocess.Popen(
            [sys.executable, "-c", code, where, str(each)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(workers)
    ]
    outputs = [worker.communicate()[0] for worker in everyone]
    failed = sum(output.count("ERROR") for output in outputs) + sum(worker.returncode != 0 for worker in everyone)
    lines = (line.split() for output in outputs for line in output.splitlines())
    ends = sorted(float(words[-1]) for words in lines if len(words) > 1 and words[-2] == "END")
    gaps = [after - before for before, after in itertools.pairwise(ends)]
    return (len(ends) - 1) / (ends[-1] - ends[0]), failed + RUNS[workers] // workers * workers - len(ends), max(gaps)


def limit(workers: int) -> tuple[float, int, float]:
    with clean_home() as home, fsync_server(home / "log") as port:
        return work(LIMIT, port, workers)


def besom(workers: int) -> tuple[float, int, float]:
    with server():
        sweep = python(CREATE_BESOM).output.split()[-1]
        return work(BESOM, sweep, workers)


def optuna(workers: int) -> tuple[float, int, float]:
    with clean_home() as home:
        storage = f"sqlite:///{home / 'optuna.sqlite'}"
        python(CREATE_OPTUNA, storage)
        return work(OPTUNA, storage, workers)


def ray() -> float:
    """Runs per second of Ray Tune with 8 at once, on its own machine of two nodes' worth of slots."""
    code = """\
import time, ray, os
from ray import tune
ray.init(num_cpus=8, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
begin = time.time()
tune.Tuner(lambda config: {"loss": config["x"]}, param_space={"x": tune.uniform(0, 1)},
    tune_config=tune.TuneConfig(num_samples=40),
    run_config=tune.RunConfig(verbose=0, storage_path=os.environ["HOME"])).fit()
print("rate", 40 / (time.time() - begin))
"""
    with clean_home():
        return float(python(code).output.rsplit("rate", 1)[1])


def measure() -> Table:
    table = Table(
        "Function runs",
        [
            "1 worker, runs/s",
            "8 workers, runs/s",
            "32 workers, runs/s",
            "32 workers, errors",
            "32 workers, longest gap (s)",
        ],
        "runs per second",
        "at least 0.5 x the limit; with 32 workers no error and no gap over 1 s",
    )
    subjects = {"two requests, fsync": limit, "besom": besom}
    if installed("optuna"):
        subjects["optuna"] = optuna
    for name, subject in subjects.items():
        one, _, _ = subject(1)
        eight, _, _ = subject(8)
        many, errors, gap = subject(32)
        table.add(name, one, eight, many, str(errors), f"{gap:.2f}")
    if installed("ray"):
        table.add("ray", None, ray(), None, None, None)
    return table


if __name__ == "__main__":
    begin = time.time()
    print(measure())
