"""How much each parameter matters to a metric, and in which direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from besom.search.importance import ped_anova
from besom.search.importance.correlation import pearson, spearman
from besom.search.importance.forest import grow
from besom.search.importance.table import Column, Feature, feature
from besom.search.scale import Array

Method = Literal["forest", "ped_anova"]

LEAST_RUNS = 5
"""Fewer say nothing of any parameter."""


@dataclass(frozen=True, slots=True)
class ValueCorrelation:
    """One value of a category, as a column that is 1 where a run has it and else 0."""

    value: Any
    correlation: float | None
    """Pearson's r with the metric."""
    runs: int
    """How many have it."""


@dataclass(frozen=True, slots=True)
class ParameterImportance:
    """One parameter."""

    name: str
    importance: float
    """Its share; those of all parameters sum to 1, or are all 0 where nothing was found."""
    spread: float
    """Standard error of the share, over unseen runs of the forest; or standard deviation of what chance alone gives."""
    correlation: float | None
    """Pearson's r of a number with the metric, over the runs that have it."""
    rank_correlation: float | None
    """Spearman's."""
    values: tuple[ValueCorrelation, ...]
    """Of a category, the strongest correlation first."""
    runs: int
    """How many have it."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, or why nothing was."""

    parameters: tuple[ParameterImportance, ...] = ()
    """The most important first. Those that never vary are left out."""
    fit: float | None = None
    """Of the forest: the share of the variance that it predicts right for runs it has not seen (out-of-bag R2)."""
    best_runs: int | None = None
    """Of PED-ANOVA: how many runs count as the best."""
    reason: str = ""
    """Why there are no parameters, or why not to lean on what was found; a sentence for people."""


def importance(
    columns: Sequence[Column],
    metric: Sequence[float] | Array,
    *,
    goal: Literal["minimize", "maximize"] = "minimize",
    method: Method = "forest",
    seed: int = 0,
) -> Report:
    """Judge all parameters of n runs. The same arguments give the same report.

    Args:
        columns: The parameters, n values each.
        metric: Of each run, shape (n,), finite.
        goal: Which end of the metric is the good one; only ``ped_anova`` asks.
        method: ``forest``, or ``ped_anova``, which ignores how bad runs differ.
        seed: Of bootstrap samples and shuffles.

    Raises:
        ValueError: columns and metric are not equally long, the metric is not finite, or there is no such method.
    """
    if method not in get_args(Method):
        raise ValueError(f"no such method: {method!r}; there is {' and '.join(get_args(Method))}")
    y = np.asarray(metric, dtype=float)
    if not np.isfinite(y).all() or any(len(column.values) != len(y) for column in columns):
        raise ValueError("importance needs one finite metric per run, and as many values in every column")
    features = [found for found in map(feature, columns) if found is not None]
    if reason := _nothing(columns, features, y):
        return Report(reason=reason)
    rng = np.random.default_rng(seed)
    if method == "forest":
        grown = grow(features, within_fences(y), rng)
        gains = grown.gains.mean(axis=0)
        return Report(
            _rated(features, y, gains, grown.gains.std(axis=0) / np.sqrt(len(grown.gains))),
            fit=grown.fit,
            reason=_doubt(bool((gains > 0).any()), grown.fit, len(y)),
        )
    best = ped_anova.best_runs(y if goal == "minimize" else -y)
    if best.all():
        return Report(reason="The best value is shared by so many runs that there is nothing to tell them apart from.")
    found = ped_anova.divergences(features, best, rng)
    return Report(
        _rated(features, y, found.explained, found.chance),
        best_runs=int(best.sum()),
        reason="" if found.explained.any() else _NO_TRACE,
    )


def within_fences(metric: Array) -> Array:
    """The metric, scaled to at most 1, with outliers drawn in to Tukey's outer fences.

    A diverged run must not outweigh all others, and squares must not overflow.
    """
    scaled = metric / np.abs(metric).max()
    low, high = np.percentile(scaled, [25, 75])
    reach = 3 * (high - low)
    drawn = scaled if reach == 0 else np.clip(scaled, low - reach, high + reach)
    return np.asarray((drawn - drawn.mean()) / np.abs(drawn - drawn.mean()).max())


_NO_TRACE = "No parameter stands out from chance. More runs may show one."


def _nothing(columns: Sequence[Column], features: Sequence[Feature], metric: Array) -> str:
    n = len(metric)
    if n < LEAST_RUNS:
        here = {0: "is none", 1: "is only 1"}.get(n, f"are only {n}")
        needed = f"Importance needs at least {LEAST_RUNS} runs that are over and have a value of this metric."
        return f"{needed} Here {here}."
    if not features:
        return "No parameter differs between runs." if columns else "These runs have no parameters."
    return "All runs have the same value of this metric." if metric.min() == metric.max() else ""


def _doubt(found: bool, fit: float | None, n: int) -> str:
    if not found:
        return _NO_TRACE
    if fit is not None and fit < 0.1:
        return (
            f"From these {n} runs the metric can hardly be predicted: what differs between them is chance, "
            "or something that is no parameter. Do not read much into the order."
        )
    return ""


def _rated(
    features: Sequence[Feature], metric: Array, amounts: Array, deviations: Array
) -> tuple[ParameterImportance, ...]:
    amounts = np.maximum(amounts, 0.0)
    total = float(amounts.sum()) or 1.0
    rated = [
        ParameterImportance(
            name=of.name,
            importance=float(amount) / total,
            spread=float(deviation) / total if amounts.any() else 0.0,
            correlation=None if of.numbers is None else pearson(of.numbers[of.present], metric[of.present]),
            rank_correlation=None if of.numbers is None else spearman(of.numbers[of.present], metric[of.present]),
            values=_by_value(of, metric),
            runs=int(of.present.sum()),
        )
        for of, amount, deviation in zip(features, amounts, deviations, strict=True)
    ]
    return tuple(sorted(rated, key=lambda each: (-each.importance, each.name)))


def _by_value(of: Feature, metric: Array) -> tuple[ValueCorrelation, ...]:
    codes, y = of.codes[of.present], metric[of.present]
    found = [
        ValueCorrelation(level, pearson((codes == code).astype(float), y), int((codes == code).sum()))
        for code, level in enumerate(of.levels)
    ]
    return tuple(sorted(found, key=lambda each: -abs(each.correlation or 0.0)))
