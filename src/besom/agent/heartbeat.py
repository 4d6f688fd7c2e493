"""Tells the server, in a thread of its own, that the agent and its runs are alive; hears orders to stop at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType

from besom.agent.session import Session
from besom.protocol import StopOrder

HOLD_SECONDS = 15.0
"""How long the server may hold a heartbeat back; an order to stop ends the wait. Proxies give up after 30 s or more."""
REST_SECONDS = 1.0
"""Least time between two heartbeats that are answered at once, as they are while a run takes its time to stop."""


class HeartbeatThread:
    """Beats between ``with`` and its end, also while the server is away. ``on_stop`` may hear an order twice."""

    def __init__(self, session: Session, interval: float, on_stop: Callable[[StopOrder], None]) -> None:
        self._session = session
        self._interval = interval
        self._on_stop = on_stop
        self._holding: list[str] = []
        self._over = threading.Event()

    def hold(self, *run_ids: str) -> None:
        """The runs that the agent has from now on."""
        self._holding = list(run_ids)

    def __enter__(self) -> HeartbeatThread:
        threading.Thread(target=self._beat, name="besom-heartbeat", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()

    def _beat(self) -> None:
        while not self._over.is_set():
            began = time.monotonic()
            try:
                orders = self._session.heartbeat(self._holding, min(HOLD_SECONDS, self._interval))
            # Refused: the loop hears of it too, when it next asks for work. Anything else is a fault, which
            # must not silence the agent: its run would count as lost, and no order to stop would arrive.
            except Exception:
                self._over.wait(self._interval)
                continue
            for order in orders:
                self._on_stop(order)
            if time.monotonic() - began < REST_SECONDS:
                self._over.wait(REST_SECONDS)
