"""Sweeps as Python objects."""

from __future__ import annotations

import html
import warnings
from functools import cached_property
from typing import TYPE_CHECKING, Any

from besom.client.agents import Agent
from besom.client.connection import segment
from besom.client.lookup import find_sweep
from besom.client.numbers import decode_deep
from besom.client.paths import ItemPath
from besom.client.run_list import Runs
from besom.client.runs import Run
from besom.errors import UsageError
from besom.protocol import AgentPage, SweepAction, SweepCommand
from besom.protocol import Sweep as SweepMessage

if TYPE_CHECKING:
    from besom.client.api import Api


class Sweep:
    """A sweep on the server, as it was when it was fetched; ``load(force=True)`` fetches it again."""

    def __init__(self, api: Api, message: SweepMessage) -> None:
        self._api = api
        self._message = message

    @property
    def id(self) -> str:
        """Eight characters, unique on the server."""
        return self._message.id

    @property
    def name(self) -> str:
        """Edited display name, else the configuration's name, else the id."""
        return self._message.name

    @property
    def entity(self) -> str:
        """User or team."""
        return self._message.entity

    @property
    def username(self) -> str:
        """The entity, under its old name."""
        warnings.warn("Sweep.username is called Sweep.entity now.", DeprecationWarning, stacklevel=2)
        return self.entity

    @property
    def project(self) -> str:
        """Name of the project."""
        return self._message.project

    @property
    def path(self) -> list[str]:
        """Entity, project and id, each quoted for a web address."""
        return [segment(part) for part in (self.entity, self.project, self.id)]

    @property
    def url(self) -> str:
        """Address of the sweep's page."""
        return self._api.page(self._message.url)

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
        """Best value of the metric that any run reached."""
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

        Without a metric it is the newest run, with a warning. None when there is no run.
        """
        order = order or self.order
        if order is None:
            warnings.warn(f"Sweep {self.id} has no metric: best_run() is its newest run.", stacklevel=2)
            order = "-created_at"
        filters = {order.lstrip("+-"): {"$exists": True}} if "summary_metrics." in order and "," not in order else None
        found = Runs(self._api, self.entity, self.project, filters=filters, order=order, per_page=1, sweep=self.id)
        return next(iter(found), None)

    def agents(self) -> list[Agent]:
        """Its agents, the newest first."""
        page = self._api.connection.request("GET", f"/sweeps/{segment(self.id)}/agents", reply=AgentPage)
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
        self._api.connection.request("DELETE", f"/sweeps/{segment(self.id)}")

    def load(self, force: bool = False) -> dict[str, Any]:
        """The configuration; with ``force`` everything is fetched again."""
        if force:
            self._message = find_sweep(self._api.connection, ItemPath(self.id))
            self.__dict__.pop("runs", None)
        return self.config

    def to_html(self, height: int = 420, hidden: bool = False) -> str:
        """The sweep's page as a frame for a notebook, behind a button when ``hidden``."""
        frame = f'<iframe src="{html.escape(self.url)}" style="border:none;width:100%;height:{height}px"></iframe>'
        return f"<details><summary>Sweep {html.escape(self.name)}</summary>{frame}</details>" if hidden else frame

    def _repr_html_(self) -> str:
        return self.to_html()

    def _command(self, action: SweepAction) -> None:
        route = f"/sweeps/{segment(self.id)}/state"
        self._message = self._api.connection.request(
            "POST", route, body=SweepCommand(action=action), reply=SweepMessage
        )

    def __repr__(self) -> str:
        return f"<Sweep {self.entity}/{self.project}/{self.id} ({self.state})>"
