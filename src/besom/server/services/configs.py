"""Sweep configurations on the server: checked when they come in, and kept parsed while they are in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from besom.server.services.refusals import Invalid

if TYPE_CHECKING:
    from besom.config import Loaded, SweepConfig
    from besom.search import Grid
    from besom.search.bayes import WarmStart
    from besom.search.stopping import Stopper

_CAPACITY = 256


@dataclass
class Plan:
    """A parsed configuration, with what is derived from it made once and only when needed.

    NumPy and SciPy are loaded by the first use of the search, so that the server starts quickly.
    """

    stored: dict[str, Any]
    config: SweepConfig
    _memory: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def grid(self) -> Grid:
        """The points of a grid sweep."""
        from besom.search import Grid

        return Grid(self.config.parameters)

    @cached_property
    def stopper(self) -> Stopper | None:
        """The rule of early stopping that the server applies; a local controller applies its own."""
        if self.config.early_terminate is None or self.config.controller == "local":
            return None
        from besom.search.stopping import stopper_for

        return stopper_for(self.config)

    @cached_property
    def needs_trials(self) -> bool:
        """Whether a suggestion depends on the runs before it: bayes, and random in a finite space (no repeats)."""
        if self.config.method == "bayes":
            return True
        from besom.search import Space

        return Space.of(self.config).size is not None

    @cached_property
    def warm(self) -> WarmStart:
        """Fitted models, kept between suggestions."""
        from besom.search.bayes import WarmStart

        return WarmStart()


class Plans:
    """The plans of the sweeps in use. May be used by the writer's thread and the event loop's."""

    def __init__(self) -> None:
        self._plans: dict[str, Plan] = {}

    def of(self, sweep: Any) -> Plan:
        """The plan of a sweep's row; parsed again when the configuration was replaced."""
        plan = self._plans.get(sweep.id)
        if plan is None or plan.stored != sweep.config:
            plan = Plan(sweep.config, check(sweep.config).config)
            if len(self._plans) >= _CAPACITY:
                self._plans.clear()
            self._plans[sweep.id] = plan
        return plan


def check(config: Mapping[str, Any]) -> Loaded:
    """The checked configuration.

    Raises:
        Invalid: it cannot be used; the message names every problem and its fix.
    """
    from besom.config import ConfigError, load_mapping

    try:
        return load_mapping(config)
    except ConfigError as error:
        where = error.problems[0].where if error.problems else ""
        raise Invalid("bad_config", error.render(), field=where or None) from None
