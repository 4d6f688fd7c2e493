"""Early stopping: which running runs are not worth their time any more."""

from __future__ import annotations

from besom.config.model import Asha, EarlyTerminate, Goal, Hyperband, SweepConfig
from besom.search.stopping.asha import AshaStopper
from besom.search.stopping.base import Ranked, Stop, Stopper
from besom.search.stopping.hyperband import HyperbandStopper
from besom.search.stopping.judge import stop
from besom.search.stopping.median import MedianStopper
from besom.search.stopping.race import Race
from besom.search.stopping.values import finite, is_value

__all__ = [
    "AshaStopper",
    "HyperbandStopper",
    "MedianStopper",
    "Race",
    "Ranked",
    "Stop",
    "Stopper",
    "finite",
    "is_value",
    "make_stopper",
    "stop",
    "stopper_for",
]


def stopper_for(config: SweepConfig) -> Stopper | None:
    """The rule a configuration asks for; None without ``early_terminate``."""
    if config.early_terminate is None:
        return None
    return make_stopper(config.early_terminate, config.metric.goal if config.metric else "minimize")


def make_stopper(rule: EarlyTerminate, goal: Goal) -> Stopper:
    """The rule that a block of a configuration describes.

    Raises:
        ValueError: a hyperband defines no bracket.
    """
    match rule:
        case Hyperband():
            return HyperbandStopper(rule, goal)
        case Asha():
            return AshaStopper(rule, goal)
        case _:
            return MedianStopper(rule, goal)
