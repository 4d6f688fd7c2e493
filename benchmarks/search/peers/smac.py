"""SMAC3's facade for hyperparameters: a random forest.

Told with ConfigSpace, conditions included. A breakdown is a crashed trial that costs the worst value seen so far: the
default, infinity, makes its own logarithm of the costs fail.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import ConfigSpace as cs
from benchmarks.search.peers.base import Optimizer
from benchmarks.search.problem import Problem
from benchmarks.search.space import Parameter, Space, Values
from smac import HyperparameterOptimizationFacade, Scenario
from smac.runhistory.dataclasses import TrialValue
from smac.runhistory.enumerations import StatusType


class SMAC(Optimizer):
    """One seed per configuration, as for besom and the others: SMAC's choice for noise is to run some twice."""

    def __init__(self, problem: Problem, seed: int, budget: int) -> None:
        super().__init__(problem, seed, budget)
        self._folder = tempfile.TemporaryDirectory()
        scenario = Scenario(
            _configuration_space(self.space, seed),
            deterministic=True,
            n_trials=budget,
            seed=seed,
            output_directory=Path(self._folder.name),
        )
        self._facade = HyperparameterOptimizationFacade(
            scenario,
            lambda config, seed=0: 0.0,  # noqa: ARG005  never called: trials are told
            logging_level=False,
            overwrite=True,
        )
        self._costs: list[float] = []

    def ask(self) -> tuple[Any, Values]:
        info = self._facade.ask()
        choices = {p.name: p for p in self.space if p.kind == "choice"}
        values = {
            name: choices[name].choices[value] if name in choices else value
            for name, value in dict(info.config).items()
        }
        return info, self.space.existing(values)

    def tell(self, token: Any, value: float | None) -> None:
        if value is None:
            self._facade.tell(token, TrialValue(max(self._costs, default=0.0), status=StatusType.CRASHED), save=False)
        else:
            self._costs.append(value)
            self._facade.tell(token, TrialValue(value), save=False)


def _configuration_space(space: Space, seed: int) -> cs.ConfigurationSpace:
    found = cs.ConfigurationSpace(seed=seed)
    for parameter in space:
        found.add(_hyperparameter(parameter))
    known = {parameter.name: parameter for parameter in space}
    for parameter in space:
        conditions = [_condition(found, parameter, known[name], allowed) for name, allowed in parameter.when]
        if conditions:
            found.add(conditions[0] if len(conditions) == 1 else cs.AndConjunction(*conditions))
    return found


def _condition(found: cs.ConfigurationSpace, child: Parameter, parent: Parameter, allowed: tuple[Any, ...]) -> Any:
    told = [parent.choices.index(value) if parent.kind == "choice" else value for value in allowed]
    return cs.InCondition(found[child.name], found[parent.name], told)


def _hyperparameter(parameter: Parameter) -> Any:
    """Choices are told as their places in the list, for they may be of any kind."""
    if parameter.kind == "choice":
        return cs.CategoricalHyperparameter(parameter.name, list(range(len(parameter.choices))))
    if parameter.kind == "integer":
        return cs.UniformIntegerHyperparameter(
            parameter.name, int(parameter.low), int(parameter.high), log=parameter.log
        )
    return cs.UniformFloatHyperparameter(parameter.name, parameter.low, parameter.high, log=parameter.log)
