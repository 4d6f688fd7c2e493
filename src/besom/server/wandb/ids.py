"""Opaque ids: what the client gets as ``id`` and sends back says the kind of the thing and where it is.

Base64, because the client turns ids of artifacts from that into hexadecimal.
"""

from __future__ import annotations

import base64
import json
from typing import Literal

from besom.server.services.refusals import Invalid, Missing
from besom.server.wandb.scalars import read_json

Kind = Literal[
    "Agent",
    "Alias",
    "Artifact",
    "ArtifactFile",
    "ArtifactType",
    "Collection",
    "DraftManifest",
    "Entity",
    "File",
    "Manifest",
    "Project",
    "Run",
    "Sweep",
    "Tag",
    "User",
]

_PARTS: dict[Kind, tuple[int, ...]] = {
    "Agent": (2,),
    "Artifact": (3, 4),
    "Collection": (3,),
    "DraftManifest": (4,),
    "File": (4,),
    "Run": (3,),
    "Sweep": (1,),
}
"""How many an address has, of each kind whose ids come back."""


def opaque(kind: Kind, *address: str) -> str:
    """The id of the thing at an address, e.g. ``opaque("Run", entity, project, run_id)``."""
    return base64.b64encode(json.dumps([kind, *address], separators=(",", ":")).encode()).decode()


def address_of(kind: Kind, identity: str) -> tuple[str, ...]:
    """The address that an id was made from.

    Raises:
        Missing: it is no id of such a thing.
    """
    try:
        found = read_json(base64.b64decode(identity, validate=True).decode())
    except (ValueError, Invalid):
        found = None
    match found:
        case [str(named), *parts] if named == kind and all(isinstance(part, str) for part in parts):
            if len(parts) in _PARTS.get(kind, ()):
                return tuple(parts)
    raise Missing("unknown_id", f"There is no {kind.lower()} with the id {identity[:80]!r}.", field="id")
