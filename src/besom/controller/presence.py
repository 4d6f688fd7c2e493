"""One controller per sweep: it is known to the server, as agents are, and lets a second one not begin."""

from __future__ import annotations

import contextlib
import os
import socket
import threading

from besom.client.connection import Connection, segment
from besom.errors import ApiError, BesomError, CommError, NotFound
from besom.protocol import AgentJoined, AgentPage, Heartbeat, NewAgent

PATIENCE_SECONDS = 30.0
"""How long a server may be away while the controller begins."""


class Presence:
    """Tells the server, in a thread of its own, that this process is at work; for use in a ``with`` statement.

    Raises:
        ApiError: another controller is at work for the sweep, or the sweep has ended.
    """

    def __init__(self, connection: Connection, sweep_id: str) -> None:
        self._connection = connection
        self._route = f"/sweeps/{segment(sweep_id)}/agents"
        self._over = threading.Event()
        self._lost: BesomError | None = None
        self._joined: AgentJoined | None = None

    def check(self) -> None:
        """Raises what ended the presence, e.g. that another controller has begun while this one was not heard."""
        if self._lost is not None:
            raise self._lost

    def __enter__(self) -> Presence:
        self._joined = self._join()
        threading.Thread(target=self._beat, name="besom-controller", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._joined is not None:
            with contextlib.suppress(CommError):  # else the server notices the silence
                self._connection.request("DELETE", f"/agents/{segment(self._joined.agent_id)}")

    def _join(self) -> AgentJoined:
        new = NewAgent(host=socket.gethostname(), pid=os.getpid(), slots=0)
        try:
            return self._connection.request("POST", self._route, body=new, reply=AgentJoined, patience=PATIENCE_SECONDS)
        except ApiError as error:
            if error.code != "sweep_has_controller" or not self._bury_dead():
                raise
        return self._connection.request("POST", self._route, body=new, reply=AgentJoined)

    def _bury_dead(self) -> bool:
        """Takes the place of a controller that was killed on this machine, which the server has not missed yet."""
        agents = self._connection.request("GET", self._route, reply=AgentPage).agents
        other = next((agent for agent in agents if agent.slots == 0 and agent.state == "running"), None)
        if other is None or other.host != socket.gethostname() or _is_alive(other.pid):
            return False
        self._connection.request("DELETE", f"/agents/{segment(other.id)}")
        return True

    def _beat(self) -> None:
        joined = self._joined
        while joined is not None and not self._over.wait(joined.heartbeat_seconds):
            try:
                self._connection.request("POST", f"/agents/{segment(joined.agent_id)}/heartbeat", body=Heartbeat())
            except NotFound:  # silent for too long, or the sweep was deleted
                try:
                    self._joined = joined = self._join()
                except BesomError as error:
                    self._lost = error
                    return
            except CommError:
                continue


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it belongs to somebody else
        pass
    return True
