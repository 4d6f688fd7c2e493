"""Points that a configuration starts with."""

from __future__ import annotations

import pytest

from besom.config import ConfigError, load_mapping, load_stored, read_point

PARAMETERS = {
    "lr": {"distribution": "log_uniform_values", "min": 1e-5, "max": 0.1},
    "model": {"parameters": {"layers": {"min": 1, "max": 6}, "flag": {"values": [True, 1, "1"]}}},
    "epochs": {"value": 20},
    "drop": {"distribution": "q_uniform", "min": 0.0, "max": 0.5, "q": 0.1},
    "noise": {"distribution": "normal", "mu": 0, "sigma": 1},
}
POINT = {"lr": 1e-3, "model": {"layers": 2, "flag": 1}, "drop": 0.3, "noise": -7}


def started(*points: object, **more: object) -> tuple:
    config = {"method": "random", "parameters": PARAMETERS, "start_with": list(points), **more}
    return load_mapping(config).config.start_with


def test_a_point_is_completed_with_the_only_values_of_other_parameters() -> None:
    (point,) = started(POINT)
    assert point == {
        ("lr",): 1e-3,
        ("model", "layers"): 2,
        ("model", "flag"): 1,
        ("epochs",): 20,
        ("drop",): 0.3,
        ("noise",): -7.0,
    }
    assert point["model", "flag"] is not True


def test_numbers_take_the_type_that_search_gives_them() -> None:
    (point,) = started({**POINT, "lr": "1e-3", "model": {"layers": 2.0, "flag": True}})
    assert (point["lr",], type(point["model", "layers"])) == (1e-3, int)
    assert point["model", "flag"] is True


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"lr": 1.0}, "start_with[0].lr = 1.0\n  The parameter is a number from 1e-05 to 0.1."),
        ({"drop": 0.25}, "start_with[0].drop = 0.25\n  The parameter is a number from 0 to 0.5, in steps of 0.1."),
        ({"epochs": 3}, "start_with[0].epochs = 3\n  The parameter is always 20."),
        ({"model": {"layers": 2.5, "flag": 1}}, "layers = 2.5\n  The parameter is a whole number from 1 to 6."),
        ({"model": {"layers": 2, "flag": "yes"}}, 'flag = "yes"\n  The parameter is one of true, 1, "1".'),
        ({"noise": "loud"}, "The parameter is a finite number."),
        ({"depth": 1}, "The sweep has no parameter `depth` here."),
    ],
)
def test_a_value_that_a_parameter_cannot_have_is_named_with_the_rule(change: dict, problem: str) -> None:
    with pytest.raises(ConfigError) as error:
        started({**POINT, **change})
    assert problem in str(error.value)


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(ConfigError, match=r"start_with\[1\]\.noise\n  The parameter has no value here"):
        started(POINT, {key: value for key, value in POINT.items() if key != "noise"})


@pytest.mark.parametrize("given", ["lr", {"lr": 1}, [3]])
def test_what_is_no_list_of_points_is_refused(given: object) -> None:
    with pytest.raises(ConfigError, match="start_with"):
        load_mapping({"method": "random", "parameters": PARAMETERS, "start_with": given})


def test_more_points_than_can_be_queued_at_once_are_refused_and_those_of_an_older_server_stay() -> None:
    config = {"method": "random", "parameters": PARAMETERS, "start_with": [{**POINT, "noise": n} for n in range(1_001)]}
    with pytest.raises(ConfigError, match=r"start_with\n  The list has 1,001 points; at most 1,000"):
        load_mapping(config)
    assert len(load_stored(config).start_with) == 1_001


def test_a_point_that_is_there_twice_is_refused() -> None:
    with pytest.raises(ConfigError, match="The same point is in the list before"):
        started(POINT, {**POINT, "noise": -7.0})


def test_a_grid_takes_only_its_own_points() -> None:
    parameters = {"drop": {"distribution": "q_uniform", "min": 0.05, "max": 0.35, "q": 0.1}}
    grid = {"method": "grid", "parameters": parameters}
    assert load_mapping({**grid, "start_with": [{"drop": 0.25}]}).config.start_with == ({("drop",): 0.25},)
    for other in (0.2, 0.35):
        with pytest.raises(ConfigError, match=r"in steps of 0\.1 from 0\.05 on, below 0\.35"):
            load_mapping({**grid, "start_with": [{"drop": other}]})


def test_a_point_alone_is_read_by_the_same_rules() -> None:
    config = load_mapping({"method": "random", "parameters": PARAMETERS}).config
    assert read_point(POINT, config)["epochs",] == 20
    with pytest.raises(ConfigError, match="has no value here"):
        read_point({}, config)
