"""Versions of artifacts as the API shows them, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from besom.protocol import Artifact, FileEntry, Reference
from besom.server.services.users import Caller
from besom.server.store import artifacts

if TYPE_CHECKING:
    from sqlalchemy import Connection

LATEST = "latest"
"""The alias that the newest version always has."""


def views_of(conn: Connection, rows: Sequence[Any], *, with_files: bool = True) -> list[Artifact]:
    """Versions, of whatever projects; without files and references each only says how many it has."""
    ids = [row.id for row in rows]
    newest = artifacts.newest_versions(conn, {row.name for row in rows})
    counts = artifacts.file_counts_of(conn, ids)
    files = artifacts.files_of(conn, ids) if with_files else {}
    references = artifacts.references_of(conn, ids) if with_files else {}
    aliases = {key: [row.alias for row in found] for key, found in artifacts.aliases_of(conn, ids).items()}
    return [
        Artifact(
            entity=row.entity,
            project=row.project,
            name=row.name,
            type=row.type,
            version=row.version,
            aliases=[LATEST] * (row.version == newest[row.project_id, row.name]) + aliases.get(row.id, []),
            description=row.description,
            metadata=row.metadata,
            files=[FileEntry(path=file.path, digest=file.digest, size=file.size) for file in files.get(row.id, ())],
            references=[
                Reference(path=found.path, uri=found.uri, digest=found.digest, size=found.size, extra=found.extra)
                for found in references.get(row.id, ())
            ],
            tags=row.tags,
            digest=row.client_digest or row.digest,
            size=row.size,
            run_id=row.run_id,
            run_name=row.run_name,
            file_count=counts.get(row.id, 0),
            history_step=row.history_step,
            created=row.created,
            ttl=row.ttl,
        )
        for row in rows
    ]


def within(caller: Caller, views: list[Artifact]) -> list[Artifact]:
    """Those who have bounds are not told what runs outside of them are called."""
    if caller.bounds is None:
        return views
    return [msgspec.structs.replace(view, run_name=None) for view in views]
