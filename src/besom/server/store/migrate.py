"""Brings a database's schema to what this besom needs, by Alembic's migrations in ``migrations/``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from besom.server.store.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"


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
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    with engine.begin() as connection:
        lock(connection)
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision == scripts.get_current_head():
            return
        if revision is not None:
            if revision not in known:
                raise StoreError(
                    f"The database has schema {revision}, made by a newer besom.",
                    "Install that version again, or restore the copy made before the upgrade.",
                )
            before(scripts.get_current_head() or "")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
