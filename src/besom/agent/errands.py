"""What the loop of the program agent does not wait for: each errand has a thread of its own, and ends with an event."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from besom.agent import environment, spools
from besom.agent.child import Ended
from besom.agent.events import Event, Prepared, Reported, Returned, Shipped, Tick, Unheard
from besom.agent.launch import Launcher
from besom.agent.output import Output
from besom.agent.pool import Unfit
from besom.agent.session import FIRST_SECONDS, Session
from besom.client import settings
from besom.errors import CommError, NotFound
from besom.protocol import AgentJoined, EndedRun, NextReply, NextRun, NextWait, PoolJoined, RunExit


class Errands:
    """Sends for what takes long: answers of the server, the files of a run. An error is an event, too."""

    def __init__(
        self,
        session: Session,
        launcher: Launcher,
        output: Output,
        environ: Mapping[str, str],
        tell: Callable[[Event], None],
    ) -> None:
        """``tell`` is called with the events, from other threads."""
        self._session = session
        self._launcher = launcher
        self._output = output
        self._environ = environ
        self._tell = tell

    def ship_left(self, joined: AgentJoined | PoolJoined) -> None:
        """What earlier agents left here is sent; no event."""
        directory = settings.directory(environ=self._environ)
        self._start(lambda: spools.ship_left(directory, joined, self._session, self._output))

    def tick(self, interval: float) -> None:
        """``Tick`` every ``interval`` seconds."""
        self._start(lambda: self._tick(interval))

    def ask(self, wait: float, holding: list[str]) -> None:
        """Asks for a run: the server's answer, held back for at most ``wait`` seconds."""
        self._start(lambda: self._tell(self._session.next(wait, holding)))

    def prepare(self, run: NextRun) -> None:
        """What the run's program needs is made: ``Prepared``, ``Returned`` if that cannot be, or the run once more."""
        self._start(partial(self._prepare, run))

    def give_back(self, run: NextRun) -> None:
        """The run does not begin here: ``Returned``."""
        self._start(partial(self._give_back, run))

    def ship(self, sweep_id: str, ended: Ended, end: RunExit) -> None:
        """What a run that has ended left on disk is sent: ``Shipped``."""
        self._start(partial(self._ship, sweep_id, ended, end), ended.run_id)

    def report(self, ended: Ended, end: RunExit, holding: list[str] | None) -> None:
        """The server is told how a run ended: ``Reported``, or ``Unheard``.

        With ``holding``, the runs that the agent then still has, one request tells of it and asks for the next run.
        """
        self._start(partial(self._report, ended, end, holding), ended.run_id)

    def _start(self, errand: Callable[[], None], run_id: str | None = None) -> None:
        """``run_id``: of a run whose program is over, and which this is about."""

        def do() -> None:
            try:
                errand()
            except Exception as error:
                if run_id is not None:
                    self._tell(Unheard(run_id))
                if not (isinstance(error, CommError) and self._session.given_up):  # it leaves, heard or not
                    self._tell(error)

        threading.Thread(target=do, daemon=True).start()

    def _tick(self, interval: float) -> None:
        while True:
            time.sleep(interval)
            self._tell(Tick())

    def _prepare(self, run: NextRun) -> None:
        """That may take long: the code is fetched, or the disk has no room."""
        try:
            launch = self._launcher.prepare(run)
        except environment.DiskFull as error:  # neither this run nor those beside it need to die of that
            self._output.disk_full(error.message)
            time.sleep(environment.ROOM_SECONDS)
            self._tell(run)
        except Unfit as unfit:
            self._output.problem(f"Run {run.run_name} cannot be started here: {unfit}")
            self._give_back(run)
        else:
            self._output.disk_has_room()
            self._tell(Prepared(run, launch))

    def _give_back(self, run: NextRun) -> None:
        self._session.give_back(run)
        self._tell(Returned())

    def _ship(self, sweep_id: str, ended: Ended, end: RunExit) -> None:
        path = environment.parameter_file(sweep_id, ended.run_id, self._environ)
        spools.ship_run(path, self._session, self._output)
        self._tell(Shipped(ended, end, spools.has_begun(path)))

    def _report(self, ended: Ended, end: RunExit, holding: list[str] | None) -> None:
        run_id, run, ahead = ended.run_id, None, None
        try:
            if holding is not None:
                ahead = self._report_and_ask(EndedRun(run_id=run_id, **msgspec.structs.asdict(end)), holding)
                run = next(iter(ahead.ended), None)
            if run is None:  # nothing was asked, or the run is not this agent's any more
                run = self._session.report(run_id, end)
        except CommError:
            if not self._session.given_up:
                raise
            self._tell(Unheard(run_id))
        else:
            self._tell(Reported(ended, run, ahead))

    def _report_and_ask(self, end: EndedRun, holding: list[str]) -> NextReply:
        try:
            return self._session.next(FIRST_SECONDS, holding, [end])
        except NotFound:
            return NextWait(reason="the sweep is gone")  # the next request, without a report, will say so
