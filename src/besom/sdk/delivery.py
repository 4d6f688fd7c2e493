"""The end of a run: waiting until the server has everything, and saying how it went."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from besom.errors import ApiError
from besom.sdk import messages

if TYPE_CHECKING:
    from besom.sdk.files import Files
    from besom.sdk.run import Run
    from besom.sdk.sender import Sender
    from besom.sdk.spool import Spool

PATIENCE = 30.0
"""Seconds to wait for a server that takes nothing any more; what is left is on disk."""
PATIENCE_WITH_STRANGERS = 5.0
"""The same for a server that has not answered once."""


class Status(NamedTuple):
    """How much of a run the server has."""

    sync_bytes_total: int
    sync_bytes_pending: int
    failure: str | None
    """Why nothing gets through; None when it does, or when nothing is to be sent."""

    @staticmethod
    def of(spool: Spool | None, sender: Sender | None) -> Status:
        """Of a run with these."""
        total = spool.size() if spool else 0
        pending = sender.stream.pending() if sender else total
        return Status(total, pending, sender.failure.message if sender and sender.failure else None)


def deliver(sender: Sender | None, files: Files | None, tell: Callable[[str], None]) -> bool:
    """Waits until the server has everything; returns whether it has."""
    if sender is None:
        return False
    patience = PATIENCE if sender.stream.known else PATIENCE_WITH_STRANGERS

    def progress(left: int) -> None:
        at = sender.stream.connection.url
        kilobytes = -(-left // 1000)  # rounded up: 0 would be nothing to wait for
        tell(f"Waiting for {at} to take the last {kilobytes:,} kB. Ctrl-C leaves them on disk, for `besom sync`.")

    if files is not None:
        files.last()  # what is left of them travels while the sender ends
    try:
        sent = sender.finish(patience, progress)
        return (files is None or files.finish(patience if sent else 0.0, tell)) and sent
    except BaseException as error:
        sender.abandon()
        if files is not None:
            files.abandon()
        if isinstance(error, KeyboardInterrupt):  # the user does not want to wait; nothing is lost by leaving
            return False
        raise


def tell_end(run: Run, code: int, delivered: bool, tell: Callable[[str], None]) -> None:
    """Says how a run ended, and where its values are."""
    sender, folder = run._sender, run.folder
    if folder is None or (run._about.agent_id and sender):
        return  # its agent says how it ended, and sends what is left
    tell(messages.ending(run.name, code, run.summary))
    if delivered:
        tell(run.url or "")
    elif sender is None:
        tell(messages.unsent(folder, None))
    else:
        tell(messages.unsent(folder, trouble(run) or "it is slow to answer", deleted=is_deleted(run)))


def trouble(run: Run) -> str | None:
    """Why the server does not have all of a run, if something went wrong; without a full stop."""
    failure = run._sender.failure if run._sender else None
    said = failure.message if failure else run._files.trouble() if run._files else None
    return said and said.rstrip(".")


def is_deleted(run: Run) -> bool:
    """Whether the server has said that the run was deleted: its values have no place there any more."""
    failure = run._sender.failure if run._sender else None
    return isinstance(failure, ApiError) and failure.code == "run_deleted"
