"""Observations that are not exact: means of repeats, and runs that were stopped before their end."""

import numpy as np
from search_configs import parameters

from besom.config.model import Uniform
from besom.search import Observation, Space
from besom.search.bayes import Bayes, WarmStart
from besom.search.bayes.data import Data
from besom.search.bayes.model import Model

LINE = Space(parameters(x=Uniform(0.0, 1.0)))


def model(observations):
    data = Data(LINE, observations, LINE.encode([o.values for o in observations]), 1.0)
    return Model(LINE, data, WarmStart())


def test_the_mean_of_repeats_counts_by_its_error():
    """Of two places that look equally good, the one that is known well is searched around."""
    shape = [(0.0, 1.0), (0.1, 0.8), (0.2, 0.4), (0.4, 1.0), (0.5, 1.0), (0.6, 1.0), (0.8, 0.4), (0.9, 0.8), (1.0, 1.0)]
    for sure, unsure in ((0.2, 0.8), (0.8, 0.2)):
        observations = [Observation({("x",): x}, y, error=2.0 if abs(x - unsure) < 0.15 else 0.01) for x, y in shape]
        (suggestion,) = Bayes().suggest(LINE, observations, [], seed=0, index=9)
        assert abs(suggestion.values[("x",)] - sure) < 0.15


def test_errors_are_read_in_the_metrics_units():
    """The same runs with all numbers a thousand times larger make the same model."""
    doubts = []
    for unit in (1.0, 1000.0):
        observations = [
            Observation({("x",): x}, unit * (x - 0.3) ** 2, error=unit * (0.1 if x > 0.5 else 0.001))
            for x in np.linspace(0, 1, 9)
        ]
        doubts.append(model(observations).posterior.predict(np.array([[0.2], [0.8]]))[1])
    assert np.allclose(doubts[0], doubts[1], rtol=1e-3)
    assert doubts[0][1] > 3 * doubts[0][0]


def test_a_stopped_run_leaves_more_doubt_than_a_whole_one():
    places = np.linspace(0, 1, 9)
    doubts = {
        stopped: model([Observation({("x",): x}, (x - 0.3) ** 2, stopped=stopped and x > 0.5) for x in places])
        .posterior.predict(np.array([[0.875]]))[1]
        .item()
        for stopped in (False, True)
    }
    assert doubts[True] > 3 * doubts[False]


def test_a_bad_stopped_run_still_tells_where_it_is_bad():
    observations = [Observation({("x",): x}, abs(x - 0.3), stopped=x > 0.5) for x in np.linspace(0, 1, 9)]
    (suggestion,) = Bayes().suggest(LINE, observations, [], seed=0, index=9)
    assert suggestion.values[("x",)] < 0.5


def test_an_infinite_or_missing_error_is_no_reason_to_stop():
    errors = [None, float("nan"), float("inf"), 0.0, 1e200]
    observations = [Observation({("x",): x / 5}, x, error=e) for x, e in enumerate(errors)]
    (suggestion,) = Bayes().suggest(LINE, observations, [], seed=0, index=5)
    assert 0 <= suggestion.values[("x",)] <= 1
