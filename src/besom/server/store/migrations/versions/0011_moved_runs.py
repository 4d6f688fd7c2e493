"""Where a run that was moved to another project is now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "moved_runs",
        sa.Column("note_key", KEY, nullable=False),
        sa.Column("run_key", KEY, nullable=False),
        sa.ForeignKeyConstraint(["note_key"], ["runs.key"], name=op.f("fk_moved_runs_note_key"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["run_key"], ["runs.key"], name=op.f("fk_moved_runs_run_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("note_key", name=op.f("pk_moved_runs")),
    )
    op.create_index("ix_moved_runs_run_key", "moved_runs", ["run_key"], unique=False)
