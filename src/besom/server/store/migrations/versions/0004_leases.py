"""The unfinished runs of an agent are found without looking at those that it had before."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Also covers what ``ix_runs_agent_id`` did."""
    op.create_index("ix_runs_agent_id_state", "runs", ["agent_id", "state"], unique=False)
    op.drop_index("ix_runs_agent_id", "runs")
