import collections
import datetime
import enum
import importlib
import math
import os
import re
import types

import numpy as np
import pytest

from besom.config import (
    Categorical,
    ConfigError,
    Constant,
    IntUniform,
    LogUniform,
    Uniform,
    load,
    load_file,
    load_stored,
    nest,
)
from besom.config.problem import Problem, format_path

SMALLEST = {"method": "random", "parameters": {"x": {"value": 1}}}


def parameter(**body):
    (only,) = load({"method": "random", "parameters": {"x": body}}).config.parameters
    return only


def problems(source):
    with pytest.raises(ConfigError) as caught:
        load(source)
    return caught.value.problems


def test_a_path_a_text_a_mapping_and_a_function_load_alike(tmp_path):
    path = tmp_path / "sweep.yaml"
    text = "method: random\nparameters: {x: {value: 1}}\n"
    path.write_text(text)
    sources = [path, str(path), text, SMALLEST, collections.OrderedDict(SMALLEST), types.MappingProxyType(SMALLEST)]
    configs = [load(source).config for source in (*sources, lambda: SMALLEST)]
    assert all(config == configs[0] for config in configs)
    assert load(path).text == text


def test_a_configuration_from_python_gets_yaml_text():
    text = load({**SMALLEST, "name": "yes", "description": "1e-4"}).text
    assert text == (
        'description: "1e-4"\nmethod: random\nname: "yes"\nparameters:\n'
        "  x:\n    distribution: constant\n    value: 1\n"
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist"),
        (b"", "nothing in it"),
        (b"  \n\n", "nothing in it"),
        (b"# only a comment\n", "comments only"),
        (b"- a\n- b\n", "not a list"),
        (b"method\n", "not text"),
        (b"a: 1\nb: \xff\xff\n", "0xff is not UTF-8"),
    ],
)
def test_a_file_that_holds_no_configuration_is_refused_with_its_name(tmp_path, content, words):
    path = tmp_path / "sweep.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_file(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_mistyped_name_is_told_the_near_one_and_a_program_that_it_is_none(tmp_path):
    (tmp_path / "sweep.yaml").write_text("method: grid\n")
    with pytest.raises(ConfigError, match=r"Fix: write `.*/sweep\.yaml`, which is there"):
        load_file(tmp_path / "swep.yml")
    (tmp_path / "train.py").write_text("import besom\n")
    with pytest.raises(ConfigError, match=r"This is a program.*\n.*`program: .*train\.py`"):
        load_file(tmp_path / "train.py")


def test_a_directory_and_a_forbidden_file_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="directory"):
        load_file(tmp_path)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_file("a\0b.yaml")
    if os.geteuid() != 0:
        path = tmp_path / "sweep.yaml"
        path.touch(mode=0)
        with pytest.raises(ConfigError, match="may not be read"):
            load_file(path)


def test_utf_16_as_windows_shells_write_it_is_read(tmp_path):
    path = tmp_path / "sweep.yaml"
    path.write_bytes("method: random\nparameters: {größe: {value: é}}\n".encode("utf-16"))
    assert load(path).config.parameters[0].distribution == Constant("é")


@pytest.mark.parametrize("source", [None, 5, [SMALLEST], lambda: None, {1, 2}])
def test_what_is_no_mapping_is_refused(source):
    assert "is a mapping of keys to values" in problems(source)[0].rule


def test_python_values_make_the_trip_through_json():
    class Optimizer(str, enum.Enum):
        ADAM = "adam"

    values = [(1, 2), np.float32(0.5), np.int64(3), np.bool_(True), np.array([1, 2]), Optimizer.ADAM, {2: "b", 1: "a"}]
    assert parameter(values=values).distribution == Categorical(
        ([1, 2], 0.5, 3, True, [1, 2], "adam", {"1": "a", "2": "b"})
    )
    assert parameter(min=np.int64(1), max=np.int64(4)).distribution == IntUniform(1, 4)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({1, 2}, "sorted(values)"),
        (range(3), "list(range(0, 3))"),
        (datetime.date(2020, 1, 1), "type date"),
        (print, "convert it to text"),
        (b"bytes", "type bytes"),
        (1j, "type complex"),
        ("\ud800", "surrogate"),
        (10**4000, "too large"),
        (math.inf, '`float("inf")`'),
        ({"deep": [math.nan]}, "no number `nan`"),
    ],
)
def test_what_json_cannot_hold_is_refused_with_its_path(value, words):
    (problem,) = problems({"method": "random", "parameters": {"x": {"values": [1, value]}}})
    assert problem.where.startswith("parameters.x.values[1]")
    assert words in problem.render()


def test_a_configuration_inside_itself_is_refused():
    body = {}
    body["value"] = body
    (problem,) = problems({"method": "random", "parameters": {"x": body}})
    assert "inside itself" in problem.rule


ENDLESS = "x" * 10_000_000


@pytest.mark.parametrize(
    ("part", "where"),
    [
        ({"parameters": {ENDLESS: {"value": 1}}}, "parameters"),
        ({"parameters": {"x": {"value": {ENDLESS: 1}}}}, "parameters.x.value"),
        ({"parameters": {"g" * 200: {"parameters": {"x" * 200: {"value": 1}}}}}, f"parameters.{'g' * 200}.parameters"),
        ({ENDLESS: 1}, ""),
        ({"name": ENDLESS[:251]}, "name"),
        ({"project": ENDLESS[:251]}, "project"),
        ({"program": ENDLESS[:4097]}, "program"),
        ({"metric": {"name": ENDLESS[:251], "goal": "minimize"}}, "metric.name"),
        ({"repeat": {"times": 2, "parameter": ENDLESS[:251]}}, "repeat.parameter"),
    ],
    ids=["parameter", "key in a value", "in a group", "key", "sweep", "project", "program", "metric", "repeat"],
)
def test_a_name_without_an_end_is_refused_in_few_words(part, where):
    (problem,) = problems({**SMALLEST, **part})
    assert problem.where.startswith(where)
    assert re.search(r"^The name \"[xg.]+… has [\d,]+ characters, and at most [\d,]+ are allowed\.$", problem.rule)
    assert len(problem.render()) < 700


def test_a_long_name_is_refused_at_its_line():
    (problem,) = problems("method: random\nparameters:\n  x: {value: 1}\n  " + "y" * 251 + ": {value: 2}\n")
    assert (problem.line, "251 characters" in problem.rule) == (4, True)
    assert parameter(value="x" * 251).distribution == Constant("x" * 251), "text that is no name may be long"


def test_parameters_and_text_without_an_end_are_refused():
    many = {f"p{number}": {"value": 1} for number in range(2500)}
    assert len(load({"method": "random", "parameters": many}).config.parameters) == 2500
    (problem,) = problems({"method": "random", "parameters": {**many, "x": {"value": 1}}})
    assert (problem.where, "2,501 parameters" in problem.rule) == ("parameters", True)
    aliases = "method: random\nparameters:\n  x: {values: [&long " + "x" * 900_000 + ", *long, *long]}\n"
    for endless in (aliases, {**SMALLEST, "description": ENDLESS}):
        (problem,) = problems(endless)
        assert "more than 2,000,000 characters" in problem.rule


def test_what_is_stored_stays_readable_whatever_its_size():
    names = ["x" * 10_000, *(f"p{number}" for number in range(2500))]
    stored = {**SMALLEST, "description": ENDLESS, "parameters": {name: {"value": 1} for name in names}}
    assert [parameter.name for parameter in load_stored(stored).parameters] == sorted(names)
    with pytest.raises(ConfigError):
        load_stored({**stored, "method": "gone"})


@pytest.mark.parametrize(
    ("body", "distribution", "label"),
    [
        ({"min": 1, "max": 3}, IntUniform(1, 3), "int_uniform"),
        ({"min": 1.0, "max": 3.0}, Uniform(1.0, 3.0), "uniform"),
        ({"min": 1, "max": 3.0}, Uniform(1.0, 3.0), "uniform"),
        ({"min": "1e-4", "max": "0.5"}, Uniform(1e-4, 0.5), "uniform"),
        ({"min": "2", "max": 8}, IntUniform(2, 8), "int_uniform"),
        ({"distribution": "uniform", "min": 1, "max": 3}, Uniform(1.0, 3.0), "uniform"),
        ({"distribution": "int_uniform", "min": 2.0, "max": 8.0}, IntUniform(2, 8), "int_uniform"),
        ({"distribution": "q_uniform", "min": 0, "max": 3}, Uniform(0.0, 3.0, 1.0), "q_uniform"),
        ({"distribution": "q_uniform", "min": 0.1, "max": 0.3, "q": 0.1}, Uniform(0.1, 0.3, 0.1), "q_uniform"),
        ({"distribution": "log_uniform", "min": 0, "max": 1}, LogUniform(1.0, 2.718281828459045), "log_uniform"),
        (
            {"distribution": "inv_log_uniform", "min": 0, "max": 3},
            LogUniform(0.049787068367863944, 1.0),
            "inv_log_uniform",
        ),
        ({"value": None}, Constant(None), "constant"),
        ({"values": [1], "probabilities": [1]}, Categorical((1,), (1.0,)), "categorical_w_probabilities"),
        (
            {"distribution": "categorical", "values": [1, 2], "probabilities": [0.5, 0.5]},
            Categorical((1, 2), (0.5, 0.5)),
            "categorical_w_probabilities",
        ),
    ],
)
def test_a_form_stands_for_a_distribution(body, distribution, label):
    made = parameter(**body)
    assert (made.distribution, made.label) == (distribution, label)
    assert type(getattr(made.distribution, "min", 0)) is type(getattr(distribution, "min", 0))


def test_the_step_keeps_its_type_since_it_decides_the_type_of_the_values():
    assert type(parameter(distribution="q_uniform", min=0, max=9, q=2).distribution.q) is int
    assert type(parameter(distribution="q_uniform", min=0, max=9, q=2.0).distribution.q) is float


def test_the_stored_configuration_has_distributions_filled_in_at_every_level():
    stored = load(
        {"method": "random", "parameters": {"g": {"parameters": {"x": {"min": "1", "max": 2.5}}}, "c": {"value": 1}}}
    ).config.stored
    assert stored["parameters"] == {
        "c": {"value": 1, "distribution": "constant"},
        "g": {"parameters": {"x": {"min": 1, "max": 2.5, "distribution": "uniform"}}},
    }


def test_leaves_are_sorted_level_by_level():
    names = ["b-c", "b", "a.z", "B"]
    body = {name: {"value": 1} for name in names} | {"b": {"parameters": {"z": {"value": 1}, "a": {"value": 2}}}}
    config = load({"method": "random", "parameters": body}).config
    assert [item.path for item in config.parameters] == [("B",), ("a.z",), ("b", "a"), ("b", "z"), ("b-c",)]


def test_values_of_leaves_nest_into_the_dictionary_a_run_sees():
    values = {("optimizer", "lr"): 0.1, ("model.lr",): 5}
    assert nest(values) == {"model.lr": 5, "optimizer": {"lr": 0.1}}


@pytest.mark.parametrize(
    ("config", "path", "words"),
    [
        ({"method": "bayes", "parameters": {"x": {"values": [1]}}}, "method", "needs a `metric`"),
        ({"method": "bayes", "metric": {"name": "loss"}}, "parameters", "every parameter is a constant, is computed"),
        ({"early_terminate": {"type": "hyperband", "min_iter": 1}}, "early_terminate", "there is none"),
        ({"method": "custom"}, "method", "nothing would choose"),
        ({"metric": {"goal": "maximize"}}, "metric", "needs the `name`"),
        ({"metric": {"name": "a", "gaol": "maximize"}}, "metric.gaol", "Did you mean `goal`?"),
        ({"metric": {"name": "a", "use": "mean"}}, "metric.use", "must be `best`, `last` or `mean_last_5`"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(config, path, words):
    (problem,) = problems({**SMALLEST, **config})
    assert problem.where == path
    assert words in problem.rule


@pytest.mark.parametrize("body", [{"values": [1, 2], "probabilities": [0.5, 0.5]}, {"distribution": "normal"}])
def test_a_grid_refuses_what_it_cannot_list(body):
    (problem,) = problems({"method": "grid", "parameters": {"x": body}})
    assert problem.where.startswith("parameters.x")
    assert "method: random" in problem.fix


def test_a_problem_reads_well_on_a_terminal():
    problem = Problem(("parameters", "model.lr", "mim"), "No such key.", "write `min`.", 0.1, line=12)
    assert problem.render("sweep.yaml") == (
        'sweep.yaml:12 parameters."model.lr".mim = 0.1\n  No such key.\n  Fix: write `min`.'
    )
    assert str(problem).startswith('line 12 parameters."model.lr".mim')
    assert format_path(("command", 2)) == "command[2]"
    assert len(Problem((), "x", value="long " * 99).render().splitlines()[0]) <= 60


def test_the_public_names_are_sorted_and_importable():
    package = importlib.import_module("besom.config")
    assert package.__all__ == sorted(package.__all__)
    assert all(hasattr(package, name) for name in package.__all__)


@pytest.mark.parametrize(("goal", "meant"), [("min", "minimize"), ("max", "maximize"), ("maximise", "maximize")])
def test_a_short_goal_is_told_the_long_one(goal, meant):
    (problem,) = problems({**SMALLEST, "metric": {"name": "loss", "goal": goal}})
    assert problem.fix == f"write `goal: {meant}`."


def test_a_name_from_a_block_text_fits_on_one_line():
    loaded = load("method: random\nname: |\n  my\n  sweep\nparameters: {x: {value: 1}}\n")
    assert loaded.config.name == loaded.config.stored["name"] == "my sweep"


def test_an_assignment_before_the_program_needs_env():
    (warning,) = load({**SMALLEST, "command": ["CUDA_VISIBLE_DEVICES=0", "python", "${program}"]}).warnings
    assert warning.where == "command[0]"
    assert "${env}" in warning.fix
    assert not load({**SMALLEST, "command": ["${env}", "A=1", "python", "${program}"]}).warnings
