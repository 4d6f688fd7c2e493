"""Early stopping: which running runs are not worth their time any more."""

from __future__ import annotations

from besom.config.model import SweepConfig
from besom.search.stopping.base import Curve, Stop, Stopper
from besom.search.stopping.hyperband import HyperbandStopper
from besom.search.stopping.judge import curve, stop

__all__ = ["Curve", "HyperbandStopper", "Stop", "Stopper", "curve", "stop", "stopper_for"]


def stopper_for(config: SweepConfig) -> Stopper | None:
    """The rule a configuration asks for; None without ``early_terminate``."""
    if config.early_terminate is None:
        return None
    return HyperbandStopper(config.early_terminate, config.metric.goal if config.metric else "minimize")
