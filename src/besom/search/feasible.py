"""Whether a sweep has anything to run at all."""

from __future__ import annotations

import numpy as np

from besom.config.model import SweepConfig
from besom.search.grid import Grid
from besom.search.space import Space

_NOTHING_LEFT = "no point is left to run: `forbid`, or an `expr` that fails, rules out every combination"


def check_feasible(config: SweepConfig, grid: Grid | None = None) -> None:
    """Refuse a configuration that leaves nothing to run, as far as that can be told in a few seconds of work.

    Args:
        config: The configuration.
        grid: Its grid, where that was made already.

    Raises:
        ValueError: no point is left; or the conditions of a grid speak of too many combinations to be counted. The
            text is for the user.
    """
    if config.method == "grid":
        if (grid or Grid.of(config)).size == 0:
            raise ValueError(_NOTHING_LEFT)
        return
    space = Space.of(config)
    if space.size == 0:
        raise ValueError(_NOTHING_LEFT)
    if space.size is None:
        space.sample(np.random.default_rng(0), 1)
