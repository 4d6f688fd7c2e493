"""What the pictures show: sweeps and runs of every kind, made through the REST API as agents and programs would."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from drawings import sweep_of_drawings
from explained import explained_sweep
from filling import EPOCHS, METRIC, Filler, Place, history, log_charts, search_config
from many import many_runs
from past import put_into_the_past
from people import People, make_people
from ruamel.yaml import YAML
from troubled import troubled_sweep

PROJECT = "digits"
MANY = "sentiment"
ONE = "first-steps"
REPORT = """\
We searched **learning rate**, batch size and depth twice: first wide, then on a grid.

- The learning rate decides; the best ones lie near `0.004`.
- Depth hardly matters between 4 and 6.

```curves
sweep: {wide}
```

```importance
sweep: {wide}
```

## The ten best

```runs
sweep: {wide}
limit: 10
```

```logged
sweep: {wide}
key: ROC
```

```media
sweep: {drawings}
```

## Next

Narrow the rate to 0.001 to 0.01, and repeat the best three with other seeds.

```parallel
sweep: {wide}
filter: {{"state": "finished"}}
```
"""


@dataclass
class Filled:
    """Where everything is."""

    entity: str
    sweeps: dict[str, Place] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    """Ids of runs of PROJECT; ``first`` is of ONE."""
    report: str = ""
    """Its id."""
    shared: str = ""
    """The link by which anyone may read the wide sweep."""
    shared_report: str = ""
    people: People = field(default_factory=lambda: People("", "", ""))

    @property
    def project(self) -> str:
        """Of its page."""
        return f"/{self.entity}/{PROJECT}"

    def run(self, name: str, tab: str = "") -> str:
        """Of its page, in PROJECT."""
        return f"{self.project}/runs/{self.runs[name]}" + (f"?tab={tab}" if tab else "")


def fill(filler: Filler, data: Path, scratch: Path, largest: int) -> Filled:
    """Projects with 0, 1, 50 and ``largest`` runs in a sweep; ``data`` is the server's folder."""
    filled, rng = Filled(filler.entity), random.Random(1)
    sweeps = filled.sweeps
    filler.ask("PUT", f"/projects/{filler.entity}/just-begun")
    sweeps["empty"] = filler.sweep(PROJECT, "nothing yet")
    sweeps["one"] = filler.sweep(ONE, "first try")
    filled.runs["first"] = filler.running_run(sweeps["one"], filler.join(sweeps["one"]), rng)
    _wide(filler, filled, rng)
    _small_ones(filler, filled, rng)
    explained = explained_sweep(filler, PROJECT)
    sweeps["explained"] = explained.place
    filled.runs |= {f"explained {name}": run for name, run in explained.runs.items()}
    sweeps["troubled"] = troubled_sweep(filler, PROJECT)
    sweeps["drawings"] = sweep_of_drawings(filler, PROJECT)
    filled.runs["media"] = _program(filler, scratch / "program", 30)
    filled.runs["changed"] = _program(filler, scratch / "changed program", 2)
    filled.runs["quiet"] = _quiet_run(filler, sweeps["no metric"])
    sweeps["many"] = filler.sweep(MANY, "every combination that the paper left out of its second appendix")
    many_runs(filler, sweeps["many"], largest, data)
    sweeps["fewer"] = filler.sweep(MANY, "only the frozen encoder")
    many_runs(filler, sweeps["fewer"], largest // 10, data)
    for name, lanes in (("wide", 3), ("grid", 2), ("paused", 1), ("stopped", 1), ("no metric", 1), ("troubled", 3)):
        put_into_the_past(data, sweeps[name].sweep, lanes)
    for name in ("many", "fewer"):
        put_into_the_past(data, sweeps[name].sweep, lanes=40, shuffled=True)
    _documents(filler, filled)
    filled.shared = filler.ask("PUT", f"/sweeps/{sweeps['wide'].sweep}/link")["url"]
    document = f"/projects/{filler.entity}/{PROJECT}/documents/{filled.report}"
    filled.shared_report = filler.ask("PUT", f"{document}/link")["url"]
    filled.people = make_people(filler)
    return filled


def _sweep(filler: Filler, name: str, config: dict[str, Any]) -> Place:
    """A new sweep, with its configuration as somebody would have written it."""
    written = StringIO()
    YAML().dump(config, written)
    body = {"config": {**config, "name": name}, "text": written.getvalue()}
    made = filler.ask("POST", f"/projects/{filler.entity}/{PROJECT}/sweeps", body)["sweep"]
    return Place(filler.entity, PROJECT, made["id"])


def _wide(filler: Filler, filled: Filled, rng: random.Random) -> None:
    """Fifty runs under early stopping: finished, stopped, failed, crashed, killed, running, one waiting."""
    stopping = {"type": "median", "min_iter": 4, "min_runs": 4, "interval": 4}
    config = search_config(run_cap=80, early_terminate=stopping)
    place = _sweep(filler, "wide search of the learning rate", config)
    filled.sweeps["wide"] = place
    agents = [
        filler.ask("POST", f"/sweeps/{place.sweep}/agents", {"host": f"gpu-{i}", "pid": 4000 + i, "gpus": [str(i)]})
        for i in range(3)
    ]
    ids = [str(agent["agent_id"]) for agent in agents]
    for number in range(46):
        code = {9: 1, 20: 1, 31: -9}.get(number, 0)
        about = {"group": "night" if number > 20 else "day", "tags": ["baseline"] if number % 9 == 0 else []}
        _trained(filler, place, ids[number % 3], rng, code, **about)
    killed = filler.running_run(place, ids[0], rng)
    path = f"/projects/{place.entity}/{PROJECT}/runs/{killed}"
    filler.ask("POST", f"{path}/stop")
    filler.ask("POST", f"/agents/{ids[0]}/runs/{killed}/exit", {"exit_code": -15})
    for number, agent in enumerate(ids):
        load = {"cpu": 64.0 + 9 * number, "memory_percent": 48.0, f"gpu.{number}.gpu": 97.0 - 22 * number}
        filled.runs["running"] = _running(filler, place, agent, rng, load)
    queued = {"lr": 0.004, "batch_size": 32, "optimizer": "adam", "model.depth": 5}
    filler.ask("POST", f"/sweeps/{place.sweep}/queue", {"params": queued, "display_name": "by hand"})
    filler.ask("PATCH", f"/sweeps/{place.sweep}", {"description": "Wide first. **Narrow** around the best ones later."})
    _remember_wide(filler, filled, place, rng)
    filled.runs["killed"] = killed  # others are in this state because early stopping ended them


def _remember_wide(filler: Filler, filled: Filled, place: Place, rng: random.Random) -> None:
    """A run of each end by its state; the best gets notes, and the two worst are deleted."""
    path = f"/projects/{place.entity}/{PROJECT}/runs"
    runs = filler.ask("GET", path, sweep=place.sweep, order=f"+summary_metrics.{METRIC}", limit=200)["runs"]
    finished = [run for run in runs if run["state"] == "finished"]
    best, *_, worse, worst = finished
    filled.runs |= {run["state"]: run["id"] for run in runs if run["state"] in ("failed", "crashed", "killed")}
    early = next(run["id"] for run in runs if run.get("stopped"))
    second, third = (run["id"] for run in finished[1:3])
    filled.runs |= {"early": early, "best": best["id"], "second": second, "third": third, "deleted": worst["id"]}
    for run in finished[:4]:
        log_charts(filler, place, run["id"], rng)
    notes = "The one to beat.\n\n- same rate, *larger* batch\n- twice as long"
    filler.ask("PATCH", f"{path}/{best['id']}", {"notes": notes, "tags": ["baseline", "keep"]})
    filler.ask("POST", f"{path}/changes", {"action": "delete", "runs": [worst["id"], worse["id"]]})


def _trained(filler: Filler, place: Place, agent: str, rng: random.Random, code: int, **about: Any) -> None:
    """A run that reports as it goes and ends where early stopping ends it."""
    order = filler.take_run(agent, [])
    run = str(order["run_id"])
    filler.begin(place, run, agent_id=agent, program="train.py", **about)
    records = history(order["params"], rng, EPOCHS if code == 0 else 3)
    offset = 0
    for start in range(0, len(records), 4):
        said = filler.send(place, run, records[start : start + 4], offset)
        offset = said["offset"]
        if said.get("stop"):
            code = 143
            break
    printed = [f"epoch {n}: loss {row['data'][METRIC]:.4f}" for n, row in enumerate(records)]
    if code == 1:
        printed += ["Traceback (most recent call last):", "RuntimeError: CUDA out of memory"]
    filler.send(place, run, [{"type": "output", "line": 0, "lines": printed, "time": time.time()}], offset)
    filler.ask("POST", f"/agents/{agent}/runs/{run}/exit", {"exit_code": code})


def _running(filler: Filler, place: Place, agent: str, rng: random.Random, load: dict[str, float]) -> str:
    """A run that goes on, on a machine that is that busy."""
    order = filler.take_run(agent, [])
    run = str(order["run_id"])
    filler.begin(place, run, agent_id=agent, program="train.py")
    measured = {"type": "system", "time": time.time(), "data": load}
    filler.report(place, run, [*history(order["params"], rng, rng.randrange(4, 12)), measured])
    return run


def _small_ones(filler: Filler, filled: Filled, rng: random.Random) -> None:
    """A grid that is through, a sweep that waits, one that was stopped, and one without a metric."""
    values = {"lr": {"values": [0.001, 0.003, 0.01]}, "batch_size": {"values": [32, 64]}}
    others = {"optimizer": {"value": "adam"}, "model.depth": {"value": 4}}
    config = search_config(method="grid", parameters={**values, **others})
    grid = _sweep(filler, "grid around the best", config)
    paused = filler.sweep(PROJECT, "paused over night")
    stopped = filler.sweep(PROJECT, "stopped: wrong data")
    bare = {"program": "bench.py", "method": "random", "parameters": {"lr": {"min": 0.001, "max": 0.1}}}
    no_metric = _sweep(filler, "speed of the loader", bare)
    for name, place, runs in (
        ("grid", grid, 6),
        ("paused", paused, 5),
        ("stopped", stopped, 3),
        ("no metric", no_metric, 4),
    ):
        filled.sweeps[name] = place
        agent = filler.join(place, "gpu-7", 5120)
        for _ in range(runs):
            filler.whole_run(place, agent, rng)
        filler.ask("DELETE", f"/agents/{agent}")
    filler.ask("POST", f"/sweeps/{paused.sweep}/state", {"action": "pause"})
    filler.ask("POST", f"/sweeps/{stopped.sweep}/state", {"action": "stop"})


def _quiet_run(filler: Filler, place: Place) -> str:
    """Begun a moment ago, nothing logged."""
    agent = filler.join(place, "gpu-2", 4242)
    run = str(filler.take_run(agent, [])["run_id"])
    filler.begin(place, run, agent_id=agent)
    return run


def _program(filler: Filler, folder: Path, epochs: int) -> str:
    """The id of the run of a real program that logs everything that can be logged, from a git repository."""
    folder.mkdir()
    written = (Path(__file__).parent / "program.py").read_text()
    (folder / "train.py").write_text(written.replace("default=20", f"default={epochs}"))
    git = ["git", "-c", "user.name=somebody", "-c", "user.email=somebody@localhost"]
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    with (folder / "train.py").open("a") as program:
        program.write("# changed since\n")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BESOM_", "WANDB_"))}
    base = str(filler.http.base_url).partition("/api/")[0]
    own = {"BESOM_HOME": str(folder / "home"), "BESOM_DIR": str(folder / "runs"), "BESOM_BASE_URL": base}
    key = filler.http.headers["Authorization"].partition(" ")[2]
    command = [sys.executable, "train.py", "--project", PROJECT]
    done = subprocess.run(
        command, cwd=folder, env={**clean, **own, "BESOM_API_KEY": key}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"the program failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout.rpartition("run=")[2].strip()


def _documents(filler: Filler, filled: Filled) -> None:
    """A report and two saved views."""
    path, wide = f"/projects/{filler.entity}/{PROJECT}/documents", filled.sweeps["wide"].sweep
    content = {"markdown": REPORT.format(wide=wide, drawings=filled.sweeps["drawings"].sweep)}
    new = {"kind": "report", "title": "What the learning rate does", "content": content}
    filled.report = filler.ask("POST", path, new)["id"]
    only_adam = 'filter=["and",["param:optimizer","=","adam"]]'
    for title, search in (("Only adam", only_adam), ("By depth", "group=param:model.depth")):
        view = {"page": f"sweeps/{wide}", "search": search, "kept": {}}
        filler.ask("POST", path, {"kind": "view", "title": title, "content": view})
