"""The artifacts that an offline run of W&B's client has logged; their files lie where the client has put them aside."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

from besom.errors import UsageError
from besom.importing.artifacts import FoundArtifact
from besom.importing.framing import read_records
from besom.importing.protobuf import Message
from besom.importing.rows import UNREADABLE
from besom.protocol import Reference
from besom.protocol.foreign import read_foreign

_ARTIFACT = 8
"""Field of the message that a record is."""
_PIECE = 1 << 20


def artifacts_of(path: Path) -> Iterator[FoundArtifact]:
    """In the order in which they were logged.

    Args:
        path: the run's file, ``run-ID.wandb``.

    Raises:
        UsageError: a record cannot be read.
    """
    for number, data in enumerate(read_records(path), 1):
        try:
            record = Message(data)
            if _ARTIFACT in record:
                yield _artifact(record.message(_ARTIFACT))
        except UNREADABLE as error:
            raise UsageError(f"Record {number} of {path} cannot be read: {error}.") from None


def _artifact(logged: Message) -> FoundArtifact:
    metadata = read_foreign(logged.text(8)) if logged.text(8) else {}
    found = FoundArtifact(
        name=logged.text(5),
        type=logged.text(4),
        description=logged.text(7) or None,
        metadata=metadata if isinstance(metadata, dict) else {},
        aliases=logged.texts(11),
        tags=logged.texts(19),
    )
    manifest = logged.message(12)
    if manifest.text(5):
        found.lacks = f"the list of its files lies in {manifest.text(5)}, in a form that besom does not read."
    for entry in manifest.messages(4):
        if entry.text(3):
            found.references.append(_reference(entry))
            continue
        file = Path(entry.text(6))
        found.files[entry.text(1)] = file
        if not _holds(file, entry.text(2)):
            found.lacks = found.lacks or f"{file} is gone, or has changed since."
    return found


def _reference(entry: Message) -> Reference:
    extra = {item.text(1): read_foreign(item.text(2)) for item in entry.messages(16)}
    return Reference(
        path=entry.text(1), uri=entry.text(3), digest=entry.text(2), size=entry.number(4) or None, extra=extra
    )


def _holds(file: Path, checksum: str) -> bool:
    """Whether a file has this MD5, in base64."""
    if not file.is_file():
        return False
    found = hashlib.md5(usedforsecurity=False)
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            found.update(piece)
    return base64.b64encode(found.digest()).decode() == checksum
