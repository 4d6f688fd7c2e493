"""What can go wrong with the database, in words for the person who runs the server."""

from __future__ import annotations

from besom.errors import BesomError


class StoreError(BesomError):
    """The database or its disk cannot be used. The transaction it met has left no trace."""


class FilterError(BesomError):
    """A filter or an order that cannot be understood; the message names the part and what exists."""
