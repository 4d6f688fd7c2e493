"""How many runs a sweep will have, as far as that is known before it starts."""

from __future__ import annotations

from besom.config.model import SweepConfig
from besom.search.grid import Grid


def expected_runs(config: SweepConfig, grid: Grid | None = None, covered: int = 0) -> int | None:
    """The grid's size, repeats included, at most ``run_cap``; for other methods ``run_cap``, or None: they do not end.

    Args:
        config: The configuration.
        grid: Its grid, where that was made already: to count one may take seconds.
        covered: Points of the grid, repeats included, that prior runs have.

    Raises:
        ValueError: the grid cannot be counted, see ``Grid``.
    """
    if config.method != "grid":
        return config.run_cap
    size = (grid or Grid.of(config)).size - covered
    return size if config.run_cap is None else min(size, config.run_cap)
