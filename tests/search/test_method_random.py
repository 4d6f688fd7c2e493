import pytest
from method_conformance import MethodConformance
from search_configs import flat, parameters

from besom.config import load_mapping
from besom.config.model import Categorical, IntUniform, Uniform
from besom.search import Space, Trial, suggest
from besom.search.random import RandomSearch


class TestRandom(MethodConformance):
    @pytest.fixture
    def method(self):
        return RandomSearch()


def draws(leaves, n, seed=0):
    return [flat(s.values) for s in RandomSearch().suggest(Space(leaves), [], [], seed=seed, index=0, count=n)]


def test_outcomes_have_no_influence_on_a_continuous_space():
    leaves = parameters(x=Uniform(0.0, 1.0))
    alone = RandomSearch().suggest(Space(leaves), [], [], seed=0, index=7)
    assert alone[0].values[("x",)] == draws(leaves, 8)[7]["x"]


def test_draws_follow_the_weights():
    leaves = parameters(c=Categorical(("a", "b", "c"), (0.2, 0.3, 0.5)), x=Uniform(0.0, 1.0))
    found = [d["c"] for d in draws(leaves, 2000)]
    assert [round(found.count(c) / 2000, 1) for c in "abc"] == [0.2, 0.3, 0.5]


def test_another_seed_gives_other_points():
    leaves = parameters(x=Uniform(0.0, 1.0))
    assert draws(leaves, 3, seed=1) != draws(leaves, 3, seed=2)


def test_equal_list_elements_keep_their_weight():
    leaves = parameters(c=Categorical((1, 1.0, 2)), x=Uniform(0.0, 1.0))
    found = [d["c"] for d in draws(leaves, 1500)]
    assert round(found.count(1) / 1500, 1) == 0.7


def test_points_that_floats_cannot_tell_apart_do_not_make_the_search_endless():
    found = [d["n"] for d in draws(parameters(n=IntUniform(2**53, 2**53 + 3)), 9)]
    assert all(2**53 <= n <= 2**53 + 3 for n in found)


def test_a_branch_with_one_point_comes_once():
    """Beside a branch with a real number in it, which never ends."""
    swept = load_mapping(
        {
            "method": "random",
            "parameters": {
                "optimizer": {"values": ["none", "sgd"]},
                "lr": {"min": 0.0, "max": 1.0, "when": {"optimizer": "sgd"}},
            },
        }
    ).config
    trials = []
    for index in range(0, 12, 2):
        trials += [Trial(s.values, "running") for s in suggest(swept, trials, index=index, count=2)]
    assert sum(t.values[("optimizer",)] == "none" for t in trials) == 1
