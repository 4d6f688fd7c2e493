"""The public call: a configuration and its trials in, the next points to run out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from besom.config.model import SweepConfig
from besom.search.grid_search import GridSearch
from besom.search.memory import Memory
from besom.search.method import Method, Observation, Suggestion
from besom.search.observation import Trial, outcomes_of
from besom.search.random import RandomSearch
from besom.search.repeats import Repeats


def method_for(config: SweepConfig, warm: Memory | None = None) -> Method:
    """The search method a configuration names.

    Raises:
        ValueError: the method is ``custom``, whose points come from outside.
    """
    if config.method == "grid":
        return GridSearch(config.grid_order, config.repeat, warm)
    if config.method == "random":
        return RandomSearch(warm)
    if config.method == "bayes":
        from besom.search.bayes import Bayes, WarmStart  # loads linear algebra that grid and random do without

        goal = config.metric.goal if config.metric else "minimize"
        return Bayes(goal, warm if isinstance(warm, WarmStart) else None)
    raise ValueError(f"method {config.method!r} has no search of its own: its runs are queued from outside")


def suggest(
    config: SweepConfig,
    trials: Sequence[Trial],
    *,
    index: int,
    count: int = 1,
    seed: int = 0,
    warm: Memory | None = None,
) -> list[Suggestion]:
    """The next ``count`` points of a sweep; fewer, or none, when its grid is used up.

    Args:
        config: The checked configuration.
        trials: All runs of the sweep so far, in any state, oldest first.
        index: How many suggestions the sweep was given before.
        count: How many points are wanted.
        seed: For a configuration without a ``seed`` of its own.
        warm: Keeps what it can between calls, a ``WarmStart`` of bayes its fitted models too; changes the cost, never
            the answer.
    """
    memory = warm or Memory()
    space = memory.space(config)
    outcomes = _outcomes(config, trials, memory)
    method = method_for(config, warm)
    seed = seed if config.seed is None else config.seed
    if config.repeat is None or config.method == "grid":
        observations = [found for found in outcomes if found is not None]
        pending = [trial.values for trial, found in zip(trials, outcomes, strict=True) if found is None]
        return method.suggest(space, observations, pending, seed=seed, index=index, count=count)
    repeats = Repeats(
        config.repeat,
        space,
        config.metric.goal if config.metric else "minimize",
        trials,
        outcomes,
        memory.codes(space, trials),
        hopeful=config.method == "bayes",
    )
    suggestions: list[Suggestion] = []
    while len(suggestions) < count:
        if again := repeats.due():
            suggestions.append(replace(again, why={"method": method.name, **again.why}))
            continue
        wanted = count - len(suggestions) if config.method == "bayes" else 1  # random repeats each one at once
        new = method.suggest(
            space,
            repeats.observations(),
            repeats.pending(),
            seed=seed,
            index=index + len(suggestions),
            count=wanted,
        )
        suggestions += map(repeats.first, new)
    return suggestions


def _outcomes(config: SweepConfig, trials: Sequence[Trial], memory: Memory) -> list[Observation | None]:
    """What each trial tells; pretend values for those without any only where the user spelt out ``impute``."""
    if config.metric is None or "impute" not in (config.stored.get("metric") or {}):
        return memory.outcomes(config.metric, trials)
    return outcomes_of(config.metric, trials, reading="impute", blank=None)
