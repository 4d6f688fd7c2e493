"""Sweeps as Python objects."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from besom.client.agents import Agent
from besom.client.connection import segment
from besom.client.lookup import find_sweep
from besom.client.numbers import decode_deep, encode_deep
from besom.client.paths import ItemPath
from besom.client.queueing import enqueue
from besom.client.resource import Resource
from besom.client.run_list import Runs
from besom.client.runs import Run
from besom.client.sharing import share, unshare
from besom.errors import UsageError
from besom.protocol import AgentPage, EventPage, NewPoint, SweepAction, SweepChange, SweepCommand
from besom.protocol import Event as EventMessage
from besom.protocol import Sweep as SweepMessage

if TYPE_CHECKING:
    from besom.client.api import Api


class Sweep(Resource):
    """A sweep on the server, as it was when it was fetched; ``load(force=True)`` fetches it again."""

    _message: SweepMessage

    def __init__(self, api: Api, message: SweepMessage) -> None:
        super().__init__(api, message)

    @property
    def username(self) -> str:
        """The entity, under its old name."""
        warnings.warn("Sweep.username is called Sweep.entity now.", DeprecationWarning, stacklevel=2)
        return self.entity

    @property
    def config(self) -> dict[str, Any]:
        """As stored, distributions filled in."""
        config: dict[str, Any] = decode_deep(self._message.config)
        return config

    @property
    def state(self) -> str:
        """``PENDING``, ``RUNNING``, ``PAUSED``, ``FINISHED`` or ``CANCELED``; ``state_reason`` says why."""
        return self._message.state

    @property
    def state_reason(self) -> str:
        """Why it is in that state, as a sentence."""
        return self._message.state_reason

    @property
    def expected_run_count(self) -> int | None:
        """Number of runs when all is done; None for a search without an end."""
        return self._message.expected_runs

    @property
    def best_loss(self) -> float | None:
        """Best value of the metric that any run reached at any step, as the page shows it."""
        return self._message.best.value if self._message.best else None

    @property
    def order(self) -> str | None:
        """Sort key that puts the best run first, e.g. ``+summary_metrics.loss``; None without a metric."""
        metric = self._message.metric
        if metric is None:
            return None
        return f"{'-' if metric.goal == 'maximize' else '+'}summary_metrics.{metric.name}"

    @cached_property
    def runs(self) -> Runs:
        """All runs, the oldest first."""
        return Runs(self._api, self.entity, self.project, sweep=self.id)

    def best_run(self, order: str | None = None) -> Run | None:
        """The first run by ``order``; by default the one whose summary has the best value of the metric.

        The summary holds what was logged last, so a run that was better before it got worse may lose here.
        ``order="+best"`` (to maximize: ``"-best"``) takes the best value of the whole curve, as the page, ``best_loss``
        and the search do. Where ``define_metric`` made the summary hold aggregates, its minimum or maximum counts.

        Without a metric it is the newest run, with a warning. None when there is no run.

        Args:
            order: ``+KEY`` or ``-KEY``, e.g. ``-summary_metrics.acc``; see ``Api.runs``.
        """
        if order is not None:
            return self._first(order)
        metric = self._message.metric
        if metric is None or self.order is None:
            warnings.warn(f"Sweep {self.id} has no metric: best_run() is its newest run.", stacklevel=2)
            return self._first("-created_at")
        extreme = "max" if metric.goal == "maximize" else "min"
        places = (self.order, f"{self.order}.{extreme}", f"{self.order}.best")
        return next(filter(None, map(self._first_number, places)), None) or self._first(self.order)

    def _first_number(self, order: str) -> Run | None:
        """The first run by ``order`` among those that have a finite number there."""
        return self._first(order, {"$lte": sys.float_info.max})

    def _first(self, order: str, condition: Mapping[str, Any] | None = None) -> Run | None:
        """The first run by ``order`` among those whose value there fulfils ``condition``, by default any."""
        key = order.lstrip("+-")
        filters = None if "," in order or key == "created_at" else {key: condition or {"$exists": True}}
        found = Runs(self._api, self.entity, self.project, filters=filters, order=order, per_page=1, sweep=self.id)
        return next(iter(found), None)

    def enqueue_run(self, config: Mapping[str, Any], display_name: str | None = None) -> str:
        """Queues one configuration, to be run before anything that search suggests; returns the new run's id.

        Args:
            config: Values by parameter, nested as in the sweep's configuration. Fixed parameters may be left out.
            display_name: For the run.

        Raises:
            ApiError: a parameter is unknown, missing or out of its range, or a grid has handed the point out already.
        """
        point = NewPoint(params=encode_deep(dict(config)), display_name=display_name)
        return enqueue(self._api.connection, self.id, point).id

    def events(self, limit: int = 100) -> list[EventMessage]:
        """What happened to it and its runs, each with its reason, the newest first."""
        page = self._api.connection.request("GET", f"{self._route}/events", query={"limit": limit}, reply=EventPage)
        return page.events

    def rename(self, name: str) -> None:
        """Gives it another display name."""
        change = SweepChange(display_name=name)
        self._message = self._api.connection.request("PATCH", self._route, body=change, reply=SweepMessage)

    def share(self) -> str:
        """The link by which anyone can look at it without a key, made where there is none yet."""
        return share(self._api.connection, self.id)

    def unshare(self) -> None:
        """Ends that link; the next one will be another."""
        unshare(self._api.connection, self.id)

    def agents(self) -> list[Agent]:
        """Its agents, the newest first."""
        page = self._api.connection.request("GET", f"{self._route}/agents", reply=AgentPage)
        return [Agent(self._api, self, message) for message in page.agents]

    def agent(self, agent_id: str) -> Agent:
        """The agent with that id or name.

        Raises:
            UsageError: the sweep has none.
        """
        agents = self.agents()
        found = next((agent for agent in agents if agent_id in (agent.id, agent.name)), None)
        if found is None:
            known = ", ".join(agent.name for agent in agents) or "none"
            raise UsageError(f"Sweep {self.id} has no agent {agent_id!r}.", f"Its agents: {known}.")
        return found

    def pause(self) -> None:
        """No new runs until it is resumed; running ones go on, agents wait."""
        self._command("pause")

    def resume(self) -> None:
        """New runs again, whatever state it was in."""
        self._command("resume")

    def stop(self) -> None:
        """Finishes it: no new runs, running ones go on."""
        self._command("stop")

    def cancel(self) -> None:
        """No new runs, running ones are killed."""
        self._command("cancel")

    def delete(self) -> None:
        """Deletes the sweep. Agents end."""
        self._api.connection.request("DELETE", self._route)

    def load(self, force: bool = False) -> dict[str, Any]:
        """The configuration; with ``force`` everything is fetched again."""
        if force:
            self._message = find_sweep(self._api.connection, ItemPath(self.id))
            self.__dict__.pop("runs", None)
        return self.config

    def _command(self, action: SweepAction) -> None:
        command = SweepCommand(action=action)
        self._message = self._api.connection.request("POST", f"{self._route}/state", body=command, reply=SweepMessage)

    @property
    def _route(self) -> str:
        return f"/sweeps/{segment(self.id)}"

    def __repr__(self) -> str:
        return f"<Sweep {self.entity}/{self.project}/{self.id} ({self.state})>"
