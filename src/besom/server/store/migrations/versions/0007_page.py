"""What the page needs: documents of projects, versions of configurations, deleted runs that can come back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    """Adds the tables; a sweep's configuration is its first version; of runs deleted until now nothing is left."""
    op.create_table(
        "documents",
        _text("id"),
        sa.Column("project_id", KEY, nullable=False),
        _text("kind"),
        _text("title"),
        sa.Column("content", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _text("creator"),
        _time("created"),
        _text("editor"),
        _time("updated"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_documents_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index("ix_documents_project_id", "documents", ["project_id"], unique=False)
    op.create_table(
        "sweep_versions",
        _text("sweep_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("text"),
        sa.Column("config", JSON, nullable=False),
        _text("creator"),
        _time("created"),
        sa.ForeignKeyConstraint(
            ["sweep_id"], ["sweeps.id"], name=op.f("fk_sweep_versions_sweep_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sweep_id", "number", name=op.f("pk_sweep_versions")),
    )
    copied = ["text", "config", "creator", "created"]
    sweeps = sa.table("sweeps", *(sa.column(name) for name in ("id", *copied)))
    versions = sa.table("sweep_versions", *(sa.column(name) for name in ("sweep_id", "number", *copied)))
    first = sa.select(sweeps.c.id, sa.literal(1), *(sweeps.c[name] for name in copied))
    op.execute(sa.insert(versions).from_select(["sweep_id", "number", *copied], first))
    op.add_column("runs", sa.Column("forgotten", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    runs = sa.table("runs", sa.column("forgotten", sa.Boolean()), sa.column("deleted"))
    op.execute(sa.update(runs).where(runs.c.deleted.is_not(None)).values(forgotten=True))


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _time(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=False)
