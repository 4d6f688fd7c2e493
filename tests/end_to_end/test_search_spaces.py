"""A sweep with rules, from the file to what the programs were given."""

import json

import pytest

SWEEP = """\
program: train.py
method: grid
metric: {name: loss, use: last}
parameters:
  optimizer: {values: [sgd, adam]}
  momentum: {values: [0.5, 0.9], when: {optimizer: sgd}}
  batch: {values: [8, 16]}
  warmup: {expr: 2 * batch}
  model: {values: [bert, gpt]}
  tokenizer: {values: [words, bpe]}
forbid:
  - {optimizer: sgd, batch: 16}
  - {optimizer: adam, model: gpt}
  - model == "gpt" and momentum < 0.9
zip: [[model, tokenizer]]
repeat: {times: 2, parameter: seed}
start_with: [{optimizer: adam, batch: 16, model: bert}]
command: ["${interpreter}", "${program}", "--mom=${momentum}", "${args_json}"]
"""
TRAIN = """\
import json, sys
import besom
run = besom.init()
with open("seen.jsonl", "a") as file:
    file.write(json.dumps([sys.argv[1:], dict(run.config)]) + "\\n")
run.log({"loss": 1.0})
"""
ADAM = [{"optimizer": "adam", "batch": batch, "warmup": 2 * batch} for batch in (16, 8)]
SGD = {"optimizer": "sgd", "batch": 8, "warmup": 16}
BERT, GPT = {"model": "bert", "tokenizer": "words"}, {"model": "gpt", "tokenizer": "bpe"}
CONFIGURATIONS = [
    *({**point, **BERT} for point in ADAM),
    *({**SGD, **BERT, "momentum": momentum} for momentum in (0.5, 0.9)),
    {**SGD, **GPT, "momentum": 0.9},
]


def key(point):
    return json.dumps(point, sort_keys=True)


@pytest.fixture
def runs(user):
    """Arguments and config of all runs, in the order in which they were started."""
    user.write("sweep.yaml", SWEEP)
    user.write("train.py", TRAIN)
    user.run("besom", "up", "sweep.yaml")
    return [json.loads(line) for line in (user.folder / "seen.jsonl").read_text().splitlines()]


def test_programs_get_exactly_the_points_that_the_rules_leave(runs):
    wanted = [{**point, "seed": seed} for seed in (0, 1) for point in CONFIGURATIONS]
    assert sorted(key(config) for _, config in runs) == sorted(map(key, wanted))
    assert runs[0][1] == {**CONFIGURATIONS[0], "seed": 0}
    assert [config["seed"] for _, config in runs] == [0] * 5 + [1] * 5
    for arguments, config in runs:
        assert json.loads(arguments[-1]) == config
        assert arguments[:-1] == ([f"--mom={config['momentum']}"] if "momentum" in config else [])
