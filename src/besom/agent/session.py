"""An agent's conversation with the server. It outlasts the server's absence: what has to arrive is repeated."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from besom.agent.output import Output
from besom.agent.slots import Slot
from besom.client.connection import RETRY_STATUS, Connection, segment
from besom.client.lookup import find_sweep
from besom.client.paths import ItemPath
from besom.errors import ApiError, BesomError, CommError, NotFound, ServerUnreachable, UsageError
from besom.protocol import (
    AgentJoined,
    EndedRun,
    Heartbeat,
    HeartbeatReply,
    Message,
    NewAgent,
    NextReply,
    NextRequest,
    NextRun,
    Run,
    RunExit,
    StopOrder,
    Sweep,
)

Answer = TypeVar("Answer")

NEXT_SECONDS = 20.0
"""How long the server may hold back the answer of an agent that waits."""
FIRST_SECONDS = 0.5
"""The same for an agent that does not know yet why it would have to wait."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 3.0
PATIENCE_SECONDS = 3.0
"""How long a server may be away while the agent begins; a wrong address should be said soon."""
GOODBYE_SECONDS = 5.0


class SweepOver(BesomError):
    """The sweep was finished before this agent came. Nothing is wrong: of many agents, some come late."""


class Session:
    """What an agent says and hears. Safe to use from several threads."""

    def __init__(self, connection: Connection, path: ItemPath, output: Output, slots: Sequence[Slot] = ()) -> None:
        self.connection = connection
        self.agent_id = self._entity = self._project = ""
        self._path = path
        self._output = output
        host, pid, launch = socket.gethostname(), os.getpid(), os.environ.get("BESOM_LAUNCH")
        self.about = NewAgent(
            host=host,
            pid=pid,
            name=f"{launch}-{host}-{pid}" if launch else None,  # `besom launch status` looks for its own
            slots=len(slots) or 1,
            gpus=list(dict.fromkeys(gpu for slot in slots for gpu in slot.gpus or ())),
        )
        self._given_up = threading.Event()
        self.unreported: set[str] = set()

    def join(self) -> AgentJoined:
        """Joins the sweep.

        Raises:
            SweepOver: it is finished: complete, or stopped.
            NotFound: there is no such sweep, or not in that project.
            UsageError: the sweep was canceled.
            CommError: the server refuses, or does not answer.
        """
        try:
            sweep = self.sweep(PATIENCE_SECONDS)
        except NotFound:
            sweep = find_sweep(self.connection, self._path)  # it says which was meant
        if (self._path.project or sweep.project, self._path.entity or sweep.entity) != (sweep.project, sweep.entity):
            raise NotFound(
                f"There is no sweep {self._path}.",
                f"There is one of that id at {sweep.entity}/{sweep.project}/{sweep.id}.",
                status=404,
                code="not_found",
            )
        try:
            _check_open(sweep)
            return self._register()
        except ApiError as error:
            if error.code == "sweep_not_running":  # it has ended between the two requests
                _check_open(self.sweep())
            raise

    def sweep(self, patience: float | None = None, timeout: float | None = None) -> Sweep:
        """The sweep as it is now; tries for ``patience`` seconds to reach the server, ``timeout`` seconds each time.

        Raises:
            CommError: the server refuses, or does not answer.
        """
        path = f"/sweeps/{segment(self._path.id)}"
        return self.connection.request("GET", path, reply=Sweep, patience=patience, timeout=timeout)

    def next(
        self, wait: float = NEXT_SECONDS, holding: Sequence[str] = (), ended: Sequence[EndedRun] = ()
    ) -> NextReply:
        """Asks for work. While there is none the server holds its answer back, for at most ``wait`` seconds.

        One thread asks at a time. ``holding``: runs that the agent has; others that it was given are repeated.
        ``ended``: runs that are reported with it; then the answer is not held back.

        Raises:
            NotFound: the sweep was deleted.
            CommError: the server refuses.
        """
        request = NextRequest(wait=wait, holding=list(holding), ended=list(ended))
        try:
            reply = self._ask(request)
        except NotFound:  # the server has lost this agent, not the sweep
            self.until_heard(self._register)
            reply = self._ask(request)
        self.unreported.difference_update(end.run_id for end in ended)
        return reply

    def heartbeat(self, holding: list[str], wait: float) -> list[StopOrder]:
        """Says that agent and runs are alive; returns the orders to stop, up to ``wait`` seconds later.

        Raises:
            CommError: the server refuses.
        """
        body = Heartbeat(holding=holding, wait=wait)
        reply: HeartbeatReply = self._insist("heartbeat", body, reply=HeartbeatReply, timeout=wait + 30)
        return reply.stop

    def agent_of(self, run_id: str) -> str:  # noqa: ARG002  only agents of several sweeps have several ids
        """Who it is to the server where a run is meant."""
        return self.agent_id

    def place(self, run_id: str | None = None) -> str:
        """Where the API keeps the agent; with a run, where it hears of that run's end."""
        return f"/agents/{segment(self.agent_id if run_id is None else self.agent_of(run_id))}"

    def begins(self, run_id: str) -> None:
        """The run may have effects from now on: to leave before its report would make it look as if it never began."""
        self.unreported.add(run_id)

    def report(self, run_id: str, ended: RunExit) -> Run | None:
        """Says how a run ended; returns the run as the server now sees it, or None when it has been deleted.

        Raises:
            CommError: the server refuses.
        """
        try:
            run: Run | None = self._insist(f"runs/{segment(run_id)}/exit", ended, reply=Run, run_id=run_id)
        except NotFound:
            run = self._released(run_id)
        self.unreported.discard(run_id)
        return run

    def give_back(self, run: NextRun) -> None:
        """Says that a run which it was given does not begin here: somebody else gets it at once.

        Raises:
            CommError: the server refuses.
        """
        path = f"{self.place(run.run_id)}/runs/{segment(run.run_id)}"
        with contextlib.suppress(NotFound):  # gone with its sweep
            self.until_heard(lambda: self.connection.request("DELETE", path, query={"hand_out": run.hand_out}))

    def refuses(self, run: NextRun) -> bool:  # noqa: ARG002  only agents of several sweeps refuse those of one
        """Whether it takes no more runs of that one's sweep."""
        return False

    def until_heard(self, call: Callable[[], Answer], has_asked: Callable[[Answer], bool] | None = None) -> Answer:
        """What ``call`` returns; calls it again and again while the server is away or busy.

        ``has_asked`` tells of what it returned whether the server was asked anything; by default it always was.

        Raises:
            CommError: the server refuses; or it is away, after ``give_up``.
        """
        pause = SHORTEST_PAUSE
        while True:
            try:
                answer = call()
            except (ServerUnreachable, ApiError) as error:
                if not _passing(error) or self._given_up.is_set():
                    raise
                self._output.server_away(error.message)
            else:
                if has_asked is None or has_asked(answer):
                    self._output.server_back()
                return answer
            self._given_up.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def give_up(self) -> None:
        """From now on every message is sent once only."""
        self._given_up.set()

    @property
    def given_up(self) -> bool:
        """Whether messages are sent once only."""
        return self._given_up.is_set()

    def leave(self) -> bool:
        """Tells the server that this agent is gone and that what it still has never began; False if it cannot."""
        self.give_up()
        if self.unreported:
            several = len(self.unreported) > 1
            runs = f"{len(self.unreported)} runs ended; they count" if several else "the run ended; it counts"
            unless = "their programs" if several else "its program"
            self._output.detail(f"The server was not told how {runs} as crashed, unless {unless} told it.")
            return False
        try:
            self.connection.request("DELETE", self.place(), timeout=GOODBYE_SECONDS, patience=0.0)
        except NotFound:
            return True  # gone with its sweep
        except CommError as error:
            self._output.detail(f"The server could not be told that this agent left: {error.message}")
            return False
        return True

    def _released(self, run_id: str) -> Run | None:
        """A run that this agent has no more, as when its sweep was deleted; None when the run was, too."""
        path = f"/projects/{segment(self._entity)}/{segment(self._project)}/runs/{segment(run_id)}"
        try:
            return self.until_heard(lambda: self.connection.request("GET", path, reply=Run))
        except NotFound:
            return None

    def _register(self) -> AgentJoined:
        path = f"/sweeps/{segment(self._path.id)}/agents"
        joined = self.connection.request("POST", path, body=self.about, reply=AgentJoined, patience=PATIENCE_SECONDS)
        self.agent_id, self._entity, self._project = joined.agent_id, joined.sweep.entity, joined.sweep.project
        return joined

    def _ask(self, body: NextRequest) -> NextReply:
        answer: NextReply = self._insist("next", body, reply=NextReply, timeout=body.wait + 30)
        return answer

    def _insist(
        self, what: str, body: Message, *, reply: Any, timeout: float | None = None, run_id: str | None = None
    ) -> Any:
        def send() -> Any:
            path = f"{self.place(run_id)}/{what}"  # the server may have lost it, and know it anew
            patience = 0.0 if self.given_up else None
            return self.connection.request("POST", path, body=body, reply=reply, timeout=timeout, patience=patience)

        return self.until_heard(send)


def _check_open(sweep: Sweep) -> None:
    why = f"{sweep.state}{f' ({sweep.state_reason})' if sweep.state_reason else ''}"
    hint = f"To go on with it: besom sweep --resume {sweep.entity}/{sweep.project}/{sweep.id}"
    if sweep.state == "FINISHED":
        raise SweepOver(f"No more runs: the sweep is {why}.", hint)
    if sweep.state == "CANCELED":
        raise UsageError(f"Sweep {sweep.id} is {why}.", hint)


def _passing(error: BesomError) -> bool:
    """Whether the same message may well be welcome later."""
    return not isinstance(error, ApiError) or error.status in RETRY_STATUS or error.status >= 500
