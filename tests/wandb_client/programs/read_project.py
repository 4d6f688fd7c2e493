"""Reads, with the real client, what test_wandb_api.py has filled a project with. Argument: id of its sweep."""

import itertools
import math
import sys
from datetime import datetime

import wandb

sweep_id = sys.argv[1]
api = wandb.Api()
me = api.default_entity
path = f"{me}/reading"

# Projects, users, entities.
assert api.viewer.username == me
assert api.viewer.teams[0] == me
assert api.user(me).name == me
assert api.user("nobody-of-that-name") is None
team = api.team(me)
assert (team.is_team, [member.name for member in team.members]) == (False, [me])
assert "reading" in [project.name for project in api.projects(me, per_page=1)]
assert [project.name for project in api.projects("nobody")] == []
project = api.project("reading", me)
assert project.url.endswith(f"/{me}/reading/workspace")
assert datetime.strptime(project.created_at, "%Y-%m-%dT%H:%M:%SZ").year >= 2020, "as many scripts read it"
api.create_project("made-by-api", me)
assert "made-by-api" in [project.name for project in wandb.Api().projects(me)]
made = api.create_run(project="shared", entity="everybody")
shared = api.run(f"everybody/shared/{made.id}")
assert (shared.entity, shared.user.name) == ("everybody", me)
assert list(api.reports(path)) == []

# Pages.
runs = api.runs(path, filters={"sweep": None}, per_page=10)
assert len(runs) == 63
names = [run.id for run in runs]
assert names == [f"r{number:02}" for number in range(62)] + ["long"]
assert runs[3].config["optimizer"] == {"name": "adam", "betas": [0.9, 3]}
heavy = api.runs(path, filters={"group": "g1"}, per_page=50, lazy=False)
assert [run.config["lr"] for run in heavy] == [number / 100 for number in range(62) if number % 4 == 1]
assert all(run.summary["loss"] == abs(int(run.id[1:]) - 30) / 10 for run in heavy if int(run.id[1:]) % 3)


# Filters.
def found(filters, **more):
    return [run.id for run in api.runs(path, filters=filters, **more)]


nested = {"$and": [{"config.lr.value": {"$lt": 0.1}}, {"$or": [{"tags": {"$in": ["pair"]}}, {"state": "failed"}]}]}
assert found(nested) == ["r00", "r02", "r04", "r05", "r06", "r08"]
assert found({"config.optimizer.value.name": "sgd", "config.lr": {"$gte": 0.55}}) == ["r56", "r58", "r60"]
assert found({"config.lr.value": "high"}) == ["long"]
assert found({"name": {"$in": ["r01", "r02"]}}) == ["r01", "r02"]
assert found({"display_name": "run number 9"}) == found({"displayName": {"$regex": "number 9$"}}) == ["r09"]
assert found({"tags": "odd", "jobType": "train", "group": "g3", "summary_metrics.loss": {"$lt": 0.4}}) == ["r31"]
assert found({"$not": {"tags": {"$exists": True}}, "sweep": None}) == ["long"]
assert found({"username": me, "name": "long", "created_at": {"$gt": "2020-01-01T00:00:00"}}) == ["long"]
assert found({"username": "somebody"}) == []

# Orders: runs without the metric come last in both directions.
plain = {"group": "g0"}
up, down = found(plain, order="+summary_metrics.loss"), found(plain, order="-summary_metrics.loss")
without = [f"r{number:02}" for number in range(0, 62, 12)]
assert (up[0], down[0]) == ("r28", "r56"), (up, down)
assert sorted(up[-6:]) == sorted(down[-6:]) == without
assert found({"sweep": None}, order="-created_at")[:2] == ["long", "r61"]
assert found(plain, order="-config.lr.value")[0] == found(plain, order="-name")[0] == "r60"

# One run.
run = api.run(f"{path}/r07")
assert (run.name, run.state, run.notes, run.group, run.job_type) == (
    "run number 7",
    "finished",
    "some words",
    "g3",
    "train",
)
assert run.tags == ["odd"]
assert run.user.name == me
assert run.entity == me
assert run.url.endswith(f"/{me}/reading/runs/r07")
assert run.config == {"lr": 0.07, "optimizer": {"name": "adam", "betas": [0.9, 7]}}
assert run.lastHistoryStep == 0
run.wait_until_finished()
long = api.run(f"{path}/long")
assert math.isinf(long.summary["worst"])
assert long.summary["loss"] == 0.25
assert long.system_metrics == {"system.cpu": 19.0, "system.gpu.0.gpu": 50.0}

# Histories.
rows = long.history(samples=100, pandas=False)
assert len(rows) == 100
assert rows[0]["_step"] == 0
assert rows[-1] == {"_step": 2600, "_timestamp": 2601.0, "_runtime": 2600.0, "accuracy": 0.5, "loss": 0.25}
gaps = [b["_step"] - a["_step"] for a, b in itertools.pairwise(rows[:-1])]
assert max(gaps) - min(gaps) < 10, gaps
sampled = long.history(keys=["loss", "at.epoch"], samples=50, pandas=False)
assert len(sampled) == 50
assert sampled[-1] == {"_step": 2499, "loss": 1 / 2500, "at.epoch": 24}
by_time = long.history(keys=["accuracy"], x_axis="_runtime", pandas=False)
assert by_time == [{"_runtime": 2600.0, "accuracy": 0.5}]
assert long.history(keys=["nothing"], pandas=False) == []
load = long.history(stream="system", pandas=False)
assert len(load) == 20
assert load[3] == {"system.cpu": 3.0, "system.gpu.0.gpu": 50.0, "_timestamp": 4.0, "_runtime": 3.0}
scanned = list(long.scan_history())
assert [row["_step"] for row in scanned] == [*range(2500), 2600]
assert math.isnan(scanned[7]["loss"])
assert scanned[1]["at"] == {"epoch": 0, "name": "x"}
assert [row["_step"] for row in long.scan_history(min_step=10, max_step=1500, page_size=70)] == list(range(10, 1500))
keyed = list(long.scan_history(keys=["loss", "accuracy"]))
assert [(row["loss"], row["accuracy"]) for row in keyed] == [(0.25, 0.5)], keyed
assert len(list(long.scan_history(keys=["_step", "loss"], page_size=500))) == 2501
keys = long.history_keys
assert keys["lastStep"] == long.lastHistoryStep == 2600
assert set(keys["keys"]) == {"_step", "_timestamp", "loss", "accuracy", "at.epoch", "at.name"}
assert keys["keys"]["loss"]["typeCounts"] == [{"type": "number", "count": 2501}]
assert keys["keys"]["at.epoch"]["previousValue"] == 24

# What it printed.
lines = list(long.console_logs(per_page=500))
assert [line.content for line in lines] == [f"line {number}" for number in range(1200)]
assert lines[5].number == 5
assert lines[5].timestamp.isoformat() == "2026-01-01T00:00:00.250000+00:00"
assert [line.number for line in long.console_logs(last=3)] == [1197, 1198, 1199]

# Sweeps.
(listed,) = project.sweeps()
assert len(project.sweeps()) == 1
assert listed.id == sweep_id
assert [one.id for one in project.sweeps(filters={"state": "RUNNING", "displayName": "small grid"})] == [sweep_id]
assert list(project.sweeps(filters={"$or": [{"state": "FINISHED"}, {"name": "nosweep1"}]})) == []
sweep = api.sweep(f"{path}/{sweep_id}")
assert sweep.config["method"] == "grid"
assert sweep.expected_run_count == 6
assert sweep.order == "+summary_metrics.loss"
assert sweep.best_run().summary["loss"] == 0
assert sorted(run.config["b"] for run in sweep.runs) == ["x", "x", "y", "y"]
assert {run.sweep.id for run in sweep.runs} == {sweep_id}
(agent,) = sweep.agents()
assert (agent.host, agent.total_runs) == ("box", 4)
assert sorted(run.id for run in agent.runs()) == sorted(run.id for run in sweep.runs)

# What is not there.
for missing in (
    lambda: api.run(f"{path}/nope").name,
    lambda: api.sweep(f"{path}/nope").name,
    lambda: api.sweep(f"{me}/made-by-api/{sweep_id}").name,
    lambda: len(api.runs(f"{me}/no-such-project")),
    lambda: api.project("no-such-project", me).id,
):
    try:
        missing()
    except (wandb.errors.CommError, ValueError):
        pass
    else:
        raise AssertionError("found what is not there")
try:
    found({"summary_metrics.loss": {"$near": 1}})
except Exception as error:
    told = str(error)
assert "there is no operator '$near'" in told, told

# Changes are seen by whoever looks next.
run.tags.append("seen")
run.config["added"] = {"deep": [1, None]}
run.notes, run.name = "changed", "another name"
run.update()
run.summary["verdict"] = "good"
run.summary.update()
again = wandb.Api().run(f"{path}/r07")
assert (again.tags, again.notes, again.name, again.group) == (["odd", "seen"], "changed", "another name", "g3")
assert again.config == {"lr": 0.07, "optimizer": {"name": "adam", "betas": [0.9, 7]}, "added": {"deep": [1, None]}}
assert (again.summary["verdict"], again.summary["loss"]) == ("good", 2.3)
again.delete()
again.delete()
assert len(wandb.Api().runs(path, filters={"tags": "seen"})) == 0
made = api.create_run(project="made-by-api", entity=me, run_id="fresh")
assert (made.id, made.entity, made.state) == ("fresh", me, "running")
made.stop()
assert made.update_state("failed")
assert wandb.Api().run(f"{me}/made-by-api/fresh").state == "failed"
