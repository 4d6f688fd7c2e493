"""Curves of ended runs replayed through rules of early stopping."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from besom.config.model import Asha, Hyperband, Median
from besom.search.stopping import make_stopper
from besom.search.stopping.replay import Recorded, replay

RULES = [Hyperband(min_iter=2), Asha(min_iter=1), Median(min_iter=2, min_runs=1)]
CURVES = st.lists(st.lists(st.integers(0, 9).map(float), min_size=1, max_size=20), min_size=1, max_size=8)


def least(values):
    return min(values, default=None)


def recorded(*curves, start=lambda run: 0.0):
    """Runs that log a value a second after their start."""
    return [
        Recorded(
            str(run), start(run), start(run) + len(curve) + 1, curve, [start(run) + i + 1.0 for i in range(len(curve))]
        )
        for run, curve in enumerate(curves)
    ]


def test_what_is_saved_and_kept_is_counted():
    good, bad = [3.0, 2.0, 1.0, 1.0], [9.0, 8.0, 7.0, 0.5]
    found = replay(make_stopper(Hyperband(min_iter=2), "minimize"), recorded(good, bad), least)
    (first, second) = found.runs
    assert (first.stop, first.kept, first.saved) == (None, 4, 0.0)
    assert (second.stop.rung, second.stop.threshold, second.kept, second.saved) == (2, 2.0, 2, 3.0)
    assert (found.stopped, found.values_saved, found.time_saved) == (1, 2 / 8, 3 / 10)
    assert (found.best, found.best_kept, found.regret) == (0.5, 1.0, 0.5)


def test_the_order_of_logging_decides_not_that_of_the_runs():
    stopper = make_stopper(Asha(min_iter=1), "minimize")
    curves = [[5.0] * 4, [4.0] * 4]
    assert [run.kept for run in replay(stopper, recorded(*curves), least).runs] == [4, 4]
    later = recorded(*curves, start=lambda run: 100.0 if run == 0 else 0.0)
    assert [run.kept for run in replay(stopper, later, least).runs] == [1, 4]


def test_a_clock_that_went_back_does_not_reorder_a_run():
    run = Recorded("a", 0.0, 9.0, [3.0, 2.0, 1.0], [5.0, 4.0, 3.0])
    assert replay(make_stopper(Asha(), "minimize"), [run], least).runs[0].kept == 3


def test_being_stopped_at_the_last_value_is_no_stop():
    found = replay(make_stopper(Asha(min_iter=1), "minimize"), recorded([1.0], [2.0]), least)
    assert (found.stopped, found.values_saved, found.time_saved) == (0, 0.0, 0.0)


def test_nothing_is_nothing():
    found = replay(make_stopper(Asha(), "minimize"), [], least)
    assert (found.best, found.best_kept, found.regret, found.values_saved, found.time_saved) == (
        None,
        None,
        0.0,
        0.0,
        0.0,
    )


def test_a_run_may_stand_better_where_it_was_stopped():
    """With ``use: last`` a run that gets worse in the end counts for more when it is cut."""
    curves = [[1.0, 1.0, 9.0], [2.0, 8.0, 8.0]]
    found = replay(make_stopper(Asha(min_iter=1), "minimize"), recorded(*curves), lambda values: values[-1])
    assert (found.best, found.best_kept, found.regret) == (8.0, 2.0, -6.0)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
@given(curves=CURVES, random=st.randoms(use_true_random=False))
def test_a_replay_keeps_prefixes_and_loses_what_it_says(rule, curves, random):
    ticks = itertools.count()
    turns = [run for run, curve in enumerate(curves) for _ in curve]
    random.shuffle(turns)
    times = [[] for _ in curves]
    for run in turns:
        times[run].append(float(next(ticks)))
    runs = [Recorded(str(i), 0.0, 1e3, curve, times[i]) for i, curve in enumerate(curves)]
    found = replay(make_stopper(rule, "minimize"), runs, least)
    for one in found.runs:
        assert 1 <= one.kept <= len(one.run.values)
        assert (one.stop is None) == (one.kept == len(one.run.values))
        assert one.number == min(one.run.values[: one.kept])
        assert 0 <= one.saved <= 1e3
    assert found.regret == found.best_kept - found.best >= 0
    assert 0 <= found.values_saved < 1
    negated = [Recorded(run.id, 0.0, 1e3, [-value for value in run.values], run.times) for run in runs]
    assert [run.kept for run in replay(make_stopper(rule, "maximize"), negated, max).runs] == [
        r.kept for r in found.runs
    ]
