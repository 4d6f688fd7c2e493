"""Prepared statements give what SQLAlchemy gives, on both databases."""

from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError, StatementError

from besom.server.store.prepared import Prepared, PreparedSets
from besom.server.store.store import Store
from besom.server.store.tables import teams

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
