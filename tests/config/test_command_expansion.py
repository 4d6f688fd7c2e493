import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from besom.config import ConfigError, check_runnable, expand_command, load, needs_json_file
from besom.config.command import parameter_names

VALUES = {
    "lr": 0.001,
    "tiny": 0.00001,
    "n": 3,
    "flag": True,
    "off": False,
    "none": None,
    "s": "one two",
    "lst": [1, 2],
    "d": {"a": 1, "b": {"c": [True, None]}},
    "empty": "",
    "neg": -1,
    "dot.name": 2,
}
TEXTS = [
    ("d", "{'a': 1, 'b': {'c': [True, None]}}"),
    ("dot.name", "2"),
    ("empty", ""),
    ("flag", "True"),
    ("lr", "0.001"),
    ("lst", "[1, 2]"),
    ("n", "3"),
    ("neg", "-1"),
    ("none", "None"),
    ("off", "False"),
    ("s", "one two"),
    ("tiny", "1e-05"),
]


def expand(*command, values=VALUES, environ=(), **options):
    return expand_command(command, "train.py", values, interpreter="/venv/python", environ=dict(environ), **options)


@pytest.mark.parametrize(
    ("macro", "expected"),
    [
        ("${args}", [f"--{name}={text}" for name, text in TEXTS]),
        ("${args_no_equals}", [word for name, text in TEXTS for word in (f"--{name}", text)]),
        ("${args_no_hyphens}", [f"{name}={text}" for name, text in TEXTS]),
        (
            "${args_no_boolean_flags}",
            ["--flag" if name == "flag" else f"--{name}={text}" for name, text in TEXTS if name != "off"],
        ),
        ("${args_append_hydra}", [f"+{name}={text}" for name, text in TEXTS]),
        ("${args_override_hydra}", [f"++{name}={text}" for name, text in TEXTS]),
    ],
)
def test_each_argument_macro_has_its_own_style_in_alphabetical_order(macro, expected):
    assert expand(macro) == expected


def test_json_macros_hand_over_all_values_with_their_types():
    (text,) = expand("${args_json}")
    assert json.loads(text) == VALUES
    assert expand("${args_json_file}", json_file="/tmp/config.json") == ["/tmp/config.json"]
    assert needs_json_file(["train", "${args_json_file}"])
    assert not needs_json_file(None)
    with pytest.raises(ValueError, match="json_file must be given"):
        expand("${args_json_file}")


def test_the_default_command_runs_the_program_with_all_arguments():
    for command in (None, []):
        arguments = expand_command(command, "train.py", {"lr": 0.1}, interpreter="python", environ={})
        assert arguments == ["/usr/bin/env", "python", "train.py", "--lr=0.1"]


def test_windows_has_no_env_program():
    assert expand("${env}", "x", windows=True) == ["x"]


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ("--rank=${envvar:RANK}", ["--rank=3"]),
        ("${envvar:RANK}", ["3"]),
        ("${envvar:UNSET}", ["UNSET"]),
        ("${envvar:EMPTY}", []),
        ("--x=${envvar:EMPTY}", ["--x="]),
        ("${envvar:lower}", []),
        ("${envvar:MACRO}", ["${args}"]),
    ],
)
def test_environment_variables_are_replaced_once(element, expected):
    environ = {"RANK": "3", "EMPTY": "", "MACRO": "${args}"}
    assert expand(element, environ=environ) == expected


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ("--batch=${n}", ["--batch=3"]),
        ("${n}", ["3"]),
        ("${n}-${lr}", ["3-0.001"]),
        ("--x=${dot.name}", ["--x=2"]),
        ("--x=${d.b.c}", ["--x=[True, None]"]),
        ("${empty}", [""]),
        ("--x=${unknown}", ["--x=${unknown}"]),
        ("--x=${args}", ["--x=${args}"]),
        ("${unknown}", []),
        ("${ args }", []),
        ("plain $HOME {n}", ["plain $HOME {n}"]),
    ],
)
def test_parameters_are_expanded_inside_an_element_and_unknown_macros_are_left_out(element, expected):
    assert expand(element) == expected


def test_a_value_that_looks_like_a_macro_is_not_expanded_again():
    assert expand("--x=${s}", values={"s": "${n}", "n": 1}) == ["--x=${n}"]


def test_elements_become_text_as_python_writes_them_but_short_exponents_stay():
    text = "method: random\nparameters: {a: {value: 1}}\ncommand: [5, true, null, 1e-4, 0.10, [1, 2], ab, 12e3456]"
    expected = ("5", "True", "None", "1e-4", "0.1", "[1, 2]", "ab", "12e3456")
    assert load(text).config.command == expected


def test_a_program_is_required_only_where_the_command_uses_it():
    without = {"method": "random", "parameters": {"a": {"value": 1}}}
    config = load(without).config
    for attempt in (
        lambda: check_runnable(config),
        lambda: expand_command(config, None, {}, interpreter="p", environ={}),
    ):
        with pytest.raises(ConfigError, match="names no program"):
            attempt()
    check_runnable(load({**without, "program": "train.py"}).config)
    check_runnable(load({**without, "command": ["make", "${args}"]}).config)


CONDITIONAL = """
method: random
program: train.py
parameters:
  optimizer: {values: [sgd, adam]}
  momentum: {min: 0.5, max: 0.9, when: {optimizer: sgd}}
  schedule: {when: {optimizer: sgd}, parameters: {warmup: {value: 10}}}
command: [python, "--momentum=${momentum}", "${momentum}", "--warmup=${schedule.warmup}", "${schedule}", "${args}"]
"""


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"optimizer": "sgd", "momentum": 0.6, "schedule": {"warmup": 10}},
            "--momentum=0.6 0.6 --warmup=10 {'warmup':_10} --momentum=0.6 --optimizer=sgd --schedule={'warmup':_10}",
        ),
        ({"optimizer": "adam"}, "--optimizer=adam"),
    ],
    ids=["it exists", "it does not"],
)
def test_what_is_made_with_a_parameter_that_does_not_exist_is_no_argument(values, expected):
    config = load(CONDITIONAL).config
    words = ["python", *(word.replace("_", " ") for word in expected.split())]
    options = {"interpreter": "python", "environ": {}}
    assert expand_command(config, None, values, **options) == words
    names = parameter_names(config.stored)
    assert expand_command(config.command, "train.py", values, names=names, **options) == words


def test_a_flag_that_would_stand_alone_is_warned_of():
    text = CONDITIONAL.replace('"${momentum}"', '"--momentum", "${momentum}"')
    (problem,) = load(text).warnings
    assert (problem.where, problem.line) == ("command[3]", 8)
    assert "write `--momentum=${momentum}` as one element" in problem.fix


NAMES = st.sampled_from(["a", "b.c", "envvar:HOME", "args", "program", "", "${a}", "$", "}"]) | st.text(max_size=5)
PIECES = st.one_of(st.text(max_size=8), NAMES.map("${{{}}}".format), st.sampled_from(["${", "}", "$", "$${a}", "\0"]))
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | PIECES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(
    command=st.lists(st.lists(PIECES, max_size=4).map("".join), min_size=1, max_size=5),
    values=st.dictionaries(NAMES, ANY_VALUE, max_size=4),
    environ=st.dictionaries(NAMES, PIECES, max_size=3),
    names=st.lists(NAMES, max_size=3),
)
def test_any_command_becomes_words_and_nothing_that_was_put_in_is_expanded_again(command, values, environ, names):
    words = expand(*command, values=values, environ=environ.items(), names=names, json_file="/tmp/values.json")
    assert all(isinstance(word, str) for word in words)
    marked = dict.fromkeys(values, "${program}")
    words = expand(*command, values=marked, environ=dict.fromkeys(environ, "${program}"), names=names, json_file="f")
    assert sum(word.count("train.py") for word in words) <= command.count("${program}")
