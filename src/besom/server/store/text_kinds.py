"""Kinds of text that columns hold, by how long what is stored may be."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Dialect, TypeDecorator, event
from sqlalchemy import Text as PlainText
from sqlalchemy.types import TypeEngine

from besom.server.store.errors import Unstorable


class Text(TypeDecorator[str]):
    """Text without U+0000, which PostgreSQL cannot store: it becomes U+FFFD, as in JSON columns.

    Each column has a kind of it, which says how long what is stored may be. What it is compared with may be longer.
    """

    impl = PlainText
    cache_ok = True
    longest: int | None = None
    """Characters; None where nothing is stored."""
    cut = False
    """Whether what is longer is cut, as what programs say of themselves, for which no training is to end."""
    column = ""

    def __init_subclass__(cls) -> None:
        cls.cache_ok = True  # SQLAlchemy asks for it anew in each class

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """What the database gets, to be stored or compared.

        Raises:
            Unstorable: it is too long.
        """
        if value is None:
            return None
        if self.longest is not None and len(value) > self.longest:
            value = self._fitted(value, self.longest)
        return value.replace("\0", "\ufffd")

    def coerce_compared_value(self, op: object, value: object) -> TypeEngine[Any]:  # noqa: ARG002
        """The type of what such a column is compared with."""
        return Text()

    def _fitted(self, value: str, longest: int) -> str:
        if not self.cut:
            raise Unstorable(
                f"The {self.column.replace('_', ' ')} {value[:60] + '…'!r} has {len(value):,} characters, and at most "
                f"{longest:,} are kept.",
                "Shorten it.",
                field=self.column,
            )
        return value[: longest - 1] + "…"


class Word(Text):
    """A name, an id, a digest, a path, or one of a few words. Short enough for an index of PostgreSQL."""

    longest = 1_000


class Title(Text):
    """What people call something."""

    longest = 1_000


class Prose(Text):
    """What people write about something."""

    longest = 100_000


class Address(Text):
    """Where bytes lie, or how their maker knows them."""

    longest = 10_000


class Source(Text):
    """A configuration as its author wrote it."""

    longest = 16 << 20


class Said(Text):
    """What a program or a machine says of itself in a word or two."""

    longest = 250
    cut = True


class Sentence(Text):
    """Why something happened. It may hold what a program said."""

    longest = 10_000
    cut = True


@event.listens_for(Column, "after_parent_attach")
def _name_type(column: Column[Any], _table: object) -> None:
    if isinstance(column.type, Text):
        column.type.column = column.name
