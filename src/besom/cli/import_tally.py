"""Tells how each run of an import fared, and at last how all did."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from besom.cli.terminal import LINK, note, paint, progress, say
from besom.client.pages import page_address
from besom.errors import ApiError, CommError, ServerUnreachable, UsageError

if TYPE_CHECKING:
    from besom.client.connection import Connection
    from besom.importing.sending import Imported


class Tally:
    """Counts runs."""

    def __init__(self, connection: Connection, total: int) -> None:
        self._connection = connection
        self._total = total
        self._begun = self._new = self._old = self._failed = 0
        self._page: str | None = None

    @contextlib.contextmanager
    def run(self, name: str) -> Iterator[None]:
        """One run is imported; when that fails the next one is tried, unless the server is away."""
        self._begun += 1
        progress(f"Importing {self._begun} of {self._total}: {name}")
        try:
            yield
        except ServerUnreachable:
            raise
        except (CommError, UsageError) as error:
            exists = isinstance(error, ApiError) and error.code == "run_exists"
            why = "The server has a run of this id that is another, or has changed since." if exists else error
            self._failed += 1
            note(f"{paint('Not imported:', fg='red')} {name}: {why}")
        finally:
            progress("")

    def imported(self, done: Imported) -> None:
        """A run is on the server."""
        progress("")
        if not done.is_new:
            self._old += 1
            return
        self._new += 1
        self._page = done.run.url.rpartition("/runs/")[0]
        say(f"Imported {done.run.id}  {done.run.name}")

    def sum_up(self) -> int:
        """Says how many; returns the exit code."""
        rest = [(self._old, "there already"), (self._failed, "failed")]
        parts = [f"{self._new} of {self._total} imported", *(f"{count} {word}" for count, word in rest if count)]
        say(", ".join(parts) + ".")
        if self._page is not None:
            say(f"See them at {paint(page_address(self._connection, self._page), **LINK)}")
        return 1 if self._failed else 0
