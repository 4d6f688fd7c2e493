"""What the suggestions of one sweep would compute again and again: kept between them, never part of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from besom.config.model import GridOrder, Metric, Repeat, SweepConfig
from besom.search.grid import Grid
from besom.search.method import Observation
from besom.search.observation import Trial, outcome
from besom.search.point import Values
from besom.search.scale import Array
from besom.search.space import Space

_MOST_ROWS = 200_000


class Known(Protocol):
    """A run by its id, and what it was handed out: a trial or an observation."""

    @property
    def id(self) -> str | None:
        """None: it is not remembered."""

    @property
    def values(self) -> Values:
        """By path."""


class Memory:
    """Spaces, codes and outcomes of the runs of one sweep, so that a suggestion looks only at what is new.

    An entry is used again only for a run with the same id *and* the same values, so that a memory is never wrong, only
    more or less useful. One thread at a time.
    """

    def __init__(self) -> None:
        self._config: SweepConfig | None = None
        self._space: Space | None = None
        self._outcomes: dict[str, tuple[Trial, Observation | None]] = {}
        self._metric: Metric | None = None
        self._grid: tuple[Space, GridOrder, Repeat | None, int, Grid] | None = None
        self._placed_in: Grid | None = None
        self._places: dict[str, tuple[int | None, Values]] = {}
        self._coded_in: Space | None = None
        self._rows: dict[str, tuple[int, Values]] = {}
        self._codes: Array = np.empty((0, 0))

    def space(self, config: SweepConfig) -> Space:
        """``Space.of(config)``."""
        if self._space is None or self._config is not config:
            self._config, self._space = config, Space.of(config)
        return self._space

    def outcomes(self, metric: Metric | None, trials: Sequence[Trial]) -> list[Observation | None]:
        """``observation.outcome`` of each trial, read separately."""
        if metric != self._metric:
            self._metric, self._outcomes = metric, {}
        found: list[Observation | None] = []
        for trial in trials:
            known = None if trial.id is None else self._outcomes.get(trial.id)
            if known is None or (known[0] is not trial and known[0] != trial):
                known = trial, outcome(metric, trial)
                if trial.id is not None:
                    self._outcomes[trial.id] = known
            found.append(known[1])
        if len(self._outcomes) > _MOST_ROWS:
            self._outcomes = {}
        return found

    def grid(self, space: Space, order: GridOrder, repeat: Repeat | None, seed: int) -> Grid:
        """The grid of a space's parameters."""
        if self._grid is None or self._grid[0] is not space or self._grid[1:4] != (order, repeat, seed):
            grid = Grid(space.parameters, forbid=space.forbid, zips=space.zips, repeat=repeat, order=order, seed=seed)
            self._grid = space, order, repeat, seed, grid
        return self._grid[4]

    def grid_of(self, config: SweepConfig) -> Grid:
        """The grid of a configuration, in the order in which ``suggest`` goes through it where no seed is given."""
        return self.grid(self.space(config), config.grid_order, config.repeat, config.seed or 0)

    def places(self, grid: Grid, runs: Sequence[Known]) -> list[int | None]:
        """``grid.index`` of their values."""
        if self._placed_in is not grid or len(self._places) > _MOST_ROWS:
            self._placed_in, self._places = grid, {}
        found: list[int | None] = []
        for run in runs:
            known = None if run.id is None else self._places.get(run.id)
            if known is None or (known[1] is not run.values and known[1] != run.values):
                known = grid.index(run.values), run.values
                if run.id is not None:
                    self._places[run.id] = known
            found.append(known[0])
        return found

    def codes(self, space: Space, runs: Sequence[Known]) -> Array:
        """``space.encode`` of their values, shape (n, d)."""
        if self._coded_in is not space or len(self._rows) > _MOST_ROWS:
            self._coded_in, self._rows, self._codes = space, {}, np.empty((0, space.d))
        places = np.zeros(len(runs), dtype=np.intp)
        new = []
        for i, run in enumerate(runs):
            known = None if run.id is None else self._rows.get(run.id)
            if known is None or (known[1] is not run.values and known[1] != run.values):
                new.append(i)
            else:
                places[i] = known[0]
        if not new:
            return np.asarray(self._codes[places])
        encoded = space.encode([runs[i].values for i in new])
        places[new] = len(self._codes) + np.arange(len(new))
        every = np.vstack([self._codes, encoded])
        kept = [(i, run_id) for i in new if (run_id := runs[i].id) is not None]
        if kept:
            self._codes = every
            self._rows.update((run_id, (int(places[i]), runs[i].values)) for i, run_id in kept)
        return np.asarray(every[places])
