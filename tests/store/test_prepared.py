"""Prepared statements give what SQLAlchemy gives, on both databases."""

from typing import Any

import pytest
import rows_of
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError, StatementError

from besom.server.store.prepared import Prepared, PreparedSets, savepoint
from besom.server.store.store import Store
from besom.server.store.tables import runs, segments, teams

FIND = select(teams).where(teams.c.name == bindparam("team")).limit(1)
TEAM = {"name": "crew", "created": 1.0}


def inside(store: Store, work: Any) -> Any:
    """What ``work`` returns, with a team there."""

    def prepare(conn: Connection) -> Any:
        Prepared(insert(teams), TEAM).run(conn, TEAM)
        return work(conn)

    return store.write_sync(prepare)


def test_a_row_has_the_values_and_names_that_sqlalchemy_gives_it(store: Store) -> None:
    def look(conn: Connection) -> tuple[Any, Any]:
        plain = conn.execute(FIND, {"team": "crew"}).one()
        return Prepared(FIND).one(conn, {"team": "crew"})._asdict(), plain._asdict()

    mine, plain = inside(store, look)
    assert mine == plain
    assert mine["name"] == "crew"


def test_documents_numbers_and_bytes_come_as_sqlalchemy_gives_them(store: Store) -> None:
    def look(conn: Connection) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        summary = {"best": 1e16, "nested": {"y": [1, None, "é", True]}, "%": "%s %(x)s"}
        key = rows_of.run(conn, summary=summary, params=None, metric_best=0.25, steps=2**40, prior=True)
        put = {"run_key": key, "first_row": 0, "row_count": 1, "data": b"\0\xff'%"}
        Prepared(insert(segments), put).run(conn, put)
        of_run = [select(runs).where(runs.c.key == bindparam("of"))]
        of_run.append(select(segments).where(segments.c.run_key == bindparam("of")))
        found = [(Prepared(query).one(conn, {"of": key}), conn.execute(query, {"of": key}).one()) for query in of_run]
        return [(mine._asdict(), plain._asdict()) for mine, plain in found]

    (run, plain_run), (segment, plain_segment) = inside(store, look)
    assert run == plain_run
    assert (type(run["summary"]["best"]), run["params"], run["prior"]) == (float, None, True)
    assert segment == plain_segment
    assert segment["data"] == b"\0\xff'%"


def test_many_rows_are_put_by_one_call_or_none_of_them(store: Store) -> None:
    add = Prepared(insert(teams), TEAM)

    def put(conn: Connection) -> list[str]:
        add.run_each(conn, [{**TEAM, "name": name} for name in ("a", "b")])
        with pytest.raises(IntegrityError), savepoint(conn, "more"):
            add.run_each(conn, [{**TEAM, "name": name} for name in ("c", "a")])
        return sorted(conn.scalars(select(teams.c.name)))

    assert inside(store, put) == ["a", "b", "crew"]


def test_what_is_not_there_is_none(store: Store) -> None:
    assert inside(store, lambda conn: Prepared(FIND).first(conn, {"team": "nobody"})) is None


def test_an_update_sets_the_columns_that_it_is_given(store: Store) -> None:
    change = PreparedSets(update(teams).where(teams.c.name == bindparam("team")).returning(teams))

    def both(conn: Connection) -> list[Any]:
        values: list[dict[str, Any]] = [{"created": 2.0}, {"name": "others"}, {"created": 3.0}]
        names = ["crew", "crew", "others"]
        return [tuple(change(new).one(conn, {"team": team, **new})) for team, new in zip(names, values, strict=True)]

    assert inside(store, both) == [("crew", 2.0), ("others", 2.0), ("others", 3.0)]


def test_a_row_that_breaks_a_rule_is_refused_with_sqlalchemys_error(store: Store) -> None:
    with pytest.raises(IntegrityError):
        inside(store, lambda conn: Prepared(insert(teams), TEAM).run(conn, TEAM))


def test_a_value_that_is_missing_is_never_null(store: Store) -> None:
    with pytest.raises((KeyError, StatementError)):
        inside(store, lambda conn: Prepared(FIND).first(conn, {}))
