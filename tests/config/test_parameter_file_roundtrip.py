import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from besom.config import ConfigError, read_parameters, write_parameters

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)
PARAMETERS = st.dictionaries(st.text(max_size=20), JSON, max_size=5)


def typed(value):
    """The value with its types spelt out, since 1 == 1.0 == True."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return type(value), value


@given(PARAMETERS)
def test_every_json_value_comes_back_with_its_type(values):
    assert typed(read_parameters(write_parameters(values))) == typed(values)


@given(PARAMETERS.filter(lambda values: "wandb_version" not in values))  # the header's own name
def test_a_yaml_1_1_reader_understands_the_file_too(values):
    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 1)
    data = reader.load(write_parameters(values))
    expected = {name: {"value": value} for name, value in values.items()}
    assert typed(dict(data)) == typed({"wandb_version": 1, **expected})


def test_the_file_looks_like_this():
    text = write_parameters({"lr": 1e-05, "big": 1e22, "n": 3, "none": None, "x": {"a": [math.inf, -math.inf]}})
    assert text == (
        "wandb_version: 1\n"
        "\n"
        '"lr": {"value": 1.0e-05}\n'
        '"big": {"value": 1.0e+22}\n'
        '"n": {"value": 3}\n'
        '"none": {"value": null}\n'
        '"x": {"value": {"a": [.inf, -.inf]}}\n'
    )


def test_not_a_number_survives():
    back = read_parameters(write_parameters({"x": math.nan, "text": ".nan and -.inf"}))
    assert math.isnan(back["x"])
    assert back["text"] == ".nan and -.inf"


def test_the_block_style_of_other_writers_is_read():
    text = "wandb_version: 1\n\nlr:\n  value: 1.0e-05\nlayers:\n  desc: null\n  value:\n  - 1\n  - 2\n"
    assert read_parameters(text) == {"lr": 1e-05, "layers": [1, 2]}


@pytest.mark.parametrize("text", ["", "- 1", "wandb_version: 1\nlr: 5", "wandb_version: 1\nlr: {desc: 1}"])
def test_other_yaml_is_refused(text):
    with pytest.raises(ValueError, match="parameter file"):
        read_parameters(text)


def test_text_that_is_not_yaml_is_refused():
    with pytest.raises(ConfigError):
        read_parameters("wandb_version: 1\na: [")


def test_reading_needs_no_yaml_library():
    code = (
        "import sys; from besom.config.parameter_file import read_parameters as r, write_parameters as w;"
        "assert r(w({'lr': 0.1})) == {'lr': 0.1}; sys.exit('ruamel.yaml' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
