"""Begins a run that a server hears of at once."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from besom.client.connect import connect
from besom.client.connection import Connection
from besom.errors import ApiError, CommError, ServerUnreachable, UsageError
from besom.protocol import ConfigRecord, InitRecord, RunClaimed, mark_numbers
from besom.sdk import current, leases, messages, notebook, resumption, spool, sync
from besom.sdk.config import merge
from besom.sdk.messages import say, warn
from besom.sdk.plan import Plan
from besom.sdk.run import Run
from besom.sdk.sender import Sender, is_away
from besom.sdk.stream import Stream, claim

CLAIM_PATIENCE = 5.0
"""Seconds that ``init`` waits for a server that is away before the program goes on without it."""


def begin(plan: Plan) -> Run:
    """Makes the run known to the server, writes the spool's first line and starts the sender.

    Raises:
        CommError: the server refuses. One that is merely away does not stop the program.
    """
    about, folder, settings = plan.about, plan.folder, plan.settings
    lease = None if about.resume else leases.of(about.id, settings.base_url)
    connection = lease.connection if lease else connect(settings.base_url, settings.api_key, say=say)
    first = plan.first_record()
    writer = spool.Spool(folder, first)  # before the claim: a folder that cannot be used leaves no run behind
    try:
        patience = CLAIM_PATIENCE if settings.init_timeout is None else settings.init_timeout
        if about.resume in ("allow", "must"):
            _send_left(folder.parent, about.id, connection)
        claimed, failure = (None, None) if lease else _claim(connection, first, patience)
        if claimed and (claimed.run.entity, claimed.run.project) != (first.entity, first.project):
            first = InitRecord(run=about, entity=claimed.run.entity, project=claimed.run.project)
            writer.restart(first)  # a sweep decides where its runs are
        if failure is not None:
            writer.settle()  # as of offline runs: no server has it
    except BaseException:
        writer.discard()
        raise
    start, stored = resumption.from_server(claimed) if claimed else plan.left_here()
    config, locked = merge(stored, plan.config), plan.locked
    if claimed and claimed.run.params and not locked:
        locked = claimed.run.params
    if start.resumed or locked is not plan.locked:
        writer.write(ConfigRecord(data=mark_numbers(merge(config, locked))))
    run = Run(
        about,
        entity=first.entity,
        project=first.project,
        settings=settings,
        config=config,
        locked=locked,
        start=start,
        writer=writer,
        sender=_sender(
            Stream(writer.path, connection, first, claimed, leased=lease is not None),
            under_agent=about.agent_id is not None,
        ),
        lease=lease,
    )
    if failure is not None:
        warn(f"{failure.message} Run {run.id} goes on; its values are kept in {folder} and sent when it is back.")
    elif settings.quiet or settings.silent:
        pass
    elif notebook.active():
        notebook.show_beginning(run)
    elif about.agent_id is None:  # else its agent has said so
        for line in messages.beginning(
            run.name, run.entity, run.project, run.url, start.step if start.resumed else None
        ):
            say(line)
    return run


def _claim(connection: Connection, first: InitRecord, patience: float) -> tuple[RunClaimed | None, CommError | None]:
    """The server's answer, or why there is none for now."""
    try:
        return claim(connection, first.entity, first.project, first.run, patience=patience), None
    except (ServerUnreachable, ApiError) as error:
        if not is_away(error):
            raise
        return None, error


def _send_left(directory: Path, run_id: str, connection: Connection) -> None:
    """Sends what earlier processes of the run left here, so that the server knows where the run is."""
    for path in resumption.spools_of(directory, run_id):
        with contextlib.suppress(UsageError, CommError, OSError):  # `besom sync` will say why
            sync.ship(path.parent, connection)


def _sender(stream: Stream, *, under_agent: bool) -> Sender:
    on_stop: Callable[[str], None] = (lambda _: None) if under_agent else _stop_program  # its agent stops it
    sender = Sender(stream, say=warn, on_stop=on_stop)
    sender.start()
    return sender


def _stop_program(reason: str) -> None:
    """Ends the program as Ctrl-C does, so that it can put its affairs in order."""
    if all(run.ending for run in current.runs()):
        return
    say(f"Stopping, because the run was told to end: {reason}")
    number = signal.SIGINT
    if signal.getsignal(number) is signal.SIG_IGN:  # between two cells, or in the background of a script
        number = signal.SIGTERM
        if notebook.active() or signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:  # ends it without another word
            threading.Thread(target=_finish_and_end, args=(number,), name="besom-stop").start()
            return
    main = threading.main_thread().ident
    if main is not None:
        signal.pthread_kill(main, number)  # a real signal: it also ends a sleep or a read


def _finish_and_end(number: signal.Signals) -> None:
    for run in current.runs():
        run.finish(exit_code=-number)
    if not notebook.active():  # what its cells have made stays
        os.kill(os.getpid(), number)
