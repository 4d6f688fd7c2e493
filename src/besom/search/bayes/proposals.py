"""The points to run next, one after the other, each in the knowledge of those that are waited for."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from besom.search.bayes.acquisition import log_expected_improvement
from besom.search.bayes.candidates import free_rows, propose
from besom.search.bayes.model import Model
from besom.search.bayes.posterior import Forecast
from besom.search.scale import Array
from besom.search.space import Space

_STALLED = 10
"""Results without a new best after which some points are chosen boldly."""
_BOLD_EVERY = 4
_BOLDNESS = 2.0
"""Spreads of the better half by which a bold point has to beat the best."""
_LITTLE = math.log(0.01)
"""The log of what counts as little expected improvement, in the same unit; amid noise there is mostly more."""


class Proposal(NamedTuple):
    """A row of codes and what the model expects of it, in the units of the model's output transform."""

    row: Array
    mean: float
    sd: float
    log_improvement: float
    """Of the expected improvement on the incumbent, without the chance of success."""
    log_success: float
    """Of the chance that the run works."""
    incumbent: float
    bold: bool
    """Whether it was chosen for an improvement by much, as small ones had not come."""


class Proposals:
    """Answers one question after the other, each at the cost of a look at one set of candidates.

    Candidates are searched for at 0, 1, 4, 16, 64 ... pending points: they then follow the doubt that has left the
    first places, and a batch of 64 needs 4 searches. They depend on the model, on the pending points up to that number
    and on the seed alone, so that a batch and single questions get the same answers.

    Where the best place is flat and the rest looks bad from a few samples, expected improvement may polish what is
    known for ever. So, once no result has been the best for a while and little improvement is expected anywhere, every
    fourth point is the one of highest expected improvement *beyond a margin*, which no well-known place can give.

    Args:
        space: Where to search.
        model: Of the observations.
        used: Keys of points that have been run.
        waiting: Codes of the pending points (p, d), in the order in which they were handed out.
        seed: Of the candidates.
    """

    def __init__(self, space: Space, model: Model, used: frozenset[bytes], waiting: Array, seed: list[int]) -> None:
        self._space, self._model, self._seed = space, model, seed
        self._posterior, self._incumbent = model.posterior, model.incumbent
        self._used, self._pending = used, 0
        self._forecast: Forecast | None = None
        searched_at = _last_search(len(waiting))
        for row in waiting[:searched_at]:
            self._believe(row)
        for row in waiting[searched_at:]:
            self.add(row)

    def add(self, row: Array) -> None:
        """A point (d,) was handed out."""
        forecast = self._searched()
        forecast.believe(self._posterior, self._space.positions(row[None]))
        self._believe(row)
        if self._pending == _last_search(self._pending):
            self._forecast = None

    def best(self, used: frozenset[bytes]) -> Proposal | None:
        """The candidate of highest expected improvement, weighed by its chance of success, whose key is not ``used``.

        None when there is no such candidate.
        """
        forecast = self._searched()
        mean, sd = forecast.mean, forecast.sd
        improvements = log_expected_improvement(mean, sd, self._incumbent)
        bold = self._may_be_bold and improvements.max() < _LITTLE
        scores = log_expected_improvement(mean, sd, self._incumbent - _BOLDNESS) if bold else improvements
        row = next(free_rows(self._space, self._codes, scores + self._success, used), None)
        if row is None:
            return None
        return Proposal(
            self._codes[row],
            float(mean[row]),
            float(sd[row]),
            float(improvements[row]),
            float(self._success[row]),
            self._incumbent,
            bool(bold),
        )

    @property
    def _may_be_bold(self) -> bool:
        return self._model.stalled >= _STALLED and (self._model.count + self._pending) % _BOLD_EVERY == 0

    def _believe(self, row: Array) -> None:
        at = self._space.positions(row[None])
        self._incumbent = min(self._incumbent, float(self._posterior.mean(at)[0]))
        self._posterior = self._posterior.believing(at)
        self._used |= {*self._space.keys(row[None])}
        self._pending += 1

    def _searched(self) -> Forecast:
        """Of the candidates, which are searched for as late as possible: a single question needs them once."""
        if self._forecast is not None:
            return self._forecast

        def score(codes: Array) -> Array:
            expected = self._posterior.predict(self._space.positions(codes))
            return log_expected_improvement(*expected, self._incumbent) + self._log_success(codes)

        rng = np.random.default_rng([*self._seed, self._pending])
        self._codes = propose(self._space, score, self._model.parents, self._used, rng)
        self._forecast = Forecast(self._posterior, self._space.positions(self._codes), room=max(3 * self._pending, 1))
        self._success = self._log_success(self._codes)
        return self._forecast

    def _log_success(self, codes: Array) -> Array:
        feasibility = self._model.feasibility
        return (
            np.zeros(len(codes)) if feasibility is None else feasibility.log_probability(self._space.positions(codes))
        )


def _last_search(pending: int) -> int:
    """The largest of 0, 1, 4, 16, 64 ... up to ``pending``."""
    return 4 ** ((pending.bit_length() - 1) // 2) if pending else 0
