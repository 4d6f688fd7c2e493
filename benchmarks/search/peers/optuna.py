"""Optuna 5: its default sampler, the multivariate one that knows groups, its Gaussian process, and CMA-ES.

Told as its documentation does: one ``suggest`` call per parameter, inside ``if`` where it is conditional; a breakdown
is a trial that failed.
"""

from __future__ import annotations

import warnings
from abc import abstractmethod
from typing import Any

import optuna
from benchmarks.search.peers.base import Optimizer
from benchmarks.search.problem import Problem
from benchmarks.search.space import Parameter, Values

optuna.logging.set_verbosity(optuna.logging.ERROR)


class _Optuna(Optimizer):
    def __init__(self, problem: Problem, seed: int, budget: int) -> None:
        super().__init__(problem, seed, budget)
        warnings.filterwarnings("ignore", module="optuna")
        self._study = optuna.create_study(sampler=self._sampler())

    @abstractmethod
    def _sampler(self) -> optuna.samplers.BaseSampler:
        """Which of Optuna's samplers."""

    def ask(self) -> tuple[Any, Values]:
        trial = self._study.ask()
        values: Values = {}
        for parameter in self.space:
            if parameter.exists(values):
                values[parameter.name] = _suggest(trial, parameter)
        return trial, values

    def tell(self, token: Any, value: float | None) -> None:
        if value is None:
            self._study.tell(token, state=optuna.trial.TrialState.FAIL)
        else:
            self._study.tell(token, value)


class TPE(_Optuna):
    """What ``create_study()`` uses."""

    def _sampler(self) -> optuna.samplers.BaseSampler:
        return optuna.samplers.TPESampler(seed=self.seed)


class TPEGroup(_Optuna):
    """Parzen estimators over all parameters of a branch together; open trials count as bad ones."""

    def _sampler(self) -> optuna.samplers.BaseSampler:
        return optuna.samplers.TPESampler(seed=self.seed, multivariate=True, group=True, constant_liar=True)


class GP(_Optuna):
    """A Gaussian process with log expected improvement."""

    def _sampler(self) -> optuna.samplers.BaseSampler:
        return optuna.samplers.GPSampler(seed=self.seed)


class CMAES(_Optuna):
    """Evolution of a normal distribution; choices are drawn at random."""

    def _sampler(self) -> optuna.samplers.BaseSampler:
        return optuna.samplers.CmaEsSampler(seed=self.seed)


def _suggest(trial: optuna.Trial, parameter: Parameter) -> Any:
    if parameter.kind == "choice":
        return trial.suggest_categorical(parameter.name, parameter.choices)
    if parameter.kind == "integer":
        return trial.suggest_int(parameter.name, int(parameter.low), int(parameter.high), log=parameter.log)
    return trial.suggest_float(parameter.name, parameter.low, parameter.high, log=parameter.log)
