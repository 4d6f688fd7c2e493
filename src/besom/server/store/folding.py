"""A text in small letters, of every alphabet, on both databases: how names are searched."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import ColumnElement, Text, false
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

LONGEST = 1000
"""Characters of what is searched for. No name is longer, and SQLite takes no pattern of more than 50,000 bytes."""


class _Folded(FunctionElement[str]):
    type = Text()
    inherit_cache = True


@compiles(_Folded, "sqlite")
def _folded_sqlite(element: _Folded, compiler: Any, **options: Any) -> str:
    return f"folded({compiler.process(element.clauses, **options)})"


@compiles(_Folded, "postgresql")
def _folded_postgresql(element: _Folded, compiler: Any, **options: Any) -> str:
    # Without a collation it were the database's, and of a database made with the locale C only ASCII.
    return f'lower(({compiler.process(element.clauses, **options)}) COLLATE "und-x-icu")'


def prepare(connection: sqlite3.Connection) -> None:
    """Makes the function known to SQLite, whose own lower() is for ASCII only."""
    connection.create_function("folded", 1, _small, deterministic=True)


def holds(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Condition: the text occurs in the column, small letters as good as capitals."""
    return _Folded(column).contains(text.lower(), autoescape=True) if len(text) <= LONGEST else false()


def begins(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Condition: the column begins with the text, small letters as good as capitals."""
    return _Folded(column).startswith(text.lower(), autoescape=True) if len(text) <= LONGEST else false()


def _small(text: str | None) -> str | None:
    return None if text is None else text.lower()
