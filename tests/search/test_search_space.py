import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from method_conformance import allowed
from search_configs import flat, parameters
from strategies import distributions, spaces

from besom.config.model import Beta, Categorical, Constant, IntUniform, LogNormal, LogUniform, Normal, Uniform
from besom.search import Space, point_hash
from besom.search.dimension import dimension

ABC = ("a", "b", "c")
# The reference values of the contract, at u = 0.1, 0.25, 0.5, 0.75, 0.9.
QUANTILES = {
    "int_uniform": (IntUniform(0, 3), [0, 0, 1, 2, 3]),
    "uniform": (Uniform(0, 3), [0.3, 0.75, 1.5, 2.25, 2.7]),
    "categorical": (Categorical(ABC), ["a", "a", "b", "c", "c"]),
    "weighted": (Categorical(ABC, (0.2, 0.3, 0.5)), ["a", "b", "c", "c", "c"]),
    "log_uniform": (LogUniform(math.exp(-2), math.exp(2)), [0.201897, 0.367879, 1, 2.718282, 4.953032]),
    "log_uniform_values": (LogUniform(1e-4, 1e-1), [0.000199526, 0.000562341, 0.003162278, 0.017782794, 0.050118723]),
    "inv_log_uniform": (LogUniform(math.exp(-3), 1.0), [0.067206, 0.105399, 0.22313, 0.472367, 0.740818]),
    "inv_log_uniform_values": (LogUniform(0.1, 10.0), [0.158489, 0.316228, 1, 3.162278, 6.309573]),
    # the reference gives 0, 0 below min; values are clipped to the multiples inside
    "q_log_uniform": (LogUniform(1.0, math.exp(5), 10), [10, 10, 10, 40, 90]),
    "q_log_uniform_values": (LogUniform(32, 256, 8), [40, 56, 88, 152, 208]),
    "normal": (Normal(5, 2), [2.436897, 3.65102, 5, 6.34898, 7.563103]),
    "q_normal": (Normal(5, 2, 1), [2, 4, 5, 6, 8]),
    "log_normal": (LogNormal(0, 1), [0.277606, 0.509416, 1, 1.963031, 3.602224]),
    "q_log_normal": (LogNormal(0, 1, 1), [0, 1, 1, 2, 4]),
    "beta": (Beta(2, 5), [0.092595, 0.161163, 0.26445, 0.389479, 0.510316]),
    "q_beta": (Beta(2, 5, 0.1), [0.1, 0.2, 0.3, 0.4, 0.5]),
}


@pytest.mark.parametrize("name", QUANTILES)
def test_quantiles_are_the_contracts(name):
    distribution, expected = QUANTILES[name]
    found = [dimension(distribution).quantile(u) for u in (0.1, 0.25, 0.5, 0.75, 0.9)]
    if isinstance(expected[0], str):
        assert found == expected
    else:
        assert found == pytest.approx(expected, rel=1e-5)


def values_of(distribution, steps=2001):
    found = [dimension(distribution).quantile(u) for u in np.linspace(0, 1, steps)]
    return sorted(set(found)), {type(v) for v in found}


@pytest.mark.parametrize(
    ("distribution", "values", "kind"),
    [
        (Uniform(1, 10, 4), [4, 8], int),
        (Uniform(0, 1, 0.3), [0.0, 0.3, 0.6, 0.9], float),
        (Uniform(0, 10, 1), list(range(11)), int),
        (Uniform(0.0, 10.0, 5.0), [0.0, 5.0, 10.0], float),
        (LogUniform(30, 250, 8), list(range(32, 249, 8)), int),
        (Beta(1, 1, 1.0), [0.0, 1.0], float),
        (Uniform(0.1, 0.5, 0.1), [0.1, 0.2, 0.3, 0.4, 0.5], float),
        (Uniform(0.4, 0.6, 1), [0, 1], int),
        (IntUniform(-2, 1), [-2, -1, 0, 1], int),
        (Normal(3.0, 0.0), [3.0], float),
        (Normal(3.4, 0.0, 1), [3], int),
        (LogNormal(0.0, 0.0), [1.0], float),
        (Categorical(("a", "b", "c"), (0.5, 0.0, 0.5)), ["a", "c"], str),
    ],
)
def test_every_value_is_inside_the_bounds_and_has_its_promised_type(distribution, values, kind):
    assert values_of(distribution) == (values, {kind})
    assert dimension(distribution).count == len(values)


@given(distributions, st.sampled_from([0.0, 1.0, 5e-324, 1 - 2**-53]))
def test_the_ends_of_the_unit_interval_are_ordinary(distribution, u):
    assert allowed(distribution, dimension(distribution).quantile(u))


@pytest.mark.parametrize(
    "distribution", [LogNormal(1000.0, 3.0), LogNormal(1000.0, 3.0, 0.5), Uniform(-1.7e308, 1.7e308)]
)
def test_extreme_bounds_do_not_overflow(distribution):
    found = [dimension(distribution).quantile(u) for u in (0.0, 0.5, 1.0)]
    assert all(math.isfinite(v) for v in found)
    assert found == sorted(found)


@given(spaces(), st.integers(0, 2**32))
def test_points_survive_encoding(leaves, seed):
    space = Space(leaves)
    points = [space.decode(row) for row in space.sample(np.random.default_rng(seed), 5)]
    again = [space.decode(row) for row in space.encode(points)]
    for point, copy in zip(points, again, strict=True):
        for leaf in leaves:
            if isinstance(point[leaf.path], float):
                assert copy[leaf.path] == pytest.approx(point[leaf.path], rel=1e-6, abs=1e-6)
            else:
                assert copy[leaf.path] == point[leaf.path]


@given(spaces())
def test_positions_are_in_the_unit_cube(leaves):
    space = Space(leaves)
    positions = space.positions(space.sample(np.random.default_rng(0), 20))
    numbers = positions[:, ~space.categorical]
    assert ((numbers >= 0) & (numbers <= 1)).all()


@pytest.mark.parametrize(
    ("leaves", "size"),
    [
        ({"a": Categorical((1, 2)), "b": IntUniform(0, 9), "c": Uniform(0, 1, 0.5)}, 60),
        ({"a": Categorical((1, 1.0, True, "1"))}, 3),
        ({"a": Categorical(({"x": 1, "y": 2}, {"y": 2.0, "x": 1}))}, 1),
        ({"a": Categorical(([1], [1.0], [True]))}, 2),
        ({"a": Categorical((1, 2)), "x": Uniform(0, 1)}, None),
        ({"x": Normal(0, 1, 1)}, None),
        ({"x": Normal(2, 0)}, 1),
        ({"a": Constant(None)}, 1),
        ({"a": IntUniform(0, 10**9), "b": IntUniform(1, 10**9)}, (10**9 + 1) * 10**9),
    ],
)
def test_size_counts_distinct_points(leaves, size):
    assert Space(parameters(**leaves)).size == size


@given(spaces(max_size=3).map(Space).filter(lambda space: space.size is not None and space.size < 300))
def test_all_codes_are_the_points_of_a_finite_space(space):
    points = {point_hash(space.decode(row)) for row in space.all_codes()}
    assert len(points) == space.size


def test_prior_values_outside_the_bounds_keep_their_place():
    space = Space(parameters(x=LogUniform(1e-3, 1e-1), n=IntUniform(0, 10)))
    codes = space.encode([{("x",): 1.0, ("n",): 12}, {("x",): 0, ("n",): -(10**6)}])
    assert space.positions(codes) == pytest.approx(np.array([[1.2, 1.5], [-1.0, -1.0]]))


def test_lacking_values_have_a_place_of_their_own():
    space = Space(parameters(c=Categorical(("a", "b")), x=Uniform(0.0, 1.0)))
    codes = space.encode([{}, {("c",): "rewritten", ("x",): "0.5"}])
    assert np.isnan(codes).all()
    assert space.positions(codes).tolist() == [[-1.0, 0.5]] * 2


def test_keys_that_a_program_added_to_a_dict_are_ignored():
    space = Space(parameters(c=Categorical(({"a": 1}, {"a": 2})), x=Uniform(0.0, 1.0)))
    assert space.encode([{("c",): {"a": 2, "added": 3}}])[0, 0] == 1


def test_decoding_gives_the_configurations_order():
    leaves = parameters(b=Constant([1]), a__x=Uniform(0.0, 1.0), a__k=IntUniform(1, 2))
    space = Space(leaves)
    assert flat(space.decode(np.array([2.0, 0.25]))) == {"a.k": 2, "a.x": 0.25, "b": [1]}
