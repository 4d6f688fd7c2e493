"""Bayesian optimisation: a Gaussian process says where the best improvement is to be expected."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from besom.config.model import Goal
from besom.search.bayes.acquisition import log_expected_improvement
from besom.search.bayes.candidates import best_unused
from besom.search.bayes.design import design_point, design_size
from besom.search.bayes.feasibility import LABEL_NOISE, Feasibility, labels
from besom.search.bayes.gp import Posterior, fit
from besom.search.bayes.kernel import Hyperparameters
from besom.search.bayes.subset import choose
from besom.search.bayes.transform import OutputTransform
from besom.search.memory import Memory
from besom.search.method import Method, Observation, Suggestion, generator
from besom.search.point import Values
from besom.search.random import draw_unused
from besom.search.scale import Array, Mask
from besom.search.space import Space

_MODEL_SUBSET = (120, 60, 70)
"""Best, newest and other observations that predictions rest on."""
_FIT_SUBSET = (50, 30, 20)
"""The same for the hyperparameters, which need fewer and cost more per observation."""
_PARENTS = 6
"""Best points whose surroundings are searched closely."""
_NEWEST_PENDING = 64
_NEWEST_JUDGED = 100
"""Runs that the chance of success rests on."""
_REFIT_EVERY_OBSERVATION_UP_TO = 60
_HUGE = 1e150
"""Values are taken as no larger than this, so that their squares can be added up."""


class WarmStart(Memory):
    """Hyperparameters fitted before, beside what any search remembers: without it the same numbers are found again."""

    _CAPACITY = 64

    def __init__(self) -> None:
        super().__init__()
        self._fits: dict[bytes, Hyperparameters] = {}

    def fit(self, x: Array, y: Array, categorical: Mask, **prior: float) -> Hyperparameters:
        """The hyperparameters of this data, fitted at most once."""
        key = repr(prior).encode() + categorical.tobytes() + x.tobytes() + y.tobytes()
        found = self._fits.pop(key, None) or fit(x, y, categorical, **prior)
        self._fits[key] = found
        while len(self._fits) > self._CAPACITY:
            self._fits.pop(next(iter(self._fits)), None)
        return found


class Bayes(Method):
    """Log expected improvement under a Gaussian process, after a short space-filling design.

    Args:
        goal: Which direction of the metric is better.
        warm: Remembered fits; optional, and without influence on what is suggested.
    """

    name = "bayes"

    def __init__(self, goal: Goal = "minimize", warm: WarmStart | None = None) -> None:
        self._sign = 1.0 if goal == "minimize" else -1.0
        self._warm = warm or WarmStart()

    def suggest(
        self,
        space: Space,
        observations: Sequence[Observation],
        pending: Sequence[Values],
        *,
        seed: int,
        index: int,
        count: int = 1,
    ) -> list[Suggestion]:
        """See ``Method.suggest``."""
        data = _Data(space, observations, self._sign)
        waiting = space.encode(pending)
        suggestions = []
        for i in range(index, index + count):
            row, why = self._one(space, data, waiting, seed, i)
            suggestions.append(Suggestion(space.decode(row), {"method": self.name, **why}))
            waiting = np.vstack([waiting, row])
        return suggestions

    def _one(self, space: Space, data: _Data, waiting: Array, seed: int, index: int) -> tuple[Array, dict[str, Any]]:
        used = space.used_keys(np.vstack([data.codes, waiting]))
        rng = generator(seed, index)
        size = design_size(space.d)
        if space.d == 0 or len(data.y) < 2 or (index < size and len(data.y) < size):
            row = space.codes_at(design_point(space.d, index, seed, space.categorical)[None])[0]
            if space.keys(row[None])[0] in used:
                row = draw_unused(space, used, rng)
            reason = (
                f"initial design {index + 1} of {size}" if index < size else "initial design, until 2 runs have results"
            )
            return row, {"reason": reason}
        return self._model_based(space, data, waiting, used, rng)

    def _model_based(
        self, space: Space, data: _Data, waiting: Array, used: frozenset[bytes], rng: np.random.Generator
    ) -> tuple[Array, dict[str, Any]]:
        hyperparameters = self._hyperparameters(space, data)
        rows = choose(data.y, *_MODEL_SUBSET)
        transform = OutputTransform(data.y)
        x = space.positions(data.measured[rows])
        posterior = Posterior(x, transform.forward(data.y[rows]), space.categorical, hyperparameters)
        means = posterior.mean(x)
        incumbent = float(means.min())
        parents = data.measured[rows][np.argsort(means, kind="stable")[:_PARENTS]]
        known = waiting[~np.isnan(waiting).all(axis=1)][-_NEWEST_PENDING:]
        if len(known):
            posterior = posterior.believing(space.positions(known))
            incumbent = min(incumbent, float(posterior.y[-len(known) :].min()))
        feasibility = data.feasibility(self._warm)

        def score(codes: Array) -> Array:
            at = space.positions(codes)
            scores = log_expected_improvement(*posterior.predict(at), incumbent)
            return scores + feasibility.log_probability(at) if feasibility else scores

        row = best_unused(space, score, parents, used, rng)
        if row is None:
            return draw_unused(space, used, rng), {"reason": "random: every proposal of the model was run already"}
        at = space.positions(row[None])
        mean, sd = posterior.predict(at)
        improvement = math.exp(float(log_expected_improvement(mean, sd, incumbent)[0]))
        why: dict[str, Any] = {
            "reason": "highest expected improvement",
            "predicted": self._sign * float(transform.inverse(mean)[0]),
            "std": float(sd[0]) * transform.spread,
            "expected_improvement": improvement * transform.spread,
            "incumbent": self._sign * float(transform.inverse(np.array(incumbent))),
            "observations": len(data.y),
            "pending": len(waiting),
            "lengthscales": {
                ".".join(path): float(scale)
                for path, scale in zip(space.dimensions, np.exp(hyperparameters.lengthscales), strict=True)
            },
        }
        if feasibility:
            why["probability_of_success"] = math.exp(float(feasibility.log_probability(at)[0]))
        return row, why

    def _hyperparameters(self, space: Space, data: _Data) -> Hyperparameters:
        """Those of the first observations up to the last refit, so that they follow from the observations alone."""
        n = len(data.y)
        if n > _REFIT_EVERY_OBSERVATION_UP_TO:
            every = 2 ** max(0, math.floor(math.log2(n / 40)))
            n -= n % every
        y = data.y[:n]
        rows = choose(y, *_FIT_SUBSET)
        x = space.positions(data.measured[:n][rows])
        return self._warm.fit(x, OutputTransform(y).forward(y[rows]), space.categorical)


class _Data:
    """The observations as arrays. Those that lack every parameter say nothing about any place and are left out."""

    def __init__(self, space: Space, observations: Sequence[Observation], sign: float) -> None:
        codes = space.encode([o.values for o in observations])
        y = np.array([math.nan if o.y is None else sign * o.y for o in observations], dtype=float)
        failed = np.array([o.failed for o in observations], dtype=bool)
        placed = ~np.isnan(codes).all(axis=1) if space.d else np.zeros(len(codes), dtype=bool)
        self.codes = codes
        """Of all observations, (n, d)."""
        with_value = placed & np.isfinite(y)
        self.measured, self.y = codes[with_value], np.clip(y[with_value], -_HUGE, _HUGE)
        """Codes (m, d) and values (m,), smaller is better, of those that gave a value."""
        self._space = space
        self._judged, self._worked = codes[placed & (failed | with_value)], ~failed[placed & (failed | with_value)]

    def feasibility(self, warm: WarmStart) -> Feasibility | None:
        """None while nothing has failed."""
        if self._worked.all():
            return None
        x = self._space.positions(self._judged[-_NEWEST_JUDGED:])
        worked = self._worked[-_NEWEST_JUDGED:]
        fitted = warm.fit(x, labels(worked), self._space.categorical, noise=LABEL_NOISE)
        return Feasibility(x, worked, self._space.categorical, fitted)
