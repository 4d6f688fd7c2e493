"""Conditions on text in which small letters are as good as capitals, of every alphabet, on both databases."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import ColumnElement, Text, false
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

LONGEST = 1000
"""Characters of what is looked for. No name is longer, and SQLite takes no pattern of more than 50,000 bytes."""


class _Lowered(FunctionElement[str]):
    type = Text()
    inherit_cache = True


@compiles(_Lowered, "sqlite")
def _lowered_sqlite(element: _Lowered, compiler: Any, **options: Any) -> str:
    return f"besom_lower({compiler.process(element.clauses, **options)})"


@compiles(_Lowered, "postgresql")
def _lowered_postgresql(element: _Lowered, compiler: Any, **options: Any) -> str:
    # Without a collation it were the database's, and of a database made with the locale C only ASCII.
    return f'lower(({compiler.process(element.clauses, **options)}) COLLATE "und-x-icu")'


def prepare(connection: sqlite3.Connection) -> None:
    """Makes the function known to SQLite, whose own lower() is for ASCII only."""
    connection.create_function("besom_lower", 1, _lower, deterministic=True)


def contains(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """The text occurs in the column."""
    return _Lowered(column).contains(text.lower(), autoescape=True) if len(text) <= LONGEST else false()


def starts_with(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """The column begins with the text."""
    return _Lowered(column).startswith(text.lower(), autoescape=True) if len(text) <= LONGEST else false()


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()
