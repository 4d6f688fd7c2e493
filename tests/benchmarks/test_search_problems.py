"""The problems of the search benchmark: each is what its space, its half and its optimum say."""

import math

import numpy as np
import pytest
from benchmarks.search.problem import Failed
from benchmarks.search.problems import GROUPS, select, suite
from benchmarks.search.space import Space

from besom.config import load


def some_values(problem, n=40):
    rng = np.random.default_rng(5)
    return [problem.space.sample(rng) for _ in range(n)]


def test_every_problem_is_a_sweep_configuration_without_errors():
    for name, problem in suite().items():
        config = load(problem.config).config
        assert {p.name for p in config.parameters} == set(problem.parameters), name


def test_no_point_is_better_than_the_optimum():
    for name, problem in suite().items():
        values = [problem.true(point) for point in some_values(problem)]
        assert np.nanmin(values) >= problem.optimum - 1e-9 * (1 + abs(problem.optimum)), name


def test_a_point_has_a_value_or_fails_and_says_the_same_again():
    for name, problem in suite().items():
        for point in some_values(problem, 5):
            assert problem.true(point) == problem.true(dict(point)) or math.isnan(problem.true(point)), name
            if math.isnan(problem.true(point)):
                with pytest.raises(Failed):
                    problem.evaluate(point, np.random.default_rng(0))


def test_both_halves_have_problems_of_every_group():
    for half in ("develop", "confirm"):
        assert {problem.group for problem in select(half)} == set(GROUPS)


def test_no_table_is_tuned_on_in_one_half_and_confirmed_on_in_the_other():
    names = {half: {p.name for p in select("tuning") if p.half == half} for half in ("develop", "confirm")}
    assert names["develop"]
    assert not names["develop"] & names["confirm"]


def test_all_means_both_halves_and_not_the_classics():
    assert {p.half for p in select("all")} == {"develop", "confirm"}
    assert {p.name for p in select("classics")} == {"branin", "hartmann-6"}


def test_an_unknown_name_is_answered_with_those_that_exist():
    with pytest.raises(KeyError, match=r"bboob.*bbob-f4-2d"):
        select("bboob")


def test_noise_is_added_to_what_a_run_reports_and_not_to_what_it_is():
    (problem,) = select("noisy-mixed")
    point = some_values(problem, 1)[0]
    reported = [problem.evaluate(point, np.random.default_rng(k)) for k in range(200)]
    assert np.std(reported) == pytest.approx(problem.noise, rel=0.2)
    assert np.mean(reported) == pytest.approx(problem.true(point), abs=problem.noise / 3)


def test_runs_break_down_by_chance_where_a_problem_says_so():
    (problem,) = select("failing-memory")
    point = next(p for p in some_values(problem) if not math.isnan(problem.true(p)))

    def fails(k):
        try:
            problem.evaluate(point, np.random.default_rng(k))
        except Failed:
            return True
        return False

    assert np.mean([fails(k) for k in range(500)]) == pytest.approx(problem.crash_rate, abs=0.05)


def test_branin_and_hartmann_have_their_published_minima():
    branin, hartmann = select("classics")
    assert branin.true({"x": math.pi, "y": 2.275}) == pytest.approx(0.397887, abs=1e-5)
    best = dict(zip(hartmann.parameters, (0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573), strict=True))
    assert hartmann.true(best) == pytest.approx(-3.32237, abs=1e-5)


def test_a_parameter_is_left_out_where_its_condition_does_not_hold():
    space = Space(
        {
            "parameters": {
                "momentum": {"distribution": "uniform", "min": 0, "max": 1, "when": {"optimizer": ["sgd"]}},
                "optimizer": {"values": ["sgd", "adam"]},
            }
        }
    )
    assert space.values(np.array([0.1, 0.5])) == {"optimizer": "sgd", "momentum": 0.5}
    assert space.values(np.array([0.9, 0.5])) == {"optimizer": "adam"}
    assert space.existing({"optimizer": "adam", "momentum": 0.2}) == {"optimizer": "adam"}
