"""Statements of the hot path, compiled once and on SQLite given straight to its driver.

Around a statement that finds one row SQLAlchemy works three times as long as SQLite in it. Reports, requests for work
and heartbeats come by the thousand and run ten statements each, so there it counts. These are written as all others,
and on PostgreSQL, whose own part is longer, SQLAlchemy runs them.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, Dialect, Insert, Row, Select, Update
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any]
Found: TypeAlias = Row[Any]
"""What is found on SQLite is a named tuple, which has the columns as attributes as SQLAlchemy's rows have."""


class _Compiled(NamedTuple):
    sql: str
    parameters: list[tuple[str, Convert | None]]
    """In their order, by name, and what makes SQLite's value of each."""
    constants: dict[str, Any]
    """The values of those that the statement itself gives."""
    row: Callable[[Iterable[Any]], Any]
    columns: list[tuple[int, Convert]]
    """Those of the result whose values are made of SQLite's."""


class Prepared:
    """A statement without lists of values (``IN``). Rows have the statement's columns as attributes."""

    def __init__(self, statement: Any, columns: Iterable[str] = ()) -> None:
        """``columns``: those that an insert or an update sets."""
        self._statement = statement
        self._columns = list(columns)
        self._compiled: _Compiled | None = None

    def all(self, conn: Connection, parameters: Mapping[str, Any]) -> list[Found]:
        """Runs it and returns its rows.

        Raises:
            sqlalchemy.exc.DBAPIError: as SQLAlchemy would.
        """
        if conn.dialect.name != "sqlite":
            return list(conn.execute(self._statement, parameters))
        compiled = self._compiled
        if compiled is None:
            compiled = self._compiled = _compile(self._statement, self._columns, conn.dialect)
        rows = _run(conn, compiled, parameters).fetchall()
        if not compiled.columns:
            return [compiled.row(row) for row in rows]
        made = []
        for row in rows:
            values = list(row)
            for index, convert in compiled.columns:
                values[index] = convert(values[index])
            made.append(compiled.row(values))
        return made

    def first(self, conn: Connection, parameters: Mapping[str, Any]) -> Found | None:
        """``all`` of a statement that finds one row, or none."""
        rows = self.all(conn, parameters)
        return rows[0] if rows else None

    def one(self, conn: Connection, parameters: Mapping[str, Any]) -> Found:
        """``all`` of a statement that finds one row."""
        (row,) = self.all(conn, parameters)
        return row

    def run(self, conn: Connection, parameters: Mapping[str, Any]) -> None:
        """``all`` of a statement that returns nothing."""
        if conn.dialect.name != "sqlite":
            conn.execute(self._statement, parameters)
            return
        if self._compiled is None:
            self._compiled = _compile(self._statement, self._columns, conn.dialect)
        _run(conn, self._compiled, parameters)


def run_plain(conn: Connection, sql: str) -> None:
    """Runs a statement that has neither values nor a result."""
    if conn.dialect.name == "sqlite":
        _execute(conn, sql, [])
    else:
        conn.exec_driver_sql(sql)


class PreparedSets:
    """An insert or an update that sets now these columns and now those: one prepared statement for each choice."""

    def __init__(self, statement: Insert | Update) -> None:
        self._statement = statement
        self._of: dict[tuple[str, ...], Prepared] = {}

    def __call__(self, values: Mapping[str, Any]) -> Prepared:
        """The statement that sets the columns of ``values``."""
        columns = tuple(values)
        prepared = self._of.get(columns)
        if prepared is None:
            prepared = self._of[columns] = Prepared(self._statement, columns)
        return prepared


def _run(conn: Connection, compiled: _Compiled, parameters: Mapping[str, Any]) -> sqlite3.Cursor:
    given = {**compiled.constants, **parameters} if compiled.constants else parameters
    values = [given[name] if convert is None else convert(given[name]) for name, convert in compiled.parameters]
    return _execute(conn, compiled.sql, values)


def _execute(conn: Connection, sql: str, values: list[Any]) -> sqlite3.Cursor:
    driver: Any = conn.connection.driver_connection
    try:
        cursor: sqlite3.Cursor = driver.execute(sql, values)
    except sqlite3.Error as error:
        raise DBAPIError.instance(sql, values, error, sqlite3.Error, dialect=conn.dialect) from error
    return cursor


def _compile(statement: Any, columns: list[str], dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect, column_keys=columns or None)
    if compiled.post_compile_params:
        raise ValueError(f"lists of values cannot be prepared: {compiled}")
    binds = [compiled.binds[name] for name in compiled.positiontup]
    parameters = [(bind.key, bind.type.dialect_impl(dialect).bind_processor(dialect)) for bind in binds]
    constants = {bind.key: bind.value for bind in binds if not bind.required}
    returned = (
        statement.column_descriptions if isinstance(statement, Select) else statement.returning_column_descriptions
    )
    row: Any = namedtuple("Row", [column["name"] for column in returned])  # type: ignore[misc]
    converts = [column["type"].dialect_impl(dialect).result_processor(dialect, None) for column in returned]
    columns_made = [(index, convert) for index, convert in enumerate(converts) if convert is not None]
    return _Compiled(str(compiled), parameters, constants, row._make, columns_made)
