"""Configurations as text: checked with the command line's own words, previewed, guessed from runs."""

from __future__ import annotations

import json

import pytest
from server_world import Refused, World

from besom.cli.preview_text import preview_json
from besom.config import load_text
from besom.search.memory import Memory

pytestmark = pytest.mark.anyio

SWEEP = """\
program: train.py
method: grid
command: [python, "${program}", "${envvar:HOME}", "${args}"]
parameters:
  opt: {values: [adam, sgd]}
  momentum: {values: [0.8, 0.9], when: {opt: sgd}}
  lr: {values: [0.1, 0.2]}
forbid: [{opt: sgd, lr: 0.2}]
early_terminate: {type: asha, min_iter: 3}
metric: {name: loss, goal: minimize}
"""


async def check(world: World, text: str, samples: int = 3) -> dict:
    return await world.call("POST", "/configs/check", {"text": text, "samples": samples})


async def test_a_preview_says_what_besom_preview_says(world: World) -> None:
    found = await check(world, SWEEP, samples=2)
    loaded = load_text(SWEEP)
    told = preview_json("sweep.yaml", loaded, 2, Memory())
    preview = found["preview"]
    assert (found["errors"], found["warnings"], found["config"]) == ([], [], loaded.config.stored)
    assert (preview["runs"], preview["runs_text"]) == (4, "4 (every grid point once)")
    assert [sample["params"] for sample in preview["samples"]] == [sample["params"] for sample in told["samples"]]
    assert preview["samples"][0]["command"] == ["python", "train.py", "HOME", "--lr=0.1", "--opt=adam"]
    assert preview["headline"] == "grid search, minimize loss"
    assert {row["name"]: row["only_where"] for row in preview["parameters"]}["momentum"] == "opt is sgd"
    assert [(rule["name"], rule["text"]) for rule in preview["rules"]] == [
        ("Never", "lr is 0.2 and opt is sgd"),
        ("Early stopping", "asha, min_iter 3, eta 3"),
    ]


async def test_each_problem_has_its_line_its_rule_and_the_fix(world: World) -> None:
    found = await check(world, "method: grdi\nparameters:\n  lr: {min: 2, max: 1}\n")
    assert (found["config"], found["preview"]) == (None, None)
    first, second = found["errors"]
    assert (first["key"], first["line"], first["found"]) == ("method", 1, '"grdi"')
    assert "`method: grid`" in first["hint"]
    assert (second["key"], second["line"]) == ("parameters.lr", 3) or second["line"] == 3
    (broken,) = (await check(world, "method: [grid\nparameters: {}"))["errors"]
    assert broken["line"] in (1, 2)
    (empty,) = (await check(world, ""))["errors"]
    assert (empty["message"], empty["line"]) == ("There is nothing in it.", None)
    nothing_left = SWEEP.replace("forbid: [{opt: sgd, lr: 0.2}]", 'forbid: ["lr > 0"]')
    (left,) = (await check(world, nothing_left))["errors"]
    assert left["key"] == "parameters"
    with pytest.raises(Refused) as refused:
        await check(world, "#" * ((1 << 20) + 1))
    assert refused.value.status == 413


async def test_a_configuration_is_guessed_from_the_projects_runs_and_makes_a_sweep(world: World) -> None:
    for number in range(4):
        config = {"lr": 10.0 ** -(number + 1), "opt": ["adam", "sgd"][number % 2], "epochs": 3}
        await world.begin(f"r{number}", config=config, program="train.py")
        await world.log(f"r{number}", 1.0 / (number + 1), key="val_loss", code=0)
    guessed = await world.call("POST", "/projects/ann/demo/sweeps/guess", {"filter": {}})
    assert guessed["runs"] == 4
    found = await check(world, guessed["text"])
    assert found["errors"] == found["warnings"] == []
    assert found["config"]["program"] == "train.py"
    assert found["config"]["parameters"]["lr"]["max"] == 0.1
    assert set(found["config"]["parameters"]) == {"lr", "opt"}
    body = {"config": found["config"], "text": guessed["text"], "prior_runs": ["r0", "r1"]}
    sweep = (await world.call("POST", "/projects/ann/demo/sweeps", body))["sweep"]
    assert (sweep["run_count"], sweep["text"], sweep["best"]["value"]) == (2, guessed["text"], 0.5)
    some = await world.call("POST", "/projects/ann/demo/sweeps/guess", {"runs": ["r0"]})
    assert (some["runs"], "Guessed from 1 run:" in some["text"]) == (1, True)
    with pytest.raises(Refused) as refused:
        await world.call("POST", "/projects/ann/demo/sweeps/guess", {"filter": json.loads('{"colour": 1}')})
    assert refused.value.code == "bad_filter"


async def test_a_sweep_is_made_of_text_alone_with_its_numbers_as_they_were_written(world: World) -> None:
    text = "method: random\nparameters:\n  a: {values: [1.0, 2.0]}\n  b: {value: 9007199254740993}\n"
    created = await world.call("POST", f"/projects/{world.name}/demo/sweeps", {"text": text})
    parameters = json.dumps(created["sweep"]["config"]["parameters"])
    assert "[1.0, 2.0]" in parameters
    assert "9007199254740993" in parameters
    assert created["sweep"]["text"] == text
    with pytest.raises(Refused, match="There is nothing in it"):
        await world.call("POST", f"/projects/{world.name}/demo/sweeps", {})
