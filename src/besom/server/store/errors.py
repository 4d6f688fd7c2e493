"""What can go wrong with the database, in words for the person who runs the server."""

from __future__ import annotations

from sqlalchemy.exc import DataError, StatementError

from besom.errors import BesomError


class StoreError(BesomError):
    """The database or its disk cannot be used. The transaction it met has left no trace."""


class Outgrown(StoreError):
    """The database's schema is one beside which this besom must not work, so the server has to end."""


class FilterError(BesomError):
    """A filter or an order that cannot be understood; the message names the part and what exists."""


class Unstorable(BesomError):
    """A value that cannot be stored. Sending it again never helps."""

    def __init__(self, message: str, hint: str | None = None, *, field: str | None = None) -> None:
        """``field``: what it was to be."""
        super().__init__(message, hint)
        self.field = field


def unstorable(error: BaseException) -> Unstorable | None:
    """The value's fault behind an exception; None when it was something else."""
    cause = error.orig if isinstance(error, StatementError) else error
    if isinstance(cause, Unstorable):
        return cause
    if isinstance(cause, RecursionError):
        return Unstorable("A value is nested too deeply to be stored.")
    if isinstance(error, DataError) or isinstance(cause, OverflowError):
        return Unstorable(f"A value is outside of what the database can hold: {str(cause).splitlines()[0]}.")
    return None
