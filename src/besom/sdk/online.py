"""Begins a run that a server hears of at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from besom.client.connect import connect
from besom.client.connection import Connection
from besom.client.settings import DEFAULT_PROJECT
from besom.errors import ApiError, CommError, ServerUnreachable, UsageError
from besom.protocol import ConfigRecord, InitRecord, NewRun, RunClaimed
from besom.sdk import messages, spool
from besom.sdk.config import merge
from besom.sdk.run import Run
from besom.sdk.say import say, warn
from besom.sdk.sender import Sender, is_away
from besom.sdk.stream import Stream, claim
from besom.sdk.values import mark_numbers

CLAIM_PATIENCE = 5.0
"""Seconds that ``init`` waits for a server that is away before the program goes on without it."""


def begin(
    about: NewRun,
    project: str | None,
    entity: str | None,
    config: dict[str, Any],
    locked: dict[str, Any],
    folder: Path,
) -> Run:
    """Makes the run known to the server, writes the spool's first line and starts the sender.

    Args:
        about: what the program says of itself.
        project: None when nobody said.
        entity: likewise.
        config: the program's values.
        locked: the sweep's values; empty when there is no parameter file.
        folder: the run's folder, still to be made.
    """
    connection = connect(say=say)
    project = project or DEFAULT_PROJECT
    first = InitRecord(run=about, entity=entity, project=project)
    writer = spool.Spool(folder, first)  # before the claim: a folder that cannot be used leaves no run behind
    try:
        claimed, failure = _claim(connection, first)
        if claimed and (claimed.run.entity, claimed.run.project) != (entity, project):
            first = InitRecord(run=about, entity=claimed.run.entity, project=claimed.run.project)
            writer.restart(first)  # a sweep decides where its runs are
    except BaseException:
        writer.discard()
        raise
    if claimed and claimed.run.params and not locked:
        locked = claimed.run.params
        writer.write(ConfigRecord(data=mark_numbers(merge(config, locked))))
    sender = _sender(writer, connection, first, claimed, under_agent=about.agent_id is not None)
    run = Run(
        about,
        entity=first.entity,
        project=first.project,
        mode="online",
        config=config,
        locked=locked,
        writer=writer,
        sender=sender,
    )
    if failure is not None:
        warn(f"{failure.message} Run {run.id} goes on; its values are kept in {folder} and sent when it is back.")
    elif about.agent_id is None:  # else its agent has said so
        for line in messages.beginning(run.name, run.entity, run.project, run.url):
            say(line)
    return run


def _claim(connection: Connection, first: InitRecord) -> tuple[RunClaimed | None, CommError | None]:
    """The server's answer, or why there is none for now."""
    about = first.run
    try:
        claimed = claim(connection, first.entity, first.project, about, patience=CLAIM_PATIENCE)
    except (ServerUnreachable, ApiError) as error:
        if not is_away(error):
            raise
        return None, error
    if claimed.offset:
        raise UsageError(
            f"Run {about.id} of project {claimed.run.project} has values already.",
            "Give each run its own id, or leave id out.",
        )
    return claimed, None


def _sender(
    writer: spool.Spool, connection: Connection, first: InitRecord, claimed: RunClaimed | None, *, under_agent: bool
) -> Sender:
    on_stop: Callable[[str], None] = (lambda _: None) if under_agent else _stop_program  # its agent stops it
    sender = Sender(Stream(writer.path, connection, first, claimed), say=warn, on_stop=on_stop)
    sender.start()
    return sender


def _stop_program(reason: str) -> None:
    """Ends the program as Ctrl-C does, so that it can put its affairs in order."""
    say(f"Stopping, because the run was told to end: {reason}")
    main = threading.main_thread().ident
    # In the background of a script, SIGINT is ignored.
    number = signal.SIGTERM if signal.getsignal(signal.SIGINT) is signal.SIG_IGN else signal.SIGINT
    if main is not None:
        signal.pthread_kill(main, number)  # a real signal: it also ends a sleep or a read
