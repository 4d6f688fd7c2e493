"""A run is handed out anew with a number: a late word about the end of an earlier hand-out is known by it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Adds the column. Runs that agents have now were given to them without a number, and end without one."""
    op.add_column("runs", sa.Column("hand_out", sa.Integer(), nullable=False, server_default="0"))
