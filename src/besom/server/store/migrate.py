"""Brings a database's schema to what this besom needs, by Alembic's migrations in ``migrations/``.

While the servers of a database are upgraded one after the other, older ones work on a schema that they do not know.
They may where all migrations since theirs are of the same **generation**, the first digit of a revision: beside such a
migration every read and every write of older servers is still right. One that removes or renames something, or needs
anything written that older servers do not write, begins the next generation: ``1035`` follows ``0034``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from besom.server.store.errors import Outgrown

log = logging.getLogger("besom.store")

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0034"
"""The revision of the newest file there."""


def upgrade(
    engine: Engine,
    *,
    before: Callable[[str], None] = lambda _revision: None,
    lock: Callable[[Connection], None] = lambda _connection: None,
) -> None:
    """Runs the missing migrations in one transaction. A newer schema of the same generation stays as it is.

    Args:
        engine: for writing.
        before: called with the new revision when a database that holds something is about to change.
        lock: called first, so that servers which start together do not migrate together.

    Raises:
        Outgrown: the schema is of a generation that this besom does not know.
    """
    with engine.begin() as connection:
        lock(connection)
        revision = current(connection)
        if revision is None or revision < HEAD:
            _migrate(connection, revision, before)
            if revision is not None:
                log.warning("The database now has schema %s; it had %s.", HEAD, revision)
        elif revision != HEAD:
            check(revision)
            log.warning(
                "The database has schema %s of a newer besom, which this one, of %s, can share.", revision, HEAD
            )


def current(connection: Connection) -> str | None:
    """The revision of the database's schema; None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def check(revision: str | None) -> None:
    """Looks whether this besom may work on a schema that another one may have made.

    Raises:
        Outgrown: it may not.
    """
    if revision is None or revision < HEAD:
        raise Outgrown(
            f"The database has schema {revision}, and this besom needs {HEAD}: an older copy was put in its place.",
            "Start this server again, and it brings the database up to date.",
        )
    if revision[0] != HEAD[0]:
        raise Outgrown(
            f"The database has schema {revision}, made by a newer besom; this one, of {HEAD}, cannot share it.",
            "Install that version here, too, or restore the copy made before the upgrade.",
        )


def _migrate(connection: Connection, revision: str | None, before: Callable[[str], None]) -> None:
    from alembic import command  # Alembic takes a while to load, and hardly any start has something to migrate
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    if revision is not None:
        before(HEAD)
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
