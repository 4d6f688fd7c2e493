"""What the questions and answers promise."""

import json
import os
import re
import sys
from pathlib import Path

from test_quickstart import created

# Prints what reached it, as argument list and as configuration, and logs one value.
PROBE = """\
import json, sys
import besom as wandb
run = wandb.init(config={"lr": 0.1, "batch_size": 256})
print("PROBE", json.dumps({"arguments": sys.argv[1:], "config": dict(run.config)}))
run.log({"loss": 1.0})
"""


def probe(output: str) -> list[dict]:
    return [json.loads(line.split("PROBE ", 1)[1]) for line in output.splitlines() if "PROBE " in line]


def sweep_of(user, text: str, name: str = "sweep.yaml") -> str:
    user.write(name, text)
    return created(user.run("besom", "sweep", name))


def test_defaults_are_overridden_only_where_the_sweep_says(user):
    user.write("train.py", PROBE)
    path = sweep_of(user, "program: train.py\nmethod: grid\nparameters:\n  lr: {values: [0.5]}\n")
    (seen,) = probe(user.run("besom", "agent", path))
    assert seen["config"] == {"lr": 0.5, "batch_size": 256}


def test_setdefaults_adds_only_what_is_missing(user):
    user.write(
        "train.py",
        "import json, besom as wandb\n"
        "with wandb.init() as run:\n"
        "    run.config.setdefaults({'lr': 0.1, 'batch_size': 256})\n"
        "    print('PROBE', json.dumps({'config': dict(run.config)}))\n",
    )
    path = sweep_of(user, "program: train.py\nmethod: grid\nparameters:\n  lr: {values: [0.5]}\n")
    (seen,) = probe(user.run("besom", "agent", path))
    assert seen["config"] == {"lr": 0.5, "batch_size": 256}


def test_a_custom_command_keeps_its_fixed_arguments_in_place(user):
    user.write("train.py", PROBE)
    path = sweep_of(
        user,
        """\
program:
  train.py
method: grid
parameters:
  batch_size:
    value: 8
  lr:
    value: 0.0001
command:
  - ${env}
  - python
  - ${program}
  - "-b"
  - your-training-config
  - ${args}
""",
    )
    (seen,) = probe(user.run("besom", "agent", path))
    assert seen["arguments"] == ["-b", "your-training-config", "--batch_size=8", "--lr=0.0001"]


def test_the_interpreter_is_the_one_that_the_command_names(user):
    user.write("train.py", PROBE)
    (user.folder / "bin").mkdir()
    chosen = user.write("bin/python3", f'#!/bin/sh\necho CHOSEN\nexec {sys.executable} "$@"\n')
    chosen.chmod(0o755)
    path = sweep_of(
        user,
        "program: train.py\nmethod: grid\nparameters:\n  lr: {values: [0.5]}\n"
        'command: ["${env}", python3, "${program}", "${args}"]\n',
    )
    output = user.run("besom", "agent", path, PATH=f"{chosen.parent}{os.pathsep}{user.environment['PATH']}")
    assert "CHOSEN" in output
    assert [seen["arguments"] for seen in probe(output)] == [["--lr=0.5"]]


def test_boolean_flags_are_passed_or_left_out(user):
    user.write("train.py", PROBE)
    path = sweep_of(
        user,
        "program: train.py\nmethod: grid\nparameters:\n  param: {values: [true, false]}\n"
        'command: ["${env}", "${interpreter}", "${program}", "${args_no_boolean_flags}"]\n',
    )
    arguments = [seen["arguments"] for seen in probe(user.run("besom", "agent", path))]
    assert arguments == [["--param"], []]


def test_three_values_times_three_are_nine_expected_runs(user):
    output = user.python(
        """
import besom as wandb
sweep_configs = {"method": "grid", "parameters": {"a": {"values": [1, 2, 3]}, "b": {"values": [4, 5, 6]}}}
sweep_id = wandb.sweep(sweep_configs, project="your_project_name")
api = wandb.Api()
sweep = api.sweep(f"{api.default_entity}/your_project_name/sweeps/{sweep_id}")
print(f"EXPECTED RUN COUNT = {sweep.expected_run_count}")
"""
    )
    assert output.splitlines()[-1] == "EXPECTED RUN COUNT = 9"


def test_a_grid_in_random_order_is_a_random_search_with_a_cap(user):
    output = user.python(
        """
import besom as wandb

def train():
    with wandb.init() as run:
        run.log({"loss": run.config.x})

orders = []
for _ in range(2):
    sweep_id = wandb.sweep(
        {"method": "random", "seed": 3, "run_cap": 8, "parameters": {"x": {"values": [1, 2, 3, 4, 5, 6, 7, 8]}}},
        project="shuffled",
    )
    wandb.agent(sweep_id, function=train)
    sweep = wandb.Api().sweep(sweep_id)
    orders.append([run.config["x"] for run in sweep.runs])
print(sweep.state, sorted(orders[0]) == list(range(1, 9)), orders[0] != sorted(orders[0]), orders[0] == orders[1])
"""
    )
    assert output.splitlines()[-1] == "FINISHED True True True"


def test_a_grid_is_rerun_by_deleting_runs_and_resuming(user):
    user.write("train.py", PROBE)
    path = sweep_of(user, "program: train.py\nmethod: grid\nparameters:\n  lr: {values: [1, 2, 3, 4]}\n")
    assert len(probe(user.run("besom", "agent", path))) == 4
    user.python(
        f"""
import besom
for run in list(besom.Api().sweep({path!r}).runs):
    if run.config["lr"] in (2, 3):
        run.delete()
"""
    )
    user.run("besom", "sweep", "--resume", path)
    again = probe(user.run("besom", "agent", path))
    assert [seen["config"]["lr"] for seen in again] == [2, 3]


def test_besom_dir_and_wandb_dir_choose_where_run_files_go(user):
    user.write("train.py", PROBE)
    for variable in ("BESOM_DIR", "WANDB_DIR"):
        folder = user.folder / variable
        folder.mkdir()
        user.run("python", "train.py", **{variable: str(folder)})
        assert len(list(folder.rglob("spool.jsonl"))) == 1, variable


def test_wandb_dir_set_inside_the_script_counts(user):
    Path(user.folder / "your/directory").mkdir(parents=True)
    user.python(
        """
import os
import besom as wandb
os.environ["WANDB_DIR"] = os.path.abspath("your/directory")
wandb.init().finish()
"""
    )
    assert len(list((user.folder / "your/directory").rglob("spool.jsonl"))) == 1


def test_a_weighted_sum_is_a_metric_like_any_other(user):
    user.write(
        "train.py",
        "import besom as wandb\n"
        "run = wandb.init()\n"
        "metric_a, metric_b = run.config.x ** 2, 1 - run.config.x\n"
        "metric_combined = 0.3 * metric_a + 0.2 * metric_b\n"
        'wandb.log({"metric_combined": metric_combined})\n',
    )
    path = sweep_of(
        user,
        "program: train.py\nmethod: bayes\nmetric:\n  name: metric_combined\n  goal: minimize\n"
        "parameters:\n  x: {min: 0.0, max: 1.0}\nrun_cap: 4\n",
    )
    user.run("besom", "agent", path)
    output = user.run("besom", "status", path)
    assert re.search("FINISHED", output, re.IGNORECASE)


def test_an_agent_for_one_run_leaves_after_it(user):
    user.write("train.py", PROBE)
    path = sweep_of(user, "program: train.py\nmethod: grid\nparameters:\n  lr: {values: [1, 2, 3]}\n")
    assert len(probe(user.run("besom", "agent", "--count", "1", path))) == 1
    assert len(probe(user.run("besom", "agent", "--count", "1", path))) == 1
