"""What clients of another make need: MD5 of files, artifacts sent in steps, references, signing, gaps in numbers ..."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Adds tables and columns; what runs have logged until now becomes their output."""
    op.create_table(
        "shared_secrets",
        _text("purpose"),
        _text("secret"),
        _time("created"),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_shared_secrets")),
    )
    op.add_column("run_details", sa.Column("client", JSON, nullable=True))
    for name in ("rows_missed", "samples_missed"):
        op.add_column("spools", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("blobs", _text("md5", nullable=True))
    op.create_index("ix_blobs_project_id_md5", "blobs", ["project_id", "md5"], unique=False)
    op.add_column("artifacts", _text("client_digest", nullable=True))
    op.add_column("artifacts", sa.Column("tags", JSON, server_default="[]", nullable=False))
    op.add_column("artifacts", sa.Column("deleted", sa.Double(), nullable=True))
    op.create_table(
        "artifact_references",
        _refers("artifact_id"),
        _text("path"),
        _text("uri"),
        _text("digest"),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("extra", JSON, server_default="{}", nullable=False),
        _foreign("artifact_references", "artifact_id", "artifacts.id"),
        sa.PrimaryKeyConstraint("artifact_id", "path", name=op.f("pk_artifact_references")),
    )
    _add_run_artifacts()
    _add_drafts()


def _add_run_artifacts() -> None:
    op.create_table(
        "run_artifacts",
        _refers("run_key"),
        _refers("artifact_id"),
        _text("role"),
        _time("created"),
        _foreign("run_artifacts", "run_key", "runs.key"),
        _foreign("run_artifacts", "artifact_id", "artifacts.id"),
        sa.PrimaryKeyConstraint("run_key", "artifact_id", "role", name=op.f("pk_run_artifacts")),
    )
    op.create_index("ix_run_artifacts_artifact_id", "run_artifacts", ["artifact_id"], unique=False)
    names = ["run_key", "artifact_id", "role", "created"]
    artifacts = sa.table("artifacts", sa.column("id"), sa.column("run_key"), sa.column("created"))
    logged = sa.select(artifacts.c.run_key, artifacts.c.id, sa.literal("output"), artifacts.c.created)
    known = logged.where(artifacts.c.run_key.is_not(None))
    target = sa.table("run_artifacts", *(sa.column(name) for name in names))
    op.execute(sa.insert(target).from_select(names, known))


def _add_drafts() -> None:
    op.create_table(
        "artifact_drafts",
        _refers("id"),
        _refers("project_id"),
        _text("name"),
        _text("type"),
        _text("digest"),
        _text("client_id", nullable=True),
        _text("shared_id", nullable=True),
        _text("description", nullable=True),
        *(sa.Column(name, JSON, nullable=False) for name in ("metadata", "tags", "aliases")),
        _refers("run_key", nullable=True),
        _refers("artifact_id", nullable=True),
        _time("created"),
        _foreign("artifact_drafts", "project_id", "projects.id"),
        _foreign("artifact_drafts", "run_key", "runs.key", "SET NULL"),
        _foreign("artifact_drafts", "artifact_id", "artifacts.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artifact_drafts")),
    )
    for columns in (["client_id"], ["run_key"], ["artifact_id"], ["project_id", "name", "digest"]):
        op.create_index(f"ix_artifact_drafts_{'_'.join(columns)}", "artifact_drafts", columns, unique=False)
    op.create_table(
        "draft_manifests",
        _refers("id"),
        _refers("draft_id"),
        _text("sender"),
        _refers("base_id", nullable=True),
        _text("digest", nullable=True),
        _foreign("draft_manifests", "draft_id", "artifact_drafts.id"),
        _foreign("draft_manifests", "base_id", "artifacts.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_manifests")),
        sa.UniqueConstraint("draft_id", "sender", name=op.f("uq_draft_manifests_draft_id_sender")),
    )
    op.create_index("ix_draft_manifests_base_id", "draft_manifests", ["base_id"], unique=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=False)


def _refers(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, KEY, nullable=nullable)


def _foreign(table: str, column: str, target: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)
