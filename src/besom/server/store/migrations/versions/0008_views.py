"""Views of sweeps read indexes, not runs; whether an agent that polls calls functions outlives the server."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Adds a column and indexes."""
    op.add_column("agents", sa.Column("calls_functions", sa.Boolean(), nullable=True))
    _index("metric_value", ["metric_value"], "deleted IS NULL")
    _index("living", ["state"], "deleted IS NULL AND ended IS NULL")
    _index("ended", ["state", "deleted", "ended", "started"], "deleted IS NULL AND ended IS NOT NULL")
    _index("stopped", ["state"], "deleted IS NULL AND stopped IS NOT NULL")


def _index(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    name = f"ix_runs_sweep_id_{name}"
    op.create_index(name, "runs", ["sweep_id", *columns], sqlite_where=condition, postgresql_where=condition)
