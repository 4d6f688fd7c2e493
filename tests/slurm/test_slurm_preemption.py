"""A job that Slurm takes from its node, and starts again later."""

import json
from contextlib import contextmanager
from pathlib import Path

import pytest
from slurm_person import Person

ARRAY = Path(__file__).parents[2] / "examples/slurm/array.sh"
JOBS = 2
SWEEP = f"""
program: train.py
project: slurm
method: grid
parameters:
  x: {{min: 1, max: {JOBS}}}
"""
# Counts for as long as it takes, and goes on counting where it was when it is started again.
TRAIN = """
import signal, sys, time
from pathlib import Path
import besom

told_to_leave = []
signal.signal(signal.SIGTERM, lambda *_: told_to_leave.append(True))
with besom.init() as run:
    saved = Path(f"saved-{run.id}")
    first = int(saved.read_text()) if run.resumed else 0
    for epoch in range(first, first + 1_000_000):
        run.log({"epoch": epoch})
        if told_to_leave:
            saved.write_text(str(epoch + 1))
            run.mark_preempting()
            sys.exit(1)
        if Path("enough").exists():
            break
        time.sleep(0.02)
"""


@contextmanager
def submitted(site, path):
    """Jobs by the example's script."""
    yield site.slurm.submit(f"--array=1-{JOBS}", ARRAY, path)


@contextmanager
def launched(site, path):
    """Jobs by `besom launch`."""
    person = Person(site)
    words = ["launch", "slurm", path, f"--agents={JOBS}", person.server, "--json", "--", "--partition=low"]
    launch = json.loads(person.says(*words))
    yield launch["handle"]["job"]
    person.says("launch", "stop", launch["id"])


def preempt(site, job):
    """A job with precedence wants all nodes."""
    urgent = site.slurm.submit("--partition=high", "--nodes=3", "--exclusive", "--output=/dev/null", "--wrap=sleep 1")
    site.slurm.wait(urgent, "COMPLETED")


def requeue(site, job):
    """An operator puts the jobs back into the queue."""
    for number in range(1, JOBS + 1):
        site.sandbox.run("scontrol", "requeue", f"{job}_{number}")


@pytest.mark.parametrize(("begin", "take_away"), [(submitted, requeue), (submitted, preempt), (launched, preempt)])
def test_a_job_that_is_started_again_goes_on_with_its_run(site, begin, take_away):
    site.write("train.py", TRAIN)
    (site.folder / "enough").unlink(missing_ok=True)
    path = site.sweep(SWEEP)
    with begin(site, path) as job:
        site.until_runs(
            path, lambda runs: [run["summary"].get("epoch", 0) > 2 for run in runs] == [True] * JOBS, "rows"
        )
        before = {run["id"]: run["summary"]["epoch"] for run in site.runs(path)}

        take_away(site, job)
        site.until_runs(
            path, lambda runs: [run["state"] for run in runs] == ["preempted"] * JOBS, "the end of the jobs"
        )
        site.write("enough", "")
        for number in range(1, JOBS + 1):
            site.slurm.start_again(f"{job}_{number}")
        site.slurm.wait(job, "COMPLETED")

    after = site.runs(path)
    assert {run["id"] for run in after} == set(before), "no run but these"
    assert [run["state"] for run in after] == ["finished"] * JOBS
    for run in after:
        epochs = site.column(path, run["id"], "epoch")
        assert epochs == list(range(len(epochs))), "each once, none missing"
        assert len(epochs) > before[run["id"]] + 1
    assert [site.slurm.detail(f"{job}_{number}", "Restarts") for number in range(1, JOBS + 1)] == ["1"] * JOBS


def test_a_warning_to_the_batch_script_reaches_the_program(site):
    site.write("train.py", TRAIN.replace("SIGTERM", "SIGUSR1"))
    (site.folder / "enough").unlink(missing_ok=True)
    path = site.sweep(SWEEP)
    job = site.slurm.submit("--array=1", ARRAY, path)
    site.until_runs(path, lambda runs: [run["summary"].get("epoch", 0) > 2 for run in runs] == [True], "rows")
    site.sandbox.run("scancel", "--signal=USR1", "--batch", job)  # what --signal=B:USR1@120 does when the time has come
    site.until_runs(path, lambda runs: [run["state"] for run in runs] == ["preempted"], "the end of the program")
    site.slurm.wait(job, "COMPLETED")
