"""``early_terminate: {type: median}``: runs that fall behind the median run."""

import pytest
from stopper_conformance import StopperConformance, race

from besom.config.model import Median
from besom.search.stopping import MedianStopper


class TestMedian(StopperConformance):
    rule = Median()


class TestMedianFromTheFirstRunOn(StopperConformance):
    rule = Median(min_iter=2, min_runs=1)


class TestMedianAtIntervals(StopperConformance):
    rule = Median(min_iter=1, min_runs=2, interval=5)


@pytest.mark.parametrize(
    ("rule", "rungs"),
    [
        (Median(min_iter=1), [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 22, 27, 33]),
        (Median(min_iter=5, interval=10), [5, 15, 25, 35, 45, 55, 65, 75, 85, 105]),
        (Median(min_iter=100, interval=4), [100, 124, 152, 188]),
    ],
)
def test_rungs_come_at_each_interval_and_thin_out_to_quarters(rule, rungs):
    assert list(MedianStopper(rule).rungs(rungs[-1])) == rungs


def test_nobody_is_stopped_before_enough_runs_have_come_as_far():
    curves = [[1.0], [2.0], [3.0], [9.0], [10.0], [11.0]]
    assert list(race(MedianStopper(Median(min_iter=1, min_runs=3)), curves)) == [3, 4, 5]
    assert list(race(MedianStopper(Median(min_iter=1)), curves)) == [5]


def test_the_sentence_names_value_and_median():
    decision = MedianStopper(Median(min_runs=2)).decide(4, 0.9, 0.8, [0.1, 0.2, 0.3, 0.9])
    assert (
        decision.reason
        == "stopped at its 4th value: its best so far, 0.8, was worse than 0.3, the median of 4 runs at that point"
    )
