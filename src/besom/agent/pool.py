"""An agent that works for all running sweeps of a project: which sweep each of its runs belongs to, and what that means
for the conversation with the server and for the programs that it starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from besom.agent.environment import DiskFull
from besom.agent.launch import Launch, Launcher, ProgramLauncher
from besom.agent.output import Output
from besom.agent.session import NEXT_SECONDS, PATIENCE_SECONDS, Session
from besom.agent.slots import Slot
from besom.client.connection import Connection, segment
from besom.client.lookup import project_route
from besom.client.paths import ItemPath
from besom.errors import BesomError
from besom.protocol import (
    AgentJoined,
    EndedRun,
    NextExit,
    NextReply,
    NextRun,
    NextWait,
    PoolJoined,
    PoolReply,
    PoolRequest,
    Run,
    RunExit,
)

KEPT = 50
"""Sweeps without a run here whose launchers are kept."""


class Unfit(BesomError):
    """The runs of one sweep cannot be started here. No reason not to work for the others."""


class PoolSession(Session):
    """The conversation of an agent that the server knows under another id in each sweep."""

    def __init__(
        self,
        connection: Connection,
        project: tuple[str, str],
        output: Output,
        slots: Sequence[Slot] = (),
        *,
        exit_when_idle: bool = False,
    ) -> None:
        """``project`` is its entity and name. ``exit_when_idle``: whether it leaves when no sweep there is running."""
        super().__init__(connection, ItemPath("", project[1], project[0]), output, slots)
        self._entity, self._project = project
        self._exit_when_idle = exit_when_idle
        self.members: dict[str, AgentJoined] = {}
        """What it is in the sweep of each of its runs, by run."""
        self.refused: set[str] = set()
        """Sweeps of which it takes no more runs."""

    def join_project(self) -> PoolJoined:
        """Begins.

        Raises:
            NotFound: there is no such project.
            CommError: the server refuses, or does not answer.
        """
        route = f"{project_route(self._entity, self._project)}/pool"
        joined = self.connection.request("POST", route, reply=PoolJoined, patience=PATIENCE_SECONDS)
        self.agent_id = joined.pool_id
        return joined

    def next(
        self, wait: float = NEXT_SECONDS, holding: Sequence[str] = (), ended: Sequence[EndedRun] = ()
    ) -> NextReply:
        """As an agent of one sweep does; ``NextExit`` when it is to leave because nothing is running.

        Raises:
            NotFound: the project was deleted.
            CommError: the server refuses.
        """
        request = PoolRequest(
            wait=wait, holding=list(holding), ended=list(ended), about=self.about, without=list(self.refused)
        )
        reply: PoolReply = self._insist("next", request, reply=PoolReply, timeout=wait + 30)
        self.unreported.difference_update(end.run_id for end in ended)
        for run in reply.next.ended:
            self.members.pop(run.id, None)
        if reply.joined is not None and isinstance(reply.next, NextRun):
            self.members[reply.next.run_id] = reply.joined
        if self._exit_when_idle and reply.idle and isinstance(reply.next, NextWait):
            return NextExit(reason=reply.next.reason, sweep_state="FINISHED", ended=reply.next.ended)
        return reply.next

    def report(self, run_id: str, ended: RunExit) -> Run | None:
        """As an agent of one sweep does."""
        run = super().report(run_id, ended)
        self.members.pop(run_id, None)
        return run

    def agent_of(self, run_id: str) -> str:
        """Its id in the sweep of a run."""
        return self.members[run_id].agent_id

    def place(self, run_id: str | None = None) -> str:
        """Where the API keeps it: for a run, as an agent of its sweep."""
        if run_id is not None:
            return super().place(run_id)
        return f"{project_route(self._entity, self._project)}/pool/{segment(self.agent_id)}"

    def give_back(self, run: NextRun) -> None:
        """As an agent of one sweep does."""
        super().give_back(run)
        self.members.pop(run.run_id, None)

    def refuses(self, run: NextRun) -> bool:
        """Whether it takes no more runs of that one's sweep."""
        return self.members[run.run_id].sweep.id in self.refused


class PoolLauncher:
    """Prepares runs of any sweep, each as its configuration says."""

    def __init__(self, session: PoolSession, environ: Mapping[str, str], here: Path, output: Output) -> None:
        self._session = session
        self._environ = environ
        self._here = here
        self._output = output
        self._launchers: dict[str, Launcher] = {}  # by sweep, the latest one last

    def prepare(self, run: NextRun) -> Launch:
        """As ``ProgramLauncher.prepare``. Waits for the server where the sweep's frozen code is to be fetched.

        Raises:
            Unfit: the sweep names no program, its program is not here, or its frozen code cannot be had.
            DiskFull, SettingsError: as there.
        """
        joined = self._session.members[run.run_id]
        launcher = self._launchers.pop(joined.sweep.id, None)
        if launcher is None:
            make = partial(ProgramLauncher, joined, self._session, self._environ, self._here, self._output)
            try:
                # Most ask the server nothing; that it is back, the next request will find.
                launcher = self._session.until_heard(make, lambda _: False)
            except DiskFull:
                raise
            except BesomError as error:
                self._session.refused.add(joined.sweep.id)
                raise Unfit(error.message, error.hint) from None
        self._launchers[joined.sweep.id] = launcher
        self._forget_old()
        return launcher.prepare(run)

    def _forget_old(self) -> None:
        """Such an agent lives for weeks, and sweeps end."""
        at_work = {joined.sweep.id for joined in list(self._session.members.values())}
        idle = [sweep_id for sweep_id in self._launchers if sweep_id not in at_work]
        for sweep_id in idle[:-KEPT]:
            del self._launchers[sweep_id]
