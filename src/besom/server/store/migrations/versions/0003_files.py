"""Files of runs and their bytes, artifacts, a sweep's code and queue, prior runs of other sweeps, slots of agents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Adds tables and columns."""
    op.create_table(
        "blobs",
        _refers("project_id"),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("touched", sa.Double(), nullable=False),
        _foreign("blobs", "project_id", "projects.id"),
        sa.PrimaryKeyConstraint("project_id", "digest", name=op.f("pk_blobs")),
    )
    op.create_index("ix_blobs_touched", "blobs", ["touched"], unique=False)
    op.create_table(
        "run_files",
        _refers("run_key"),
        *_entry(),
        sa.Column("created", sa.Double(), nullable=False),
        _foreign("run_files", "run_key", "runs.key"),
        sa.PrimaryKeyConstraint("run_key", "path", name=op.f("pk_run_files")),
    )
    op.create_index("ix_run_files_digest", "run_files", ["digest"], unique=False)
    op.create_table(
        "artifacts",
        _refers("id"),
        _refers("project_id"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("metadata", JSON, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("run_key", KEY, nullable=True),
        sa.Column("created", sa.Double(), nullable=False),
        _foreign("artifacts", "project_id", "projects.id"),
        _foreign("artifacts", "run_key", "runs.key", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artifacts")),
        sa.UniqueConstraint("project_id", "name", "version", name=op.f("uq_artifacts_project_id_name_version")),
    )
    op.create_index("ix_artifacts_run_key", "artifacts", ["run_key"], unique=False)
    op.create_table(
        "artifact_files",
        _refers("artifact_id"),
        *_entry(),
        _foreign("artifact_files", "artifact_id", "artifacts.id"),
        sa.PrimaryKeyConstraint("artifact_id", "path", name=op.f("pk_artifact_files")),
    )
    op.create_index("ix_artifact_files_digest", "artifact_files", ["digest"], unique=False)
    op.create_table(
        "artifact_aliases",
        _refers("project_id"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        _refers("artifact_id"),
        _foreign("artifact_aliases", "project_id", "projects.id"),
        _foreign("artifact_aliases", "artifact_id", "artifacts.id"),
        sa.PrimaryKeyConstraint("project_id", "name", "alias", name=op.f("pk_artifact_aliases")),
    )
    op.create_index("ix_artifact_aliases_artifact_id", "artifact_aliases", ["artifact_id"], unique=False)
    op.create_table(
        "borrowed_runs",
        sa.Column("sweep_id", sa.Text(), nullable=False),
        _refers("run_key"),
        sa.Column("params", JSON, nullable=True),
        sa.Column("point_hash", sa.Text(), nullable=True),
        sa.Column("metric_best", sa.Double(), nullable=True),
        sa.Column("metric_worst", sa.Double(), nullable=True),
        sa.Column("metric_last", sa.Double(), nullable=True),
        _foreign("borrowed_runs", "sweep_id", "sweeps.id"),
        _foreign("borrowed_runs", "run_key", "runs.key"),
        sa.PrimaryKeyConstraint("sweep_id", "run_key", name=op.f("pk_borrowed_runs")),
    )
    op.create_index("ix_borrowed_runs_sweep_id_point_hash", "borrowed_runs", ["sweep_id", "point_hash"], unique=False)
    op.create_index("ix_borrowed_runs_run_key", "borrowed_runs", ["run_key"], unique=False)
    op.add_column("sweeps", sa.Column("code", JSON, nullable=True))
    op.add_column("agents", sa.Column("slots", sa.Integer(), server_default="1", nullable=False))
    op.add_column("agents", sa.Column("gpus", JSON, server_default="[]", nullable=False))
    op.add_column("runs", sa.Column("prior", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def _refers(name: str) -> sa.Column[int]:
    return sa.Column(name, KEY, nullable=False)


def _entry() -> list[sa.Column[object]]:
    return [
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
    ]


def _foreign(table: str, column: str, target: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)
