"""Fills a real server with sweeps and runs, through its REST API alone, as agents and programs would.

python tests/web/filling.py URL KEY --runs 10000
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import math
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

CONFIG = """\
# What the digits example searches.
program: train.py
method: random
metric:
  name: val/loss
  goal: minimize
parameters:
  lr:
    distribution: log_uniform_values
    min: 0.0001
    max: 0.1
  batch_size:
    values: [16, 32, 64, 128]
  optimizer:
    values: [adam, sgd, rmsprop]
  model.depth:
    min: 1
    max: 8
  epochs:
    value: 20
"""
METRIC = "val/loss"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
"""A picture, as PNG."""
EPOCHS = 20


def search_config(**changes: Any) -> dict[str, Any]:
    """CONFIG as the API takes it, with other top-level keys where wanted."""
    return {
        "program": "train.py",
        "method": "random",
        "metric": {"name": METRIC, "goal": "minimize"},
        "parameters": {
            "lr": {"distribution": "log_uniform_values", "min": 0.0001, "max": 0.1},
            "batch_size": {"values": [16, 32, 64, 128]},
            "optimizer": {"values": ["adam", "sgd", "rmsprop"]},
            "model.depth": {"min": 1, "max": 8},
            "epochs": {"value": EPOCHS},
        },
        **changes,
    }


@dataclass(frozen=True)
class Place:
    """Where a sweep lives."""

    entity: str
    project: str
    sweep: str | None
    """None: the runs of no sweep."""

    @property
    def path(self) -> str:
        """Of its page."""
        return f"/{self.entity}/{self.project}/sweeps/{self.sweep}"


class Filler:
    """Speaks REST with an administrator's key."""

    def __init__(self, url: str, key: str) -> None:
        self.http = httpx.Client(base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=60)
        self.entity = self.ask("GET", "/viewer")["entity"]

    def ask(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """A request; its answer as plain data."""
        content = body if isinstance(body, bytes) else None
        answer = self.http.request(method, path, json=None if content else body, content=content, params=params)
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def ticket(self, path: str = "/") -> str:
        """A one-time address that signs a browser in."""
        return str(self.ask("POST", "/tickets", {"path": path})["url"])

    def sweep(self, project: str, name: str, **changes: Any) -> Place:
        """A new sweep over CONFIG's space."""
        body = {"config": {**search_config(**changes), "name": name}, "text": f"name: {name}\n{CONFIG}"}
        made = self.ask("POST", f"/projects/{self.entity}/{project}/sweeps", body)["sweep"]
        return Place(self.entity, project, made["id"])

    def join(self, place: Place, host: str = "gpu-1", pid: int = 4711) -> str:
        """An agent's id."""
        return str(self.ask("POST", f"/sweeps/{place.sweep}/agents", {"host": host, "pid": pid})["agent_id"])

    def take_run(self, agent: str, holding: list[str]) -> dict[str, Any]:
        """The run that the agent is told to start."""
        order = self.ask("POST", f"/agents/{agent}/next", {"holding": holding, "wait": 30.0})
        assert order["command"] == "run", order
        return dict(order)

    def begin(self, place: Place, run_id: str, **about: Any) -> None:
        """The program calls init."""
        body = {"id": run_id, "sweep_id": place.sweep, "started": time.time(), "host": "gpu-1", **about}
        self.ask("POST", f"/projects/{place.entity}/{place.project}/runs", body)

    def send(self, place: Place, run_id: str, records: list[dict[str, Any]], offset: int = 0) -> dict[str, Any]:
        """Spool lines; what the server answers to them."""
        spool = b"".join(json.dumps(record).encode() + b"\n" for record in records)
        path = f"/projects/{place.entity}/{place.project}/runs/{run_id}/stream"
        return dict(self.ask("POST", path, spool, offset=offset))

    def report(self, place: Place, run_id: str, records: list[dict[str, Any]], offset: int = 0) -> int:
        """Spool lines; the offset behind them."""
        return int(self.send(place, run_id, records, offset)["offset"])

    def whole_run(self, place: Place, agent: str, rng: random.Random, exit_code: int = 0) -> str:
        """A run from its order to its end, with the curve of a program that learns."""
        order = self.take_run(agent, [])
        run_id = order["run_id"]
        self.begin(place, run_id, agent_id=agent)
        records = history(order["params"], rng, EPOCHS if exit_code == 0 else rng.randrange(2, EPOCHS))
        self.report(place, run_id, [*records, {"type": "exit", "code": exit_code, "time": time.time()}])
        self.ask("POST", f"/agents/{agent}/runs/{run_id}/exit", {"exit_code": exit_code})
        return str(run_id)

    def running_run(self, place: Place, agent: str, rng: random.Random, epochs: int = 6) -> str:
        """A run that has begun and goes on."""
        order = self.take_run(agent, [])
        self.begin(place, order["run_id"], agent_id=agent)
        self.report(place, order["run_id"], history(order["params"], rng, epochs))
        return str(order["run_id"])

    def log_file(self, place: Place, run_id: str, path: str, content: bytes) -> None:
        """A file of the run."""
        digest, project = hashlib.sha256(content).hexdigest(), f"/projects/{place.entity}/{place.project}"
        self.ask("PUT", f"{project}/blobs/{digest}", content)
        entry = {"path": path, "digest": digest, "size": len(content)}
        self.ask("POST", f"{project}/runs/{run_id}/files", entry)

    def log_chart(self, place: Place, run_id: str, key: str, rows: list[list[Any]], chart: dict[str, Any]) -> None:
        """A table that says how it is drawn, as ``besom.plot`` logs it; its columns are those that ``chart`` names."""
        table = json.dumps({"columns": list(chart["fields"].values()), "data": rows}).encode()
        path = f"media/table/{key}.table.json"
        self.log_file(place, run_id, path, table)
        value = {"_type": "table-file", "path": path, "size": len(table), "chart": chart}
        self.ask("PATCH", f"/projects/{place.entity}/{place.project}/runs/{run_id}", {"summary": {key: value}})

    def many_runs(self, place: Place, count: int, clients: int = 8) -> None:
        """Runs of the sweep that programs began and ended by themselves: quicker to make by the thousand."""

        def one(number: int) -> None:
            rng = random.Random(number)
            params = sample(rng)
            run_id = f"run{number:06d}"
            self.begin(place, run_id, name=f"sweep-{number}", config=params)
            last = history(params, rng, EPOCHS)[-1]
            code = 0 if rng.random() < 0.96 else 1
            self.report(place, run_id, [last, {"type": "exit", "code": code, "time": time.time()}])

        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(one, range(1, count + 1)))


def sample(rng: random.Random) -> dict[str, Any]:
    """A point of CONFIG's space."""
    return {
        "lr": 10 ** rng.uniform(-4, -1),
        "batch_size": rng.choice([16, 32, 64, 128]),
        "optimizer": rng.choice(["adam", "sgd", "rmsprop"]),
        "model.depth": rng.randint(1, 8),
        "epochs": EPOCHS,
    }


def history(params: dict[str, Any], rng: random.Random, epochs: int) -> list[dict[str, Any]]:
    """History records of a loss that falls towards a floor that depends on the parameters."""
    floor = 0.12 + 0.11 * (math.log10(params["lr"]) + 2.4) ** 2 + 0.02 * abs(params.get("model.depth", 3) - 5)
    rows = []
    for step in range(epochs):
        loss = floor + 1.4 * math.exp(-step / 5) + rng.gauss(0, 0.015)
        data = {METRIC: loss, "val/accuracy": max(0.0, 1 - loss / 3), "lr": params["lr"]}
        rows.append({"type": "history", "step": step, "time": time.time(), "data": data})
    return rows


ROC: dict[str, Any] = {
    "name": "wandb/area-under-curve/v0",
    "fields": {"x": "fpr", "y": "tpr", "class": "class"},
    "texts": {"title": "ROC", "x-axis-title": "False positive rate", "y-axis-title": "True positive rate"},
}
CONFUSION: dict[str, Any] = {
    "name": "wandb/confusion_matrix/v1",
    "fields": {"Actual": "Actual", "Predicted": "Predicted", "nPredictions": "nPredictions"},
    "texts": {"title": "Confusion"},
}
CLASSES = ("ant", "bee")


def log_charts(filler: Filler, place: Place, run_id: str, rng: random.Random) -> None:
    """An ROC curve for each class, and a confusion matrix."""
    bends = [(kind, rng.uniform(0.1, 0.5)) for kind in CLASSES]
    curves = [[x / 20, (x / 20) ** bend, kind] for kind, bend in bends for x in range(21)]
    filler.log_chart(place, run_id, "roc", curves, ROC)
    cells = [[a, b, rng.randrange(40, 90) if a == b else rng.randrange(9)] for a in CLASSES for b in CLASSES]
    filler.log_chart(place, run_id, "confusion", cells, CONFUSION)


def main() -> None:
    """Makes four sweeps: without runs, with one, with fifty of all kinds, and with as many as asked for."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--runs", type=int, default=10_000)
    asked = parser.parse_args()
    filler, rng = Filler(asked.url, asked.key), random.Random(1)
    places = {"empty": filler.sweep("digits", "nothing yet"), "one": filler.sweep("digits", "first try")}
    filler.running_run(places["one"], filler.join(places["one"]), rng)
    places["fifty"] = filler.sweep("digits", "wide search of the learning rate", run_cap=80)
    agents = [filler.join(places["fifty"], f"gpu-{i}", 4000 + i) for i in range(3)]
    for number in range(47):
        filler.whole_run(places["fifty"], agents[number % 3], rng, exit_code=1 if number % 11 == 10 else 0)
    for agent in agents:
        filler.running_run(places["fifty"], agent, rng)
    places["many"] = filler.sweep("digits", "very many")
    filler.many_runs(places["many"], asked.runs)
    for name, place in places.items():
        print(name, place.path)


if __name__ == "__main__":
    main()
