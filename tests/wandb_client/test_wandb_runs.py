"""Runs of the real client: what a script logs is on the server, once, and is shown by besom like any other run."""

import pytest

from besom.protocol import CurvePage, EventPage, HistoryPage, OutputPage, Run, RunDetails, SystemPage, Viewer
from terminal_user import LONGEST

PROGRAM = """
import os, sys
import wandb

run = wandb.init(
    project="kitchen", id="full", name="first", group="g", job_type="train", tags=["a"], notes="n",
    config={"lr": 0.1, "opt": {"name": "adam", "wd": None}, "bound": float("inf")},
)
assert run.entity and run.name == "first" and run.url.endswith("/kitchen/runs/full"), run.url
run.define_metric("epoch", hidden=True)
run.define_metric("train/*", step_metric="epoch", summary="max")
for step in range(50):
    run.log({"loss": 1 / (step + 1), "train/acc": step / 50, "epoch": step // 10, "deep": {"x": step, "y": [1, 2]}})
run.log({"loss": float("nan"), "worst": float("-inf"), "flag": True, "word": "ok"}, step=60)
run.log({"h": wandb.Histogram([1, 2, 2, 3], num_bins=4)})
run.config.update({"late": [1, 2]})
run.summary["best"] = {"epoch": 3}
run.tags += ("b",)
run.alert("too warm", "89 degrees", level="WARN", wait_duration=0)
for text in ("told", "not told"):
    run.alert("once", text, wait_duration=60)
print("to stdout")
print("to stderr", file=sys.stderr)
sys.exit(3)
"""


@pytest.fixture
def look(connection):
    """Asks besom's own API about a run: ``look("project/id", OutputPage, "/output")``."""
    entity = connection.request("GET", "/viewer", reply=Viewer).entity

    def ask(run, reply=Run, rest=""):
        project, run_id = run.split("/")
        return connection.request("GET", f"/projects/{entity}/{project}/runs/{run_id}{rest}", reply=reply)

    return ask


def test_all_that_a_script_tells_is_shown_like_any_other_run(user, look):
    assert "/kitchen/runs/full" in user.python(PROGRAM, fails=True)
    run = look("kitchen/full")
    assert (run.name, run.group, run.job_type, run.notes, run.tags) == ("first", "g", "train", "n", ["a", "b"])
    assert (run.state, run.exit_code, run.reason, run.steps) == ("failed", 3, "exit code 3", 51)
    assert run.config == {"lr": 0.1, "opt": {"name": "adam", "wd": None}, "bound": "Infinity", "late": [1, 2]}
    assert 0 < run.duration < LONGEST
    assert run.started < run.ended
    summary = {key: value for key, value in run.summary.items() if key not in ("_timestamp", "_runtime", "h")}
    assert summary == {
        "loss": "NaN",
        "worst": "-Infinity",
        "flag": True,
        "word": "ok",
        "epoch": 4,
        "deep": {"x": 49, "y": [1, 2]},
        "train/acc": {"max": 0.98},
        "best": {"epoch": 3},
        "_step": 60,
    }
    assert run.summary["h"]["_type"] == "histogram"

    rows = look("kitchen/full", HistoryPage, "/history?limit=100").rows
    assert [row["_step"] for row in rows] == [*range(50), 60]
    assert rows[2]["loss"] == 1 / 3
    assert rows[2]["deep"] == {"x": 2, "y": [1, 2]}
    assert rows[-1]["loss"] == "NaN"
    assert rows[-1]["h"]["values"] == [1, 0, 2, 1]
    curve = look("kitchen/full", CurvePage, "/curves?keys=loss&points=1000").curves[0]
    assert (curve.total, curve.values[:2], curve.values[-1]) == (51, [1, 0.5], "NaN")

    printed = {(line.text, line.level) for line in look("kitchen/full", OutputPage, "/output").lines}
    assert {("to stdout", None), ("to stderr", "error")} <= printed
    assert "proc.memory.rssMB" in {curve.key for curve in look("kitchen/full", SystemPage, "/system").curves}
    events = [(event.kind, event.reason, event.level) for event in look("kitchen/full", EventPage, "/events").events]
    alerts = [("run.alert", "once: told", "INFO"), ("run.alert", "too warm: 89 degrees", "WARN")]
    assert [event for event in events if event[0] == "run.alert"] == alerts

    details = look("kitchen/full", RunDetails, "/details")
    assert {metric.name: (metric.step_metric, metric.hidden) for metric in details.metrics} == {
        "epoch": (None, True),
        "train/*": ("epoch", False),
    }
    assert details.about["memory"] > 2**20
    assert details.about["host"] == run.host


def test_a_run_is_gone_on_with_begun_anew_or_left_alone_as_resume_says(user, look):
    program = """
import sys, wandb
for resume in sys.argv[1:]:
    try:
        with wandb.init(project="kitchen", id="again", resume=None if resume == "none" else resume) as run:
            print(f"{resume}: from step {run.starting_step}, loss {run.summary.get('loss')}, config {dict(run.config)}")
            run.config[resume] = 1
            for i in range(3):
                run.log({"loss": i, "by": resume})
    except wandb.errors.UsageError as error:
        print(f"{resume}: {error}")
"""
    user.write("again.py", program)
    assert "must: Run (again) does not exist" in user.run("python", "again.py", "must")
    said = user.run("python", "again.py", "allow", "must", "never")
    assert "allow: from step 0, loss None, config {}" in said
    assert "must: from step 3, loss 2, config {'allow': 1}" in said
    assert "never: Run (again) already exists" in said
    rows = look("kitchen/again", HistoryPage, "/history").rows
    assert [(row["_step"], row["by"]) for row in rows] == [
        *((step, "allow") for step in range(3)),
        *((step, "must") for step in range(3, 6)),
    ]
    printed = [line.text.partition(":")[0] for line in look("kitchen/again", OutputPage, "/output").lines]
    assert printed == ["allow", "must"]
    assert look("kitchen/again").config == {"allow": 1, "must": 1}

    user.run("python", "again.py", "none")
    run = look("kitchen/again")
    assert (run.steps, run.config, run.summary["by"]) == (3, {"none": 1}, "none")
    assert [row["by"] for row in look("kitchen/again", HistoryPage, "/history").rows] == ["none"] * 3
    assert len(look("kitchen/again", OutputPage, "/output").lines) == 1
    assert look("kitchen/again", CurvePage, "/curves?keys=loss&points=10").curves[0].values == [0, 1, 2]


def test_processes_that_share_a_run_log_to_it_at_the_same_time(user, look):
    program = """
import pathlib, sys, time, wandb
rank, joined = int(sys.argv[1]), pathlib.Path("joined")
settings = wandb.Settings(mode="shared", x_label=f"rank{rank}", x_primary=rank == 0, x_update_finish_state=rank == 0)
with wandb.init(project="kitchen", id="both", config={f"of{rank}": rank}, settings=settings) as run:
    for number in range(5):
        run.log({"rank": rank, "number": number})
    if rank == 1:
        joined.touch()
    while not joined.exists():  # the run ends with the process of rank 0
        time.sleep(0.05)
    print("printed by", rank)
"""
    user.write("share.py", program)
    processes = [user.start("python", "share.py", rank) for rank in "01"]
    said = [process.communicate(timeout=LONGEST)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    run = look("kitchen/both")
    assert (run.state, run.steps, run.config, run.summary["number"]) == ("finished", 10, {"of0": 0, "of1": 1}, 4)
    rows = look("kitchen/both", HistoryPage, "/history").rows
    assert [row["_step"] for row in rows] == list(range(10))
    for rank in range(2):
        assert [row["number"] for row in rows if row["rank"] == rank] == list(range(5))
    printed = {line.text for line in look("kitchen/both", OutputPage, "/output").lines}
    assert printed == {"printed by 0", "printed by 1"}


def test_what_besom_does_not_do_with_runs_is_refused_in_words(user):
    program = """
import wandb
for wanted in {"fork_from": "full?_step=1"}, {"resume_from": "full?_step=1"}:
    try:
        wandb.init(project="kitchen", **wanted)
    except Exception as error:
        print(error)
"""
    said = user.python(program)
    assert "besom cannot fork a run (fork_from)" in said
    assert "besom cannot rewind a run (resume_from='full')" in said
