"""The runs of a project that are at work are counted without a look at all that have ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

LIVING = sa.text("deleted IS NULL AND ended IS NULL")


def upgrade() -> None:
    """Adds the index."""
    columns = ["project_id", "state"]
    op.create_index("ix_runs_project_id_living", "runs", columns, sqlite_where=LIVING, postgresql_where=LIVING)
