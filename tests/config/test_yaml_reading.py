import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from besom.config import ConfigError, load
from besom.config.yaml_reader import read_yaml
from besom.config.yaml_writer import write_yaml


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1e-4", 1e-4),
        ("5E-3", 5e-3),
        ("3e6", 3e6),
        ("-1.5e3", -1500.0),
        ("1.e-4", 1e-4),
        (".5e+1", 5.0),
        ("!!float 1e-4", 1e-4),
        ("!!float 3", 3.0),
        ("!!str 1e-4", "1e-4"),
        ("! 5", "5"),
        ('"1e-4"', "1e-4"),
        ("1.0e-4", 1e-4),
        ("yes", True),
        ("Off", False),
        ("FALSE", False),
        ("y", "y"),
        ("n", "n"),
        ("~", None),
        ("None", "None"),
        ("010", 8),
        ("-010", -8),
        ("08", "08"),
        ("0o10", "0o10"),
        ("0x1F", 31),
        ("0b101", 5),
        ("1_000", 1000),
        ("12:30", 750),
        ("1:30.5", 90.5),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("12e4567", "12e4567"),
        ("2020-01-01", "2020-01-01"),
        ("1.2.3", "1.2.3"),
        ("e5", "e5"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_unquoted_text_is_read_as_yaml_1_1_does_except_for_short_exponents(written, value):
    read = read_yaml(f"x: {written}").data["x"]
    assert (type(read), read) == (type(value), value)


def test_not_a_number_is_a_float():
    assert math.isnan(read_yaml("x: .nan").data["x"])


def test_every_key_has_its_place():
    document = read_yaml("a:\n  b: 5\n  c:\n    - 1\n    - {d: 2}\n")
    assert document.positions == {
        ("a",): (1, 1),
        ("a", "b"): (2, 6),
        ("a", "c"): (3, 3),
        ("a", "c", 0): (4, 7),
        ("a", "c", 1): (5, 7),
        ("a", "c", 1, "d"): (5, 11),
    }


def test_keys_keep_the_text_they_are_written_with():
    assert read_yaml("{on: 1, 010: 2, null: 3, 1.0: 4}").data == {"on": 1, "010": 2, "null": 3, "1.0": 4}


def test_a_merged_mapping_gives_way_to_the_keys_beside_it():
    text = "base: &b {x: 1, y: 2}\nmore: &m {y: 5, z: 6}\nuse: {y: 3, <<: [*b, *m]}\n"
    assert read_yaml(text).data["use"] == {"x": 1, "y": 3, "z": 6}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "not valid YAML"),
        ("a: 1\n\tb: 2", 2, "tab"),
        ("a: 1\nb: \x01", 2, "cannot stand in YAML"),
        ("a: 1\n---\nb: 2", 2, "second YAML document"),
        ("a: 1\nb: *nowhere", 2, "anchor"),
        ("a: &x\n  - *x", 2, "anchor"),
        ("a: !!python/object:os.system {}", 1, "tag"),
        ("a: !!float abc", 1, "does not fit"),
        ("a: 1\n[x]: 2", 2, "key must be plain text"),
        ("lr: {{ lr }}", 1, "{{ lr }}"),
        ("a: 1\n{% if x %}\n", 2, "{% if x %}"),
        ("command: [${env}, python]", 1, "macro inside brackets need quotes"),
        ("a: " + "[" * 200 + "]" * 200, 1, "levels deep"),
    ],
)
def test_text_that_is_not_yaml_is_refused_with_its_line(text, line, words):
    with pytest.raises(ConfigError) as caught:
        read_yaml(text)
    (problem,) = caught.value.problems
    assert problem.line == line
    assert words in problem.rule
    assert problem.fix


def test_aliases_that_multiply_without_end_are_refused():
    bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    with pytest.raises(ConfigError, match="more than 200,000 values"):
        load(bomb)


def test_endless_text_is_refused_at_once():
    with pytest.raises(ConfigError, match="1,000,000"):
        load("a: 1\n" * 300_000)


def loads_or_explains(text):
    try:
        return load(text).config.parameters
    except ConfigError as error:
        return error.problems


@given(st.text())
@example("%YAML 3.0\n---\na: 1")
@example("? a\n? b")
@example("!<tag:yaml.org,2002:int> 5")
@example("a: &b\n  <<: *b")
@example("\ud800")
def test_arbitrary_text_gives_a_configuration_or_a_config_error(text):
    assert loads_or_explains(text)


WORDS = [
    "method",
    "parameters",
    "random",
    "values",
    "min",
    "max",
    "1e-4",
    "0",
    "é",
    "!!float ",
    "!x ",
    "<<",
    "*a",
    "&a ",
]
SIGNS = [*"~-?#|%'\"[]{},:\n\t", ": ", "- ", "\n  ", "\n    ", ">-", "---", "..."]
YAML_PIECES = st.sampled_from([*WORDS, *SIGNS])


@given(st.lists(YAML_PIECES, max_size=30).map("".join))
def test_arbitrary_yaml_like_text_gives_a_configuration_or_a_config_error(text):
    assert loads_or_explains("method: random\n" + text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=30,
)


@given(st.dictionaries(st.text(max_size=10), JSON, min_size=1, max_size=5))
@example({"a": "yes", "b": "1e-4", "c": "010", "d": "${args}", "e": "--x", "f": "---", "<<": "x"})
def test_what_is_written_as_yaml_reads_back_the_same(data):
    assert repr(read_yaml(write_yaml(data)).data) == repr(data)
