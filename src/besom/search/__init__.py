"""The search: parameter space, grid, random, bayes and early stopping, as pure functions of what they are given.

Usable without a server::

    from besom.search import Trial, suggest

    trials = []
    for index in range(20):
        (suggestion,) = suggest(config, trials, index=index)
        loss = train(**{path[-1]: value for path, value in suggestion.values.items()})
        trials.append(Trial(suggestion.values, "finished", best=loss, last=loss, worst=loss))
"""

from besom.search.estimate import expected_runs
from besom.search.grid import Grid
from besom.search.method import Method, Observation, Suggestion
from besom.search.observation import Trial, observe, trial_from_history
from besom.search.point import canonical_json, nest, point_hash, unnest
from besom.search.space import Space
from besom.search.suggest import method_for, suggest

__all__ = [
    "Grid",
    "Method",
    "Observation",
    "Space",
    "Suggestion",
    "Trial",
    "canonical_json",
    "expected_runs",
    "method_for",
    "nest",
    "observe",
    "point_hash",
    "suggest",
    "trial_from_history",
    "unnest",
]
