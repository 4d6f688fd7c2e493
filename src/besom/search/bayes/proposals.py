"""The points to run next, one after the other, each in the knowledge of those that are waited for."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from besom.search.bayes.acquisition import log_expected_improvement
from besom.search.bayes.candidates import propose
from besom.search.bayes.model import Model
from besom.search.bayes.posterior import Forecast, Posterior
from besom.search.scale import Array
from besom.search.space import Space

_STALLED = 10
"""Results without a new best after which some points are chosen boldly."""
_BOLD_EVERY = 4
_BOLDNESS = 2.0
"""Spreads of the better half by which a bold point has to beat the best."""
_PATIENCE = 8
"""The search goes on after 1, 8, 64 ... points of a batch: the best place overshadows the others until it is taken."""
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
    """The best candidate, again and again, each time in the belief that those before gave what was expected of them.

    Candidates are searched for at the first question; from then on a question costs a look at them. After 1, 8, 64 ...
    questions the search goes on from the best of them, to follow the doubt that has left the first places.

    Where the best place is flat and the rest looks bad from a few samples, expected improvement may polish what is
    known for ever. So, once no result has been the best for a while and little improvement is expected anywhere, every
    fourth point is the one of highest expected improvement *beyond a margin*, which no well-known place can give.

    Args:
        space: Where to search.
        model: Of the observations.
        used: Keys of points that will not be taken; it grows by each that is.
        waiting: Codes of the pending points (p, d).
        seed: Of the candidates.
    """

    def __init__(
        self, space: Space, model: Model, used: Collection[bytes], waiting: Array, seed: Sequence[int]
    ) -> None:
        self._space, self._model, self._used, self._seed = space, model, used, seed
        self._posterior, self._incumbent = model.posterior, model.incumbent
        self._pending, self._answers, self._next_search = len(waiting), 0, 1
        if len(waiting):
            at = space.positions(waiting)
            self._incumbent = min(self._incumbent, float(self._posterior.mean(at).min()))
            self._posterior = self._posterior.believing(at)
        self._candidates = self._search()

    def next(self) -> Proposal | None:
        """The free candidate of highest expected improvement, weighed by its chance of success; then it is pending.

        None when there is no such candidate.
        """
        if self._answers == self._next_search:
            self._candidates = self._search(self._candidates)
            self._next_search *= _PATIENCE
        found = self._candidates
        if not found.free.any():
            return None
        mean, sd = found.forecast.mean, found.forecast.sd
        improvements = log_expected_improvement(mean, sd, self._incumbent)
        bold = self._may_be_bold and bool(improvements[found.free].max() < _LITTLE)
        scores = log_expected_improvement(mean, sd, self._incumbent - _BOLDNESS) if bold else improvements
        row = int(np.argmax(np.where(found.free, scores + found.success, -np.inf)))
        proposal = Proposal(
            found.codes[row],
            float(mean[row]),
            float(sd[row]),
            float(improvements[row]),
            float(found.success[row]),
            self._incumbent,
            bold,
        )
        self._incumbent = min(self._incumbent, proposal.mean)
        self._pending += 1
        self._answers += 1
        found.take(row)
        return proposal

    @property
    def _may_be_bold(self) -> bool:
        return self._model.stalled >= _STALLED and (self._model.count + self._pending) % _BOLD_EVERY == 0

    def _search(self, before: _Candidates | None = None) -> _Candidates:
        known = None
        if before is not None:
            self._posterior = self._posterior.believing(before.x[before.taken])
            known = before.codes[before.free]

        def score(codes: Array) -> Array:
            expected = self._posterior.predict(self._space.positions(codes))
            return log_expected_improvement(*expected, self._incumbent) + self._log_success(codes)

        rng = np.random.default_rng([*self._seed, self._pending])
        codes = propose(self._space, score, self._model.parents, self._used, rng, known)
        room = (_PATIENCE - 1) * self._next_search
        return _Candidates(codes, self._space.positions(codes), self._posterior, self._log_success(codes), room)

    def _log_success(self, codes: Array) -> Array:
        feasibility = self._model.feasibility
        return (
            np.zeros(len(codes)) if feasibility is None else feasibility.log_probability(self._space.positions(codes))
        )


class _Candidates:
    """Places (m, d) that may be proposed, and what is expected of them."""

    def __init__(self, codes: Array, x: Array, posterior: Posterior, success: Array, room: int) -> None:
        self.codes, self.x, self.success = codes, x, success
        self.forecast = Forecast(posterior, x, room)
        self.free = np.ones(len(codes), dtype=bool)
        self.taken: list[int] = []

    def take(self, row: int) -> None:
        """It is handed out."""
        self.forecast.believe(row)
        self.free[row] = False
        self.taken.append(row)
