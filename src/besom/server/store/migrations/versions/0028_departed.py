"""Agents of whole projects that have said goodbye, for all servers of the database to know."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "departed",
        sa.Column("project_id", KEY, nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("time", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_departed_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "pool", name=op.f("pk_departed")),
    )
