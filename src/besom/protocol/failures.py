"""One shape for every failure."""

from __future__ import annotations

from besom.protocol.base import Message


class ErrorBody(Message, kw_only=True):
    """What went wrong, for a person (``message``, ``hint``) and for a program (``code``, ``field``)."""

    code: str
    message: str
    hint: str | None = None
    field: str | None = None
    offset: int | None = None
    """With code ``offset_gap``: the offset that the server has, from which the client must send again."""
    moved_to: str | None = None
    """With code ``run_moved``: the project where the run is now, as ``entity/project``."""


class ErrorReply(Message, kw_only=True):
    """Body of every answer with a status of 400 or more."""

    error: ErrorBody
