"""Statements of the hot path, compiled once and given straight to the database's driver.

Around a statement that finds one row SQLAlchemy works several times as long as the driver and SQLite in it, and longer
than PostgreSQL's driver does. Reports, requests for work and heartbeats come by the thousand and run ten statements
each, so there it counts. These are written as all others.
"""

from __future__ import annotations

import contextlib
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, Dialect, Insert, Row, Select, Update
from sqlalchemy.exc import DBAPIError

Convert = Callable[[Any], Any]
Found: TypeAlias = Row[Any]
"""What is found is a named tuple, which has the columns as attributes as SQLAlchemy's rows have."""
_FLOAT8 = 701
"""PostgreSQL's number of the type that columns of floats have: SQLAlchemy asks for it before it leaves them as they
are."""


class _Compiled(NamedTuple):
    sql: str
    names: list[str] | None
    """Of the parameters in the SQL, in their order; None where the driver knows them by that order."""
    parameters: list[tuple[str, Convert | None]]
    """The caller's names of them, and what makes the database's value of each."""
    constants: dict[str, Any]
    """The values of those that the statement itself gives."""
    row: Callable[[Iterable[Any]], Any]
    """Makes a row of what the driver has found."""


class Prepared:
    """A statement without lists of values (``IN``). Rows have the statement's columns as attributes."""

    def __init__(self, statement: Any, columns: Iterable[str] = ()) -> None:
        """``columns``: those that an insert or an update sets."""
        self._statement = statement
        self._columns = list(columns)
        self._compiled: dict[str, _Compiled] = {}
        """By the database's kind."""

    def all(self, conn: Connection, parameters: Mapping[str, Any]) -> list[Found]:
        """Runs it and returns its rows.

        Raises:
            sqlalchemy.exc.DBAPIError: as SQLAlchemy would.
        """
        compiled = self._for(conn.dialect)
        return [compiled.row(found) for found in _run(conn, compiled, parameters).fetchall()]

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
        _run(conn, self._for(conn.dialect), parameters)

    def run_each(self, conn: Connection, parameters: Iterable[Mapping[str, Any]]) -> None:
        """``run`` for each of many."""
        compiled = self._for(conn.dialect)
        _execute(conn, compiled.sql, [_values(compiled, each) for each in parameters], each=True)

    def _for(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self._statement, self._columns, dialect)
        return compiled


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


def run_plain(conn: Connection, *statements: str) -> Any:
    """Runs statements without parameters, on PostgreSQL all with one message to it; returns the driver's cursor.

    Raises:
        sqlalchemy.exc.DBAPIError: as SQLAlchemy would.
    """
    if conn.dialect.name == "postgresql":
        return _execute(conn, "; ".join(statements), ())
    return [_execute(conn, sql, ()) for sql in statements][-1]


@contextlib.contextmanager
def savepoint(conn: Connection, name: str) -> Iterator[None]:
    """Takes back what is done in the block if that raises."""
    run_plain(conn, f"SAVEPOINT {name}")
    try:
        yield
    except BaseException:
        if not conn.invalidated:
            with contextlib.suppress(DBAPIError):  # the database may have taken everything back already
                roll_back(conn, name)
        raise
    run_plain(conn, f"RELEASE SAVEPOINT {name}")


def roll_back(conn: Connection, savepoint: str | None = None) -> None:
    """Takes back all of a transaction, or what came after a savepoint.

    Raises:
        sqlalchemy.exc.DBAPIError: as SQLAlchemy would.
    """
    sql = "ROLLBACK" if savepoint is None else f"ROLLBACK TO SAVEPOINT {savepoint}"
    if conn.dialect.name == "postgresql":
        # Psycopg's own way makes the database forget all prepared statements, lest one is of a table that was made in
        # the transaction. Here none is, and to prepare them anew costs as much as many reports.
        driver: Any = conn.connection.driver_connection
        with contextlib.suppress(driver.Error):
            if not driver.pgconn.exec_(sql.encode()).error_message:
                return
    run_plain(conn, sql)


def _run(conn: Connection, compiled: _Compiled, parameters: Mapping[str, Any]) -> Any:
    return _execute(conn, compiled.sql, _values(compiled, parameters))


def _values(compiled: _Compiled, parameters: Mapping[str, Any]) -> Any:
    given = {**compiled.constants, **parameters} if compiled.constants else parameters
    values = [given[key] if convert is None else convert(given[key]) for key, convert in compiled.parameters]
    names = compiled.names
    return values if names is None else dict(zip(names, values, strict=True))


def _execute(conn: Connection, sql: str, values: Any, *, each: bool = False) -> Any:
    driver: Any = conn.connection.driver_connection
    dialect: Any = conn.dialect
    try:
        cursor = _cursor(conn, driver, sql) if dialect.name == "postgresql" else driver
        return cursor.executemany(sql, values) if each else cursor.execute(sql, values)
    except dialect.loaded_dbapi.Error as error:
        is_cut, kind = dialect.is_disconnect(error, driver, None), dialect.loaded_dbapi.Error
        if is_cut:
            conn.invalidate(error)
        raise DBAPIError.instance(sql, values, error, kind, dialect=dialect, connection_invalidated=is_cut) from error


def _cursor(conn: Connection, driver: Any, sql: str) -> Any:
    """Psycopg's for that statement, one as long as the connection lives: it knows by then how to send and read it."""
    cursors = conn.info.setdefault("besom.cursors", {})
    cursor = cursors.get(sql)
    if cursor is None:
        cursor = cursors[sql] = driver.cursor()
    return cursor


def _compile(statement: Any, columns: list[str], dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect, column_keys=columns or None)
    if compiled.post_compile_params:
        raise ValueError(f"lists of values cannot be prepared: {compiled}")
    if dialect.positional:
        names, binds = None, [compiled.binds[name] for name in compiled.positiontup]
    else:
        names, binds = list(compiled.bind_names.values()), list(compiled.bind_names)
    parameters = [(bind.key, bind.type.dialect_impl(dialect).bind_processor(dialect)) for bind in binds]
    constants = {bind.key: bind.value for bind in binds if not bind.required}
    returned = (
        statement.column_descriptions if isinstance(statement, Select) else statement.returning_column_descriptions
    )
    row: Any = namedtuple("Row", [column["name"] for column in returned])  # type: ignore[misc]
    converts = [column["type"].dialect_impl(dialect).result_processor(dialect, _FLOAT8) for column in returned]
    made = [(index, convert) for index, convert in enumerate(converts) if convert is not None]
    return _Compiled(str(compiled), names, parameters, constants, _maker(row._make, made))


def _maker(make: Callable[[Iterable[Any]], Any], converts: list[tuple[int, Convert]]) -> Callable[[Iterable[Any]], Any]:
    """Makes rows in which the values of these columns are made of the driver's."""
    if not converts:
        return make

    def converted(found: Iterable[Any]) -> Any:
        values = list(found)
        for index, convert in converts:
            values[index] = convert(values[index])
        return make(values)

    return converted
