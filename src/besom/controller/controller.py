"""``besom.controller``: a sweep whose search runs in this program, to be configured, driven and looked at by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from besom.client.connect import connect
from besom.client.connection import Connection
from besom.client.lookup import find_sweep
from besom.client.numbers import decode_deep
from besom.client.paths import parse_item
from besom.config import SweepConfig, load_mapping, load_stored
from besom.controller import text
from besom.controller.configure import Configuration
from besom.controller.functions import OwnFunction, SearchFunction, StoppingFunction, stopping_with
from besom.controller.loop import POLL_SECONDS, Ahead, Loop, Step
from besom.controller.report import Report
from besom.controller.runs import SweepRun
from besom.controller.source import Proposal, Source, Stopping
from besom.controller.sources import refuse_server_search, rule_for, source_for
from besom.errors import UsageError
from besom.protocol import Sweep

StoppingFactory = Callable[[dict[str, Any]], StoppingFunction]


class Controller(Configuration):
    """Searches, schedules and stops for one sweep. Any number of agents work for it at the same time.

    Args:
        sweep_id_or_config: An id or path: works for that sweep. A mapping: creates it. None: configure it, then
            ``create``.
        entity: Where the sweep is, or is created.
        project: Likewise.
        ahead: Runs that wait in the queue for agents; by default as many as the living agents can work on.

    Raises:
        UsageError: the first argument is something else, or the server searches for that sweep.
        NotFound: there is no such sweep.
        ConfigError: the configuration cannot be used.
    """

    def __init__(
        self,
        sweep_id_or_config: str | Mapping[str, Any] | None = None,
        entity: str | None = None,
        project: str | None = None,
        *,
        ahead: int | None = None,
    ) -> None:
        super().__init__()
        self._entity, self._project, self._ahead = entity, project, Ahead(waiting=ahead)
        self._search: str | SearchFunction | None = None
        self._stopping: StoppingFunction | None = None
        self._loop: Loop | None = None
        if isinstance(sweep_id_or_config, str):
            connection = connect()
            found = find_sweep(connection, parse_item(sweep_id_or_config, "sweep").filled(project, entity))
            self._attach(connection, found)
        elif isinstance(sweep_id_or_config, Mapping):
            self.configure(sweep_id_or_config)
            self.create()
        elif sweep_id_or_config is not None:
            raise UsageError(
                f"controller() got {sweep_id_or_config!r}.", "Give it the id of a sweep, a configuration, or nothing."
            )

    @property
    def sweep_config(self) -> dict[str, Any]:
        """The configuration so far; after ``create`` as the server keeps it."""
        return dict(self._config)

    @property
    def sweep_id(self) -> str | None:
        """None before ``create``."""
        return None if self._loop is None else self._loop.sweep.id

    @property
    def runs(self) -> list[SweepRun]:
        """All runs of the sweep as they were at the last step, oldest first."""
        return self._started_loop().runs

    def configure_search(self, search: str | SearchFunction) -> None:
        """Who chooses the runs.

        Args:
            search: ``grid``, ``random`` or ``bayes``; or a function of (configuration, runs) that returns the values of
                the next run as a dict, None when there are no more, an empty dict when there is none at the moment.

        Raises:
            UsageError: it is neither, or a name although the sweep has been created.
        """
        if not isinstance(search, str) and not callable(search):
            raise UsageError(f"configure_search() got {search!r}.", "Give it grid, random, bayes, or a function.")
        if not self._started:
            self._set_search(search)
        elif isinstance(search, str):
            self._refuse_if_started()
        self._search = search
        self._rebuild()

    def configure_stopping(self, stopping: str | StoppingFactory, **keys: Any) -> None:
        """Who ends hopeless runs; consulted only where the configuration has ``early_terminate``.

        Args:
            stopping: ``hyperband``, ``asha`` or ``median`` with the keys of ``early_terminate``; or a function that is
                called once with ``keys`` as a dict and returns a function of (configuration, runs) which returns the
                runs to stop.
            keys: For it.

        Raises:
            UsageError: it is neither, or a name although the sweep has been created.
        """
        if isinstance(stopping, str):
            self._set_stopping({"type": stopping, **keys})
            self._stopping = None
        elif callable(stopping):
            self._stopping = stopping(dict(keys))
        else:
            raise UsageError(
                f"configure_stopping() got {stopping!r}.", "Give it hyperband, asha, median or a function."
            )
        self._rebuild()

    def create(self) -> str:
        """Creates the sweep; prints its id and page, and returns the id.

        Raises:
            UsageError: it has been created before, or the server would search for it.
            ConfigError: the configuration cannot be used; names every problem.
        """
        from besom.sdk.sweeps import sweep  # late: it reads source code

        self._refuse_if_started()
        config = {"controller": {"type": "local"}, **self._config}
        refuse_server_search(load_mapping(config).config)
        sweep_id = sweep(config, entity=self._entity, project=self._project)
        connection = connect()
        self._attach(connection, find_sweep(connection, parse_item(sweep_id, "sweep")))
        return sweep_id

    def run(
        self,
        verbose: bool = False,
        print_status: bool = True,
        print_actions: bool = False,
        print_debug: bool = False,
        *,
        poll: float = POLL_SECONDS,
        over: threading.Event | None = None,
    ) -> None:
        """Steps until the sweep has ended. One that is paused is waited for.

        Args:
            verbose: Prints everything.
            print_status: Prints how many runs there are, when that has changed.
            print_actions: Prints what is scheduled and stopped.
            print_debug: Prints why.
            poll: Seconds between two steps.
            over: Ends it after the step that is going on, from another thread.

        Raises:
            SearchFailed: a function of yours raised; the sweep is paused, with the reason.
            ApiError: another controller is at work for the sweep.
        """
        report = Report(status=print_status or verbose, actions=print_actions or verbose, debug=print_debug or verbose)
        self._started_loop().run(over, poll=poll, after=report, say=print)

    def step(self) -> None:
        """Looks at the runs once: search, schedule, stopping, stop_runs, as long as the queue has room.

        Raises:
            SearchFailed: a function of yours raised.
        """
        self._started_loop().step()

    def done(self) -> bool:
        """Whether the sweep has ended, by itself or by command. A paused sweep has not."""
        loop = self._started_loop()
        loop.refresh()
        return loop.is_done()

    def search(self) -> Proposal | None:
        """The next run, not scheduled yet; without any values when there is none at the moment, None when there are no
        more.

        Raises:
            SearchFailed: a function of yours raised.
        """
        loop = self._started_loop()
        loop.refresh()
        found = loop.search()
        return found if found is None else next(iter(found), Proposal({}))

    def schedule(self, run: Proposal | Mapping[str, Any] | None) -> SweepRun | None:
        """Queues a run for the next agent that asks.

        Args:
            run: From ``search``, or the values of the parameters; nothing is queued for None.
        """
        proposal = Proposal(run) if isinstance(run, Mapping) else run
        if proposal is None or not proposal.params:
            return None
        loop = self._started_loop()
        loop.last = Step([loop.schedule(proposal)], [])
        return loop.last.scheduled[0]

    def stopping(self) -> list[Stopping]:
        """The runs to stop now, with the reasons.

        Raises:
            SearchFailed: a function of yours raised.
        """
        loop = self._started_loop()
        loop.refresh()
        return loop.stopping()

    def stop_runs(self, runs: Iterable[Stopping | SweepRun | str]) -> None:
        """Stops runs: what ``stopping`` returned, runs, or their ids.

        Raises:
            UsageError: the sweep has no such run.
        """
        known = {run.id: run for run in self.runs}
        found = [run if isinstance(run, Stopping) else _stopping(run, known) for run in runs]
        self._started_loop().stop(found)
        self._started_loop().last = Step([], found)

    def print_status(self) -> None:
        """Prints one line: how many runs there are in which states."""
        loop = self._started_loop()
        _print([text.status_line(loop.sweep, loop.runs, loop.told_to_stop)])

    def print_actions(self) -> None:
        """Prints what the last step scheduled and stopped."""
        _print(text.action_lines(self._started_loop().last))

    def print_debug(self) -> None:
        """Prints why the last step scheduled what it did."""
        _print(text.debug_lines(self._started_loop().last))

    def print_space(self) -> None:
        """Prints the search space, a line per parameter."""
        _print(text.space_lines(self._checked()))

    def print_summary(self) -> None:
        """Prints what has come out so far: the best run and its values."""
        _print(text.summary_lines(self._started_loop().sweep, self.runs))

    def _attach(self, connection: Connection, sweep: Sweep) -> None:
        self._config = decode_deep(sweep.config)
        self._started = True
        self._connection = connection
        self._sweep = sweep
        refuse_server_search(self._checked())
        if self._checked().method != "custom" or self._checked().search or self._search:
            self._rebuild()

    def _rebuild(self) -> None:
        """Begins anew with the search and the stopping that are configured now; the server knows all the rest."""
        if not self._started:
            return
        config = self._checked()
        hopeless = stopping_with(self._stopping, self._config) if self._stopping else rule_for(config)
        if config.early_terminate is None:
            hopeless = None
        self._loop = Loop(self._connection, self._sweep, self._source(config), hopeless=hopeless, ahead=self._ahead)
        self._loop.refresh()

    def _source(self, config: SweepConfig) -> Source:
        if self._search is not None and not isinstance(self._search, str):
            return OwnFunction(self._search, self._config)
        return source_for(config, self._sweep)

    def _started_loop(self) -> Loop:
        if self._loop is None:
            raise UsageError(
                "The controller has no sweep to work for, or nothing to search with."
                if self._started
                else "The sweep has not been created.",
                "Call configure_search(function)." if self._started else "Call create().",
            )
        return self._loop

    def _checked(self) -> SweepConfig:
        return load_stored(self._config) if self._started else load_mapping(self._config).config


def _stopping(run: SweepRun | str, known: Mapping[str, SweepRun]) -> Stopping:
    run_id = run if isinstance(run, str) else run.id
    if run_id not in known:
        raise UsageError(f"The sweep has no run {run_id!r}.", "Give stop_runs() runs of the sweep, or their ids.")
    return Stopping(known[run_id], "stopped by its controller")


def _print(lines: Sequence[str]) -> None:
    for line in lines:
        print(line, flush=True)
