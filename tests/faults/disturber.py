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

from blows import FILL_CLIENTS, FILL_SERVER, PULLED, Blow
from weather import Weather

if TYPE_CHECKING:
    from fault_world import FaultWorld, Worker

DAY = 86_400.0
SECOND_SERVER_SECONDS = 60.0
"""In which a second server must have given up."""
BEFORE_ANSWER = "kill the server before its answer is heard"
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
        self.away: tuple[float, float] | None = None
        """From when until when the server was away (monotonic)."""
        self.surprises: list[str] = []
        """What processes did that they must not do, as sentences."""
        self._mourned = threading.Event()

    def strike(self, blow: Blow) -> bool:
        """Does it, if there is something to do it to; returns whether there was."""
        act = {
            "kill a program": self._kill_program,
            "kill an agent": self._kill_agent,
            "take the machine of an agent away": self._take_away,
            "warn the programs of an agent": self._warn,
            "kill the server": self._kill_server,
            BEFORE_ANSWER: self._kill_before_answer,
            "stop a program": lambda blow: self._stop(self._world.programs(), blow),
            "stop an agent": lambda blow: self._stop(self._agents(), blow),
            "stop the server": lambda blow: self._stop([server.process.pid for server in self._world.servers], blow),
            "part the network": self._part,
            PULLED: self._pull,
            "set the server's clock": self._set_clock,
            "set the clients' clock": lambda blow: self._world.client_clock.set(_jump(blow)),
            FILL_SERVER: self._fill_server,
            FILL_CLIENTS: self._fill_clients,
            "move the server to another port": self._move,
            "start a second server on its data": self._start_second,
            "back it up": lambda _: self._world.back_up(),
            "cut a server off from the database": self._cut,
            "start the pooler anew": self._start_pooler,
            "kill the database, and let its standby take its place": lambda _: self._world.replicas.fail_over(),
        }[blow.kind]
        is_done = act(blow) is not False
        if is_done and blow.kind != BEFORE_ANSWER:  # that one is done when the answer comes
            self.seen[blow.kind] += 1
        return is_done

    def go_on(self, *, until_all_over: bool = False) -> None:
        """Ends what has lasted long enough, and starts agents anew that were killed."""
        now = time.monotonic()
        over = [undo for when, undo in self._lasting if until_all_over or when <= now]
        self._lasting = [lasting for lasting in self._lasting if lasting[1] not in over]
        for undo in over:
            undo()
        if self._mourned.is_set():
            self._mourned.clear()
            self._restart_dead()
        for worker in self._world.workers:
            if worker.is_to_be_started():
                self._look_at_end(worker)
                self._world.start(worker)

    def leave(self, seconds: float) -> None:
        """The server is away for so long, and nothing else is wrong."""
        self.go_on(until_all_over=True)
        began = time.monotonic()
        for server in self._world.servers:
            server.kill()
        time.sleep(seconds)
        self.away = began, time.monotonic()
        self._restart_dead()
        self.seen["the server is away"] += 1

    def calm(self) -> None:
        """Puts everything right."""
        self._weather.is_calm = True
        self.go_on(until_all_over=True)
        self._restart_dead()

    def _agents(self) -> list[int]:
        return [worker.process.pid for worker in self._living() if worker.process]

    def _living(self) -> list[Worker]:
        return [worker for worker in self._world.workers if worker.process and not worker.has_ended()]

    def _kill_program(self, blow: Blow) -> bool:
        programs = self._world.programs()
        if programs:
            self._world.kill(_choose(programs, blow))
        return bool(programs)

    def _kill_agent(self, blow: Blow) -> bool:
        living = self._living()
        if living:
            worker = _choose(living, blow)
            worker.killed = True
            self._world.kill(worker.process.pid)
        return bool(living)

    def _take_away(self, blow: Blow) -> bool:
        living = self._living()
        if living:
            worker = _choose(living, blow)
            worker.told = True
            worker.process.terminate()
        return bool(living)

    def _warn(self, blow: Blow) -> bool:
        """Agents pass SIGUSR1 on, as job schedulers send it before they take a machine away."""
        ready = [worker for worker in self._living() if worker.kind == "program" and worker.has_joined()]
        if ready:
            _choose(ready, blow).process.send_signal(signal.SIGUSR1)
        return bool(ready)

    def _look_at_end(self, worker: Worker) -> None:
        code = worker.process.returncode if worker.process else None
        if (
            worker.told
            and not worker.killed
            and worker.has_joined()
            and code not in (0, 128 + signal.SIGTERM, -signal.SIGTERM)
        ):
            self.surprises.append(f"agent {worker.log.stem} was told to end, and did with exit code {code}")

    def _start_second(self, _: Blow) -> bool:
        """It must say that it may not, and leave everything as it is; the first may die meanwhile."""
        told = self._world.server.home / "server.json"
        before = told.read_bytes()
        second, log = self._world.second_server()
        patience = time.monotonic() + SECOND_SERVER_SECONDS
        while second.poll() is None and not self._server_is_dead() and time.monotonic() < patience:
            time.sleep(0.02)
        if self._server_is_dead():
            second.kill()
            second.wait()
            return False
        if second.poll() is None:
            second.kill()
            second.wait()
            self.surprises.append("a second server runs on the data of the first")
        elif second.returncode != 1 or b"Traceback" in log.read_bytes():
            self.surprises.append(f"a second server ended with {second.returncode}: {log.read_text()}")
        elif told.read_bytes() != before:
            self.surprises.append(f"a second server has changed {told}")
        return True

    def _server_is_dead(self) -> bool:
        return self._mourned.is_set() or self._world.server.process.poll() is not None

    def _kill_server(self, blow: Blow) -> bool:
        """One of several is missing for a while, and the others go on."""
        living = [server for server in self._world.servers if server.process.poll() is None]
        if not living:
            return False
        _choose(living, blow).kill()
        if len(self._world.servers) > 1:
            self._last(blow, self._restart_dead)
        else:
            self._restart_dead()
        return True

    def _kill_before_answer(self, blow: Blow) -> None:
        def kill() -> None:
            ready = [server for server in self._world.servers if server.is_ready()]
            if ready:  # another one may be about to begin
                _choose(ready, blow).kill()  # and it is dead, or nobody would start it again
                self.seen[BEFORE_ANSWER] += 1
            self._mourned.set()

        # Or at a heartbeat: the other request may never come again.
        self._weather.after_answer(f"{_choose(ANSWERS, blow)}|/heartbeat$", kill)

    def _move(self, _: Blow) -> None:
        self._world.server.kill()
        self._restart_dead(port=0)

    def _restart_dead(self, port: int | None = None) -> None:
        for server in self._world.servers:
            if server.process.poll() is not None:
                self._world.server_disk.free()  # it would refuse to start
                self._world.start_server(server, port)

    def _set_clock(self, blow: Blow) -> None:
        _choose(self._world.server_clocks, blow).set(_jump(blow))

    def _cut(self, blow: Blow) -> None:
        wire = _choose(self._world.replicas.wires, blow)
        wire.cut()
        self._last(blow, wire.join)

    def _start_pooler(self, _: Blow) -> None:
        self._world.replicas.bouncer.kill()
        self._world.replicas.bouncer.start()

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

    def _pull(self, blow: Blow) -> None:
        machine = _choose(self._world.machines, blow)
        machine.pull()
        self._last(blow, machine.plug)

    def _fill_server(self, blow: Blow) -> None:
        self._world.server_disk.fill()
        self._last(blow, self._world.server_disk.free)

    def _fill_clients(self, blow: Blow) -> None:
        began = time.monotonic()
        self._world.client_disk.fill()

        def free() -> None:
            self._world.client_disk.free()
            self.full.append((began, time.monotonic()))

        self._last(blow, free)

    def _last(self, blow: Blow, undo: Callable[[], None]) -> None:
        self._lasting.append((time.monotonic() + blow.length, undo))


def _choose(some: Sequence[Any], blow: Blow) -> Any:
    return some[int(blow.chance * len(some))]


def _jump(blow: Blow) -> float:
    return (blow.chance - 0.5) * 2 * DAY
