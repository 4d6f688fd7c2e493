"""The interface between besom and its search methods: what they are told, what they answer, the one call they have."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from besom.search.point import Path, Values
from besom.search.space import Space


@dataclass(frozen=True, slots=True)
class Observation:
    """A trial that needs no more waiting for."""

    values: Values
    y: float | None
    """The metric, in its own units and direction; None when the trial gave no usable number."""
    failed: bool = False
    """The trial broke where a good one would not have: its place is to be avoided."""
    imputed: bool = False
    """``y`` stands for a number that this trial never reached."""
    stopped: bool = False
    """The trial ended before its time: ``y`` is what it had reached, and a whole one would be at least as good."""
    error: float | None = None
    """The standard error of ``y``, where it is the mean of repeats."""
    id: str | None = None
    """The run, to be named in explanations."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A point to run, and why: a JSON-able explanation that the page shows."""

    values: dict[Path, Any]
    """By path; a parameter whose condition does not hold is not among them."""
    why: dict[str, Any] = field(default_factory=dict)
    repeat: int = 0
    """Which run of its configuration this is, counted from 0."""


class Method(ABC):
    """A way to choose points.

    Methods hold no state: the same arguments give the same suggestions, in any process and after any restart.
    """

    name: str

    @abstractmethod
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
        """Choose ``count`` points to run next.

        Args:
            space: Where to search.
            observations: Trials with an outcome, oldest first.
            pending: Points handed out and without an outcome yet.
            seed: Of the whole search; any integer.
            index: How many suggestions were made before this one.
            count: How many points are wanted; each counts as pending for those after it.

        Returns:
            The points; fewer than ``count`` only when a grid is used up.
        """


def generator(seed: int, index: int) -> np.random.Generator:
    """The random numbers of suggestion ``index``: independent of all others, the same every time."""
    return np.random.default_rng([seed % 2**64, index])
