"""The best runs of a project come out of an index, those of a sweep from either end; heartbeats are in none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Adds one index and makes two anew."""
    _index("project_id", "metric_value", ["metric_value", "key"], "deleted IS NULL")
    op.drop_index("ix_runs_sweep_id_metric_value", "runs")
    _index("sweep_id", "metric_value", ["metric_value", "key"], "deleted IS NULL")
    op.drop_index("ix_runs_sweep_id_ended", "runs")
    told = ["state", "deleted", "ended", "started"]
    _index("sweep_id", "ended", told, "deleted IS NULL AND ended IS NOT NULL")


def _index(owner: str, name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        f"ix_runs_{owner}_{name}",
        "runs",
        [owner, *columns],
        sqlite_where=condition,
        postgresql_where=condition,
    )
