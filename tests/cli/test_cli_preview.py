import json

import pytest
from cli_user import GRID

from besom.cli.preview_text import preview_json
from besom.config import load_mapping
from besom.config.describe import describe
from besom.search.enumeration import Enumeration
from besom.search.memory import Memory
from besom.search.preview import run_count

BAYES = """\
program: train.py
method: bayes
metric: {name: val_loss, goal: minimize}
parameters:
  learning_rate: {min: 0.001, max: 0.1}
  optimizer: {values: [adam, sgd]}
"""


def test_a_grid_is_counted_and_its_first_runs_are_shown(newcomer):
    newcomer.write("sweep.yaml", GRID)
    newcomer.write("train.py", "")
    result = newcomer.besom("preview", "sweep.yaml")
    assert (result.code, result.err) == (0, "")
    assert "Runs: 3 (every grid point once)" in result.out
    assert [line.split()[-2:] for line in result.out.splitlines()[-3:]] == [
        ["train.py", "--lr=0.1"],
        ["train.py", "--lr=0.2"],
        ["train.py", "--lr=0.3"],
    ]


def test_points_to_start_with_come_first_and_a_grid_does_not_show_them_again(newcomer):
    newcomer.write("sweep.yaml", GRID + "start_with: [{lr: 0.3}]\n")
    newcomer.write("train.py", "")
    shown = newcomer.besom("preview", "sweep.yaml").out.splitlines()[-3:]
    assert [line.split()[-1] for line in shown] == ["--lr=0.3", "--lr=0.1", "--lr=0.2"]


def test_a_point_to_start_with_is_shown_with_the_parameter_that_counts_repeats(newcomer):
    newcomer.write("sweep.yaml", GRID + "start_with: [{lr: 0.3}]\nrepeat: {times: 2, parameter: seed}\n")
    newcomer.write("train.py", "")
    assert "--lr=0.3 --seed=0" in newcomer.besom("preview", "sweep.yaml").out


def test_the_same_file_always_shows_the_same_samples(newcomer):
    newcomer.write("sweep.yaml", BAYES)
    first, second = (newcomer.besom("preview", "sweep.yaml", "--samples", "2") for _ in range(2))
    assert first == second
    assert first.out.count("--learning_rate=0.0") == 2
    assert "no end by itself" in first.out
    assert "there is no file train.py here" in first.err


def test_a_range_of_magnitudes_that_is_drawn_evenly_is_remarked_on(newcomer):
    newcomer.write("train.py", "")
    for small, is_told in (("1e-5", True), ("0.001", False)):
        newcomer.write("sweep.yaml", BAYES.replace("0.001", small))
        told = "learning_rate is drawn evenly from 1e-05 to 0.1, so nine of ten values are above 0.01."
        assert (told in newcomer.besom("preview", "sweep.yaml").err) == is_told


def test_nothing_is_started(newcomer, tmp_path):
    newcomer.write("sweep.yaml", BAYES)
    newcomer.besom("preview", "sweep.yaml")
    assert not (tmp_path / "new").exists()


def test_a_sweep_without_a_program_shows_the_values_of_its_runs(newcomer):
    newcomer.write("sweep.yaml", "method: grid\nparameters: {a: {values: [1, 2]}, b: {value: x}}\n")
    result = newcomer.besom("preview", "sweep.yaml")
    assert result.out.endswith("First runs:\n  a=1 b=x\n  a=2 b=x\n")
    assert "call a Python function" in result.err


def test_a_fault_is_shown_with_its_line_and_the_fix(newcomer):
    newcomer.write("sweep.yaml", "method: grdi\nparameters:\n  lr: {values: [1]}\n")
    said = newcomer.fails("preview", "sweep.yaml")
    assert "sweep.yaml:1 method" in said
    assert "Fix: write `method: grid`" in said


@pytest.mark.parametrize(
    ("extra", "count"),
    [
        ({}, "6 (every grid point once)"),
        ({"run_cap": 4}, "4 of 6 grid points (run_cap)"),
        ({"run_cap": 9}, "6 (every grid point once)"),
        ({"method": "random", "run_cap": 9}, "at most 9 (run_cap)"),
        ({"method": "random"}, "no end by itself; limit them with run_cap, or stop the sweep"),
    ],
)
def test_the_number_of_runs_comes_with_its_reason(extra, count):
    parameters = {"a": {"values": [1, 2, 3]}, "b": {"values": [1, 2]}}
    assert run_count(load_mapping({"method": "grid", "parameters": parameters, **extra}).config, Memory()) == count


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"value": "x"}, "x"),
        ({"values": [1, "two", None, True]}, "1, two, null, true"),
        ({"values": [1, 2], "probabilities": [0.25, 0.75]}, "1 (0.25), 2 (0.75)"),
        ({"min": 1, "max": 2000}, "1 to 2,000, whole numbers"),
        ({"min": 1e-5, "max": 0.1, "distribution": "log_uniform_values"}, "1e-05 to 0.1"),
        ({"min": 0.0, "max": 1.0, "q": 0.25, "distribution": "q_uniform"}, "0 to 1 in steps of 0.25"),
        ({"distribution": "normal", "mu": 2, "sigma": 0.5}, "mean 2, standard deviation 0.5"),
        ({"distribution": "beta", "a": 2, "b": 5}, "0 to 1, a 2, b 5"),
    ],
)
def test_a_distribution_is_described_in_a_few_words(entry, words):
    config = load_mapping({"method": "random", "parameters": {"p": entry}}).config
    assert describe(config.parameters[0].distribution) == words


def test_long_lists_are_shortened_and_lines_stay_lines():
    parameters = {"many": {"values": list(range(5000))}, "prompt": {"values": ["a\nb", "c"]}}
    config = load_mapping({"method": "random", "parameters": parameters}).config
    many, prompt = (describe(parameter.distribution) for parameter in config.parameters)
    assert many.endswith("10, 11, … (5,000 values)")
    assert prompt == '"a\\nb", c'


def test_a_program_that_the_command_does_not_start_is_not_missed(newcomer):
    newcomer.write("sweep.yaml", BAYES + "command: [python, -m, train]\n")
    assert newcomer.besom("preview", "sweep.yaml").err == ""


@pytest.mark.parametrize(
    ("line", "noted"),
    [("", True), ("command: [python, '${program}', '${args_no_boolean_flags}']\n", False)],
    ids=["the default command", "the flag macro"],
)
def test_booleans_that_would_arrive_as_text_are_pointed_to_the_flag_macro(user, line, noted):
    user.write("train.py", "")
    user.write("sweep.yaml", "program: train.py\nmethod: grid\nparameters: {bn: {values: [true, false]}}\n" + line)
    for command in ("preview", "sweep"):
        assert ("${args_no_boolean_flags}" in user.besom(command, "sweep.yaml").err) is noted


SPACE = """\
method: grid
metric: {name: loss, use: mean_last_5}
parameters:
  optimizer: {values: [sgd, adam]}
  momentum: {values: [0.5, 0.9], when: {optimizer: sgd}}
  net: {when: {optimizer: adam}, parameters: {layers: {min: 1, max: 3, when: batch > 8}}}
  batch: {values: [8, 16]}
  warmup: {expr: 2 * batch}
  model: {values: [a, b]}
  tokenizer: {values: [ta, tb]}
forbid: [{optimizer: sgd, batch: 16}]
zip: [[model, tokenizer]]
repeat: {times: 3, parameter: seed}
retry: {max: 2, on: [crashed]}
budget: {hours: 1.5, gpu_hours: 4, no_improvement_in: 20}
"""


def test_a_space_with_rules_is_counted_and_its_rules_are_told(newcomer):
    newcomer.write("sweep.yaml", SPACE)
    lines = [
        " ".join(line.split()) for line in newcomer.besom("preview", "sweep.yaml", "--samples", "6").out.splitlines()
    ]
    # sgd: 1 batch, 2 momenta; adam: 1 for batch 8, 3 layers for batch 16; all of it for 2 pairs
    assert lines[:2] == [
        "sweep.yaml: grid search, minimize loss (mean of the last 5)",
        "Runs: 36 (12 configurations x 3 repeats)",
    ]
    assert "PARAMETER DISTRIBUTION VALUES ONLY WHERE" in lines
    assert "momentum categorical 0.5, 0.9 optimizer is sgd" in lines
    assert "net.layers int_uniform 1 to 3, whole numbers optimizer is adam and batch > 8" in lines
    assert "warmup expr 2 * batch" in lines
    assert "Paired: model with tokenizer: a with ta, b with tb" in lines
    assert "Never: batch is 16 and optimizer is sgd" in lines
    assert "Repeats: each configuration 3 times, with seed = 0, 1, 2" in lines
    assert "Tried again: 2 times after crashed" in lines
    assert "Ends: after 1.5 hours, or after 4 GPU hours, or after 20 runs in a row without a better one" in lines
    assert "batch=8 model=a momentum=0.5 optimizer=sgd seed=0 tokenizer=ta warmup=16" in lines
    assert "batch=8 model=a optimizer=adam seed=0 tokenizer=ta warmup=16" in lines


def test_scripts_get_the_rules_too(newcomer):
    newcomer.write("sweep.yaml", SPACE)
    said = json.loads(newcomer.besom("preview", "sweep.yaml", "--json", "--samples", "1").out)
    assert said["expected_runs"] == 36
    assert said["parameters"]["momentum"]["when"] == "optimizer is sgd"
    assert said["forbid"] == ["batch is 16 and optimizer is sgd"]
    assert said["zip"] == [["model", "tokenizer"]]
    assert said["repeat"] == {"times": 3, "parameter": ["seed"], "values": [0, 1, 2]}
    assert said["retry"] == {"max": 2, "on": ["crashed"]}
    assert said["budget"] == {"runs": None, "hours": 1.5, "gpu_hours": 4, "no_improvement_in": 20}
    assert "net" not in said["samples"][0]["params"]


def test_repeats_and_a_cap_are_told_together():
    config = {"method": "grid", "parameters": {"a": {"values": [1, 2]}}, "repeat": {"times": 3}, "run_cap": 4}
    assert run_count(load_mapping(config).config, Memory()) == "4 of 6 (run_cap; 2 configurations x 3 repeats)"


def test_a_space_in_which_nothing_is_left_is_refused(newcomer):
    newcomer.write("sweep.yaml", SPACE.replace("{optimizer: sgd, batch: 16}", "batch > 0"))
    assert "no point is left to run" in newcomer.fails("preview", "sweep.yaml")


def test_the_parameters_of_an_outside_engine_are_its_own(newcomer):
    newcomer.write(
        "sweep.yaml", "method: custom\nscheduler: {engine: optuna, source: study.py, search_space: suggest}\n"
    )
    result = newcomer.besom("preview", "sweep.yaml")
    assert "made up by suggest in study.py" in result.out
    assert "besom sweep-scheduler ID" in result.err


def test_a_grid_is_counted_once_for_all_that_is_said_of_it(monkeypatch):
    counted = []
    count = Enumeration.__init__
    monkeypatch.setattr(
        Enumeration, "__init__", lambda self, *args, **named: counted.append(count(self, *args, **named))
    )
    config = {"method": "grid", "parameters": {"a": {"values": [1, 2, 3]}}, "forbid": ["a > 2"]}
    memory, loaded = Memory(), load_mapping(config)
    assert run_count(loaded.config, memory) == "2 (every grid point once)"
    assert [run["params"] for run in preview_json("sweep.yaml", loaded, 3, memory)["samples"]] == [{"a": 1}, {"a": 2}]
    assert len(counted) == 1
