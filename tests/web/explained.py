"""A sweep whose runs were chosen and ended in every way that the page explains, in a space with conditions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from filling import METRIC, Filler, Place

TEXT = """\
program: train.py
method: custom
search: my_search:propose
metric: {name: val/loss, goal: minimize}
parameters:
  lr: {distribution: log_uniform_values, min: 0.0001, max: 0.1}
  optimizer: {values: [adam, sgd, null]}
  momentum: {min: 0.5, max: 0.99, when: {optimizer: sgd}}
  warmup: {expr: "100 * lr"}
forbid:
  - {optimizer: sgd, lr: 0.1}
"""
CONFIG: dict[str, Any] = {
    "program": "train.py",
    "method": "custom",
    "search": "my_search:propose",
    "metric": {"name": METRIC, "goal": "minimize"},
    "parameters": {
        "lr": {"distribution": "log_uniform_values", "min": 0.0001, "max": 0.1},
        "optimizer": {"values": ["adam", "sgd", None]},
        "momentum": {"min": 0.5, "max": 0.99, "when": {"optimizer": "sgd"}},
        "warmup": {"expr": "100 * lr"},
    },
    "forbid": [{"optimizer": "sgd", "lr": 0.1}],
}


@dataclass(frozen=True)
class Explained:
    """The sweep, and its runs by how they were chosen."""

    place: Place
    runs: dict[str, str]


def explained_sweep(filler: Filler, project: str) -> Explained:
    """Queues each point with the record that a search would have stored, runs it, and stops the last one early."""
    body = {"config": {**CONFIG, "name": "every kind of run"}, "text": TEXT}
    made = filler.ask("POST", f"/projects/{filler.entity}/{project}/sweeps", body)["sweep"]
    place = Place(filler.entity, project, made["id"])
    agent = filler.join(place)
    runs: dict[str, str] = {}

    def run(name: str, params: dict[str, Any], why: dict[str, Any] | None, *losses: float) -> str:
        filler.ask("POST", f"/sweeps/{place.sweep}/queue", {"params": params, "why": why, "display_name": name})
        run_id = runs[name] = str(filler.take_run(agent, [])["run_id"])
        filler.begin(place, run_id, agent_id=agent)
        rows = [{"type": "history", "step": i, "time": 1.0, "data": {METRIC: y}} for i, y in enumerate(losses)]
        filler.report(place, run_id, rows)
        return run_id

    def end(run_id: str, code: int = 0) -> None:
        filler.ask("POST", f"/agents/{agent}/runs/{run_id}/exit", {"exit_code": code})

    design = {"method": "bayes", "kind": "initial_design", "reason": "one of 4 first points, spread over the space"}
    first = run("first", {"lr": 0.01, "optimizer": "adam"}, design, 0.5, 0.31)
    end(first)
    model = {"method": "bayes", "observations": 12, "pending": 1, "incumbent": 0.31, "lengthscales": {"lr": 0.4}}
    nearest = {"id": first, "value": 0.31, "distance": 0.12}
    guess = {**model, "kind": "improving", "predicted": 0.24, "std": 0.03, "nearest": nearest}
    end(run("better", {"lr": 0.006, "optimizer": "sgd", "momentum": 0.9}, guess, 0.4, 0.2))
    again = {"method": "bayes", "kind": "repeat", "reason": "repeat 2 of 3 of a configuration", "repeat": 2, "times": 3}
    end(run("again", {"lr": 0.006, "optimizer": "sgd", "momentum": 0.91}, again, 0.21))
    far = {**model, "kind": "exploring", "predicted": 0.5, "std": 0.4, "probability_of_success": 0.6}
    end(run("far", {"lr": 0.09, "optimizer": None}, far, 0.9), code=1)
    end(run("mine", {"lr": 0.02, "optimizer": "adam"}, None, 0.33))
    late = run("late", {"lr": 0.0002, "optimizer": "adam"}, far, 0.9, 0.8, 0.7)
    stopped = {"rule": "hyperband", "rung": 3, "value": 0.7, "threshold": 0.33, "rank": 2, "of": 5}
    reason = "early stopping (hyperband): 0.7 after 3 values is worse than 0.33"
    stop = {"reason": reason, "stopped": stopped}
    filler.ask("POST", f"/projects/{place.entity}/{project}/runs/{late}/stop", stop)
    end(late, code=143)
    return Explained(place, runs)


if __name__ == "__main__":
    import sys

    print(json.dumps(explained_sweep(Filler(sys.argv[1], sys.argv[2]), "explained").runs))
