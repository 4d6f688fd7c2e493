"""Lets the blows of a storm come true."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from blows import Blow
from weather import Weather

if TYPE_CHECKING:
    from fault_world import FaultWorld

DAY = 86_400.0
ANSWERS = [r"/next$", r"/exit$", r"/heartbeat$", r"/stream\?", r"/runs$", r"/agents$"]
"""Requests at whose answers the server may die."""


class Disturber:
    """Strikes the machines of one world."""

    def __init__(self, world: FaultWorld, weather: Weather) -> None:
        self._world, self._weather = world, weather
        self._lasting: list[tuple[float, Callable[[], None]]] = []
        self.seen: Counter[str] = Counter()
        """What has happened, and how often."""
        self.full: list[tuple[float, float]] = []
        """When the clients' disk was full (monotonic)."""
        self._mourned = threading.Event()

    def strike(self, blow: Blow) -> None:
        """Does it, if there is something to do it to."""
        act = {
            "kill a program": self._kill_program,
            "kill an agent": self._kill_agent,
            "kill the server": self._kill_server,
            "kill the server before its answer is heard": self._kill_before_answer,
            "stop a program": lambda blow: self._stop(self._world.programs(), blow),
            "stop an agent": lambda blow: self._stop(self._agents(), blow),
            "stop the server": lambda blow: self._stop([self._world.server.process.pid], blow),
            "part the network": self._part,
            "set the server's clock": lambda blow: self._world.server_clock.set(_jump(blow)),
            "set the clients' clock": lambda blow: self._world.client_clock.set(_jump(blow)),
            "fill the server's disk": self._fill_server,
            "fill the clients' disk": self._fill_clients,
            "move the server to another port": lambda _: self._restart(port=0),
            "back it up": lambda _: self._world.back_up(),
        }[blow.kind]
        if act(blow) is not False:
            self.seen[blow.kind] += 1

    def go_on(self, *, until_all_over: bool = False) -> None:
        """Ends what has lasted long enough, and starts agents anew that were killed."""
        now = time.monotonic()
        over = [undo for when, undo in self._lasting if until_all_over or when <= now]
        self._lasting = [lasting for lasting in self._lasting if lasting[1] not in over]
        for undo in over:
            undo()
        if self._mourned.is_set():
            self._mourned.clear()
            self._restart()
        for worker in self._world.workers:
            if worker.is_to_be_started():
                self._world.start(worker)

    def leave(self, seconds: float) -> None:
        """The server is away for so long."""
        self._world.server.kill()
        time.sleep(seconds)
        self._restart()
        self.seen["the server is away"] += 1

    def calm(self) -> None:
        """Puts everything right."""
        self._weather.is_calm = True
        self.go_on(until_all_over=True)
        if self._world.server.process.poll() is not None:
            self._restart()

    def _agents(self) -> list[int]:
        processes = [worker.process for worker in self._world.workers if worker.process]
        return [process.pid for process in processes if process.poll() is None]

    def _kill_program(self, blow: Blow) -> bool:
        programs = self._world.programs()
        if programs:
            self._world.kill(_choose(programs, blow))
        return bool(programs)

    def _kill_agent(self, blow: Blow) -> bool:
        living = [worker for worker in self._world.workers if worker.process and worker.process.poll() is None]
        if living:
            worker = _choose(living, blow)
            assert worker.process is not None
            worker.killed = True
            self._world.kill(worker.process.pid)
        return bool(living)

    def _kill_server(self, _: Blow) -> None:
        self._restart()

    def _kill_before_answer(self, blow: Blow) -> None:
        def kill() -> None:
            with contextlib.suppress(ProcessLookupError):
                self._world.server.process.kill()
            self._mourned.set()

        self._weather.after_answer(_choose(ANSWERS, blow), kill)

    def _restart(self, port: int | None = None) -> None:
        self._world.server.kill()
        self._world.server_disk.free()  # it would refuse to start
        self._world.start_server(port)

    def _stop(self, pids: list[int], blow: Blow) -> bool:
        if not pids:
            return False
        pid = _choose(pids, blow)

        def signal_it(number: int) -> None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

        signal_it(signal.SIGSTOP)
        self._last(blow, lambda: signal_it(signal.SIGCONT))
        return True

    def _part(self, blow: Blow) -> None:
        self._weather.is_parted = True

        def join() -> None:
            self._weather.is_parted = False

        self._last(blow, join)

    def _fill_server(self, blow: Blow) -> bool:
        if self._world.server_disk.can_be_filled:
            self._world.server_disk.fill()
            self._last(blow, self._world.server_disk.free)
        return self._world.server_disk.can_be_filled

    def _fill_clients(self, blow: Blow) -> bool:
        if not self._world.client_disk.can_be_filled:
            return False
        began = time.monotonic()
        self._world.client_disk.fill()

        def free() -> None:
            self._world.client_disk.free()
            self.full.append((began, time.monotonic()))

        self._last(blow, free)
        return True

    def _last(self, blow: Blow, undo: Callable[[], None]) -> None:
        self._lasting.append((time.monotonic() + blow.length, undo))


def _choose(some: Sequence[Any], blow: Blow) -> Any:
    return some[int(blow.chance * len(some))]


def _jump(blow: Blow) -> float:
    return (blow.chance - 0.5) * 2 * DAY
