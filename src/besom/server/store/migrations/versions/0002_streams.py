"""Several spools per run; definitions of metrics, facts about the program, its output, the machine's load; alerts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Adds tables, and makes the one spool that a run had its first."""
    _create(
        "spools",
        _part(),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("offset", sa.BigInteger(), server_default="0", nullable=False),
        sa.UniqueConstraint("run_key", "id", name=op.f("uq_spools_run_key_id")),
        key=("run_key", "part"),
    )
    _create(
        "run_details",
        sa.Column("about", JSON, nullable=False),
        sa.Column("metrics", JSON, nullable=False),
        sa.Column("aggregates", JSON, nullable=False),
        key=("run_key",),
    )
    _create(
        "output",
        _part(),
        sa.Column("bucket", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        key=("run_key", "part", "bucket"),
    )
    _create(
        "samples",
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("sample_count", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        key=("run_key", "bucket"),
    )
    op.add_column("runs", sa.Column("part", sa.Integer(), server_default="0", nullable=False))
    op.add_column("runs", sa.Column("aggregated", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("events", sa.Column("level", sa.Text(), nullable=True))
    op.create_index("ix_events_project_id_run_id", "events", ["project_id", "run_id"], unique=False)
    runs = sa.table("runs", *map(sa.column, ("key", "offset", "part", "claimed")))
    spools = sa.table("spools", *map(sa.column, ("run_key", "part", "id", "offset")))
    claimed = sa.select(runs.c.key, sa.literal(1), sa.literal(""), runs.c.offset).where(runs.c.claimed)
    op.execute(spools.insert().from_select(["run_key", "part", "id", "offset"], claimed))
    op.execute(runs.update().where(runs.c.claimed).values(part=1))
    op.drop_column("runs", "offset")


def _create(name: str, *columns: sa.Column[Any] | sa.UniqueConstraint, key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("run_key", KEY, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["run_key"], ["runs.key"], name=op.f(f"fk_{name}_run_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )


def _part() -> sa.Column[Any]:
    return sa.Column("part", sa.Integer(), nullable=False)
