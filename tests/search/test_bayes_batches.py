"""Many points at once: different, good, as good as one after the other, at little more than the cost of one."""

import numpy as np
import pytest
from search_configs import parameters

from besom.config.model import Categorical, Condition, Expression, IntUniform, LogUniform, Uniform
from besom.search import Observation, Space, point_hash
from besom.search.bayes import Bayes, WarmStart, proposals

LEAVES = parameters(
    a=Uniform(0.0, 1.0), b=LogUniform(1e-4, 1.0), layers=IntUniform(1, 30), kind=Categorical(("x", "y", "z"))
)
SPACE = Space(LEAVES)


def cost(values):
    return (values[("a",)] - 0.3) ** 2 + 0.02 * abs(values[("layers",)] - 12) + (values[("kind",)] == "x")


def observed(space=SPACE, n=30):
    points = [space.decode(row) for row in space.sample(np.random.default_rng(0), n)]
    return [Observation(point, cost(point), id=str(i)) for i, point in enumerate(points)]


def test_sixty_four_agents_get_sixty_four_different_good_points():
    observations = observed()
    suggestions = Bayes().suggest(SPACE, observations, [], seed=0, index=30, count=64)
    assert len({point_hash(s.values) for s in suggestions}) == 64
    assert np.median([cost(s.values) for s in suggestions]) < np.quantile([o.y for o in observations], 0.2)


@pytest.mark.parametrize("waiting", [0, 2, 15])
def test_a_batch_is_nearly_as_good_as_what_single_questions_would_have_got(waiting):
    """Each in its place, with those before it pending; the first one is the same."""
    observations, method = observed(), Bayes(warm=WarmStart())
    pending = [s.values for s in Bayes().suggest(SPACE, observations, [], seed=1, index=30, count=waiting)]
    together = method.suggest(SPACE, observations, pending, seed=1, index=30 + waiting, count=20)
    singles = []
    for place, suggestion in enumerate(together):
        singles += method.suggest(SPACE, observations, pending, seed=1, index=30 + waiting + place)
        assert suggestion.why["pending"] == singles[-1].why["pending"]
        pending.append(suggestion.values)
    assert together[0] == singles[0]
    expected, best = (sum(s.why["expected_improvement"] for s in found) for found in (together, singles))
    assert expected > 0.8 * best


def test_a_batch_of_sixty_four_searches_for_candidates_three_times(monkeypatch):
    calls = []
    propose = proposals.propose
    monkeypatch.setattr(proposals, "propose", lambda *given: calls.append(1) or propose(*given))
    Bayes().suggest(SPACE, observed(), [], seed=0, index=30, count=64)
    assert len(calls) == 3


def test_one_question_searches_for_candidates_once_however_many_are_pending(monkeypatch):
    calls = []
    propose = proposals.propose
    pending = [SPACE.decode(row) for row in SPACE.sample(np.random.default_rng(5), 300)]
    monkeypatch.setattr(proposals, "propose", lambda *given: calls.append(1) or propose(*given))
    Bayes().suggest(SPACE, observed(), pending[:64], seed=0, index=94)
    assert len(calls) == 1
    (suggestion,) = Bayes().suggest(SPACE, observed(), pending, seed=0, index=330)
    assert suggestion.values not in pending


def test_no_point_of_a_batch_is_forbidden():
    forbid = (Condition(expression=Expression("a < 0.5", (("a",),))),)
    space = Space(LEAVES, forbid=forbid)
    suggestions = Bayes().suggest(space, observed(space), [], seed=0, index=30, count=20)
    assert all(s.values[("a",)] >= 0.5 for s in suggestions)
    assert min(cost(s.values) for s in suggestions) < 0.2


def test_a_batch_may_use_up_a_finite_space():
    """It has more points than the search keeps as candidates."""
    space = Space(parameters(a=IntUniform(0, 29), b=IntUniform(0, 29)))
    points = [space.decode(row) for row in space.all_codes()[::45]]
    observations = [Observation(point, float(point[("a",)] + point[("b",)])) for point in points]
    suggestions = Bayes().suggest(space, observations, [], seed=0, index=20, count=880)
    assert len({point_hash(values) for values in [*points, *(s.values for s in suggestions)]}) == 900
    (again,) = Bayes().suggest(space, observations, [s.values for s in suggestions], seed=0, index=900)
    assert again.values
