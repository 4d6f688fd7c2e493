"""Hyperparameters of scikit-learn models on its data sets, from tables of real cross-validations."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from benchmarks.search import models
from benchmarks.search.problem import Problem
from benchmarks.search.space import Space, Values
from benchmarks.search.table import Table, load

_DEVELOP = (
    "knn-digits",
    "logistic-digits",
    "boosting-digits",
    "svm-breast_cancer",
    "forest-breast_cancer",
    "mlp-breast_cancer",
    "logistic-wine",
    "mlp-diabetes",
)
_CONFIRM = (
    "svm-digits",
    "mlp-digits",
    "knn-breast_cancer",
    "boosting-breast_cancer",
    "forest-wine",
    "mlp-wine",
    "logistic-diabetes",
    "boosting-diabetes",
)


def problems() -> list[Problem]:
    """The loss of each model; no table is in both halves."""
    develop = [Problem(name, "tuning", "develop", parameters(name), surrogate(name)) for name in _DEVELOP]
    confirm = [Problem(name, "tuning", "confirm", parameters(name), surrogate(name)) for name in _CONFIRM]
    return develop + confirm


def parameters(name: str) -> dict[str, dict[str, object]]:
    """Those of the model of a table."""
    return models.PARAMETERS[name.split("-", maxsplit=1)[0]]


def surrogate(name: str, column: int = 0) -> Callable[[Values], float]:
    """The loss (column 0) or the error (1) that the table of that name predicts."""
    return lambda values: _table(name).predict(values, column)


@cache
def _table(name: str) -> Table:
    return load(Space({"parameters": parameters(name)}), name)
