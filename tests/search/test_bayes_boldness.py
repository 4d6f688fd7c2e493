"""When small improvements do not come, bayes tries for large ones now and then."""

import numpy as np
import pytest
from search_configs import parameters

from besom.config.model import Categorical, Condition, Parameter, Uniform
from besom.search import Observation, Space
from besom.search.bayes import Bayes, WarmStart

BRANCHES = Space(
    [
        Parameter(("beta",), Uniform(0.0, 1.0), "uniform", (Condition(((("optimizer",), ("adam",)),)),)),
        Parameter(("momentum",), Uniform(0.0, 1.0), "uniform", (Condition(((("optimizer",), ("sgd",)),)),)),
        Parameter(("nesterov",), Categorical((False, True)), "values", (Condition(((("optimizer",), ("sgd",)),)),)),
        Parameter(("optimizer",), Categorical(("adam", "sgd")), "values"),
    ]
)


@pytest.mark.parametrize("seed", [2, 6])
def test_a_flat_branch_that_is_the_best_so_far_does_not_hold_every_suggestion(seed):
    """Adam always gives 0.5; sgd is mostly worse, and better in a corner that the first points miss."""
    observations, method = [], Bayes(warm=WarmStart())
    for index in range(36):
        (suggestion,) = method.suggest(BRANCHES, observations, [], seed=seed, index=index)
        point = {path[0]: value for path, value in suggestion.values.items()}
        sgd = point["optimizer"] == "sgd"
        loss = 2 * abs(point["momentum"] - 0.8) + (not point["nesterov"]) if sgd else 0.5
        observations.append(Observation(suggestion.values, loss, id=str(index)))
    assert min(o.y for o in observations) < 0.2


def suggested(places, index):
    space = Space(parameters(x=Uniform(0.0, 1.0)))
    observations = [Observation({("x",): x}, (x - 0.2) ** 2) for x in places]
    (suggestion,) = Bayes().suggest(space, observations, [], seed=0, index=index)
    return suggestion


def test_every_fourth_point_is_bold_once_the_search_stalls():
    whys = [suggested([0.2, *np.linspace(0.0, 1.0, n)], n).why for n in range(12, 20)]
    bold = [why for why in whys if "try for much better" in why["reason"]]
    assert len(bold) == 2
    assert {why["kind"] for why in bold} == {"exploring"}


def test_no_point_is_bold_while_better_ones_come():
    whys = [suggested(np.linspace(1.0, 0.2, n), n).why for n in range(12, 20)]
    assert not any("try for" in why["reason"] for why in whys)
