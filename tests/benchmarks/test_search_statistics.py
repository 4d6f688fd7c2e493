"""What the report of the search benchmark computes."""

import numpy as np
import pytest
from benchmarks.search.statistics import CAP, bootstrap, evaluations_to, incumbents, mean_ranks, normalised_regret


def test_the_incumbent_is_what_looked_best_and_counts_with_its_true_value():
    observed = [3.0, None, 1.0, 2.0]
    true = [2.5, None, 2.8, 1.0]
    assert incumbents(observed, true).tolist() == [2.5, 2.5, 2.8, 2.8]


def test_there_is_no_incumbent_before_anything_has_worked():
    assert incumbents([None, 4.0], [None, 4.0]).tolist() == [np.inf, 4.0]


def test_regret_is_0_at_the_optimum_and_1_at_median_random_search():
    random = np.array([8.0, 6.0, 4.0])
    assert normalised_regret(np.array([8.0, 4.0, 2.0]), 2.0, random).tolist() == [1.0, 0.5, 0.0]


def test_regret_is_capped():
    assert normalised_regret(np.array([1e9, np.inf]), 0.0, np.array([1.0, 1.0])).tolist() == [CAP, CAP]


def test_where_random_search_finds_the_optimum_nobody_has_regret():
    assert normalised_regret(np.array([5.0]), 5.0, np.array([5.0])).tolist() == [0.0]


def test_a_first_success_counts_as_random_search_while_that_has_none():
    random = np.array([np.inf, np.inf])
    assert normalised_regret(np.array([np.inf, 3.0]), 0.0, random).tolist() == [CAP, 1.0]


def test_evaluations_are_counted_up_to_the_one_that_reaches_the_level():
    assert evaluations_to(np.array([3.0, 2.0, 1.0]), 2.0) == 2
    assert evaluations_to(np.array([3.0, 2.5]), 2.0) == np.inf


def test_ties_share_a_rank():
    assert mean_ranks(np.array([[1.0, 0.0], [1.0, 5.0], [2.0, 6.0]])).tolist() == [1.25, 1.75, 3.0]


def test_the_interval_excludes_zero_only_where_problems_agree():
    agreed = {f"p{k}": [-0.2, -0.3, -0.1] for k in range(20)}
    mean, low, high = bootstrap(agreed)
    assert mean == pytest.approx(-0.2)
    assert low < mean < high < 0
    split = {f"p{k}": [0.5 if k % 2 else -0.6] for k in range(20)}
    _, low, high = bootstrap(split)
    assert low < 0 < high


def test_a_problem_with_many_trajectories_weighs_no_more_than_one_with_few():
    mean, _, _ = bootstrap({"often": [1.0] * 50, "once": [0.0]})
    assert mean == pytest.approx(0.5)
