"""``run.config``."""

from __future__ import annotations

import argparse
import dataclasses
import enum
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from besom.errors import UsageError
from besom.sdk.config import Config, merge, to_mapping


class Changes(list[dict[str, Any]]):
    """What a configuration reported as changed."""


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def config(changes: Changes) -> Config:
    return Config({"lr": 0.1, "epochs": 3, "net": {"width": 8}}, {"lr": 0.5}, changes.append)


def test_it_reads_as_a_dict_and_by_attribute(config: Config) -> None:
    assert config.lr == config["lr"] == config.get("lr") == 0.5
    assert dict(config) == {**config} == config.as_dict() == {"lr": 0.5, "epochs": 3, "net": {"width": 8}}
    assert "lr" in config
    assert "momentum" not in config
    assert config.get("momentum", 0.9) == 0.9
    assert list(config) == list(config.keys()) == ["lr", "epochs", "net"]
    assert len(config) == 3


def test_a_missing_key_names_the_nearest(config: Config) -> None:
    with pytest.raises(AttributeError, match="did you mean 'epochs'"):
        _ = config.epoch
    with pytest.raises(KeyError, match="did you mean 'epochs'"):
        _ = config["epoch"]
    assert not hasattr(config, "momentum")


def test_new_keys_may_be_set_in_every_way(config: Config, changes: Changes) -> None:
    config.a = 1
    config["b"] = 2
    config.update({"c": 3}, d=4)
    config.update(argparse.Namespace(e=5))
    assert changes == [{"a": 1}, {"b": 2}, {"c": 3, "d": 4}, {"e": 5}]
    assert (config.a, config.b, config.c, config.d, config.e) == (1, 2, 3, 4, 5)


def test_another_value_for_a_key_needs_allow_val_change(config: Config, changes: Changes) -> None:
    with pytest.raises(UsageError, match="allow_val_change"):
        config.update({"epochs": 4, "new": 1})
    assert "new" not in config
    assert changes == []
    config.update({"epochs": 4}, allow_val_change=True)
    assert config.epochs == 4


def test_the_same_value_again_is_no_change(config: Config, changes: Changes) -> None:
    config.epochs = 3
    config.update({"net": {"width": 8}})
    assert changes == []


@pytest.mark.parametrize("attempt", ["attribute", "item", "update", "forced"])
def test_a_key_that_the_sweep_set_is_locked(config: Config, capsys, attempt: str) -> None:
    match attempt:
        case "attribute":
            config.lr = 7
        case "item":
            config["lr"] = 7
        case "update":
            config.update({"lr": 7, "extra": 1})
        case _:
            config.update({"lr": 7}, allow_val_change=True)
    assert config.lr == 0.5
    warnings = capsys.readouterr().err.splitlines()
    assert len(warnings) == 1
    assert "config['lr']" in warnings[0]
    assert "sweep" in warnings[0]


def test_a_program_that_rewrites_a_locked_value_again_and_again_is_told_once(config: Config, capsys) -> None:
    for rate in (7, 8, 9):
        config.lr = rate
    config.update({"lr": 7}, allow_val_change=True)
    assert config.lr == 0.5
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_setdefaults_adds_only_what_is_missing(config: Config, capsys) -> None:
    config.setdefaults({"lr": 7, "epochs": 9, "batch": 32})
    assert (config.lr, config.epochs, config.batch) == (0.5, 3, 32)
    assert capsys.readouterr().err == ""


def test_groups_are_merged_and_the_sweeps_leaves_win() -> None:
    program = {"nested": {"a": 0, "b": 2, "deep": {"y": 1}}}
    sweep = {"nested": {"a": 1, "deep": {"x": 9}}}
    config = Config(program, sweep)
    assert config.nested == {"a": 1, "b": 2, "deep": {"y": 1, "x": 9}}
    config.update({"nested": {"b": 3}}, allow_val_change=True)
    assert config.nested["b"] == 2


Tree = st.recursive(
    st.integers(),
    lambda below: st.dictionaries(st.sampled_from("abc"), below, max_size=3),
    max_leaves=8,
).filter(lambda value: isinstance(value, dict))


@given(base=Tree, over=Tree)
def test_after_a_merge_every_leaf_put_on_top_is_found_again(base: dict, over: dict) -> None:
    def holds(merged: Any, wanted: Any) -> bool:
        if isinstance(wanted, dict):
            return isinstance(merged, dict) and all(holds(merged[key], value) for key, value in wanted.items())
        return merged == wanted

    merged = merge(base, over)
    assert holds(merged, over)
    assert merge(merged, over) == merged
    assert set(merged) == set(base) | set(over)


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Settings:
    lr: float = 0.1
    layers: tuple[int, ...] = (1, 2)


class Omega:
    """Has the two methods by which a mapping of another library is known."""

    def __init__(self, **values: Any) -> None:
        self._values = values

    def keys(self):
        return self._values.keys()

    def items(self):
        return self._values.items()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (None, {}),
        ({"a": 1}, {"a": 1}),
        (argparse.Namespace(lr=0.1, path=Path("x")), {"lr": 0.1, "path": "x"}),
        (Settings(), {"lr": 0.1, "layers": [1, 2]}),
        (OrderedDict(a=OrderedDict(b=1)), {"a": {"b": 1}}),
        (Omega(a=Omega(b=1)), {"a": {"b": 1}}),
        (
            {"x": np.float32(0.5), "n": np.int64(3), "v": np.array([1, 2]), "t": np.bool_(True)},
            {"x": 0.5, "n": 3, "v": [1, 2], "t": True},
        ),
        ({"set": {3, 1, 2}, "colour": Colour.RED, 1: 2}, {"set": [1, 2, 3], "colour": "red", "1": 2}),
    ],
)
def test_whatever_programs_keep_settings_in_becomes_a_plain_dict(source: Any, expected: dict) -> None:
    assert repr(to_mapping(source, "init")) == repr(expected)  # 3 is not 3.0: programs count with it


def test_what_json_cannot_hold_is_kept_as_text_with_one_warning_that_names_it(capsys) -> None:
    converted = to_mapping({"device": complex(1, 2), "net": {"act": max}}, "init")
    assert converted == {"device": "(1+2j)", "net": {"act": "<built-in function max>"}}
    assert "device, net.act" in capsys.readouterr().err


@pytest.mark.parametrize("source", [3, "config.yaml", [("a", 1)], Settings])
def test_anything_else_is_refused(source: Any) -> None:
    with pytest.raises(UsageError, match="not a dict"):
        to_mapping(source, "init(config=...)")
