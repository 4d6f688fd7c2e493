"""A node of a real Slurm is lost with its daemons, and its job begins anew elsewhere, while the orphans of the first
job sleep and wake up again: `make launch-checks`, for Slurm and leases take their time to run out."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[1] / name) for name in ("", "slurm")]
from sandbox import missing  # noqa: E402
from slurm_person import Person  # noqa: E402
from slurm_site import Site, open_site  # noqa: E402

from waiting import until  # noqa: E402

ARRAY = Path(__file__).parents[2] / "examples/slurm/array.sh"
LEASE = "6"
SLURM = "SlurmdTimeout=4\n"
SWEEP = """
program: train.py
project: slurm
method: grid
retry: {max: 3, on: [crashed]}
parameters:
  x: {values: [1]}
"""
TRAIN = """
import os, time
from pathlib import Path
import besom
with besom.init() as run:
    epoch = 0
    while not Path("enough").exists():
        run.log({"epoch": epoch, "process": os.getpid()})
        epoch += 1
        time.sleep(0.05)
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    if reason := missing("slurmctld", "slurmd", "sbatch"):
        pytest.fail(reason)
    with open_site(tmp_path, [sys.executable, "-m", "besom.server", "--lease", LEASE], SLURM) as opened:
        yield opened


def processes(site: Site, *words: str) -> list[str]:
    """Ids, inside, of the processes whose command lines hold all of these words."""
    lines = site.sandbox.run("ps", "-eo", "pid=,args=").splitlines()
    return [line.split()[0] for line in lines if all(word in line for word in words) and " ps " not in line]


def submitted(site: Site, path: str) -> str:
    """A job by the example's script."""
    return site.slurm.submit("--array=1", ARRAY, path)


def launched(site: Site, path: str) -> str:
    """A job by `besom launch`, whose shell outlives the agent."""
    person = Person(site)
    launch = person.says("launch", "slurm", path, "--agents=1", person.server, "--json", "--", "--partition=low")
    return str(json.loads(launch)["handle"]["job"])


def states(site: Site, path: str) -> dict[str, str]:
    return {run["id"]: run["state"] for run in site.runs(path)}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("begin", [submitted, launched])
def test_the_orphans_of_a_lost_node_end_when_they_wake_and_write_nothing_into_the_run_that_goes_on(site, begin):
    site.write("train.py", TRAIN)
    path = site.sweep(SWEEP)
    job = begin(site, path)
    site.until_runs(path, lambda runs: [run["summary"].get("epoch", 0) > 2 for run in runs] == [True], "rows")
    (first,) = [run["id"] for run in site.runs(path)]
    agent, program = processes(site, "besom", "agent", path), processes(site, "train.py", "--x=1")
    assert agent
    assert program
    orphans = [*processes(site, "slurm_script"), *agent, *program]
    node = site.slurm.detail(f"{job}_1", "BatchHost")
    site.sandbox.run("kill", "-9", *processes(site, "slurmd", node), *processes(site, "slurmstepd"))
    site.sandbox.run("kill", "-STOP", *orphans)  # the node is gone, as far as anybody can see
    until(lambda: states(site, path)[first] == "crashed", "the end of the lease")
    site.slurm.start_again(f"{job}_1")
    until(lambda: list(states(site, path).values()).count("running") == 1, "the next try")
    (second,) = set(states(site, path)) - {first}

    site.sandbox.run("kill", "-CONT", *orphans)
    until(lambda: not set(program) & set(processes(site, "")), "the end of the orphaned program")
    assert states(site, path) == {first: "killed", second: "running"}
    site.write("enough", "")
    site.slurm.wait(f"{job}_1", "COMPLETED")
    until(lambda: not set(orphans) & set(processes(site, "")), "the end of the other orphans, with the sweep's")
    assert states(site, path) == {first: "killed", second: "finished"}
    for run in (first, second):
        assert len(set(site.column(path, run, "process"))) == 1, "each run has the rows of one process"
        epochs = site.column(path, run, "epoch")
        assert epochs == list(range(len(epochs))), "each once, none missing"
    assert site.state(path) == "FINISHED"
