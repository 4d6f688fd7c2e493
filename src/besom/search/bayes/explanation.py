"""Why a point was suggested: the record that is stored with its run."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from besom.search.bayes.data import Data
from besom.search.bayes.model import Model
from besom.search.bayes.proposals import Proposal
from besom.search.scale import Array
from besom.search.space import Space


def of_design(number: int, size: int) -> dict[str, Any]:
    """Of a point chosen before there is a model; ``number`` counts from 0."""
    where = {"kind": "initial_design", "point": number + 1, "of": size}
    if number < size:
        return {**where, "reason": f"point {number + 1} of {size} spread out before there is a model"}
    return {**where, "reason": "one more point spread out, as fewer than 2 runs have results"}


def of_chance() -> dict[str, Any]:
    """Of a random point, because the model has no proposal that was not run before."""
    return {"kind": "random", "reason": "a random point, as everything that the model proposes was run before"}


def of_repeat(why: dict[str, Any], size: int) -> dict[str, Any]:
    """Of a point that has a run already, as all ``size`` points have; ``why`` it was chosen among them follows."""
    again = f"all {size:,} points of the space have runs, so this one is run again; {why['reason']}"
    return {**why, "kind": "repeat", "reason": again}


def of_proposal(
    space: Space, data: Data, model: Model, proposal: Proposal, sign: float, pending: int
) -> dict[str, Any]:
    """Of a point that the model chose, numbers in the metric's units; ``sign`` is -1 where larger is better.

    It is called exploring where its expected value lies behind the best by more than a third of a standard deviation:
    then the improvement that is expected comes from what the model does not know. A bold one always is.
    """
    transform = model.transform
    spread, mean = transform.spread, sign * float(transform.inverse(np.array(proposal.mean)))
    incumbent = sign * float(transform.inverse(np.array(proposal.incumbent)))
    exploring = proposal.bold or proposal.mean - proposal.sd / 3.0 > proposal.incumbent
    sd = proposal.sd * spread
    expectation = f"the model expects {mean:.4g} ± {sd:.2g} here; the best known place stands at {incumbent:.4g}"
    scales = np.exp(model.posterior.hyperparameters.lengthscales)
    why: dict[str, Any] = {
        "kind": "exploring" if exploring else "improving",
        "reason": expectation + _doubt(proposal.bold, exploring, model.stalled),
        "predicted": mean,
        "std": sd,
        "expected_improvement": math.exp(proposal.log_improvement) * spread,
        "incumbent": incumbent,
        "nearest": _nearest(space, data, model, proposal.row, sign),
        "observations": len(data.y),
        "pending": pending,
        "lengthscales": {".".join(path): float(scale) for path, scale in zip(space.dimensions, scales, strict=True)},
    }
    if model.feasibility is not None:
        why["probability_of_success"] = math.exp(proposal.log_success)
    return why


def _doubt(bold: bool, exploring: bool, stalled: int) -> str:
    if bold:
        return f"; the last {stalled} results were no better, so this one is a try for much better"
    return ", and little is known around this one" if exploring else ""


def _nearest(space: Space, data: Data, model: Model, row: Array, sign: float) -> dict[str, Any]:
    """The run whose result says most about this place; ``distance`` is 1 less the correlation, in [0, 1]."""
    correlation = model.posterior.correlation(space.positions(row[None]), model.posterior.x)[0]
    nearest = int(np.argmax(correlation))
    run = model.rows[nearest]
    return {
        "id": data.ids[run],
        "value": sign * float(data.y[run]),
        "distance": float(np.clip(1.0 - correlation[nearest], 0.0, 1.0)),
    }
