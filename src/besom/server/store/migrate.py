"""Brings a database's schema to what this besom needs, by Alembic's migrations in ``migrations/``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from besom.server.store.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0030"
"""The revision of the newest file there."""


def upgrade(
    engine: Engine,
    *,
    before: Callable[[str], None] = lambda _revision: None,
    lock: Callable[[Connection], None] = lambda _connection: None,
) -> None:
    """Runs the missing migrations in one transaction.

    Args:
        engine: for writing.
        before: called with the new revision when a database that holds something is about to change.
        lock: called first, so that servers which start together do not migrate together.

    Raises:
        StoreError: the schema is not one that this besom knows.
    """
    with engine.begin() as connection:
        lock(connection)
        revision = current(connection)
        if revision != HEAD:
            _migrate(connection, revision, before)


def current(connection: Connection) -> str | None:
    """The revision of the database's schema; None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _migrate(connection: Connection, revision: str | None, before: Callable[[str], None]) -> None:
    from alembic import command  # Alembic takes a while to load, and hardly any start has something to migrate
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    if revision is not None:
        if revision not in {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}:
            raise StoreError(
                f"The database has schema {revision}, made by a newer besom.",
                "Install that version again, or restore the copy made before the upgrade.",
            )
        before(HEAD)
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
