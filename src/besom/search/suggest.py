"""The public call: a configuration and its trials in, the next points to run out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from besom.config.model import SweepConfig
from besom.search.grid import GridSearch
from besom.search.method import Method, Suggestion
from besom.search.observation import Trial, observe
from besom.search.random import RandomSearch
from besom.search.space import Space

if TYPE_CHECKING:
    from besom.search.bayes import WarmStart


def method_for(config: SweepConfig, warm: WarmStart | None = None) -> Method:
    """The search method a configuration names.

    Raises:
        ValueError: the method is ``custom``, whose points come from outside.
    """
    if config.method == "grid":
        return GridSearch(config.grid_order, config.repeat)
    if config.method == "random":
        return RandomSearch()
    if config.method == "bayes":
        from besom.search.bayes import Bayes  # loads linear algebra that grid and random do without

        return Bayes(config.metric.goal if config.metric else "minimize", warm)
    raise ValueError(f"method {config.method!r} has no search of its own: its runs are queued from outside")


def suggest(
    config: SweepConfig,
    trials: Sequence[Trial],
    *,
    index: int,
    count: int = 1,
    seed: int = 0,
    warm: WarmStart | None = None,
) -> list[Suggestion]:
    """The next ``count`` points of a sweep; fewer, or none, when its grid is used up.

    Args:
        config: The checked configuration.
        trials: All runs of the sweep so far, in any state, oldest first.
        index: How many suggestions the sweep was given before.
        count: How many points are wanted.
        seed: For a configuration without a ``seed`` of its own.
        warm: Keeps fitted models between calls; changes the cost, never the answer.
    """
    asked = "impute" in ((config.stored.get("metric") or {}) if config.metric else {})
    observations, pending = observe(config.metric, trials, reading="impute" if asked else "separate", blank=None)
    return method_for(config, warm).suggest(
        Space.of(config),
        observations,
        pending,
        seed=seed if config.seed is None else config.seed,
        index=index,
        count=count,
    )
