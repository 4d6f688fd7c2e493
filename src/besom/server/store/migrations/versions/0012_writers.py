"""Processes that log to one run at the same time; when a version of an artifact was logged, and how long it is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Adds the columns."""
    for name in ("rows", "samples"):
        op.add_column("spools", sa.Column(name, sa.BigInteger(), nullable=True))
    for table in ("artifacts", "artifact_drafts"):
        op.add_column(table, sa.Column("history_step", sa.BigInteger(), nullable=True))
        op.add_column(table, sa.Column("ttl", sa.BigInteger(), nullable=True))
