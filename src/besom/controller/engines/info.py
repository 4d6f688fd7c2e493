"""What an engine has to know of a sweep."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeGuard

from besom.client.numbers import decode_deep
from besom.config.model import Metric, SweepConfig
from besom.controller.runs import SweepRun
from besom.errors import UsageError
from besom.protocol import Sweep


@dataclass(frozen=True, slots=True)
class SweepInfo:
    """Handed to the ``optimizer`` function of the user's file."""

    id: str
    name: str
    entity: str
    project: str
    config: dict[str, Any]
    """The sweep's configuration, as a mapping in the form of the file."""
    metrics: tuple[Metric, ...]
    """What is optimised, each with ``name`` and ``goal``; several with several objectives."""
    seed: int | None = None

    @property
    def directions(self) -> list[str]:
        """``minimize`` or ``maximize``, one per metric."""
        return [metric.goal for metric in self.metrics]


def info_of(sweep: Sweep, config: SweepConfig) -> SweepInfo:
    """The facts about a sweep.

    Raises:
        UsageError: it has no metric.
    """
    several = config.engine.metrics if config.engine else ()
    metrics = several or ((config.metric,) if config.metric else ())
    if not metrics:
        raise UsageError(
            "The sweep's configuration names no metric, so the engine would learn nothing.",
            "Add, for example, `metric: {name: val_loss, goal: minimize}`, or `metrics` for several objectives.",
        )
    stored = decode_deep(sweep.config)
    return SweepInfo(sweep.id, sweep.name, sweep.entity, sweep.project, stored, metrics, config.seed)


def values_of(run: SweepRun, metrics: tuple[Metric, ...]) -> list[float] | None:
    """A number per metric; None when one of them is not there.

    A single metric counts as ``metric.use`` says. Of several, the last value of each does.
    """
    numbers = [run.value] if len(metrics) == 1 else [run.summary.get(metric.name) for metric in metrics]
    found = [float(number) for number in numbers if is_number(number)]
    return found if len(found) == len(metrics) else None


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
