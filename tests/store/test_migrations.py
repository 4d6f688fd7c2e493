"""A database of an older besom is brought up to date with everything that it holds."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text

from besom.server.store import Store, migrate, spools

SCHEMA_1 = """
INSERT INTO projects (id, entity, name, created, last_activity) VALUES (1, 'ann', 'demo', 0, 0);
INSERT INTO runs (key, project_id, id, name, state, config, summary, "offset", claimed, created, version, tags) VALUES
    (1, 1, 'begun', 'a', 'running', '{}', '{}', 77, true, 0, 1, '[]'),
    (2, 1, 'leased', 'b', 'pending', '{}', '{}', 0, false, 0, 1, '[]')
"""


@pytest.fixture
def first_schema(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of a database as the first besom left it."""
    if url.startswith("postgresql"):  # a copy of one that is up to date already
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as conn:
            conn.execute(text("DROP SCHEMA public CASCADE"))
            conn.execute(text("CREATE SCHEMA public"))
        engine.dispose()
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "HEAD", "0001")
        upgrade = command.upgrade
        patched.setattr(command, "upgrade", lambda config, _: upgrade(config, "0001"))
        store = Store.open(url)

    def fill(conn: Connection) -> None:
        for statement in SCHEMA_1.split(";"):
            conn.execute(text(statement))

    store.write_sync(fill)
    store.close()
    return url


def test_a_run_that_was_begun_before_goes_on_where_its_spool_was(first_schema: str) -> None:
    store = Store.open(first_schema)

    def look(conn: Connection) -> list[tuple[object, ...]]:
        begun, leased = (spools.find(conn, key, "") for key in (1, 2))
        assert begun is not None
        assert leased is None
        parts = conn.execute(text("SELECT part FROM runs ORDER BY key")).scalars().all()
        return [(begun.part, begun.offset), tuple(parts)]

    assert store.read_sync(look) == [(1, 77), (1, 0)]
    store.close()
