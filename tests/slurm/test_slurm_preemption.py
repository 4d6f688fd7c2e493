"""A job that Slurm takes from its node, and starts again later."""

from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples/slurm"
SWEEP = """
program: {program}
project: slurm
method: grid
parameters:
  alpha: {{values: [1e-4, 1e-3]}}
  epochs: {{value: 500}}
"""
JOBS = 2


def preempt(site, job):
    """A job with precedence wants all nodes."""
    urgent = site.slurm.submit("--partition=high", "--nodes=3", "--exclusive", "--output=/dev/null", "--wrap=sleep 1")
    site.slurm.wait(urgent, "COMPLETED")


def requeue(site, job):
    """An operator puts the jobs back into the queue."""
    for number in range(1, JOBS + 1):
        site.sandbox.run("scontrol", "requeue", f"{job}_{number}")


@pytest.mark.parametrize("take_away", [preempt, requeue])
def test_a_job_that_is_started_again_goes_on_with_its_run(site, take_away):
    path = site.sweep(SWEEP.format(program=EXAMPLE / "train.py"))
    job = site.slurm.submit(f"--array=1-{JOBS}", EXAMPLE / "array.sh", path)
    site.until_runs(
        path,
        lambda runs: len(runs) == JOBS and all(run["summary"].get("epoch", 0) > 20 for run in runs),
        "the first rows",
    )
    before = site.runs(path)

    take_away(site, job)
    site.until_runs(path, lambda runs: all(run["state"] == "preempted" for run in runs), "the end of the jobs")
    for number in range(1, JOBS + 1):
        site.slurm.start_again(f"{job}_{number}")
    site.slurm.wait(job, "COMPLETED")

    after = site.runs(path)
    assert {run["id"] for run in after} == {run["id"] for run in before}, "no run but the two"
    assert [run["state"] for run in after] == ["finished"] * JOBS
    for run in after:
        assert site.column(path, run["id"], "epoch") == list(range(500)), "each epoch once, none missing"
    assert [site.slurm.detail(f"{job}_{number}", "Restarts") for number in range(1, JOBS + 1)] == ["1"] * JOBS
