"""``besom import``: what W&B's client left on disk, and projects of a server that it can read."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from pathlib import Path

from wandb_user import CLIENT_BIN

from besom import Api

BESOM = str(Path(sys.executable).parent / "besom")

OFFLINE = """
import os, sys
import numpy as np, wandb

run = wandb.init(
    project="left", id=os.environ["ID"], name="on the train", tags=["a"], notes="n", group="g", job_type="train",
    config={"lr": 0.1, "opt": {"name": "adam"}}, mode="offline", settings=wandb.Settings(x_stats_sampling_interval=0.2),
)
run.define_metric("loss", summary="min,max")
run.define_metric("val/*", step_metric="epoch")
for step in range(5):
    run.log({"loss": 1 / (step + 1), "bad": float("nan") if step % 2 else float("-inf"), "deep": {"x": step}})
    print("step", step)
run.log({"img": wandb.Image(np.zeros((4, 4, 3), dtype=np.uint8)), "val/acc": 0.5, "text": "x" * 100_000}, step=9)
points = wandb.Table(columns=["step", "height"], data=[[0, 1.5], [1, 2.5]])
run.log({"rise": wandb.plot.line(points, "step", "height", title="Rise")}, step=10)
run.config.update({"late": [1, 2]})
run.summary["final"] = float("inf")
open("weights.txt", "w").write("weights")
run.save("weights.txt")
model = wandb.Artifact("net", "model", description="for the train", metadata={"layers": 2})
model.add_file("weights.txt", "deep/weights.txt")
model.add_reference("my-store://data.csv", "data.csv", checksum=False)
run.log_artifact(model, aliases=["best"], tags=["small"])
run.alert("too warm", "89 degrees", level="WARN")
run.tags += ("b",)
print("an error", file=sys.stderr)
run.finish(exit_code=int(os.environ.get("CODE", 0)))
"""


RISE = {
    "name": "wandb/line/v0",
    "fields": {"x": "step", "y": "height"},
    "texts": {"title": "Rise"},
}
"""How the table of the chart is drawn, told by the table itself."""


def get(connection, path):
    return json.loads(connection.exchange("GET", path))


def imports(user, *words, fails=False, **environment):
    return user.run(BESOM, "import", *words, fails=fails, **environment)


def test_offline_runs_are_imported_whole_and_once(user, server, connection):
    user.python(OFFLINE, ID="ok")
    user.python(OFFLINE, ID="broken", CODE="3")
    over = time.time()
    said = imports(user, "wandb-offline", "wandb")
    assert "2 of 2 imported." in said
    assert "Imported ok  on the train" in said
    for put_aside in (user.folder.parent / "home").glob(".local/share/wandb/artifacts/staging/*"):
        put_aside.unlink()
    said = imports(user, "wandb-offline", "wandb")
    assert "0 of 2 imported, 2 there already." in said
    assert said.count("Artifact net of run ") == 2
    assert said.count("is gone, or has changed since.") == 4, "the artifacts that hold the tables too"

    project = f"{get(connection, '/viewer')['entity']}/left"
    api = Api(base_url=server.url, api_key=server.key)
    runs = {run.id: run for run in api.runs(project)}
    assert {name: run.state for name, run in runs.items()} == {"ok": "finished", "broken": "failed"}
    run = runs["ok"]
    assert (run.name, run.tags, run.notes) == ("on the train", ["a", "b"], "n")
    assert (run.group, run.job_type) == ("g", "train")
    assert run.config == {"lr": 0.1, "opt": {"name": "adam"}, "late": [1, 2]}
    assert run.summary["loss"] == {"min": 0.2, "max": 1}
    assert (run.summary["final"], run.summary["val/acc"]) == (math.inf, 0.5)
    rows = list(run.scan_history())
    assert [row["_step"] for row in rows] == [0, 1, 2, 3, 4, 9, 10]
    assert [row["loss"] for row in rows[:5]] == [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
    assert rows[0]["bad"] == -math.inf
    assert math.isnan(rows[1]["bad"])
    assert rows[4]["deep"] == {"x": 4}
    assert rows[5]["text"] == "x" * 100_000, "longer than a block of the file"

    where = f"/projects/{project}/runs/ok"
    assert get(connection, where)["ended"] <= over, "when it ended, not when it was imported"
    printed = [line["text"] for line in get(connection, f"{where}/output")["lines"]]
    assert printed[:5] == [f"step {step}" for step in range(5)]
    assert printed[-1] == "an error"
    assert "cpu" in [curve["key"] for curve in get(connection, f"{where}/system")["curves"]]
    files = {file.name: file.size for file in run.files()}
    assert files["weights.txt"] == 7
    assert files[rows[5]["img"]["path"]] > 0
    assert run.summary["rise_table"]["chart"] == rows[6]["rise_table"]["chart"] == RISE
    assert json.loads(run.file(rows[6]["rise_table"]["path"]).read_bytes())["data"] == [[0, 1.5], [1, 2.5]]
    net = api.artifact(f"{project}/net:best")
    assert (net.version, net.type, net.description) == ("v0", "model", "for the train")
    assert net.metadata == {"layers": 2}
    assert net.get_path("deep/weights.txt").read_bytes() == b"weights"
    told = get(connection, f"{where}/artifacts")["artifacts"][0]
    assert (told["run_id"], told["tags"], told["references"][0]["uri"]) == ("ok", ["small"], "my-store://data.csv")
    assert "too warm: 89 degrees" in [event["reason"] for event in get(connection, f"{where}/events")["events"]]


def test_a_run_that_goes_on_is_imported_as_far_as_it_is_and_later_the_rest(user, server, connection):
    user.python(OFFLINE, ID="long")
    (file,) = (user.folder / "wandb").glob("offline-run-*/run-long.wandb")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert "1 of 1 imported." in imports(user, "wandb-offline", "--project", "growing", str(file.parent))
    path = f"{get(connection, '/viewer')['entity']}/growing/long"
    assert Api(base_url=server.url, api_key=server.key).run(path).state == "running"
    file.write_bytes(whole)
    assert "1 of 1 imported." in imports(user, "wandb-offline", "--project", "growing", str(file))
    run = Api(base_url=server.url, api_key=server.key).run(path)
    assert (run.state, len(list(run.scan_history()))) == ("finished", 7)
    file.write_bytes(whole[: len(whole) // 2])
    assert "has more of run long" in imports(user, "wandb-offline", "--project", "growing", str(file), fails=True)


def test_what_cannot_be_imported_is_named(user):
    assert "There are no runs of W&B in" in imports(user, "wandb-offline", ".", fails=True)
    user.write("run-x.wandb", "no such file")
    assert "run-x.wandb is not the file of a W&B run" in imports(user, "wandb-offline", "run-x.wandb", fails=True)
    assert "is the server to read from and the one to write to" in imports(
        user, "wandb", "a/b", fails=True, BESOM_BASE_URL=user.environment["WANDB_BASE_URL"], BESOM_API_KEY="x" * 40
    )


SOURCE = """
import json, wandb

def train():
    with wandb.init() as run:
        for step in range(4):
            run.log({"loss": run.config.a / (step + 1), "bad": float("nan")})
        print("trained", run.config.a)
        if run.config.a == 2:
            raise ValueError("two is too much")

sweep = wandb.sweep(
    {"method": "grid", "name": "both", "metric": {"name": "loss"}, "parameters": {"a": {"values": [1, 2]}}},
    project="moving",
)
wandb.agent(sweep, train, project="moving")
with wandb.init(project="moving", id="alone", name="alone", tags=["t"], group="g", config={"deep": {"lr": 0.1}}) as run:
    points = wandb.Table(columns=["step", "height"], data=[[0, 1.5], [1, 2.5]])
    run.log({"loss": 3.0, "rise": wandb.plot.line(points, "step", "height", title="Rise")}, step=7)
    run.summary["by hand"] = {"x": 1}
    open("weights.txt", "w").write("weights")
    run.save("weights.txt")
    for number in range(2):
        data = wandb.Artifact("data", "dataset", metadata={"number": number})
        with data.new_file("deep/rows.txt") as file:
            file.write(f"row {number}")
        data.add_reference("my-store://data.csv", "data.csv", checksum=False)
        run.log_artifact(data, aliases=[f"a{number}"])
"""


def test_a_project_is_imported_through_the_client_with_its_sweeps_and_once(user, tmp_path):
    user.python(SOURCE, WANDB_HTTP_TIMEOUT="120")  # the client gives up after 19 s on a busy machine
    home = tmp_path / "target"
    home.mkdir()
    target = {"BESOM_HOME": str(home)}
    python = ["--python", str(CLIENT_BIN / "python")]
    try:
        said = imports(user, "wandb", "moving", *python, **target)
        assert "3 of 3 imported." in said
        assert "0 of 3 imported, 3 there already." in imports(user, "wandb", "moving", *python, **target)
        assert "W&B's client cannot read nowhere" in imports(user, "wandb", "nowhere", *python, fails=True, **target)
        told = json.loads((home / "server.json").read_text())
        api = Api(base_url=told["url"], api_key=(home / "key").read_text().strip())
        (project,) = api.projects()
        (sweep,) = project.sweeps()
        assert (sweep.name, sweep.state, sweep.config["method"]) == ("both", "FINISHED", "grid")
        assert sorted((run.config["a"], run.state, run.summary["loss"]) for run in sweep.runs) == [
            (1, "finished", 0.25),
            (2, "failed", 0.5),
        ]
        run = api.run(f"{project.entity}/moving/alone")
        assert (run.name, run.tags, run.group, run.config) == ("alone", ["t"], "g", {"deep": {"lr": 0.1}})
        assert [(row["_step"], row["loss"]) for row in run.scan_history()] == [(7, 3.0)]
        assert run.summary["by hand"] == {"x": 1}
        assert run.summary["rise_table"]["chart"] == RISE
        assert run.file("weights.txt").read_bytes() == b"weights"
        versions = [api.artifact(f"{project.entity}/moving/data:{alias}") for alias in ("a0", "a1", "latest")]
        assert [(data.version, data.metadata) for data in versions] == [
            ("v0", {"number": 0}),
            ("v1", {"number": 1}),
            ("v1", {"number": 1}),
        ]
        assert [data.get_path("deep/rows.txt").read_bytes() for data in versions[:2]] == [b"row 0", b"row 1"]
        assert {data.run_id for data in versions} == {"alone"}
        assert [reference.uri for reference in versions[0]._message.references] == ["my-store://data.csv"]
        first = min(sweep.runs, key=lambda run: run.config["a"])
        lines = get(api.connection, f"/projects/{project.entity}/moving/runs/{first.id}/output")["lines"]
        assert "trained 1" in [line["text"] for line in lines]
    finally:
        subprocess.run([BESOM, "server", "stop"], env={**user.environment, **target}, check=True, capture_output=True)
