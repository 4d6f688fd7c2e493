"""The table of a project's or sweep's runs as a file."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

from besom.client.connection import Connection
from besom.client.lookup import project_route
from besom.errors import UsageError
from besom.protocol import TableFormat

PATIENCE_SECONDS = 600.0
"""The server looks at all runs before it sends the first one."""
_PIECE = 1 << 20


def export_runs(
    connection: Connection,
    entity: str,
    project: str,
    target: Path,
    *,
    sweep: str | None = None,
    filters: Mapping[str, Any] | None = None,
) -> None:
    """Writes one row per run: facts, config and summary. The end of the file's name says in which format.

    Whatever goes wrong, ``target`` is whole or as before.

    Raises:
        UsageError: the name ends otherwise, or the file cannot be written.
        ApiError: the server refuses, e.g. because it has no library for Parquet.
        ServerUnreachable: no answer, or it broke off.
    """
    kind = target.suffix.removeprefix(".").lower()
    if kind not in get_args(TableFormat):
        raise UsageError(
            f"The name {target.name!r} does not say in which format.", "End it in .csv or .parquet, e.g. runs.csv."
        )
    query = {"format": kind, "sweep": sweep, "filter": json.dumps(filters) if filters else None}
    given = urlencode({key: value for key, value in query.items() if value is not None})
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    route = f"{project_route(entity, project)}/runs/export?{given}"
    try:
        with part.open("xb") as file, connection.open(route, timeout=PATIENCE_SECONDS) as answer:
            for piece in answer.stream(_PIECE):
                file.write(piece)
        part.replace(target)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}.", "Choose another place.") from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
