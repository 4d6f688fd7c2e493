"""What bayes says about its suggestions: kinds, numbers in the metric's units, the nearest run."""

import json
import math

import numpy as np
import pytest
from search_configs import parameters

from besom.config.model import Categorical, Uniform
from besom.search import Observation, Space
from besom.search.bayes import Bayes

LINE = Space(parameters(x=Uniform(0.0, 1.0)))


def bowl(places, goal="minimize"):
    sign = 1.0 if goal == "minimize" else -1.0
    return [Observation({("x",): x}, sign * (x - 0.5) ** 2, id=f"run at {x:.2f}") for x in places]


def why(observations, goal="minimize", **more):
    (suggestion,) = Bayes(goal).suggest(LINE, observations, [], seed=0, index=len(observations), **more)
    return suggestion.values[("x",)], suggestion.why


def test_a_step_towards_the_known_best_is_improving():
    x, record = why(bowl((0.0, 0.2, 0.4, 0.7, 1.0)))
    assert x == pytest.approx(0.5, abs=0.06)
    assert record["kind"] == "improving"


def test_a_step_into_the_unknown_is_exploring():
    """The left half is known to be much the same everywhere; nothing was tried on the right."""
    known = [Observation({("x",): x}, 1.0 + 0.1 * math.sin(90 * x)) for x in np.linspace(0, 0.5, 14)]
    known.append(Observation({("x",): 0.27}, 0.0))
    x, record = why(known)
    assert x > 0.7
    assert record["kind"] == "exploring"
    assert "little is known" in record["reason"]


@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_the_nearest_run_is_named_with_its_own_value(goal):
    observations = bowl((0.0, 0.2, 0.44, 0.8, 1.0), goal)
    x, record = why(observations, goal)
    closest = min(observations, key=lambda o: abs(o.values[("x",)] - x))
    assert record["nearest"]["id"] == closest.id
    assert record["nearest"]["value"] == pytest.approx(closest.y)
    assert 0 <= record["nearest"]["distance"] < 0.5


def test_what_is_said_fits_into_one_sentence_and_into_json():
    _, record = why(bowl((0.0, 0.2, 0.44, 0.8, 1.0)))
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert "\n" not in record["reason"]
    assert len(record["reason"]) < 160


def test_the_chance_of_success_is_told_once_something_has_failed():
    observations = bowl((0.0, 0.2, 0.44, 0.8, 1.0))
    assert "probability_of_success" not in why(observations)[1]
    failed = Observation({("x",): 0.9}, None, failed=True)
    assert 0 < why([*observations, failed])[1]["probability_of_success"] <= 1


def test_points_before_the_model_are_numbered():
    suggestions = Bayes().suggest(LINE, [], [], seed=0, index=0, count=6)
    assert [(s.why["kind"], s.why["point"], s.why["of"]) for s in suggestions[:2]] == [
        ("initial_design", 1, 4),
        ("initial_design", 2, 4),
    ]
    assert "point 1 of 4" in suggestions[0].why["reason"]
    assert "fewer than 2" in suggestions[5].why["reason"]


def test_in_a_used_up_space_every_point_is_called_a_repeat_be_it_of_the_design_or_of_the_model():
    space = Space(parameters(size=Categorical(("S", "L")), colour=Categorical(("red", "blue"))))
    points = [{("size",): size, ("colour",): colour} for size in ("S", "L") for colour in ("red", "blue")]
    results = [Observation(point, float(i)) for i, point in enumerate(points)]

    def records(results):
        suggestions = Bayes().suggest(space, results, [], seed=0, index=len(results), count=6)
        return [suggestion.why for suggestion in suggestions]

    again = "all 4 points of the space have runs, so this one is run again; "
    assert [why["kind"] == "repeat" for why in records(results[:3])] == [False, *[True] * 5]
    of_the_design, *of_the_model = records(results)
    assert of_the_design["reason"] == again + "point 5 of 5 spread out before there is a model"
    for why in of_the_model:
        assert (why["kind"], why["nearest"]["distance"]) == ("repeat", 0)
        assert why["reason"].startswith(again + "the model expects")
