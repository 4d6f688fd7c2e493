"""The number that a run counts with (``metric.use``), why early stopping ended it, how many runs a sweep made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Adds columns; until now every run counted with its best value. The index tells ranks at a bracket by itself."""
    for table in ("runs", "borrowed_runs"):
        op.add_column(table, sa.Column("metric_value", sa.Double(), nullable=True))
        rows = sa.table(table, sa.column("metric_best"), sa.column("metric_value"))
        op.execute(rows.update().values(metric_value=rows.c.metric_best))
    op.add_column("runs", sa.Column("metric_tail", JSON, nullable=True))
    op.add_column("runs", sa.Column("stopped", JSON, nullable=True))
    op.add_column("sweeps", sa.Column("runs_made", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index("ix_brackets_sweep_id_position_value", "brackets", ["sweep_id", "position", "value"], unique=False)
    op.drop_index("ix_brackets_sweep_id_position", "brackets")
    runs = sa.table("runs", sa.column("sweep_id"), sa.column("prior"))
    sweeps = sa.table("sweeps", sa.column("id"), sa.column("runs_made"))
    made = sa.select(sa.func.count()).select_from(runs).where(runs.c.sweep_id == sweeps.c.id, ~runs.c.prior)
    op.execute(sweeps.update().values(runs_made=made.scalar_subquery()))
