"""docs/own-search.md: its configurations load, its code runs, and the functions in it do what the page says."""

import re
from pathlib import Path

import pytest

import besom
from besom.config import load, load_mapping
from besom.controller.engines.info import info_of
from besom.controller.engines.optuna_engine import OptunaEngine
from besom.controller.engines.user_file import UserFile
from besom.controller.functions import OwnFunction, load_function
from besom.controller.loop import Ahead
from late_import import LateImport

optuna = LateImport("optuna")

PAGE = (Path(__file__).parents[2] / "docs" / "own-search.md").read_text(encoding="utf-8")
YAML = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
WHOLE = [text for text in YAML if "parameters:" in text]


def block(beginning: str) -> str:
    (found,) = [text for text in PYTHON if text.startswith(beginning)]
    return found


@pytest.mark.parametrize("text", WHOLE, ids=["function", "optuna"])
def test_each_configuration_loads(text):
    assert load(text).config.is_searched_outside


def test_the_function_of_the_page_searches(world, tmp_path):
    (tmp_path / "mine.py").write_text(block("# mine.py"))
    sweep = world.sweep(load(WHOLE[0]).config.stored)
    function = load_function("mine:propose", tmp_path)
    loop = world.loop(sweep, OwnFunction(function, sweep.config))
    agent = world.agent(sweep)
    while not loop.is_done():
        loop.step()
        if any(run.is_queued for run in loop.runs):
            agent.run(1 / (1 + len(loop.runs)))
        loop.refresh()
    assert len(loop.runs) == 20


def test_the_controller_of_the_page_is_created_and_stepped(world, monkeypatch, capsys):
    monkeypatch.setenv("BESOM_PROJECT", world.project)
    Path("train.py").write_text("")
    names: dict = {}
    exec(block("import besom"), names)
    controller = names["controller"]
    said = capsys.readouterr().out
    assert re.search(r"^lr +uniform +min: 0.0001, max: 0.1$", said, re.MULTILINE)
    assert besom.Api().sweep(controller.sweep_id).config["controller"] == {"type": "local"}
    states = iter([False, True])
    controller.done = lambda: next(states)
    exec(block("while not controller.done()"), names)
    assert "Runs: 1 (Pending: 1)" in capsys.readouterr().out


def test_the_engine_file_of_the_page_makes_a_study_and_a_space(world, tmp_path):
    (tmp_path / "engine.py").write_text(block("# engine.py"))
    (scheduler,) = [text for text in YAML if "search_space" in text]
    config = {"method": "custom", "metric": {"name": "loss"}, **load_yaml(scheduler)}
    sweep = world.sweep(config)
    loaded = load_mapping(sweep.config).config
    made = OptunaEngine(loaded, info_of(sweep, loaded), UserFile(loaded.engine, tmp_path))
    assert isinstance(made._study.pruner, optuna.pruners.MedianPruner)
    world.loop(sweep, made, ahead=Ahead(at_once=1)).step()
    (run,) = world.runs(sweep)
    assert len(run.params["widths"]) == run.params["depth"]
    assert made.is_over(world.runs(sweep)) is None


def load_yaml(text: str) -> dict:
    from besom.config.yaml_reader import read_yaml

    return read_yaml(text, source="page").data
