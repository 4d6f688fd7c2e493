"""Sweeps of W&B, made anew in besom, each once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from besom.client.connection import Connection, segment
from besom.config.yaml_writer import write_yaml
from besom.errors import NotFound
from besom.protocol import NewSweep, Sweep, SweepAction, SweepCommand, SweepCreated, SweepPage
from besom.sdk.uploads import route

_ACTIONS: dict[str, SweepAction] = {"FINISHED": "stop", "CANCELED": "cancel", "CRASHED": "cancel"}
"""By the state that a sweep had; all others are paused, so that whoever wants goes on with them."""


class Sweeps:
    """The sweeps of a project that is imported, and those that they become."""

    def __init__(self, connection: Connection, entity: str, project: str, source: str) -> None:
        """``source``: names the project that is read. Each sweep notes it, and is known by that the next time."""
        self._connection = connection
        self._route = f"{route(entity, project)}/sweeps"
        self._source = source
        self._made: dict[str, Sweep] = {}
        try:
            page = connection.request("GET", self._route, reply=SweepPage)
        except NotFound:  # the project is made with what is imported first
            return
        for sweep in page.sweeps:
            first, _, _ = sweep.text.partition("\n")
            if first.startswith(self._mark("")):
                self._made[first.removeprefix(self._mark(""))] = sweep

    def find(self, told: Mapping[str, Any]) -> str:
        """The id of the sweep that one becomes; made when it is not there yet.

        It is ended or paused before it has a run: imported runs join it in any state, and no agent waits for them.

        Raises:
            ApiError: its configuration cannot be used.
        """
        sweep = self._made.get(told["id"])
        if sweep is None:
            text = f"{self._mark(told['id'])}\n{write_yaml(told['config'])}"
            new = NewSweep(config=told["config"], text=text, display_name=told["name"])
            sweep = self._connection.request("POST", self._route, body=new, reply=SweepCreated).sweep
            self._made[told["id"]] = sweep
        if sweep.state == "PENDING":  # new, or an import broke off right here
            action = SweepCommand(action=_ACTIONS.get(told["state"], "pause"), reason="it was imported")
            where = f"/sweeps/{segment(sweep.id)}/state"
            self._made[told["id"]] = self._connection.request("POST", where, body=action, reply=Sweep)
        return sweep.id

    def _mark(self, sweep_id: str) -> str:
        return f"# {self._source}/sweeps/{sweep_id}"
