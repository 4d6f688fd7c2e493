"""Opaque ids: what the client gets as ``id`` and sends back says the kind of the thing and where it is.

Base64, because the client turns ids of artifacts from that into hexadecimal.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Literal

from besom.server.services.refusals import Missing

Kind = Literal[
    "Agent",
    "Alias",
    "Artifact",
    "ArtifactType",
    "Collection",
    "Entity",
    "File",
    "Manifest",
    "Project",
    "Run",
    "Sweep",
    "Tag",
    "User",
]


def opaque(kind: Kind, *address: str) -> str:
    """The id of the thing at an address, e.g. ``opaque("Run", entity, project, run_id)``."""
    return base64.b64encode(json.dumps([kind, *address], separators=(",", ":")).encode()).decode()


def address_of(kind: Kind, identity: str) -> tuple[str, ...]:
    """The address that an id was made from.

    Raises:
        Missing: it is no id of such a thing.
    """
    try:
        found = json.loads(base64.b64decode(identity, validate=True))
    except (binascii.Error, ValueError):
        found = None
    if not isinstance(found, list) or not found or found[0] != kind or not all(isinstance(part, str) for part in found):
        raise Missing("unknown_id", f"There is no {kind.lower()} with the id {identity[:80]!r}.", field="id")
    return tuple(found[1:])
