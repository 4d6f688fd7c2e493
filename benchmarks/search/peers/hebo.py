"""HEBO: a Gaussian process on transformed values, a Pareto front of three acquisition functions.

It is told the space without conditions: all parameters exist always, and those that do not count are ignored. It knows
neither open evaluations nor breakdowns; the latter are told as not finite, which it drops.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import torch
from benchmarks.search.peers.base import Optimizer
from benchmarks.search.problem import Problem
from benchmarks.search.space import Parameter, Values
from hebo.design_space.design_space import DesignSpace
from hebo.optimizers.hebo import HEBO as Method

torch.set_num_threads(1)
warnings.filterwarnings("ignore")


class HEBO(Optimizer):
    """One suggestion at a time."""

    def __init__(self, problem: Problem, seed: int, budget: int) -> None:
        super().__init__(problem, seed, budget)
        np.random.seed(seed)
        torch.manual_seed(seed)
        self._method = Method(DesignSpace().parse([_parameter(p) for p in self.space]), scramble_seed=seed)

    def ask(self) -> tuple[Any, Values]:
        row = self._method.suggest(1)
        told = row.iloc[0]
        values = {p.name: p.choices[int(told[p.name])] if p.kind == "choice" else told[p.name] for p in self.space}
        values |= {p.name: int(values[p.name]) for p in self.space if p.kind == "integer"}
        return row, self.space.existing(values)

    def tell(self, token: pd.DataFrame, value: float | None) -> None:
        self._method.observe(token, np.array([[np.nan if value is None else value]]))


def _parameter(parameter: Parameter) -> dict[str, Any]:
    """Choices are told as their places in the list, without order."""
    if parameter.kind == "choice":
        return {"name": parameter.name, "type": "cat", "categories": list(range(len(parameter.choices)))}
    kinds = {("real", False): "num", ("real", True): "pow", ("integer", False): "int", ("integer", True): "pow_int"}
    return {
        "name": parameter.name,
        "type": kinds[parameter.kind, parameter.log],
        "lb": parameter.low,
        "ub": parameter.high,
    }
