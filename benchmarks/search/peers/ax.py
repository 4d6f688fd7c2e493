"""Ax with its default generation strategy: Sobol points, then BoTorch's Gaussian process.

It is told the space without conditions: all parameters exist always, and those that do not count are ignored. A
breakdown is a trial marked as failed, an open evaluation a running trial.
"""

from __future__ import annotations

import logging
import warnings
from typing import Any

import torch
from ax.api.client import Client
from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig
from benchmarks.search.peers.base import Optimizer
from benchmarks.search.problem import Problem
from benchmarks.search.space import Parameter, Values

torch.set_num_threads(1)
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


class Ax(Optimizer):
    """Ax's own client."""

    def __init__(self, problem: Problem, seed: int, budget: int) -> None:
        super().__init__(problem, seed, budget)
        self._client = Client(random_seed=seed)
        self._client.configure_experiment([_parameter(p) for p in self.space])
        self._client.configure_optimization("-loss")
        self._client.configure_generation_strategy(
            initialization_random_seed=seed,
            allow_exceeding_initialization_budget=True,  # more Sobol points while the first ones are open, not an error
        )

    def ask(self) -> tuple[Any, Values]:
        ((index, told),) = self._client.get_next_trials(1).items()
        values = {p.name: p.choices[told[p.name]] if p.kind == "choice" else told[p.name] for p in self.space}
        return index, self.space.existing(values)

    def tell(self, token: Any, value: float | None) -> None:
        if value is None:
            self._client.mark_trial_failed(token)
        else:
            self._client.complete_trial(token, {"loss": value})


def _parameter(parameter: Parameter) -> Any:
    """Choices are told as their places in the list, without order."""
    if parameter.kind == "choice":
        return ChoiceParameterConfig(parameter.name, list(range(len(parameter.choices))), "int", is_ordered=False)
    kind = "int" if parameter.kind == "integer" else "float"
    return RangeParameterConfig(
        parameter.name, (parameter.low, parameter.high), kind, scaling="log" if parameter.log else "linear"
    )
