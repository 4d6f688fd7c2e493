import math

import pytest

from besom.config.model import Metric
from besom.search import Trial, observe, trial_from_history

A = ("a",)


def trials(metric):
    """The contract's worked example: six runs at a = 0.1 to 0.6."""
    runs = [
        (0.1, "finished", [5, 2, 3]),
        (0.2, "finished", [9, 8]),
        (0.3, "crashed", [7, 1, 4]),
        (0.4, "killed", []),
        (0.5, "running", [6, 1.5, 2.5]),
        (0.6, "pending", []),
    ]
    return [trial_from_history({A: a}, state, metric, history) for a, state, history in runs]


@pytest.mark.parametrize(
    ("metric", "y", "waiting"),
    [
        (Metric("m"), [2, 8, 9, 9], [0.5, 0.6]),
        (Metric("m", impute="best"), [2, 8, 1, 0], [0.5, 0.6]),
        (Metric("m", impute="latest"), [2, 8, 4, 0], [0.5, 0.6]),
        (Metric("m", impute_while_running="latest"), [2, 8, 9, 9, 1.5], [0.6]),
        (Metric("m", impute_while_running="best"), [2, 8, 9, 9, 1.5], [0.6]),
        (Metric("m", impute_while_running="worst"), [2, 8, 9, 9, 1.5], [0.6]),
        (Metric("m", goal="maximize"), [5, 9, 1, 1], [0.5, 0.6]),
    ],
)
def test_the_worked_example(metric, y, waiting):
    observations, pending = observe(metric, trials(metric))
    assert [o.y for o in observations] == y
    assert [p[A] for p in pending] == waiting


def test_failures_are_kept_apart_unless_imputing_was_asked_for():
    metric = Metric("m")
    observations, _ = observe(metric, trials(metric), reading="separate")
    assert [(o.y, o.failed) for o in observations] == [(2, False), (8, False), (1, True), (None, False)]
    assert not any(o.imputed for o in observations)


def test_a_run_stopped_early_tells_its_own_best():
    metric = Metric("m", goal="maximize")
    stopped = trial_from_history({A: 1}, "killed", metric, [0.1, 0.4, 0.3])
    (observation,), _ = observe(metric, [stopped], reading="separate")
    assert (observation.y, observation.failed) == (0.4, False)


def test_a_finished_run_without_a_number_is_a_failure():
    (observation,), _ = observe(Metric("m"), [Trial({A: 1}, "finished")], reading="separate")
    assert (observation.y, observation.failed) == (None, True)


def test_a_crash_without_values_does_not_look_perfect():
    """impute: best means a run's own best; one that has none is a failure, not a loss of 0."""
    metric = Metric("m", impute="best")
    (observation,), _ = observe(metric, [Trial({A: 1}, "crashed")], reading="impute", blank=None)
    assert (observation.y, observation.failed) == (None, True)


def test_a_running_run_without_values_is_waited_for():
    metric = Metric("m", impute_while_running="best")
    observations, pending = observe(metric, [Trial({A: 1}, "running")], reading="separate")
    assert (observations, pending) == ([], [{A: 1}])


@pytest.mark.parametrize("state", ["pending", "preempting", "preempted"])
def test_unstarted_and_preempted_runs_are_pending(state):
    assert observe(Metric("m"), [Trial({A: 1}, state, best=1.0)]) == ([], [{A: 1}])


def test_only_finite_numbers_count():
    history = [math.nan, "NaN", "Infinity", True, None, math.inf, 3, [1], 2.0]
    trial = trial_from_history({}, "finished", Metric("m"), history, summary="Infinity")
    assert trial == Trial({}, "finished", best=2.0, last=2.0, worst=3.0, value=2.0)


def test_the_summary_counts_for_the_best_but_is_not_the_latest():
    trial = trial_from_history({}, "finished", Metric("m"), [4, 5], summary=1)
    assert (trial.best, trial.last, trial.worst) == (1, 5, 5)


def test_non_finite_aggregates_are_no_values():
    observations, _ = observe(Metric("m"), [Trial({}, "finished", math.nan, math.nan, math.inf)])
    assert [o.y for o in observations] == [0.0]


def test_without_a_metric_runs_are_points_only():
    observations, pending = observe(None, [Trial({A: 1}, "finished", 3.0), Trial({A: 2}, "running", 3.0)])
    assert ([(o.values[A], o.y) for o in observations], pending) == ([(1, None)], [{A: 2}])


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        (Metric("m"), 1.0),
        (Metric("m", "maximize"), 9.0),
        (Metric("m", use="last"), 4.0),
        (Metric("m", use="mean_last", window=2), 3.0),
        (Metric("m", use="mean_last", window=50), 4.2),
    ],
)
def test_a_run_counts_with_the_number_that_the_metric_uses(metric, value):
    trial = trial_from_history({A: 1}, "finished", metric, [9, 5, 1, 2, math.nan, 4])
    assert trial.value == pytest.approx(value)
    (observation,), _ = observe(metric, [trial], reading="separate")
    assert observation.y == trial.value


@pytest.mark.parametrize(("use", "value"), [("best", 1.0), ("last", 7.0)])
def test_a_trial_that_says_no_number_counts_with_its_best_or_last(use, value):
    (observation,), _ = observe(Metric("m", use=use), [Trial({A: 1}, "finished", 1.0, 7.0, 9.0)])
    assert observation.y == value


def test_the_mean_of_numbers_whose_sum_is_none_is_finite():
    metric = Metric("m", use="mean_last", window=2)
    assert trial_from_history({A: 1}, "finished", metric, [1e308, 1.5e308]).value == 1.25e308


def test_a_summary_alone_is_the_number_of_any_use():
    for use in ("best", "last", "mean_last"):
        assert trial_from_history({}, "finished", Metric("m", use=use), [], summary=3).value == 3.0


@pytest.mark.parametrize(
    ("state", "best", "stopped"), [("killed", 2.0, True), ("killed", None, False), ("finished", 2.0, False)]
)
def test_only_a_run_that_ended_before_its_time_with_a_value_counts_as_stopped(state, best, stopped):
    (observation,), _ = observe(Metric("m"), [Trial({A: 1}, state, best, id="r1")], reading="separate")
    assert (observation.stopped, observation.id) == (stopped, "r1")
