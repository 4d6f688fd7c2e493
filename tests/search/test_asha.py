"""``early_terminate: {type: asha}``: asynchronous successive halving that stops."""

import pytest
from stopper_conformance import StopperConformance, race

from besom.config.model import Asha
from besom.search.stopping import AshaStopper


class TestAsha(StopperConformance):
    rule = Asha()


class TestAshaWithSlowRungs(StopperConformance):
    rule = Asha(min_iter=2, eta=1.5)


class TestAshaWithAnEnd(StopperConformance):
    rule = Asha(min_iter=1, eta=2, max_iter=16)


@pytest.mark.parametrize(
    ("rule", "rungs"),
    [
        (Asha(), [3, 9, 27, 81, 243, 729]),
        (Asha(min_iter=1, max_iter=81), [1, 3, 9, 27]),
        (Asha(min_iter=5, eta=4), [5, 20, 80, 320]),
        (Asha(min_iter=1, eta=1.5, max_iter=8), [1, 2, 3, 5, 7]),
    ],
)
def test_rungs_grow_by_eta_and_end_before_max_iter(rule, rungs):
    assert list(AshaStopper(rule).rungs(1000)) == rungs


@pytest.mark.parametrize(
    ("eta", "survivors"),
    [(3, {1: 1, 2: 1, 3: 1, 5: 1, 6: 2, 9: 3, 100: 33}), (2, {1: 1, 3: 1, 4: 2, 5: 2, 6: 3})],
)
def test_a_share_of_one_in_eta_goes_on_and_at_least_one(eta, survivors):
    stopper = AshaStopper(Asha(eta=eta))
    assert {count: stopper.survivors(count) for count in survivors} == survivors


def test_a_run_is_judged_among_those_that_have_come_so_far():
    """Values at rung 1 in the order of arrival: the first stays, a worse one goes, a better one stays."""
    decisions = race(AshaStopper(Asha(min_iter=1)), [[5.0], [6.0], [4.0], [4.5], [4.2]])
    assert {run: (s.threshold, s.rank, s.of) for run, s in decisions.items()} == {
        1: (5.0, 1, 2),
        3: (4.0, 1, 4),
        4: (4.0, 1, 5),
    }


def test_a_run_is_judged_once_per_rung():
    """It survived among those that had come so far; better runs that come later do not end it between two rungs."""
    decisions = race(AshaStopper(Asha(min_iter=1)), [[5.0] * 9, [1.0] * 9, [0.5] * 9], [0, 0, 1, 1, 2, 2, 0])
    assert {run: s.rung for run, s in decisions.items()} == {}
    decisions = race(AshaStopper(Asha(min_iter=1)), [[5.0] * 9, [1.0] * 9], [0, 0, 1, 1, 1, 0])
    assert {run: s.rung for run, s in decisions.items()} == {0: 3}


def test_the_sentence_names_rung_value_threshold_and_rank():
    decision = AshaStopper(Asha(), "maximize").decide(3, 0.5, 0.6, [0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    assert decision.reason == "stopped at its 3rd value: 0.5 was worse than 0.8, the second-best of 6 at that point"
