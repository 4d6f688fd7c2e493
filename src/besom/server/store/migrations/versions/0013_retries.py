"""Runs that broke are tried again; budgets of sweeps; agents in quarantine."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Adds the columns; of a sweep that runs, it is taken that it always did."""
    _add("runs", "attempt", sa.Integer(), default="1")
    _add("runs", "retry_of", sa.Text())
    _add("runs", "retried_by", sa.Text())
    _add("runs", "retry_due", sa.Boolean(), default="false")
    _add("runs", "retry_held", sa.Boolean(), default="false")
    _add("runs", "counted", sa.Boolean(), default="false")
    _add("runs", "gpus", sa.Double())
    _add("runs", "idle", sa.Double(), default="0")
    _add("sweeps", "active_seconds", sa.Double(), default="0")
    _add("sweeps", "active_since", sa.Double())
    _add("agents", "quarantined", sa.Double())
    _add("agents", "quarantine_reason", sa.Text(), default="''")
    _add("agents", "released", sa.Double())
    sweeps = sa.table("sweeps", sa.column("state"), sa.column("created"), sa.column("active_since"))
    op.execute(sa.update(sweeps).where(sweeps.c.state == "RUNNING").values(active_since=sweeps.c.created))
    op.drop_index("ix_runs_sweep_id_ended", "runs")
    ended = ["state", "deleted", "ended", "started", "created", "heartbeat", "idle", "gpus"]
    _index("ended", ended, "deleted IS NULL AND ended IS NOT NULL")
    _index("retry_due", [], "deleted IS NULL AND retry_due")


def _add(table: str, name: str, type_: sa.types.TypeEngine[Any], default: str | None = None) -> None:
    server_default = None if default is None else sa.text(default)
    op.add_column(table, sa.Column(name, type_, nullable=default is None, server_default=server_default))


def _index(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        f"ix_runs_sweep_id_{name}",
        "runs",
        ["sweep_id", *columns],
        sqlite_where=condition,
        postgresql_where=condition,
    )
