"""`besom agent --count 1` as the job of an array."""

from pathlib import Path

ARRAY = Path(__file__).parents[2] / "examples/slurm/array.sh"

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
    runs = site.runs(path)
    assert site.state(path) == "FINISHED"
    assert [run["state"] for run in runs] == ["finished"] * 24
    assert sorted(run["config"]["x"] for run in runs) == list(range(1, 25))
    logs = [log.read_text() for log in site.folder.glob(f"slurm-{job}_*.out")]
    assert len(logs) == 24
    assert all("after 1 run: 1 finished" in log for log in logs)


def test_late_jobs_of_an_array_end_well_when_the_sweep_is_over(site):
    site.write("train.py", TRAIN)
    path = site.sweep(GRID.replace("24", "2"))
    job = site.slurm.submit("--array=1-4", ARRAY, path)
    site.slurm.wait(job, "COMPLETED")
    late = site.slurm.submit("--array=1-2", ARRAY, path)
    site.slurm.wait(late, "COMPLETED")
    assert len(site.runs(path)) == 2


TRAIN_ON_GPU = """
import os, time, besom
from pathlib import Path
with besom.init() as run:
    gpu = os.environ["CUDA_VISIBLE_DEVICES"]
    Path(f"here-{run.sweep_id}-{gpu}").touch()
    while len(list(Path().glob(f"here-{run.sweep_id}-*"))) < 2:  # each slot gets a run
        time.sleep(0.05)
    run.log({"gpu": int(gpu), "task": int(os.environ["SLURM_PROCID"])})
"""


def test_tasks_of_one_job_are_agents_with_a_gpu_each(site):
    site.write("train.py", TRAIN_ON_GPU)
    path = site.sweep(GRID.replace("24", "6"))
    job = site.slurm.submit("--nodes=1", "--ntasks=2", "--gpus-per-task=1", f"--wrap=srun besom agent {path}")
    site.slurm.wait(job, "COMPLETED")
    seen = [(run["summary"]["task"], run["summary"]["gpu"]) for run in site.runs(path)]
    assert len(seen) == 6
    assert set(seen) == {(0, 0), (1, 1)}, "every task is an agent; rank 1 logs like rank 0"


def test_one_agent_shares_out_the_gpus_of_its_job(site):
    site.write("train.py", TRAIN_ON_GPU)
    path = site.sweep(GRID.replace("24", "4"))
    job = site.slurm.submit("--gres=gpu:2", f"--wrap=exec besom agent --gpus all {path}")
    site.slurm.wait(job, "COMPLETED")
    gpus = [run["summary"]["gpu"] for run in site.runs(path)]
    assert len(gpus) == 4
    assert set(gpus) == {0, 1}
