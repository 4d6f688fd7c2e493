"""Run by Alembic: migrates over the connection that ``besom.server.store.migrate`` passes in."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
