"""Service keys that may read the project's artifacts; sessions of which nobody knows with which key they were begun."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"


def upgrade() -> None:
    """Adds the column. Sessions without a parent would outlive the key that they were begun with: who has one signs in
    once more."""
    op.add_column(
        "secrets", sa.Column("reads_artifacts", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    secrets = sa.table("secrets", sa.column("kind"), sa.column("parent"))
    op.execute(sa.delete(secrets).where(secrets.c.kind == "session", secrets.c.parent.is_(None)))
