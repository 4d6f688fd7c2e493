"""The run that an agent in this very process was given, and what the server has just said of it.

Such a run need not be claimed before it begins: its first values may carry the claim.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from besom.client.connection import Connection


class Lease(NamedTuple):
    """A run that waits for its ``init``."""

    run_id: str
    name: str
    url: str
    connection: Connection
    """To the server that gave it, open already."""


_held: Lease | None = None


@contextlib.contextmanager
def holding(lease: Lease | None) -> Iterator[None]:
    """Around the call of the function that calls ``init``."""
    global _held  # noqa: PLW0603  (this module is that variable)
    _held = lease
    try:
        yield
    finally:
        _held = None


def of(run_id: str, base_url: str | None) -> Lease | None:
    """The lease of a run, if it is from the server at this address."""
    lease = _held
    return lease if lease and (lease.run_id, lease.connection.url) == (run_id, base_url) else None
