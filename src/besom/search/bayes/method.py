"""Bayesian optimisation: a Gaussian process says where the best improvement is to be expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from besom.config.model import Goal
from besom.search.bayes import explanation
from besom.search.bayes.data import Data
from besom.search.bayes.design import design_point, design_size
from besom.search.bayes.model import Model
from besom.search.bayes.proposals import Proposals
from besom.search.bayes.warm import WarmStart
from besom.search.method import Method, Observation, Suggestion, generator
from besom.search.point import Values
from besom.search.random import draw_unused
from besom.search.scale import Array
from besom.search.space import Space

_NEWEST_PENDING = 256


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
        codes = self._warm.codes(space, observations)
        batch = _Batch(space, Data(space, observations, codes, self._sign), codes, space.encode(pending), seed)
        suggestions = []
        for i in range(index, index + count):
            row, why = batch.next(i, self._warm, self._sign)
            suggestions.append(Suggestion(space.decode(row), {"method": self.name, **why}))
        return suggestions


class _Batch:
    """The answers to one call, each of them pending for those after it."""

    def __init__(self, space: Space, data: Data, codes: Array, waiting: Array, seed: int) -> None:
        self._space, self._data, self._seed = space, data, seed
        self._codes, self._waiting = codes, list(waiting)
        met = np.vstack([codes, waiting])
        self._used = set(space.used_keys(met))
        self._met = set() if space.size is None else set(space.keys(met))
        """Of a finite space, the keys of all points that have runs; an endless one gives none twice."""
        self._model: Model | None = None
        self._proposals: Proposals | None = None

    def next(self, index: int, warm: WarmStart, sign: float) -> tuple[Array, dict[str, Any]]:
        """The row of codes of suggestion ``index``, and why."""
        space, data, size = self._space, self._data, design_size(self._space.d)
        if space.d == 0 or len(data.y) < 2 or (index < size and len(data.y) < size):
            row, why = self._design(index), explanation.of_design(index, size)
        else:
            row, why = self._model_based(index, warm, sign)
        if space.size is not None and space.keys(row[None])[0] in self._met:
            why = explanation.of_repeat(why, space.size)
        self._take(row)
        return row, why

    def _design(self, index: int) -> Array:
        space = self._space
        point = design_point(space.d, index, self._seed, space.categorical)
        row: Array = space.settle(space.codes_at(point[None]))[0]
        return self._draw(index) if space.keys(row[None])[0] in self._used or not space.allowed(row) else row

    def _draw(self, index: int) -> Array:
        return draw_unused(self._space, frozenset(self._used), generator(self._seed, index))

    def _model_based(self, index: int, warm: WarmStart, sign: float) -> tuple[Array, dict[str, Any]]:
        space, data = self._space, self._data
        if self._model is None:
            self._model = Model(space, data, warm)
        if self._proposals is None:
            waiting = np.reshape(self._waiting, (-1, space.d))
            known = waiting[~np.isnan(waiting).all(axis=1)][-_NEWEST_PENDING:]
            self._proposals = Proposals(space, self._model, self._used, known, [self._seed % 2**64, data.count])
        proposal = self._proposals.next()
        if proposal is None:
            self._proposals = None  # it does not know of what is drawn
            return self._draw(index), explanation.of_chance()
        return proposal.row, explanation.of_proposal(space, data, self._model, proposal, sign, len(self._waiting))

    def _take(self, row: Array) -> None:
        space, keys = self._space, self._space.keys(row[None])
        self._waiting.append(row)
        self._used.update(keys)
        if space.size is None:
            return
        self._met.update(keys)
        if len(self._used) >= space.size:  # the last point begins a new round
            self._used = set(space.used_keys(np.vstack([self._codes, *self._waiting])))
            self._proposals = None
