"""A run: what ``init`` returns. Logging appends to the spool; everything slower happens elsewhere."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from besom.errors import BesomError, UsageError
from besom.protocol import ConfigRecord, ExitRecord, NewRun, PreemptingRecord, SpoolRecord, SummaryRecord, mark_numbers
from besom.sdk import current, metrics, resumption, spool
from besom.sdk.alerts import AlertLevel, Alerts
from besom.sdk.config import Config
from besom.sdk.delivery import Status, deliver, tell_end
from besom.sdk.exits import code_of, leaving
from besom.sdk.facts import Facts, Start
from besom.sdk.messages import say, warn
from besom.sdk.run_files import RunFiles
from besom.sdk.settings import Settings
from besom.sdk.summary import Summary
from besom.sdk.values import log_line, to_json

if TYPE_CHECKING:
    import datetime

    from besom.sdk.leases import Lease
    from besom.sdk.sender import Sender

LARGEST_STEP = 2**53
"""``protocol.HistoryRecord``'s bound."""


class Run(Facts, RunFiles):
    """One run of a program. Made by ``besom.init``; safe to use from several threads.

    A process forked from this one (a data loader's worker) does not log: its calls are ignored, with one warning.
    """

    def __init__(
        self,
        about: NewRun,
        *,
        entity: str | None,
        project: str,
        settings: Settings,
        config: Mapping[str, Any],
        locked: Mapping[str, Any],
        start: Start = Start(),  # noqa: B008  (frozen)
        writer: spool.Spool | None = None,
        sender: Sender | None = None,
        lease: Lease | None = None,
    ) -> None:
        """Made by ``init``.

        Args:
            about: what the server was, or will be, told.
            entity: None while no server said.
            project: always known.
            settings: from every source.
            config: the program's values.
            locked: the sweep's values.
            start: where an earlier process left it.
            writer: None when disabled.
            sender: None unless online; started.
            lease: what an agent in this process knows of the run.
        """
        self._about = about
        self._entity = entity
        self._project = project
        self.settings = settings
        self.config = Config(config, locked, self._write_config)
        self.summary = Summary(self._write_summary, start.summary)
        self._spool = writer
        self._sender = sender
        self._lease = lease
        # Held over numbering and the one write(), so that rows lie in the file in the order of their steps, and a line
        # that a full disk cut off is taken back before another follows it. The kernel's own lock on an appended file
        # would make the threads wait for each other just as long. Reentrant: a signal handler may log.
        self._lock = threading.RLock()
        self._start = start
        self._step = start.step
        self._skipped = 0
        self._metrics = metrics.Metrics(start.summary)
        self._alerts = Alerts()
        self._at_finish: list[Callable[[], object]] = []
        self._finishing = False
        self._closed: str | None = None
        self._warned = False

    @property
    def step(self) -> int:
        """The step that the next ``log`` gets."""
        return self._step

    @property
    def forked(self) -> bool:
        """Whether this is the copy in a process forked from the run's."""
        return self._closed == "forked"

    @property
    def ending(self) -> bool:
        """Whether ``finish`` was called."""
        return self._finishing

    @property
    def ended(self) -> bool:
        """Whether it takes no more records."""
        return self._closed is not None

    def log(self, data: Mapping[str, Any], step: int | None = None, commit: bool | None = None) -> None:
        """Logs values: on disk when it returns, on the server soon after.

        Calls of the same step make one row of the history. Without ``step`` each call is a step of its own.

        Args:
            data: names and values: numbers, text, media, or lists and dicts of them. Scalars of NumPy and PyTorch are
                numbers.
            step: the row's step. A step that lies before the latest is ignored, with a warning.
            commit: whether the step ends with this call; by default it does, unless ``step`` is given.

        Raises:
            UsageError: a value is not JSON, or longer than 16 MiB, or the run has ended.
            BesomError: the disk is full; the row was not kept.
        """
        if self._closed is not None:
            self._refuse("log")
            return None
        if self._metrics and isinstance(data, Mapping):
            data = self._metrics.completed(data)
        body, values = log_line(data, self, step)
        with self._lock:
            if self._closed is not None:  # by another thread, meanwhile
                self._refuse("log")
                return None
            if step is not None:
                if not self._move_to(step):
                    return None
                commit = bool(commit)
            step = self._step
            # A HistoryRecord; put together here because `body` is encoded already.
            line = b'{"type":"history","step":%d,"time":%.6f,"data":%b}\n' % (step, time.time(), body)
            if self._spool is not None:
                if len(line) > spool.LONGEST_LINE:
                    raise _too_long(values, len(line))
                self._spool.append(line)
            if commit is not False:
                self._step = step + 1
            self.summary.logged(self._metrics.summarised(values) if self._metrics else values)
        return self._wake()

    def define_metric(
        self,
        name: str,
        step_metric: str | None = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | None = None,
        goal: str | None = None,
        overwrite: bool | None = None,
    ) -> None:
        """Says how a metric is summarised, and against what it is drawn. A second call for a name adds to the first.

        Args:
            name: the key; ``val/*`` means all that begin with ``val/``, which have no definition of their own.
            step_metric: the key that is its x axis.
            step_sync: whether a row without the step metric gets its last value; by default it does.
            hidden: leaves its chart out.
            summary: ``min``, ``max``, ``mean``, ``first``, ``last``, ``best``, several of them with commas, for
                ``run.summary[name]["min"]``...; ``none`` keeps it out of the summary. Default: the last value itself.
            goal: ``minimize`` or ``maximize``: what ``best`` means.
            overwrite: forgets what was defined for the name before.

        Raises:
            UsageError: one of them makes no sense.
        """
        new = metrics.definition(name, step_metric, summary, goal, hidden)
        synced = bool(step_metric) if step_sync is None else step_sync
        with self._lock:
            self._write(self._metrics.define(new, synced, bool(overwrite)), "define_metric")

    def alert(
        self,
        title: str,
        text: str,
        level: str | AlertLevel | None = None,
        wait_duration: float | datetime.timedelta | None = None,
    ) -> None:
        """Tells people of something; shown among the events of sweep and run.

        Args:
            title: a few words.
            text: the rest.
            level: ``INFO``, ``WARN`` or ``ERROR``.
            wait_duration: seconds in which no second alert of the same title is sent; a minute when missing.

        Raises:
            UsageError: one of them makes no sense.
        """
        record = self._alerts.new(title, text, level, wait_duration, time.time())
        if record is not None:
            self._write(record, "alert")

    def mark_preempting(self) -> None:
        """Says that the machine will soon be taken away: a non-zero exit from now on means *preempted*.

        A preempted run of a sweep is handed out again, to go on where it was.
        """
        self._write(PreemptingRecord(time=time.time()), "mark_preempting")

    def status(self) -> Status:
        """How much of the run the server has."""
        return Status.of(self._spool, self._sender)

    def finish(self, exit_code: int | None = None, quiet: bool | None = None) -> None:
        """Ends the run and waits until the server has everything, if it can be reached. A second call does nothing.

        Args:
            exit_code: 0 or None for success.
            quiet: prints nothing.

        Raises:
            UsageError: ``exit_code`` is no whole number; the run goes on.
        """
        if exit_code is not None and not hasattr(exit_code, "__index__"):
            raise UsageError(f"finish() was given exit_code={exit_code!r}, which is not a whole number.")
        with self._lock:
            if self._closed is not None or self._finishing:
                return
            self._finishing = True
        silent = quiet or self.settings.quiet or self.settings.silent
        tell = (lambda _: None) if silent else say
        delivered = False
        # An order to stop, a signal or Ctrl-C may break into any of it as an exception. The run ends all the same, or
        # the next one of this process would be taken for it.
        try:
            self._call_at_finish()
        finally:
            try:
                self._close(int(exit_code or 0))
                delivered = deliver(self._sender, self._files, tell)
            finally:
                self._let_go(delivered)
                self._tell_end(exit_code or 0, delivered, tell)

    def on_finish(self, call: Callable[[], object]) -> None:
        """``call`` is called by ``finish`` while the run still takes records, the latest added first."""
        self._at_finish.append(call)

    def detach(self) -> None:
        """In a forked process: lets go of the run, which stays the parent's."""
        if self._closed is None and self._spool:
            self._spool.close()
        self._closed = "forked"
        # Another thread of the parent may have held the old one, and does not live on here to release it.
        self._lock = threading.RLock()

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish(code_of(error))

    def __repr__(self) -> str:
        return f"<besom run {self.path}>"

    def _repr_html_(self) -> str:
        """For notebooks."""
        from besom.sdk import notebook

        return notebook.run_html(self)

    def __reduce__(self) -> tuple[Any, ...]:
        raise UsageError("A run cannot be sent to another process.", "Log in the process that called init().")

    def _move_to(self, step: int) -> bool:
        """Checks a step that the caller chose; False when it is to be ignored."""
        if isinstance(step, bool) or not hasattr(step, "__index__"):
            raise UsageError(f"log() was given step={step!r}, which is not a whole number.")
        if step > LARGEST_STEP:
            raise UsageError(f"log() was given step={step}; the largest is {LARGEST_STEP}.")
        if step < self._step:
            self._skipped += 1
            if self._skipped == 1:
                warn(f"log() was given step {step} after step {self._step}: steps may not go back, the row is ignored.")
            return False
        self._step = int(step)
        return True

    def _write_summary(self, values: dict[str, Any]) -> None:
        self._write(SummaryRecord(data=mark_numbers(values)), "summary")

    def _write_config(self, values: dict[str, Any]) -> None:
        self._write(ConfigRecord(data=mark_numbers(values)), "config")

    def _write(self, record: SpoolRecord, call: str = "") -> bool:
        """Appends a record to the spool; returns whether it was taken.

        Args:
            record: any but the first and the last of a spool.
            call: what the user wrote. Without one, a record after the run's end is dropped in silence: it comes from a
                thread in the background.

        Raises:
            UsageError: the run has ended, and ``call`` is given.
            BesomError: the disk is full.
        """
        with self._lock:
            if self._closed is None:
                if self._spool:
                    self._spool.write(record)
            else:
                if call:
                    self._refuse(call)
                return False
        self._wake()
        return True

    def _wake(self) -> None:
        sender = self._sender
        if sender is not None and not sender.changed.is_set():
            sender.changed.set()

    def _refuse(self, call: str) -> None:
        """After the run's end, or in a forked process."""
        if self._closed == "finished":
            if leaving():  # a daemon thread that goes on while the interpreter shuts down has done nothing wrong
                return
            raise UsageError(f"{call} was used after run {self.id} had finished.", "Call besom.init() for a new run.")
        if not self._warned:
            self._warned = True
            warn(f"{call} was used in a process forked from run {self.id}'s: ignored, only that process logs.")

    def _call_at_finish(self) -> None:
        with contextlib.ExitStack() as calls:  # calls the latest one first, and all whatever one of them raises
            for call in self._at_finish:
                calls.callback(self._call, call)

    def _call(self, call: Callable[[], object]) -> None:
        try:
            call()
        except Exception as error:  # the rest of the run's end must not be lost with it
            warn(f"At the end of run {self.id}: {type(error).__name__}: {error}")

    def _close(self, code: int) -> None:
        """Writes the last record; no other follows."""
        try:
            with self._lock:
                self._closed = "finished"
                if self._spool:
                    self._spool.write(ExitRecord(code=code, time=time.time()))
        except BesomError as error:  # a full disk: the agent, or silence, tells the server of the end
            warn(str(error))
        finally:
            current.ended(self)
        if self.settings.resume in (True, "auto") and not code:
            resumption.forget(self.settings.folder, self.id)

    def _tell_end(self, code: int, delivered: bool, tell: Callable[[str], None]) -> None:
        if self._spool:
            if self._skipped:
                rows = "1 row was" if self._skipped == 1 else f"{self._skipped:,} rows were"
                tell(f"warning: {rows} ignored because the step went back.")
            tell_end(self, code, delivered, tell)

    def _let_go(self, delivered: bool) -> None:
        """Gives up file and lock, so that others may send what is left."""
        if self._spool:
            if delivered and self._sender:
                spool.mark_done(self._spool.folder, self._sender.stream.offset)
            self._spool.close()
        if self._temporary:
            self._temporary.cleanup()


def _too_long(values: dict[str, Any], length: int) -> UsageError:
    longest = max(values, key=lambda key: len(to_json({key: values[key]})))
    return UsageError(
        f"log() was given {length / 2**20:.1f} MiB at once, most of it in {longest!r};"
        f" {spool.LONGEST_LINE >> 20} MiB are allowed.",
        "Log a summary of it, or save it to a file.",
    )
