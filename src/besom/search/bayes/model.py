"""What is made of the observations: a process over the metric, and one over success where something failed."""

from __future__ import annotations

import math

import numpy as np

from besom.search.bayes.data import Data
from besom.search.bayes.feasibility import LABEL_NOISE, Feasibility, labels
from besom.search.bayes.kernel import Hyperparameters
from besom.search.bayes.posterior import Posterior
from besom.search.bayes.subset import Rows, choose
from besom.search.bayes.transform import OutputTransform
from besom.search.bayes.warm import WarmStart
from besom.search.scale import Array
from besom.search.space import Space

_MODEL_SUBSET = (180, 50, 70)
"""Best, newest and other observations that predictions rest on."""
_FIT_SUBSET = (50, 30, 20)
"""The same for the hyperparameters, which need fewer and cost more per observation."""
_PARENTS = 6
"""Best points whose surroundings are searched closely."""
_NEWEST_JUDGED = 100
"""Runs that the chance of success rests on."""
_REFIT_EVERY_OBSERVATION_UP_TO = 60
_STOPPED_VARIANCE = 0.25
"""Of what a stopped run gave, in squared spreads: a whole run would have come further, nobody knows how far."""


class Model:
    """The posterior of the observations, in the units of its output transform; smaller is better."""

    def __init__(self, space: Space, data: Data, warm: WarmStart) -> None:
        rows = choose(data.y, *_MODEL_SUBSET)
        self.transform = OutputTransform(data.y)
        x = space.positions(data.codes[rows])
        y = self.transform.forward(data.y[rows])
        self.posterior = Posterior(
            x, y, space.categorical, _hyperparameters(space, data, warm), _variance(data, rows, self.transform)
        )
        means = self.posterior.mean(x)
        self.count = data.count
        """How many observations there are, those without a value included."""
        self.rows = rows
        """Which observations of the data the posterior rests on, in its order."""
        self.incumbent = float(means.min())
        """The lowest expected value at an observed point: where results are noisy, the lowest result is luck."""
        self.stalled = len(data.y) - 1 - int(np.argmin(data.y))
        """How many results came since the best one."""
        self.parents = data.codes[rows][np.argsort(means, kind="stable")[:_PARENTS]]
        """Codes of the best points."""
        self.feasibility = _feasibility(space, data, warm)
        """None while nothing has failed."""


def _hyperparameters(space: Space, data: Data, warm: WarmStart) -> Hyperparameters:
    """Those of the first observations up to the last refit, so that they follow from the observations alone."""
    n = len(data.y)
    if n > _REFIT_EVERY_OBSERVATION_UP_TO:
        every = 2 ** max(0, math.floor(math.log2(n / 40)))
        n -= n % every
    rows = choose(data.y[:n], *_FIT_SUBSET)
    transform = OutputTransform(data.y[:n])
    x, y = space.positions(data.codes[rows]), transform.forward(data.y[rows])
    return warm.fit(x, y, space.categorical, _variance(data, rows, transform))


def _variance(data: Data, rows: Rows, transform: OutputTransform) -> Array:
    """What is known of the noise, in the transform's units: errors of means, doubt about stopped runs."""
    known = (data.error[rows] * transform.slope(data.y[rows])) ** 2
    return np.asarray(np.minimum(known, 1e6) + np.where(data.stopped[rows], _STOPPED_VARIANCE, 0.0))


def _feasibility(space: Space, data: Data, warm: WarmStart) -> Feasibility | None:
    if data.worked.all():
        return None
    x, worked = space.positions(data.judged[-_NEWEST_JUDGED:]), data.worked[-_NEWEST_JUDGED:]
    fitted = warm.fit(x, labels(worked), space.categorical, noise=LABEL_NOISE)
    return Feasibility(x, worked, space.categorical, fitted)
