"""Who began a run is a column: lists of thousands of runs show it, and events would have to be searched for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

runs = sa.table("runs", sa.column("creator"), sa.column("project_id"), sa.column("id"))
events = sa.table("events", *map(sa.column, ("id", "project_id", "run_id", "kind", "actor")))


def upgrade() -> None:
    """Adds the column and fills it from the events with which runs began."""
    op.add_column("runs", sa.Column("creator", sa.Text()))
    begun = (events.c.project_id == runs.c.project_id, events.c.run_id == runs.c.id, events.c.kind == "run.started")
    first = sa.select(events.c.actor).where(*begun).order_by(events.c.id).limit(1).scalar_subquery()
    has_begun = sa.exists().where(*begun)  # the other rows are not written anew
    op.execute(sa.update(runs).where(has_begun).values(creator=first))
