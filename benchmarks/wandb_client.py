"""W&B's real client with besom as its server, beside the same client offline: what the server costs a script.

    make .venv/wandb/installed
    python benchmarks/wandb_client.py

The limit is the client's own offline mode, in the same rounds.
"""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path

from harness import Table, median, run, server

ROUNDS = 7
ROWS = 2000
CLIENT = Path(__file__).parents[1] / ".venv" / "wandb"
TIMED = f"""\
import time, wandb
begin = time.perf_counter()
run = wandb.init(project="benchmark")
ready = time.perf_counter()
for step in range({ROWS}):
    run.log({{"loss": 1 / (step + 1), "accuracy": step / {ROWS}}})
logged = time.perf_counter()
run.finish()
finished = time.perf_counter()
print("seconds", ready - begin, finished - logged, logged - ready)
"""


def measure() -> Table:
    times: dict[str, list[list[float]]] = {"offline": [], "besom": []}
    with server() as home:
        told = json.loads((home / "besom-home" / "server.json").read_text())
        key = (home / "besom-home" / "key").read_text().strip()
        variables = {
            "offline": {"WANDB_MODE": "offline"},
            "besom": {"WANDB_MODE": "online", "WANDB_BASE_URL": told["url"], "WANDB_API_KEY": key},
        }
        for round_ in range(ROUNDS + 1):
            for name, mode in variables.items():
                output = run(str(CLIENT / "bin" / "python"), "-c", TIMED, **mode).output
                if round_:  # the first one warms up
                    times[name].append([float(word) * 1000 for word in output.split("seconds ")[1].split()[:3]])
    (package,) = metadata.distributions(path=[*map(str, CLIENT.glob("lib/*/site-packages"))], name="wandb")
    goal = "init and finish at most 300 ms more than offline"
    columns = ["init", "finish", "both", f"{ROWS:,} x log()"]
    table = Table(f"W&B's client {package.version}", columns, "milliseconds", goal)
    for name, rounds in times.items():
        init, finish, logs = (list(column) for column in zip(*rounds, strict=True))
        both = [begin + end for begin, end in zip(init, finish, strict=True)]
        table.add(name, *(median(values) for values in (init, finish, both, logs)))
    return table


if __name__ == "__main__":
    print(measure())
