"""Lists of a project's runs begin with the newest or the oldest ones, and need not look at all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

LIVING = sa.text("deleted IS NULL")


def upgrade() -> None:
    """Adds the index."""
    columns = ["project_id", "created", "key"]
    op.create_index("ix_runs_project_id_created", "runs", columns, sqlite_where=LIVING, postgresql_where=LIVING)
