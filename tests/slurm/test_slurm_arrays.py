"""`besom agent --count 1` as the job of an array."""

import json
from pathlib import Path

ARRAY = Path(__file__).parents[2] / "examples/slurm/array.sh"

LOOK = """
import besom, json
sweep = besom.Api().sweep({path!r})
runs = [[run.id, run.state, run.config["x"], run.reason] for run in sweep.runs]
print(json.dumps({{"state": sweep.state, "runs": runs}}))
"""

TRAIN = """
import os, besom
with besom.init() as run:
    run.log({"y": run.config.x ** 2, "job": os.environ["SLURM_ARRAY_TASK_ID"]})
"""
GRID = """
program: train.py
project: slurm
method: grid
parameters:
  x: {min: 1, max: 24}
"""


def test_an_array_of_24_jobs_on_12_slots_makes_each_run_exactly_once(site):
    site.write("train.py", TRAIN)
    path = site.sweep(GRID)
    job = site.slurm.submit(ARRAY, path)
    site.slurm.wait(job, "COMPLETED")
    seen = json.loads(site.python(LOOK.format(path=path)))
    assert seen["state"] == "FINISHED"
    assert [state for _, state, _, _ in seen["runs"]] == ["finished"] * 24
    assert sorted(x for _, _, x, _ in seen["runs"]) == list(range(1, 25))
    logs = [log.read_text() for log in site.folder.glob(f"slurm-{job}_*.out")]
    assert len(logs) == 24
    assert all("after 1 run: 1 finished" in log for log in logs)
