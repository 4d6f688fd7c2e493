"""A run that is gone on with is handed out anew: by its number, a late word about the end of an earlier hand-out is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Adds the column. Runs that agents have now were given to them without a number, and end without one."""
    op.add_column("runs", sa.Column("hand_out", sa.Integer(), nullable=False, server_default="0"))
