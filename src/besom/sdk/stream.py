"""Carries one spool to the server, piece by piece, each byte exactly once.

The server says how much it has; that, not what was sent, decides what comes next. So a lost answer, a repeated piece
or a restart on either side does no harm.
"""

from __future__ import annotations

import contextlib
import gzip
import os
from pathlib import Path
from types import TracebackType

from besom.client.connection import Connection, segment
from besom.errors import ApiError, CommError
from besom.protocol import InitRecord, NewRun, Run, RunClaimed, StreamAck, Viewer
from besom.sdk import spool

_WORTH_COMPRESSING = 1024


class ForeignData(CommError):
    """The server has data for this run that is not from this spool."""


class Stream:
    """The reading end of a spool, and the run on the server that it belongs to."""

    def __init__(
        self,
        path: Path,
        connection: Connection,
        first: InitRecord,
        claimed: RunClaimed | None = None,
        *,
        leased: bool = False,
    ) -> None:
        """``leased``: the server has the run ready, so its first piece claims it."""
        self.path = path
        self.connection = connection
        self._first = first
        self._leased = leased
        self._file = os.open(path, os.O_RDONLY)
        self.run: Run | None = None
        self.offset = 0
        """Bytes that are safe on the server."""
        if claimed:
            self._adopt(claimed)

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def known(self) -> bool:
        """Whether the server knows of the run."""
        return self._leased or self.run is not None

    @property
    def place(self) -> tuple[str, str] | None:
        """Entity and project of the run; None while no server has said."""
        if self.run is not None:
            return self.run.entity, self.run.project
        return (self._first.entity, self._first.project) if self._leased and self._first.entity else None

    def pending(self) -> int:
        """Bytes of the spool that the server does not have, a torn last line included."""
        for file in (self.path, self._file):  # the path names nothing when somebody has deleted the folder
            with contextlib.suppress(OSError):
                return max(0, os.stat(file).st_size - self.offset)  # noqa: PTH116  (a number has no Path)
        return 0

    def send(self) -> StreamAck | None:
        """Sends the next piece, after creating or claiming the run where that is still to do.

        Returns None when every whole line is on the server.

        Raises:
            CommError: nothing happened; call again.
            ForeignData: the run on the server is another one.
        """
        if not self.known:
            self.claim()
        piece = spool.read_piece(self._file, self.offset)
        return self._post(piece) if piece else None

    def claim(self) -> RunClaimed:
        """Creates or claims the run, and starts from what the server has of it. The errors are those of ``send``."""
        claimed = claim(self.connection, self._first.entity, self._first.project, self._first.run)
        self._adopt(claimed)
        return claimed

    def heartbeat(self) -> StreamAck | None:
        """Says that the program is alive; the answer may ask it to stop."""
        return self._post(b"") if self.run else None

    def reopen(self) -> None:
        """Opens the file anew, if that can be: a network's disk may have lost the handle, and not the file."""
        with contextlib.suppress(OSError):
            lost, self._file = self._file, os.open(self.path, os.O_RDONLY)
            if os.path.samestat(os.fstat(lost), os.fstat(self._file)):  # else the number is somebody else's by now
                os.close(lost)

    def close(self) -> None:
        """Closes the file."""
        os.close(self._file)
        self._file = -1  # not a number that another file may get

    def _adopt(self, claimed: RunClaimed) -> None:
        self.run = claimed.run
        self._move(claimed.offset)

    def _move(self, offset: int) -> None:
        size = os.fstat(self._file).st_size
        if offset > size:
            raise ForeignData(
                f"The server has {offset} bytes of run {self._first.run.id}, and {self.path} only {size}.",
                "Another process logged to a run of the same id; this one's values stay in the file.",
            )
        self.offset = offset

    def _post(self, piece: bytes) -> StreamAck:
        place = self.place
        if place is None:
            raise AssertionError("claimed first")
        headers = {"Content-Type": "application/jsonl"}
        body = piece
        if len(piece) > _WORTH_COMPRESSING:
            body = gzip.compress(piece, 1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        path = f"{_runs(*place)}/{segment(self._first.run.id)}/stream"
        begin = "true" if self.run is None else None
        try:
            ack = self.connection.request(
                "POST",
                path,
                body=body,
                query={"offset": self.offset, "spool": self._first.run.spool or None, "begin": begin},
                headers=headers,
                reply=StreamAck,
            )
        except ApiError as error:
            if error.code == "bad_first_line" and begin:  # damaged on disk: the run is begun with what is in memory
                return StreamAck(offset=self.claim().offset)
            if error.code != "offset_gap" or error.offset is None or error.offset == self.offset:
                raise
            ack = StreamAck(offset=error.offset)
        self.run = ack.run or self.run
        self._move(ack.offset)
        return ack


def claim(
    connection: Connection, entity: str | None, project: str, run: NewRun, *, patience: float | None = None
) -> RunClaimed:
    """Creates the run, or claims the one that an agent was given. May be repeated: the second time changes nothing.

    Args:
        connection: to the server.
        entity: None for the caller's own.
        project: made when missing.
        run: what the program says of itself.
        patience: seconds to keep trying while the server is away; see ``Connection.exchange``.
    """
    if entity is None:
        entity = connection.entity or connection.request("GET", "/viewer", reply=Viewer, patience=patience).entity
    return connection.request("POST", _runs(entity, project), body=run, reply=RunClaimed, patience=patience)


def _runs(entity: str, project: str) -> str:
    return f"/projects/{segment(entity)}/{segment(project)}/runs"
