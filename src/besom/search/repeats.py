"""Runs of one configuration, taken together: one observation with a known error, and whether another run is worth it.

Random search runs each configuration as often as was asked, one run after the other. Bayes stops as soon as a
configuration is unlikely to be the best, so that bad ones are run once (racing, as in Maron and Moore 1994).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from scipy import special

from besom.config.equality import same
from besom.config.model import Goal, Repeat
from besom.search.configuration import Configuration, pooled_variance
from besom.search.method import Observation, Suggestion
from besom.search.observation import Trial
from besom.search.point import Values
from besom.search.scale import Array
from besom.search.space import Space

_HOPE = 0.1
"""A configuration whose chance of beating the best repeated mean is below this is not run again."""
_SHARE = 0.5
"""Of the runs under way, the part that may be repeats chosen by results."""
_FIRST_LOOK = 4
"""Configurations with results before any is repeated: which one is good is not known earlier."""


class Repeats:
    """The configurations of a sweep whose configurations are repeated.

    Args:
        repeat: How often, and what tells the runs of a configuration apart.
        space: Of the configurations.
        goal: Of the metric.
        trials: All runs, oldest first.
        outcomes: What each tells; None while it is waited for.
        codes: Of the trials, shape (n, d).
        hopeful: Whether only configurations that may be the best are run again.
    """

    def __init__(
        self,
        repeat: Repeat,
        space: Space,
        goal: Goal,
        trials: Sequence[Trial],
        outcomes: Sequence[Observation | None],
        codes: Array,
        *,
        hopeful: bool,
    ) -> None:
        self._repeat, self._space, self._hopeful = repeat, space, hopeful
        self._sign = 1.0 if goal == "minimize" else -1.0
        self._open: dict[tuple[bytes, bool], Configuration] = {}
        self._all: list[Configuration] = []
        keys, whole = space.keys(codes), space.whole(codes).tolist()
        for trial, result, key, known in zip(trials, outcomes, keys, whole, strict=True):
            configuration = self._add(trial.values, (key, not trial.prior) if known else None)
            if result is not None:
                configuration.hear(result)

    def observations(self) -> list[Observation]:
        """One per configuration of which a run is over: the mean of whole runs, and its standard error."""
        variance = pooled_variance(self._all)[0]
        return [c.observation(variance) for c in self._all if c.outcomes]

    def pending(self) -> list[Values]:
        """The configurations that are waited for altogether."""
        return [c.handed_out for c in self._all if not c.outcomes]

    def due(self) -> Suggestion | None:
        """The run that a known configuration should get now, if one should; it counts as handed out from now on."""
        times = self._repeat.times
        unfinished = (c for c in self._all if c.own and len(c.numbers) < times)
        if not self._hopeful:
            first = next(unfinished, None)
            return self._again(first, {}) if first else None
        measured = [c for c in self._all if c.whole]
        under_way = sum(c.pending for c in self._all)
        repeating = sum(c.pending for c in self._all if len(c.numbers) > 1)
        if repeating >= max(1.0, _SHARE * (under_way + 1)) or len(measured) < _FIRST_LOOK:
            return None
        return self._most_hopeful([c for c in unfinished if c.whole and not c.broken], len(measured))

    def first(self, suggestion: Suggestion) -> Suggestion:
        """A suggestion of the method as the first run of its configuration, which it begins."""
        key = self._space.keys(self._space.encode([suggestion.values]))[0]
        self._add(suggestion.values, (key, True))
        why = {**suggestion.why, "repeat": 1, "times": self._repeat.times}
        return Suggestion(self._repeat.numbered(suggestion.values, 0), why, repeat=0)

    def _most_hopeful(self, candidates: Sequence[Configuration], count: int) -> Suggestion | None:
        sound = [c for c in self._all if c.whole and not c.broken]
        if not candidates:
            return None
        best = min(sound, key=lambda c: self._sign * c.mean)
        told = {"incumbent": best.mean, "observations": count}
        if any(c is best for c in candidates):
            return self._again(best, {"reason": "which has the best mean so far", **told})
        variance, degrees = pooled_variance(self._all)
        repeated = [c for c in sound if len(c.whole) > 1]
        if variance is None or not repeated:
            return None
        champion = min(repeated, key=lambda c: self._sign * c.mean)

        def advantage(c: Configuration) -> float:
            """In standard errors of the difference."""
            error = math.sqrt(variance * (1 / len(c.whole) + 1 / len(champion.whole)))
            gain = self._sign * (champion.mean - c.mean)
            return gain / error if error > 0 else math.copysign(math.inf, gain) if gain else 0.0

        hopeful = max(candidates, key=advantage)
        probability = float(special.stdtr(degrees, advantage(hopeful)))
        if probability < _HOPE or (variance == 0 and probability < 1):
            return None
        reason = f"which may be the best: its chance of beating the best mean is {probability:.0%}"
        return self._again(hopeful, {"reason": reason, "probability": probability, "predicted": hopeful.mean, **told})

    def _again(self, configuration: Configuration, why: Mapping[str, Any]) -> Suggestion:
        number = min(set(range(self._repeat.times)) - configuration.numbers)
        configuration.numbers.add(number)
        times = self._repeat.times
        reason = (
            f"repeat {number + 1} of {times} of a configuration{', ' if 'reason' in why else ''}{why.get('reason', '')}"
        )
        return Suggestion(
            self._repeat.numbered(configuration.handed_out, number),
            {"kind": "repeat", **why, "reason": reason, "repeat": number + 1, "times": times},
            repeat=number,
        )

    def _add(self, values: Values, key: tuple[bytes, bool] | None) -> Configuration:
        """The configuration that a run belongs to, with the run in it."""
        found = self._open.get(key) if key else None
        if found is None:
            found = Configuration(values, own=key is not None and key[1])
            self._all.append(found)
        found.numbers.add(self._number(values, found.numbers))
        if key:
            self._open[key] = found
            if len(found.numbers) == self._repeat.times:  # the next run of this configuration begins another round
                del self._open[key]
        return found

    def _number(self, values: Values, taken: Collection[int]) -> int:
        """Which repeat a run is: what its parameter says, else the first that is free."""
        free = (n for n in range(self._repeat.times) if n not in taken)
        if self._repeat.parameter is None or self._repeat.parameter not in values:
            return next(free)
        given, among = values[self._repeat.parameter], list(free)
        return next((n for n in among if same(self._repeat.values[n], given)), among[0])
