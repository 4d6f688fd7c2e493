"""Agents that work for all sweeps of a project."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0024"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("agents", sa.Column("pool", sa.Text()))
    op.create_index(op.f("ix_agents_pool"), "agents", ["pool"])
