"""The search: parameter space, grid, random, bayes and early stopping, as pure functions of what they are given.

Usable without a server::

    from besom.search import Search

    search = Search({"lr": {"min": 1e-5, "max": 0.1, "distribution": "log_uniform_values"}})
    for _ in range(20):
        point = search.ask()
        search.tell(point, train(**point))
    print(search.best)

``suggest`` is the same as a pure function of a configuration and its trials.
"""

from besom.search.ask_tell import Best, Point, Search, memory_for
from besom.search.estimate import expected_runs
from besom.search.feasible import check_feasible
from besom.search.grid import Grid
from besom.search.method import Method, Observation, Suggestion
from besom.search.observation import Trial, observe, trial_from_history
from besom.search.point import canonical_json, configuration_hash, nest, point_hash, unnest
from besom.search.space import Space
from besom.search.suggest import method_for, suggest

__all__ = [
    "Best",
    "Grid",
    "Method",
    "Observation",
    "Point",
    "Search",
    "Space",
    "Suggestion",
    "Trial",
    "canonical_json",
    "check_feasible",
    "configuration_hash",
    "expected_runs",
    "memory_for",
    "method_for",
    "nest",
    "observe",
    "point_hash",
    "suggest",
    "trial_from_history",
    "unnest",
]
