"""SQL for one value inside a JSON column, the same on SQLite and PostgreSQL.

Each construct is NULL where the value has another type. Keys are bound parameters, never part of the SQL text.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Double, Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Value(FunctionElement[Any]):
    """Clauses: the column, the path as SQLite writes it, then the keys one by one for PostgreSQL."""

    inherit_cache = True


class _Number(_Value):
    type = Double()
    name = "json_number"
    inherit_cache = True


class _Text(_Value):
    type = Text()
    name = "json_text"
    inherit_cache = True


class _Truth(_Value):
    type = Integer()
    name = "json_truth"
    inherit_cache = True


class _Present(_Value):
    type = Boolean()
    name = "json_present"
    inherit_cache = True


class _HasElement(FunctionElement[Any]):
    type = Boolean()
    name = "json_has_element"
    inherit_cache = True


class _Bytewise(FunctionElement[Any]):
    type = Text()
    name = "bytewise"
    inherit_cache = True


def number(column: ColumnElement[Any], keys: tuple[str, ...]) -> ColumnElement[float]:
    """The number at a path; also "Infinity" and "-Infinity", which is how JSON carries them here."""
    return _Number(column, _path(keys), *keys)


def text(column: ColumnElement[Any], keys: tuple[str, ...]) -> ColumnElement[str]:
    """The string at a path."""
    return _Text(column, _path(keys), *keys)


def truth(column: ColumnElement[Any], keys: tuple[str, ...]) -> ColumnElement[int]:
    """The boolean at a path as 1 or 0."""
    return _Truth(column, _path(keys), *keys)


def present(column: ColumnElement[Any], keys: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether there is anything but null at a path."""
    return _Present(column, _path(keys), *keys)


def has_element(column: ColumnElement[Any], element: str) -> ColumnElement[bool]:
    """Whether a column that holds a list of strings holds that one."""
    return _HasElement(column, element)


def bytewise(column: ColumnElement[Any]) -> ColumnElement[str]:
    """Text that is compared byte by byte, whatever the database's language is."""
    return _Bytewise(column)


def _path(keys: tuple[str, ...]) -> str:
    return "$" + "".join(f'."{key}"' for key in keys)


def _parts(element: _Value, compiler: SQLCompiler, **kw: Any) -> tuple[str, str, str]:
    """On PostgreSQL: the type of the value, the value as JSON, the value as text."""
    column, _, *keys = [compiler.process(clause, **kw) for clause in element.clauses]
    # Not "#>", which would count list elements for a key of digits.
    parent = " -> ".join([column, *keys[:-1]])
    return f"json_typeof({parent} -> {keys[-1]})", f"({parent} -> {keys[-1]})", f"({parent} ->> {keys[-1]})"


def _arguments(element: _Value, compiler: SQLCompiler, **kw: Any) -> str:
    """On SQLite: the arguments of json_type and json_extract."""
    column, path, *_ = element.clauses
    return f"{compiler.process(column, **kw)}, {compiler.process(path, **kw)}"


@compiles(_Number, "sqlite")
def _number_sqlite(element: _Number, compiler: SQLCompiler, **kw: Any) -> str:
    at = _arguments(element, compiler, **kw)
    return (
        f"CASE json_type({at}) WHEN 'integer' THEN CAST(json_extract({at}) AS REAL) WHEN 'real' THEN json_extract({at})"
        f" WHEN 'text' THEN CASE json_extract({at}) WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 END END"
    )


@compiles(_Number, "postgresql")
def _number_postgresql(element: _Number, compiler: SQLCompiler, **kw: Any) -> str:
    kind, _, value = _parts(element, compiler, **kw)
    return (
        f"CASE {kind} WHEN 'number' THEN {value}::float8"
        f" WHEN 'string' THEN CASE WHEN {value} IN ('Infinity', '-Infinity') THEN {value}::float8 END END"
    )


@compiles(_Text, "sqlite")
def _text_sqlite(element: _Text, compiler: SQLCompiler, **kw: Any) -> str:
    at = _arguments(element, compiler, **kw)
    return f"CASE json_type({at}) WHEN 'text' THEN json_extract({at}) END"


@compiles(_Text, "postgresql")
def _text_postgresql(element: _Text, compiler: SQLCompiler, **kw: Any) -> str:
    kind, _, value = _parts(element, compiler, **kw)
    return f"CASE {kind} WHEN 'string' THEN {value} END"


@compiles(_Truth, "sqlite")
def _truth_sqlite(element: _Truth, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CASE json_type({_arguments(element, compiler, **kw)}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"


@compiles(_Truth, "postgresql")
def _truth_postgresql(element: _Truth, compiler: SQLCompiler, **kw: Any) -> str:
    kind, _, value = _parts(element, compiler, **kw)
    return f"CASE {kind} WHEN 'boolean' THEN {value}::boolean::int END"


@compiles(_Present, "sqlite")
def _present_sqlite(element: _Present, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(coalesce(json_type({_arguments(element, compiler, **kw)}), 'null') <> 'null')"


@compiles(_Present, "postgresql")
def _present_postgresql(element: _Present, compiler: SQLCompiler, **kw: Any) -> str:
    kind, _, _ = _parts(element, compiler, **kw)
    return f"(coalesce({kind}, 'null') <> 'null')"


@compiles(_HasElement, "sqlite")
def _has_element_sqlite(element: _HasElement, compiler: SQLCompiler, **kw: Any) -> str:
    column, wanted = [compiler.process(clause, **kw) for clause in element.clauses]
    return f"({wanted} IN (SELECT value FROM json_each({column})))"  # noqa: S608  (column and bound parameter)


@compiles(_HasElement, "postgresql")
def _has_element_postgresql(element: _HasElement, compiler: SQLCompiler, **kw: Any) -> str:
    column, wanted = [compiler.process(clause, **kw) for clause in element.clauses]
    return f"({wanted} IN (SELECT json_array_elements_text({column})))"


@compiles(_Bytewise, "sqlite")
def _bytewise_sqlite(element: _Bytewise, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(_Bytewise, "postgresql")
def _bytewise_postgresql(element: _Bytewise, compiler: SQLCompiler, **kw: Any) -> str:
    return f'({compiler.process(element.clauses, **kw)}) COLLATE "C"'
