"""What a sweep of the tests has come to, as besom's own API tells it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from besom.client.connection import Connection
from besom.protocol import NewSweep, Run, RunPage, Sweep, SweepCreated, Viewer
from terminal_user import LONGEST


@dataclass(frozen=True)
class Watched:
    """A sweep."""

    connection: Connection
    path: str
    """``entity/project/id``"""

    @classmethod
    def create(cls, connection: Connection, project: str, config: dict) -> Watched:
        """Made by besom's own client."""
        place = f"{connection.request('GET', '/viewer', reply=Viewer).entity}/{project}"
        made = connection.request("POST", f"/projects/{place}/sweeps", body=NewSweep(config=config), reply=SweepCreated)
        return cls(connection, f"{place}/{made.sweep.id}")

    @property
    def id(self) -> str:
        """As it stands in addresses."""
        return self.path.rsplit("/", 1)[1]

    @property
    def project(self) -> str:
        """``entity/project``"""
        return self.path.rsplit("/", 1)[0]

    def now(self) -> Sweep:
        """As it is."""
        return self.connection.request("GET", f"/sweeps/{self.id}", reply=Sweep)

    def runs(self) -> list[Run]:
        """Oldest first."""
        page = self.connection.request("GET", f"/projects/{self.project}/runs", query={"sweep": self.id}, reply=RunPage)
        return page.runs

    def until(self, condition: Callable[[list[Run]], bool], what: str) -> list[Run]:
        """Its runs, once the condition holds for them."""
        deadline = time.monotonic() + LONGEST
        while not condition(runs := self.runs()):
            assert time.monotonic() < deadline, f"{what}: {[(run.id, run.state, run.steps) for run in runs]}"
            time.sleep(0.2)
        return runs
