"""Sweep configurations on the server: checked when they come in, and kept parsed while they are in use."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from besom.server.services.refusals import Invalid
from besom.server.services.trials import Trials

if TYPE_CHECKING:
    from besom.config import ConfigError, Loaded, SweepConfig
    from besom.search import Grid
    from besom.search.bayes import WarmStart
    from besom.search.stopping import Stopper

logger = logging.getLogger("besom.server")

_CAPACITY = 256
_MOST_TRIALS = 200_000
"""Of all sweeps together: some 100 MB."""


@dataclass
class Plan:
    """A parsed configuration, with what is derived from it made once and only when needed.

    NumPy and SciPy are loaded by the first use of the search, so that the server starts quickly.
    """

    stored: dict[str, Any]
    config: SweepConfig
    seed: int
    """Of the sweep, for a configuration without one."""
    is_ready: bool = field(default=False, init=False)
    """Whether ``prepare`` was called; before, nobody asks for points in a transaction."""

    def prepare(self) -> None:
        """Makes what may take seconds: under conditions, points are counted. Not for a transaction or an event loop."""
        if self.config.method == "grid":
            _ = self.grid
        elif not self.config.is_searched_outside:
            _ = self.warm, self.needs_trials
        self.is_ready = True

    @cached_property
    def grid(self) -> Grid:
        """The points of a grid sweep."""
        from besom.search import Grid

        return Grid.of(self.config, self.seed)

    @cached_property
    def stopper(self) -> Stopper | None:
        """The rule of early stopping that the server applies; a local controller applies its own."""
        if self.config.early_terminate is None or self.config.controller == "local":
            return None
        from besom.search.stopping import stopper_for

        return stopper_for(self.config)

    @cached_property
    def needs_trials(self) -> bool:
        """Whether a suggestion depends on the runs before it: bayes, repeats, random where a point may come twice."""
        if self.config.method == "bayes" or self.config.repeat is not None:
            return True
        return self.warm.space(self.config).returning

    @cached_property
    def is_quick(self) -> bool:
        """Whether a suggestion is a matter of microseconds: independent draws without rules to keep."""
        rules = self.config.forbid or any(p.when or p.label == "expr" for p in self.config.parameters)
        return self.config.method == "random" and not rules and not self.needs_trials

    @property
    def is_searched(self) -> bool:
        """Whether suggestions are computed outside of transactions."""
        return self.config.method != "grid" and not self.config.is_searched_outside and not self.is_quick

    @cached_property
    def warm(self) -> WarmStart:
        """The space, what runs mean in it and fitted models, kept between suggestions."""
        from besom.search.bayes import WarmStart

        return WarmStart()

    @cached_property
    def trials(self) -> Trials:
        """The sweep's runs as search sees them, kept between suggestions."""
        return Trials(self.config)


class Plans:
    """The plans of the sweeps in use. May be used by the writer's thread and the event loop's."""

    def __init__(self) -> None:
        self._plans: dict[str, Plan] = {}
        self._unreadable: dict[str, dict[str, Any]] = {}
        """Configurations that are none, by sweep: told of once."""

    def of(self, sweep: Any) -> Plan:
        """The plan of a sweep's row; parsed again when the configuration was replaced."""
        plan = self._plans.get(sweep.id)
        if plan is None or plan.stored != sweep.config:
            plan = Plan(sweep.config, read_stored(sweep.config), sweep.seed)
            self.keep(sweep.id, plan)
        return plan

    def readable(self, sweep: Any) -> Plan | None:
        """``of``; None for a configuration that an older server took, and that is none by the rules of today."""
        if self._unreadable.get(sweep.id) == sweep.config:
            return None
        try:
            return self.of(sweep)
        except Invalid as error:
            logger.warning("The configuration of sweep %s cannot be read: %s", sweep.id, error)
            if len(self._unreadable) >= _CAPACITY:
                self._unreadable.clear()
            self._unreadable[sweep.id] = sweep.config
            return None

    def keep(self, sweep_id: str, plan: Plan) -> None:
        """Remembers the plan of a sweep."""
        if len(self._plans) >= _CAPACITY:
            self._plans.clear()
        self._plans[sweep_id] = plan

    async def ready(self, sweep: Any) -> Plan:
        """``of``, and prepared."""
        plan = self.of(sweep)
        if not plan.is_ready:
            await asyncio.to_thread(plan.prepare)
        return plan

    def trim(self, used: str) -> None:
        """Forgets plans while they know of too many runs together, the one used now last."""
        plans = self._plans
        if used in plans:
            plans[used] = plans.pop(used)
        known = {sweep_id: len(plan.trials) for sweep_id, plan in list(plans.items())}
        total = sum(known.values())
        for sweep_id, count in known.items():
            if total <= _MOST_TRIALS or sweep_id == used:
                break
            plans.pop(sweep_id, None)
            total -= count


def check(config: Mapping[str, Any]) -> Loaded:
    """The checked configuration.

    Raises:
        Invalid: it cannot be used; the message names every problem and its fix.
    """
    from besom.config import ConfigError, load_mapping

    try:
        return load_mapping(config)
    except ConfigError as error:
        raise refusal(error) from None


def check_text(text: str) -> Loaded:
    """The same of YAML or JSON. Raises Invalid, as ``check`` does."""
    from besom.config import ConfigError, load_text

    try:
        return load_text(text)
    except ConfigError as error:
        raise refusal(error) from None


def read_stored(config: Mapping[str, Any]) -> SweepConfig:
    """A configuration that was checked when it came in, perhaps by an older server.

    Raises:
        Invalid: it is none by the rules of today.
    """
    from besom.config import ConfigError, load_stored

    try:
        return load_stored(config)
    except ConfigError as error:
        raise refusal(error) from None


def refusal(error: ConfigError) -> Invalid:
    """What a caller is told of a configuration that cannot be used."""
    where = error.problems[0].where if error.problems else ""
    return Invalid("bad_config", error.render(), field=where or None)
