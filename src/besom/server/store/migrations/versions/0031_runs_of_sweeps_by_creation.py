"""Lists of a sweep's runs begin with the newest or the oldest ones, and need not look at all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

LIVING = sa.text("deleted IS NULL")


def upgrade() -> None:
    """Adds the index."""
    columns = ["sweep_id", "created", "key"]
    op.create_index("ix_runs_sweep_id_created", "runs", columns, sqlite_where=LIVING, postgresql_where=LIVING)
