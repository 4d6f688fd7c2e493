"""What a filter of sweeps may name."""

from __future__ import annotations

from sqlalchemy import func

from besom.server.store import json_values
from besom.server.store.fields import Fields, number, text, time
from besom.server.store.tables import sweeps

NAME = func.coalesce(sweeps.c.display_name, json_values.text(sweeps.c.config, ("name",)), sweeps.c.id)
"""Edited display name, else the configuration's name, else the id."""

FIELDS = Fields(
    "A sweep",
    sweeps.c.id,
    [
        text("id", sweeps.c.id),
        text("name", NAME),
        text("display_name", NAME),
        text("description", sweeps.c.description),
        text("state", sweeps.c.state),
        text("method", json_values.text(sweeps.c.config, ("method",))),
        text("creator", sweeps.c.creator),
        time("created_at", sweeps.c.created),
        time("updated_at", sweeps.c.updated),
        number("expected_runs", sweeps.c.expected_runs),
    ],
    # As W&B's own clients write them.
    aliases={
        "displayName": "display_name",
        "createdAt": "created_at",
        "updatedAt": "updated_at",
        "username": "creator",
    },
    roots={"config": sweeps.c.config},
)
