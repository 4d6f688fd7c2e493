"""``early_terminate: {type: hyperband}``: its brackets and its worked numbers."""

from dataclasses import replace

import pytest
from search_configs import config
from stopper_conformance import StopperConformance

from besom.config.model import Hyperband, Metric
from besom.search.stopping import HyperbandStopper, stop, stopper_for


class TestHyperband(StopperConformance):
    rule = Hyperband(min_iter=3)


class TestHyperbandThatComparesTheBestSoFar(StopperConformance):
    rule = Hyperband(min_iter=2, eta=1.5, strict=False)


class TestHyperbandDownFromTheEnd(StopperConformance):
    rule = Hyperband(max_iter=27, s=3, eta=2)


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        (Hyperband(min_iter=3), [3, 9, 27, 81]),
        (Hyperband(min_iter=3, eta=2), [3, 6, 12, 24]),
        (Hyperband(min_iter=1, eta=1.5), [1, 2, 3, 5, 7]),
        (Hyperband(min_iter=30, eta=1.5), [30, 45, 67, 101]),
    ],
)
def test_brackets_from_min_iter_go_on(rule, first):
    found = HyperbandStopper(rule).rungs(10**6)
    assert found[: len(first)] == first
    assert len(found) > len(first)


@pytest.mark.parametrize(
    ("rule", "brackets"),
    [
        (Hyperband(max_iter=27, s=2), [3, 9]),
        (Hyperband(max_iter=81, s=3), [3, 9, 27]),
        (Hyperband(max_iter=81, s=10), [1, 3, 9, 27]),
        (Hyperband(max_iter=18, s=2), [2, 6]),
        (Hyperband(max_iter=5, s=2, eta=2), [1, 2]),
        (Hyperband(max_iter=100, s=2, eta=4), [6, 25]),
        (Hyperband(min_iter=50, max_iter=27, s=2), [3, 9]),
    ],
)
def test_brackets_down_from_max_iter_are_all(rule, brackets):
    stopper = HyperbandStopper(rule)
    assert stopper.rungs(10**6) == brackets
    assert stopper.rungs(brackets[-1] - 1) == brackets[:-1]


@pytest.mark.parametrize("rule", [Hyperband(max_iter=2, s=2), Hyperband(max_iter=27, s=0)])
def test_a_rule_without_brackets_is_an_error(rule):
    with pytest.raises(ValueError, match="no bracket"):
        HyperbandStopper(rule)


FIVE = HyperbandStopper(Hyperband(max_iter=5, s=2, eta=2))


def test_the_worked_example():
    runs = {
        "a": ("finished", [10, 9]),
        "b": ("running", [10, 10]),
        "c": ("running", [10, 8, 8]),
        "d": ("running", [10, 7, 7]),
        "e": ("finished", [10, 6, 6]),
    }
    stopped = stop(FIVE, runs)
    assert {run: (s.rung, s.value, s.threshold, s.rank) for run, s in stopped.items()} == {"b": (2, 10, 8, 3)}
    assert stopped["b"].reason == "stopped at its 2nd value: 10 was worse than 8, the third-best at that point"
    runs |= {"a": ("finished", [10]), "b": ("running", [11])}
    stopped = stop(FIVE, runs)
    assert {run: (s.rung, s.threshold) for run, s in stopped.items()} == {"b": (1, 10), "c": (2, 7)}


THREE = {"p": ("running", [5, 4, 6]), "q": ("running", [5, 5, 3]), "r": ("running", [2, 9, 9])}


def test_strict_compares_the_value_at_the_bracket():
    (run, decision), *others = stop(HyperbandStopper(Hyperband(min_iter=3)), THREE).items()
    assert (run, decision.value, decision.threshold, others) == ("r", 9, 6, [])


def test_not_strict_compares_the_best_so_far():
    lenient = HyperbandStopper(Hyperband(min_iter=3, strict=False))
    assert stop(lenient, THREE) == {}
    decision = lenient.decide(3, 9.0, 7.0, [3.0, 6.0, 9.0])
    assert (
        decision.reason
        == "stopped at its 3rd value: its best so far, 7, was worse than 6, the second-best at that point"
    )


def test_maximize_turns_everything_round():
    negated = {run: (state, [-v for v in values]) for run, (state, values) in THREE.items()}
    stopped = stop(HyperbandStopper(Hyperband(min_iter=3), "maximize"), negated)
    assert {run: (s.value, s.threshold) for run, s in stopped.items()} == {"r": (-9, -6)}


def test_what_is_no_number_is_no_iteration():
    stopper = HyperbandStopper(Hyperband(min_iter=3))
    others = {"a": ("finished", [1, 1, 1]), "b": ("finished", [1, 1, 1])}
    assert stop(stopper, others | {"late": ("running", [5, float("nan"), 5])}) == {}
    assert list(stop(stopper, others | {"late": ("running", [5, float("nan"), 5, 5])})) == ["late"]


@pytest.mark.parametrize(
    ("eta", "survivors"),
    [(3, {1: 1, 2: 1, 3: 2, 4: 2, 5: 2, 6: 3, 7: 3}), (2, {1: 1, 2: 2, 3: 2, 4: 3, 5: 3, 6: 4, 7: 4})],
)
def test_how_many_survive(eta, survivors):
    stopper = HyperbandStopper(Hyperband(min_iter=1, eta=eta))
    for n, expected in survivors.items():
        assert n - len(stop(stopper, {i: ("running", [i]) for i in range(n)})) == expected


def test_only_the_last_reached_bracket_is_looked_at():
    stopper = HyperbandStopper(Hyperband(min_iter=1, eta=2))
    runs = {"good": ("finished", [1, 1]), "better": ("finished", [0, 1]), "slipped": ("running", [9, 1])}
    assert stop(stopper, runs) == {}


def test_a_run_before_the_first_bracket_is_left_alone():
    runs = {"good": ("finished", [1, 1, 1]), "bad": ("running", [9, 9])}
    assert stop(HyperbandStopper(Hyperband(min_iter=3)), runs) == {}


def test_places_beyond_words_are_numbered():
    values = [float(v) for v in range(45)]
    decision = HyperbandStopper(Hyperband(min_iter=11, eta=2)).decide(11, 44.0, 44.0, values)
    assert decision.reason == "stopped at its 11th value: 44 was worse than 22, the 23rd-best at that point"


def test_the_configuration_chooses_the_stopper():
    assert stopper_for(config("random")) is None
    swept = replace(config("random", Metric("acc", "maximize")), early_terminate=Hyperband(min_iter=1))
    assert stopper_for(swept).decide(1, 0.1, 0.1, [0.6, 0.5, 0.1]) is not None
