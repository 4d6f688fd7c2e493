"""What parameters are worth to a metric."""

from __future__ import annotations

from typing import Any, Literal

from besom.protocol.base import Message

ImportanceMethod = Literal["forest", "ped_anova"]


class ValueCorrelation(Message, kw_only=True):
    """One value of a category against the metric, as a column that is 1 where a run has it and else 0."""

    value: Any
    correlation: float | None
    """Pearson's, -1 to 1; None where one of the two does not vary."""
    runs: int
    """How many have the value."""


class ParameterImportance(Message, kw_only=True):
    """One parameter that differs between runs."""

    name: str
    importance: float
    """Its share, 0 to 1; those of all parameters sum to 1, or are all 0 where nothing was found."""
    spread: float
    """Standard error of the share, over unseen runs of the forest; or standard deviation of what chance alone gives."""
    correlation: float | None
    """Of a number: Pearson's with the metric, over the runs that have the parameter."""
    rank_correlation: float | None
    """Of a number: Spearman's."""
    values: list[ValueCorrelation]
    """Of a category, the strongest correlation first."""
    runs: int
    """How many have the parameter."""


class Importance(Message, kw_only=True):
    """How much each parameter matters to a metric."""

    metric: str | None
    """None where no run has logged a number."""
    metrics: list[str]
    """What can be asked for: the sweep's own metric first."""
    goal: Literal["minimize", "maximize"]
    """Which end of the metric counts as the good one."""
    method: ImportanceMethod
    parameters: list[ParameterImportance]
    """The most important first."""
    runs: int
    """Runs that finished or were stopped, with a finite value of the metric."""
    left_out: int
    """Other runs that have ended: broken, or without such a value."""
    best_runs: int | None
    """Of ``ped_anova``: how many runs count as the best."""
    fit: float | None
    """Of ``forest``: the share of the metric's variance that it predicts right for runs it has not seen; 0 is none."""
    reason: str
    """Why there are no parameters, or why not to lean on what was found; empty where all is well."""
