"""The pieces of Bayesian optimisation against slower or independent ways to the same numbers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize, stats
from search_configs import parameters

from besom.config.model import Categorical, Condition, Expression, IntUniform, Normal, Parameter, Uniform
from besom.search import Space
from besom.search.bayes import gp
from besom.search.bayes.acquisition import log_expected_improvement
from besom.search.bayes.candidates import mutate, propose
from besom.search.bayes.design import design_point, design_size
from besom.search.bayes.feasibility import LABEL_NOISE, Feasibility, labels
from besom.search.bayes.kernel import matern52, squared_differences, squared_distances
from besom.search.bayes.posterior import Forecast, Posterior
from besom.search.bayes.subset import choose
from besom.search.bayes.transform import OutputTransform

MIXED = np.array([False, False, True])


def data(n=25, seed=0):
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.random((n, 2)), rng.integers(0, 3, n)])
    return x, np.sin(5 * x[:, 0]) + (x[:, 2] == 1)


def test_scaled_distances_agree_with_their_parts():
    x, _ = data()
    lengthscales = np.array([0.3, 2.0, 0.7])
    parts = squared_differences(x, x[:7], MIXED) / lengthscales[:, None, None] ** 2
    assert squared_distances(x, x[:7], MIXED, lengthscales) == pytest.approx(parts.sum(0), abs=1e-12)


def test_the_correlation_is_the_published_one():
    r = np.array([0.0, 0.5, 2.0])
    expected = (1 + math.sqrt(5) * r + 5 * r**2 / 3) * np.exp(-math.sqrt(5) * r)
    assert matern52(r**2) == pytest.approx(expected)


def test_the_gradient_of_the_fit_is_the_derivative():
    x, y = data()
    objective = gp._NegativeLogPosterior(x, y, MIXED, np.linspace(0, 0.5, len(y)), gp.prior_median(3))
    theta = np.array([-0.5, 0.3, 0.1, 0.4, -3.0])
    numeric = optimize.approx_fprime(theta, lambda t: objective(t)[0], 1e-6)
    assert objective(theta)[1] == pytest.approx(numeric, rel=1e-3, abs=1e-3)


def test_what_is_rough_along_one_number_is_expected_to_be_rough_along_others_but_not_among_choices():
    """Only the first parameter was ever changed."""
    x = np.column_stack([np.linspace(0, 1, 30), np.full(30, 0.5), np.zeros(30)])
    fitted, expected = gp.fit(x, np.sin(12 * x[:, 0]), MIXED).lengthscales, gp.prior_median(3).lengthscales
    varied, other_number, choice = fitted - expected
    assert varied < -1
    assert other_number == pytest.approx(0.67 * varied, abs=0.05)
    assert choice == pytest.approx(0, abs=0.05)


def test_the_fit_finds_which_parameters_matter():
    x, y = data(40)
    short, unimportant, level = gp.fit(x, y, MIXED).lengthscales
    assert short < unimportant
    assert level < unimportant


def test_predictions_pass_through_the_data_and_doubt_what_is_far():
    x, y = data(40)
    posterior = Posterior(x, y, MIXED, gp.fit(x, y, MIXED))
    mean, sd = posterior.predict(x)
    assert mean == pytest.approx(y, abs=0.02)
    assert posterior.predict(np.array([[5.0, 5.0, 9.0]]))[1] > 5 * sd.max()


def test_believing_changes_the_doubt_and_not_the_mean():
    x, y = data(20)
    posterior = Posterior(x, y, MIXED, gp.fit(x, y, MIXED))
    new, others = np.array([[0.5, 0.5, 1.0]]), data(10, seed=1)[0]
    believing = posterior.believing(new)
    assert believing.mean(others) == pytest.approx(posterior.mean(others), abs=1e-6)
    assert believing.predict(new)[1] < 0.5 * posterior.predict(new)[1]


def test_believing_point_by_point_or_at_once_is_what_the_whole_data_give():
    x, y = data(20)
    hyperparameters, others = gp.fit(x, y, MIXED), data(30, seed=1)[0]
    posterior = Posterior(x, y, MIXED, hyperparameters)
    forecast = Forecast(posterior, others, room=3)
    for place in (4, 0, 7):
        forecast.believe(place)
    believed = others[[4, 0, 7]]
    whole = Posterior(np.vstack([x, believed]), np.append(y, posterior.mean(believed)), MIXED, hyperparameters)
    for after in (posterior.believing(believed), posterior.believing(believed[:1]).believing(believed[1:])):
        assert after.predict(others)[1] == pytest.approx(whole.predict(others)[1], rel=1e-6)
    assert forecast.sd == pytest.approx(whole.predict(others)[1], rel=1e-6)
    assert forecast.mean == pytest.approx(whole.predict(others)[0], rel=1e-6)


def test_a_point_with_a_known_error_binds_the_mean_less():
    x, y = np.array([[0.2], [0.5], [0.8]]), np.array([0.0, 2.0, 0.0])
    numeric, hyperparameters = np.array([False]), gp.prior_median(1)
    sure = Posterior(x, y, numeric, hyperparameters)
    unsure = Posterior(x, y, numeric, hyperparameters, np.array([0.0, 4.0, 0.0]))
    assert sure.mean(x)[1] == pytest.approx(2.0, abs=0.05)
    assert unsure.mean(x)[1] < 1.0
    assert unsure.predict(x)[1][1] > 5 * sure.predict(x)[1][1]


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (-1.0, 0.3), (2.0, 0.7), (3.0, 0.4)])
def test_log_expected_improvement_is_the_log_of_the_integral(mean, sd):
    density = stats.norm(mean, sd).pdf
    improvement = integrate.quad(lambda f: (0.1 - f) * density(f), mean - 12 * sd, 0.1, epsabs=0, limit=200)[0]
    found = log_expected_improvement(np.array([mean]), np.array([sd]), 0.1)
    assert found == pytest.approx(math.log(improvement), rel=1e-6)


def test_log_expected_improvement_stays_finite_and_falling_far_out():
    means = np.concatenate([np.linspace(-5, 50, 500), np.geomspace(51, 1e5, 100)])
    found = log_expected_improvement(means, np.ones(600), 0.0)
    assert np.isfinite(found).all()
    assert (np.diff(found) < 0).all()


@given(st.lists(st.floats(-1e150, 1e150), min_size=1, max_size=30))
def test_the_output_transform_keeps_the_order_and_stays_finite(values):
    y = np.sort(np.array(values))
    z = OutputTransform(y).forward(y)
    assert np.isfinite(z).all()
    assert (np.diff(z) >= 0).all()


def test_one_diverged_run_does_not_hide_the_good_ones():
    y = np.array([0.10, 0.12, 0.15, 0.2, 0.3, 1e6])
    z = OutputTransform(y).forward(y)
    assert z[4] - z[0] > 0.1 * (z[5] - z[4])


@pytest.mark.parametrize("unit", [1e-100, 1e-19, 1e-12, 1e6])
def test_the_output_transform_is_the_same_in_whatever_unit_the_metric_is(unit):
    y = np.array([-0.3, 0.0, 0.1, 0.12, 0.3, 40.0])
    assert OutputTransform(unit * y).forward(unit * y) == pytest.approx(OutputTransform(y).forward(y))


def test_what_only_rounding_tells_apart_is_as_good():
    y = np.array([1e-17, 3e-17, 2e-17, 0.0, 0.5, 0.75, 1.0])
    assert np.ptp(OutputTransform(y).forward(y)[:4]) < 1e-9


def test_the_inverse_transform_gives_the_metrics_units_back():
    y = np.array([1.0, 2.0, 3.0, 4.0, 50.0])
    transform = OutputTransform(y)
    assert transform.inverse(transform.forward(y)) == pytest.approx(y)


def test_failures_lower_the_chance_of_success_around_them():
    rng = np.random.default_rng(0)
    x = rng.random((40, 2))
    worked, numeric = x[:, 0] < 0.7, np.zeros(2, dtype=bool)
    fitted = gp.fit(x, labels(worked), numeric, noise=LABEL_NOISE)
    chance = np.exp(Feasibility(x, worked, numeric, fitted).log_probability(np.array([[0.2, 0.5], [0.95, 0.5]])))
    assert chance[0] > 0.9
    assert chance[1] < 0.1


def test_failures_that_strike_anywhere_change_little():
    rng = np.random.default_rng(1)
    x, numeric = rng.random((60, 2)), np.zeros(2, dtype=bool)
    worked = rng.random(60) < 0.7
    fitted = gp.fit(x, labels(worked), numeric, noise=LABEL_NOISE)
    chance = np.exp(Feasibility(x, worked, numeric, fitted).log_probability(rng.random((200, 2))))
    assert chance.min() > 0.3


def test_a_design_covers_every_axis_evenly():
    for d in (1, 3, 12):
        n = design_size(d)
        cube = np.array([design_point(d, i, 5, np.zeros(d, dtype=bool)) for i in range(2 * n)])
        assert (cube[0] == 0.5).all()
        assert all(sorted((column * (n - 1)).astype(int)) == list(range(n - 1)) for column in cube[1:n].T)
        assert all(sorted((column * n).astype(int)) == list(range(n)) for column in cube[n:].T)


def test_a_subset_keeps_the_best_and_the_newest():
    y = np.random.default_rng(0).random(1000)
    rows = choose(y, 10, 5, 7)
    assert len(rows) == len(set(rows)) == 22
    assert set(np.argsort(y)[:10]) | set(range(995, 1000)) <= set(rows)
    assert list(choose(y[:22], 10, 5, 7)) == list(range(22))


SPACE = Space(
    parameters(
        a=Uniform(0.0, 1.0),
        b=IntUniform(0, 3),
        c=Categorical(("x", "y", "z")),
        d=Normal(0.0, 1.0, 1),
        e=Uniform(0, 9, 3),
    )
)

CONDITIONAL = Space(
    [
        Parameter(("a",), Categorical(("without", "with")), "values"),
        Parameter(("b",), Uniform(0.0, 1.0), "uniform", (Condition(((("a",), ("with",)),)),)),
        Parameter(("c",), Uniform(0.0, 1.0), "uniform"),
    ]
)


def test_mutations_change_something_and_stay_inside():
    rng = np.random.default_rng(0)
    codes = SPACE.sample(rng, 400)
    mutants = mutate(SPACE, codes, np.full((400, 1), 0.01), rng)
    assert (mutants != codes).any(axis=1).mean() > 0.9  # a step beyond a border is clipped
    inside = SPACE.encode([SPACE.decode(row) for row in mutants])
    assert mutants == pytest.approx(inside, abs=1e-9)


def test_mutations_give_whole_points_of_a_conditional_space():
    rng = np.random.default_rng(0)
    codes = CONDITIONAL.sample(rng, 400)
    mutants = mutate(CONDITIONAL, codes, np.full((400, 1), 0.1), rng)
    assert (np.isnan(mutants[:, 1]) == (mutants[:, 0] == 0)).all()
    came = np.isnan(codes[:, 1]) & ~np.isnan(mutants[:, 1])
    assert np.ptp(mutants[came, 1]) > 0.8


def best(space, score, parents, used=frozenset()):
    codes = propose(space, score, parents, used, np.random.default_rng(0))
    assert len({*space.keys(codes)} - used) == len(codes)
    return sorted(codes, key=lambda row: -score(row[None])[0])


def test_the_optimiser_finds_the_best_point():
    target = np.array([0.3, 2.0, 1.0, 1.0, 3.0])

    def score(codes):
        return -(np.abs(codes - target) * [1, 1, 1, 1, 0.1]).sum(axis=1)

    assert best(SPACE, score, SPACE.sample(np.random.default_rng(1), 3))[0] == pytest.approx(target, abs=0.02)


def test_the_optimiser_gives_each_free_point_of_a_finite_space_once():
    space = Space(parameters(a=IntUniform(0, 3)))
    codes = space.all_codes()
    assert [row[0] for row in best(space, lambda c: c[:, 0], codes)] == [3, 2, 1, 0]
    used = frozenset(space.keys(codes[1:]))
    assert [row[0] for row in best(space, lambda c: c[:, 0], codes, used)] == [0]


def test_the_optimiser_searches_where_points_are_allowed():
    """The score rises into a forbidden half; the best allowed points lie at its border."""
    forbid = (Condition(expression=Expression("x > 0.5", (("x",),))),)
    space = Space(parameters(x=Uniform(0.0, 1.0), y=Uniform(0.0, 1.0)), forbid=forbid)
    found = best(space, lambda c: c[:, 0] - np.abs(c[:, 1] - 0.3), space.sample(np.random.default_rng(1), 3))
    assert found[0] == pytest.approx([0.5, 0.3], abs=0.02)
    assert found[0][0] <= 0.5
