"""What every search method must do. Subclass ``MethodConformance`` and give it the method."""

import json
import math
import random

import numpy as np
import pytest
from brute_force import all_points, space_values
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st
from search_configs import parameters
from strategies import conditional_configs, distributions, finite_distributions, spaces

from besom.config.conditions import holds
from besom.config.existence import complete
from besom.config.model import (
    Beta,
    Categorical,
    Constant,
    Derived,
    IntUniform,
    LogNormal,
    LogUniform,
    Normal,
    Uniform,
)
from besom.search import Method, Observation, Space, point_hash

COUNTABLE = {
    "integers": IntUniform(3, 9),
    "steps": Uniform(0.0, 1.0, 0.25),
    "whole steps": Uniform(0.0, 9.0, 3),
    "values": Categorical(("a", 1, 2.5, None, True, [1, {"k": 2}], {"x": [1.0]})),
    "booleans": Categorical((True, False)),
}
UNCOUNTABLE = {
    "reals": Uniform(-1.0, 2.0),
    "log reals": LogUniform(1e-5, 1e-1),
    "log steps": LogUniform(30.0, 250.0, 8),
    "normal": Normal(5.0, 2.0),
    "normal steps": Normal(5.0, 2.0, 1),
    "sure normal": Normal(5.0, 0.0),
    "log normal": LogNormal(0.0, 1.0),
    "log normal steps": LogNormal(0.0, 1.0, 1),
    "beta": Beta(2.0, 5.0),
    "beta steps": Beta(2.0, 5.0, 0.1),
    "weighted values": Categorical(("a", "b", "never"), (0.3, 0.7, 0.0)),
}
MIXED = parameters(
    act=Categorical(("relu", None, False)),
    depth=IntUniform(1, 4),
    fixed=Constant({"deep": [1, 2]}),
    optimizer__momentum=Uniform(0.0, 1.0, 0.5),
    optimizer__name=Categorical(("adam", "sgd")),
)


def allowed(distribution, value) -> bool:
    """The contract of every distribution's values: their types and bounds."""
    match distribution:
        case Constant(constant):
            return value == constant
        case Categorical(values, probabilities):
            likely = [v for i, v in enumerate(values) if probabilities is None or probabilities[i] > 0]
            return any(type(v) is type(value) and v == value for v in likely)
        case IntUniform(low, high):
            return type(value) is int and low <= value <= high
    right_type = type(value) is (int if isinstance(distribution.q, int) else float)
    match distribution:
        case Uniform(low, high) | LogUniform(low, high):
            inside = low <= value <= high
        case Beta():
            inside = 0 <= value <= 1
        case LogNormal():
            inside = value >= 0
        case Normal():
            inside = True
    return right_type and inside and math.isfinite(value)


class MethodConformance:
    """Inherit and define ``method``; ``countable_only`` for a method that lists its points."""

    countable_only = False
    endless = True

    @pytest.fixture
    def method(self) -> Method:
        raise AssertionError("a conformance class gives its method")

    def run(self, method, leaves, n, *, seed=3):
        """``n`` suggestions, one after the other, each observed with a value that depends on the point alone."""
        space, observations, values = leaves if isinstance(leaves, Space) else Space(leaves), [], []
        for index in range(n):
            suggestions = method.suggest(space, observations, [], seed=seed, index=index)
            if not suggestions:
                break
            values.append(suggestions[0].values)
            y = random.Random(point_hash(values[-1])).random()
            observations.append(Observation(values[-1], y))
        return values

    @pytest.mark.parametrize("kind", [*COUNTABLE, *UNCOUNTABLE])
    def test_gives_values_of_the_right_type_inside_the_bounds(self, method, kind):
        if self.countable_only and kind in UNCOUNTABLE:
            return
        distribution = (COUNTABLE | UNCOUNTABLE)[kind]
        leaves = parameters(p=distribution, other=IntUniform(0, 3))
        values = self.run(method, leaves, 12)
        assert len(values) == (min(12, self.size(leaves)) if not self.endless else 12)
        assert all(allowed(distribution, v[("p",)]) for v in values), values

    def test_gives_every_parameter_nested_and_constant_ones_included(self, method):
        for values in self.run(method, MIXED, 8):
            assert list(values) == [leaf.path for leaf in MIXED]
            assert all(allowed(leaf.distribution, values[leaf.path]) for leaf in MIXED)

    def test_explains_every_suggestion_in_json(self, method):
        space, observations = Space(MIXED), []
        for index in range(9):
            (suggestion,) = method.suggest(space, observations, [], seed=0, index=index)
            why = json.loads(json.dumps(suggestion.why, allow_nan=False))
            assert why["method"] == method.name
            observations.append(Observation(suggestion.values, float(index), failed=index == 3))

    def test_never_repeats_a_point_before_all_are_used(self, method):
        size = Space(MIXED).size
        points = self.run(method, MIXED[1:], 60)
        covered = 4 * 3 * 2 if not self.countable_only else 4 * 2 * 2
        assert len({point_hash(p) for p in points[:covered]}) == covered
        assert size == 72

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(leaves=spaces(finite_distributions, max_size=3), seed=st.integers(-(2**63), 2**63))
    def test_uses_a_finite_space_up_and_then_ends_or_begins_again(self, method, leaves, seed):
        size = self.size(leaves)
        points = self.run(method, leaves, min(size, 40) + 2, seed=seed)
        first_round = points[: min(size, 40)]
        assert len({point_hash(p) for p in first_round}) == len(first_round) == min(size, 40)
        if size <= 40:
            assert len(points) == size + (2 if self.endless else 0)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(swept=conditional_configs(), seed=st.integers(0, 2**63))
    def test_hands_out_each_point_of_a_conditional_space_once_before_any_twice(self, method, swept, seed):
        """Nothing that does not exist there, nothing forbidden, derived values in, one end of a zip with the other."""
        points = all_points(swept, self.listed)
        assume(points)
        found = self.run(method, Space.of(swept), min(len(points), 25) + 2, seed=seed)
        assert {point_hash(values) for values in found} <= points.keys()
        first_round = found[: min(len(points), 25)]
        assert len({point_hash(values) for values in first_round}) == len(first_round) == min(len(points), 25)
        if len(points) <= 25:
            assert len(found) == len(points) + (2 if self.endless else 0)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(swept=conditional_configs(leaves=distributions), seed=st.integers(0, 2**63))
    def test_keeps_to_the_conditions_of_any_space(self, method, swept, seed):
        if self.countable_only:
            return
        space = Space.of(swept)
        try:
            space.sample(np.random.default_rng(0), 1)
        except ValueError:  # nothing is left of it
            reject()
        for values in self.run(method, space, 14, seed=seed):
            expected = complete(swept.parameters, {p.path: None for p in swept.parameters} | values)
            assert list(values.items()) == list(expected.items())
            assert not any(holds(condition, values) for condition in swept.forbid)
            for leaf in swept.parameters:
                if leaf.path in values and not isinstance(leaf.distribution, Derived):
                    assert allowed(leaf.distribution, values[leaf.path])

    def size(self, leaves):
        return Space(leaves).size

    listed = staticmethod(space_values)
    """The values of a distribution that the method goes through."""

    def test_respects_pending_points(self, method):
        leaves = MIXED[:2]
        space = Space(leaves)
        pending = []
        for index in range(12):
            (suggestion,) = method.suggest(space, [], pending, seed=5, index=index)
            pending.append(suggestion.values)
        assert len({point_hash(p) for p in pending}) == 12

    def test_several_at_once_are_those_one_after_the_other(self, method):
        space = Space(MIXED)
        observations = [Observation(v, float(i)) for i, v in enumerate(self.run(method, MIXED, 12))]
        together = method.suggest(space, observations, [], seed=1, index=12, count=3)
        pending = []
        for index in range(12, 15):
            pending += [s.values for s in method.suggest(space, observations, pending, seed=1, index=index)]
        assert [s.values for s in together] == pending

    def test_the_same_question_has_the_same_answer(self, method):
        assert self.run(method, MIXED, 15, seed=8) == self.run(method, MIXED, 15, seed=8)

    def test_asks_nothing_of_what_it_is_told(self, method):
        """Trials with rewritten, missing and foreign values, without numbers, with NaN: used as far as they go."""
        odd = [
            Observation({}, 1.0),
            Observation({("act",): "not listed", ("depth",): 99}, 2.0),
            Observation({("act",): ["x"], ("depth",): "3", ("optimizer", "name"): 7}, -1e300),
            Observation({("depth",): math.nan, ("foreign",): 1}, math.nan),
            Observation({("depth",): True, ("optimizer", "momentum"): 10**400}, math.inf),
            Observation({("optimizer", "momentum"): math.inf}, 1e300),
            Observation({leaf.path: None for leaf in MIXED}, None, failed=True),
        ]
        whole = [Observation(v, 5.0) for v in self.run(method, MIXED, 3)]
        for observations in (odd, odd + whole, whole + odd):
            (suggestion,) = method.suggest(
                Space(MIXED), observations, [{}, {("depth",): "x"}], seed=2, index=len(observations)
            )
            assert all(allowed(leaf.distribution, suggestion.values[leaf.path]) for leaf in MIXED)

    @pytest.mark.parametrize("outcome", [(None, True), (None, False), (math.nan, False), (1.0, False), (1e308, False)])
    def test_goes_on_when_all_outcomes_are_alike(self, method, outcome):
        y, failed = outcome
        space, observations = Space(MIXED), []
        for index in range(14):
            (suggestion,) = method.suggest(space, observations, [], seed=4, index=index)
            observations.append(Observation(suggestion.values, y, failed=failed))
        assert len({point_hash(o.values) for o in observations}) == 14

    def test_takes_five_hundred_observations(self, method):
        leaves = parameters(a=IntUniform(0, 99), b=IntUniform(0, 99), c=Categorical(("x", "y")))
        rng = random.Random(0)
        observations = [
            Observation(
                {("a",): rng.randrange(100), ("b",): rng.randrange(100), ("c",): rng.choice("xy")}, rng.random()
            )
            for _ in range(500)
        ]
        (suggestion,) = method.suggest(Space(leaves), observations, [], seed=0, index=500)
        assert suggestion.values not in [o.values for o in observations]

    def test_constants_alone_are_one_point(self, method):
        leaves = parameters(a=Constant(1), b=Constant([None]))
        assert self.run(method, leaves, 1) == [{("a",): 1, ("b",): [None]}]
