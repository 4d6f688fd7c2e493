"""A database of an older besom is brought up to date with everything that it holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text

from besom.server.store import Store, migrate, secrets, spools, teams

SCHEMA_1 = """
INSERT INTO projects (id, entity, name, created, last_activity) VALUES (1, 'ann', 'demo', 0, 0);
INSERT INTO runs (key, project_id, id, name, state, config, summary, "offset", claimed, created, version, tags) VALUES
    (1, 1, 'begun', 'a', 'running', '{}', '{}', 77, true, 0, 1, '[]'),
    (2, 1, 'leased', 'b', 'pending', '{}', '{}', 0, false, 0, 1, '[]')
"""

SCHEMA_4 = """
INSERT INTO projects (id, entity, name, created, last_activity) VALUES (1, 'ann', 'demo', 0, 0);
INSERT INTO sweeps (id, project_id, state, config, text, seed, creator, created, updated, version) VALUES
    ('one', 1, 'RUNNING', '{}', '', 0, 'ann', 0, 0, 1);
INSERT INTO runs (key, project_id, id, sweep_id, name, state, config, summary, claimed, created, version, tags, prior,
    metric_best, metric_last, deleted) VALUES
    (1, 1, 'a', 'one', 'a', 'finished', '{}', '{}', true, 0, 1, '[]', false, 0.25, 0.5, NULL),
    (2, 1, 'b', 'one', 'b', 'finished', '{}', '{}', true, 0, 1, '[]', false, NULL, NULL, 7),
    (3, 1, 'c', 'one', 'c', 'finished', '{}', '{}', true, 0, 1, '[]', true, 0.75, 0.75, NULL)
"""

SCHEMA_5 = """
INSERT INTO projects (id, entity, name, created, last_activity) VALUES (1, 'ann', 'demo', 0, 0);
INSERT INTO runs (key, project_id, id, name, state, config, summary, created, version, tags) VALUES
    (7, 1, 'maker', 'a', 'finished', '{}', '{}', 0, 1, '[]');
INSERT INTO artifacts (id, project_id, name, version, type, digest, metadata, size, run_key, created) VALUES
    (1, 1, 'model', 0, 'model', 'x', '{}', 0, 7, 3),
    (2, 1, 'model', 1, 'model', 'y', '{}', 0, NULL, 4)
"""


SCHEMA_28 = """
INSERT INTO projects (id, entity, name, created, last_activity) VALUES (1, 'ann', 'demo', 0, 0), (2, 'ann', 'x', 0, 0);
INSERT INTO runs (key, project_id, id, name, state, config, summary, created, version, tags) VALUES
    (1, 1, 'resumed', 'a', 'running', '{}', '{}', 0, 1, '[]'),
    (2, 1, 'waits', 'b', 'pending', '{}', '{}', 0, 1, '[]'),
    (3, 2, 'resumed', 'c', 'finished', '{}', '{}', 0, 1, '[]');
INSERT INTO events (id, project_id, run_id, time, kind, actor, reason) VALUES
    (1, 1, 'resumed', 0, 'run.started', 'eve', ''), (2, 1, 'resumed', 0, 'run.started', 'ann', ''),
    (3, 1, 'waits', 0, 'run.queued', 'ann', ''), (4, 2, 'resumed', 0, 'run.started', 'bob', '')
"""

SCHEMA_13 = """
INSERT INTO users (id, name, role, created) VALUES (1, 'ann', 'admin', 5), (2, 'eve', 'viewer', 6);
INSERT INTO secrets (hash, kind, user_id, created) VALUES
    ('h', 'key', 1, 5), ('s', 'session', 1, 5), ('t', 'ticket', 1, 5);
INSERT INTO projects (id, entity, name, created, last_activity) VALUES
    (1, 'ann', 'demo', 0, 0), (2, 'lab', 'x', 7, 0), (3, 'lab', 'y', 3, 0)
"""


@pytest.fixture
def database_of(url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """Makes a database as an older besom left it: its revision, and the statements that filled it; the address."""
    # It is a copy of one that is up to date already.
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).unlink()
    else:
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as conn:
            conn.execute(text("DROP SCHEMA public CASCADE"))
            conn.execute(text("CREATE SCHEMA public"))
        engine.dispose()

    def make(revision: str, statements: str) -> str:
        with monkeypatch.context() as patched:
            patched.setattr(migrate, "HEAD", revision)
            upgrade = command.upgrade
            patched.setattr(command, "upgrade", lambda config, _: upgrade(config, revision))
            store = Store.open(url)

            def fill(conn: Connection) -> None:
                for statement in statements.split(";"):
                    conn.execute(text(statement))

            store.write_sync(fill)
            store.close()
        return url

    return make


def test_a_run_that_was_begun_before_goes_on_where_its_spool_was(database_of: Callable[[str, str], str]) -> None:
    store = Store.open(database_of("0001", SCHEMA_1))

    def look(conn: Connection) -> list[tuple[object, ...]]:
        begun, leased = (spools.find(conn, key, "") for key in (1, 2))
        assert begun is not None
        assert leased is None
        parts = conn.execute(text("SELECT part FROM runs ORDER BY key")).scalars().all()
        return [(begun.part, begun.offset), tuple(parts)]

    assert store.read_sync(look) == [(1, 77), (1, 0)]
    store.close()


def test_runs_count_with_their_best_value_as_before_and_sweeps_know_how_many_they_made(
    database_of: Callable[[str, str], str],
) -> None:
    store = Store.open(database_of("0004", SCHEMA_4))

    def look(conn: Connection) -> tuple[object, object]:
        values = conn.execute(text("SELECT metric_value FROM runs ORDER BY key")).scalars().all()
        return values, conn.execute(text("SELECT runs_made FROM sweeps")).scalar_one()

    assert store.read_sync(look) == ([0.25, None, 0.75], 2)
    store.close()


def test_artifacts_that_a_run_has_logged_are_its_output(database_of: Callable[[str, str], str]) -> None:
    store = Store.open(database_of("0005", SCHEMA_5))
    query = text("SELECT run_key, artifact_id, role, created FROM run_artifacts")
    assert store.read_sync(lambda conn: [tuple(row) for row in conn.execute(query)]) == [(7, 1, "output", 3.0)]
    store.close()


def test_a_place_that_all_users_shared_is_a_team_of_all_of_them_who_sign_in_once_more(
    database_of: Callable[[str, str], str],
) -> None:
    store = Store.open(database_of("0013", SCHEMA_13))

    def look(conn: Connection) -> list[object]:
        found: list[object] = [
            (team.name, row.name, row.team_role, row.since)
            for team in teams.listing(conn, None)
            for row in teams.members_of(conn, team.name)
        ]
        owner = secrets.owner(conn, "h", "key", 9.0)
        kept = [
            secrets.owner(conn, digest, kind, 9.0) is not None for digest, kind in (("s", "session"), ("t", "ticket"))
        ]
        return [*found, owner and (owner.name, owner.key_name, owner.reads_artifacts), kept]

    expected = [("lab", "ann", "admin", 3.0), ("lab", "eve", "viewer", 3.0), ("ann", "first key", False), [False, True]]
    assert store.read_sync(look) == expected
    store.close()


def test_runs_know_who_began_them_first(database_of: Callable[[str, str], str]) -> None:
    store = Store.open(database_of("0028", SCHEMA_28))
    query = text("SELECT creator FROM runs ORDER BY key")
    assert store.read_sync(lambda conn: conn.execute(query).scalars().all()) == ["eve", None, "bob"]
    store.close()
