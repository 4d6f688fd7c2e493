"""A run: what ``init`` returns. Logging appends to the spool; everything slower happens elsewhere."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from besom.errors import BesomError, UsageError
from besom.protocol import ConfigRecord, ExitRecord, NewRun, SummaryRecord
from besom.sdk import current, messages, spool
from besom.sdk.config import Config
from besom.sdk.exits import code_of
from besom.sdk.say import say, warn
from besom.sdk.summary import Summary
from besom.sdk.values import log_line, mark_numbers, to_json

if TYPE_CHECKING:
    from besom.protocol import Run as ServerRun
    from besom.sdk.sender import Sender

PATIENCE = 30.0
"""Seconds that ``finish`` waits for a server that takes nothing; what is left is on disk."""
LARGEST_STEP = 2**53
"""``protocol.HistoryRecord``'s bound."""


class Run:
    """One run of a program. Made by ``besom.init``; safe to use from several threads.

    A process forked from this one (a data loader's worker) does not log: its calls are ignored, with one warning.
    """

    def __init__(
        self,
        about: NewRun,
        *,
        entity: str | None,
        project: str,
        mode: str,
        config: Mapping[str, Any],
        locked: Mapping[str, Any],
        writer: spool.Spool | None = None,
        sender: Sender | None = None,
    ) -> None:
        """Made by ``init``.

        Args:
            about: what the server was, or will be, told.
            entity: None while no server said.
            project: always known.
            mode: ``online``, ``offline`` or ``disabled``.
            config: the program's values.
            locked: the sweep's values.
            writer: None when disabled.
            sender: None unless online; started.
        """
        self._about = about
        self._entity = entity
        self._project = project
        self.mode = mode
        self.config = Config(config, locked, self._write_config)
        self.summary = Summary(self._write_summary)
        self._spool = writer
        self._sender = sender
        # Held over numbering and the one write(), so that rows lie in the file in the order of their steps, and a line
        # that a full disk cut off is taken back before another follows it. The kernel's own lock on an appended file
        # would make the threads wait for each other just as long. Reentrant: a signal handler may log.
        self._lock = threading.RLock()
        self._step = 0
        self._skipped = 0
        self._closed: str | None = None
        self._warned = False
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    # What it is

    @property
    def id(self) -> str:
        """Id, unique in the project."""
        return self._about.id

    @property
    def name(self) -> str:
        """Display name: the program's, else the server's, else the id."""
        known = self._known()
        return self._about.name or (known.name if known else self.id)

    @property
    def entity(self) -> str | None:
        """User or team; None offline, where nobody says."""
        known = self._known()
        return known.entity if known else self._entity

    @property
    def project(self) -> str:
        """Project; the sweep's, for a run of a sweep."""
        known = self._known()
        return known.project if known else self._project

    @property
    def path(self) -> str:
        """``entity/project/id``, as ``besom.Api().run`` takes it."""
        return "/".join(part for part in (self.entity, self.project, self.id) if part)

    @property
    def url(self) -> str | None:
        """Address of the run's page; None while no server knows it."""
        known = self._known()
        return known.url if known else None

    @property
    def sweep_id(self) -> str | None:
        """Id of the sweep that it belongs to."""
        return self._about.sweep_id

    @property
    def sweep_url(self) -> str | None:
        """Address of the sweep's page."""
        url = self.url
        return f"{url.rsplit('/runs/', 1)[0]}/sweeps/{self.sweep_id}" if url and self.sweep_id else None

    @property
    def forked(self) -> bool:
        """Whether this is the copy in a process forked from the run's."""
        return self._closed == "forked"

    @property
    def step(self) -> int:
        """The step that the next ``log`` gets."""
        return self._step

    @property
    def group(self) -> str | None:
        """Group, as given to ``init``."""
        return self._about.group

    @property
    def job_type(self) -> str | None:
        """Job type, as given to ``init``."""
        return self._about.job_type

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags, as given to ``init``."""
        return tuple(self._about.tags)

    @property
    def notes(self) -> str | None:
        """Notes, as given to ``init``."""
        return self._about.notes

    @property
    def folder(self) -> Path | None:
        """The run's folder, with its spool; None when disabled."""
        return self._spool.folder if self._spool else None

    @property
    def dir(self) -> str:
        """A folder for the program's own files; temporary when disabled."""
        if self._spool is None:
            self._temporary = self._temporary or tempfile.TemporaryDirectory(prefix="besom-")
            return self._temporary.name
        files = self._spool.folder / "files"
        files.mkdir(exist_ok=True)
        return str(files)

    # What it does

    def log(self, data: Mapping[str, Any], step: int | None = None, commit: bool | None = None) -> None:
        """Logs values: on disk when it returns, on the server soon after.

        Rows of the same step belong together. Without ``step`` each call is a step of its own.

        Args:
            data: names and values: numbers, text, or lists and dicts of them. Scalars of NumPy and PyTorch are numbers.
            step: the row's step. A step that lies before the latest is ignored, with a warning.
            commit: whether the step ends with this call; by default it does, unless ``step`` is given.

        Raises:
            UsageError: a value is not JSON, or longer than 16 MiB, or the run has ended.
            BesomError: the disk is full; the row was not kept.
        """
        if self._closed is not None:
            return self._refuse("log")
        body, values = log_line(data)
        with self._lock:
            if self._closed is not None:  # by another thread, meanwhile
                return self._refuse("log")
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
            self.summary.logged(values)
        return self._wake()

    def finish(self, exit_code: int | None = None, quiet: bool | None = None) -> None:
        """Ends the run and waits until the server has everything, if it can be reached. A second call does nothing.

        Args:
            exit_code: 0 or None for success.
            quiet: prints nothing.
        """
        if self._closed is not None:
            return
        with self._lock:
            if self._closed is not None:
                return
            self._closed = "finished"
            if self._spool:
                try:
                    self._spool.write(ExitRecord(code=int(exit_code or 0), time=time.time()))
                except BesomError as error:  # a full disk: the agent, or silence, tells the server of the end
                    warn(str(error))
        if current.run() is self:
            current.set_run(None)
        tell = (lambda _: None) if quiet else say
        delivered = self._deliver(tell)
        if self._spool:
            if delivered:
                spool.mark_done(self._spool.folder)
            self._spool.close()
            self._tell_end(self._spool.folder, exit_code or 0, delivered, tell)
        if self._temporary:
            self._temporary.cleanup()

    def detach(self) -> None:
        """In a forked process: lets go of the run, which stays the parent's."""
        if self._closed is None and self._spool:
            self._spool.close()
        self._closed = "forked"

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish(code_of(error))

    def __repr__(self) -> str:
        return f"<besom run {self.path}>"

    def __reduce__(self) -> tuple[Any, ...]:
        raise UsageError("A run cannot be sent to another process.", "Log in the process that called init().")

    # How

    def _known(self) -> ServerRun | None:
        return self._sender.stream.run if self._sender else None

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
        self._write("summary", SummaryRecord(data=mark_numbers(values)))

    def _write_config(self, values: dict[str, Any]) -> None:
        self._write("config", ConfigRecord(data=mark_numbers(values)))

    def _write(self, call: str, record: SummaryRecord | ConfigRecord) -> None:
        if self._closed is not None:
            return self._refuse(call)
        with self._lock:
            if self._spool:
                self._spool.write(record)
        return self._wake()

    def _wake(self) -> None:
        sender = self._sender
        if sender is not None and not sender.changed.is_set():
            sender.changed.set()

    def _refuse(self, call: str) -> None:
        """After the run's end, or in a forked process."""
        if self._closed == "finished":
            raise UsageError(f"{call} was used after run {self.id} had finished.", "Call besom.init() for a new run.")
        if not self._warned:
            self._warned = True
            warn(f"{call} was used in a process forked from run {self.id}'s: ignored, only that process logs.")

    def _deliver(self, tell: Callable[[str], None]) -> bool:
        if self._sender is None:
            return False
        try:
            return self._sender.finish(PATIENCE, lambda left: tell(f"Sending what is left, {left / 1000:,.0f} kB ..."))
        except KeyboardInterrupt:  # the user does not want to wait; nothing is lost by leaving
            self._sender.abandon()
            return False

    def _tell_end(self, folder: Path, code: int, delivered: bool, tell: Callable[[str], None]) -> None:
        if self._skipped:
            tell(f"warning: {self._skipped} rows were ignored because their step went back.")
        if self._about.agent_id and self._sender:
            return  # its agent says how it ended, and sends what is left
        tell(messages.ending(self.name, code, self.summary))
        if delivered:
            tell(self.url or "")
        elif self._sender is None:
            tell(messages.unsent(folder, None))
        else:
            failure = self._sender.failure
            tell(messages.unsent(folder, failure.message.rstrip(".") if failure else "it is slow to answer"))


def _too_long(values: dict[str, Any], length: int) -> UsageError:
    longest = max(values, key=lambda key: len(to_json({key: values[key]})))
    return UsageError(
        f"log() was given {length / 2**20:.1f} MiB at once, most of it in {longest!r};"
        f" {spool.LONGEST_LINE >> 20} MiB are allowed.",
        "Log a summary of it, or save it to a file.",
    )
