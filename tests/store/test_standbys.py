"""A PostgreSQL whose standby takes over: servers look for the one that can be written to."""

from __future__ import annotations

import psycopg
import pytest
import rows_of
from sqlalchemy.engine import make_url

from besom.server.store import Store
from besom.server.store.errors import StoreError

pytestmark = pytest.mark.parametrize("kind", [pytest.param("postgresql", marks=pytest.mark.postgresql)])
CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def let_write(url: str, word: str) -> None:
    """New connections to the database may write, or may not, as with a standby."""
    with psycopg.connect(url, autocommit=True, options="-c default_transaction_read_only=off") as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET default_transaction_read_only = {word}")
        if word == "on":
            connection.execute(CUT)


def test_who_has_come_to_a_standby_goes_on_to_the_primary(url: str) -> None:
    store = Store.open(url)
    let_write(url, "on")
    with pytest.raises(StoreError, match="read-only transaction"):
        store.write_sync(lambda conn: rows_of.user(conn, "ada"))
    let_write(url, "off")
    store.write_sync(lambda conn: rows_of.user(conn, "ada"))
    assert store.read_sync(rows_of.user_names) == {"ada"}
    store.close()


def test_of_several_hosts_none_is_taken_that_cannot_be_written_to(url: str) -> None:
    let_write(url, "on")
    place = make_url(url)
    hosts = place.set(host=None, port=None).update_query_dict(
        {"host": [f"127.0.0.1:{place.port}", f"localhost:{place.port}"]}
    )
    with pytest.raises(StoreError, match="read-only"):
        Store.open(hosts.render_as_string())
    let_write(url, "off")
    Store.open(hosts.render_as_string()).close()
