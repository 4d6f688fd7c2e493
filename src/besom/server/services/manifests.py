"""Lists of an artifact's files as the W&B client writes and reads them: JSON, with files by the MD5 of their bytes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import msgspec

from besom.protocol import UNREADABLE, Artifact, Reference
from besom.server.services.refusals import Invalid

LARGEST_MANIFEST = 128 * 2**20
"""Bytes."""


class Entry(msgspec.Struct):
    """One file of a manifest: bytes that were sent, or (``ref``) an address."""

    digest: str
    size: int | None = None
    ref: str | None = None
    extra: dict[str, Any] = {}


class Manifest(msgspec.Struct):
    """A list of files, by path."""

    contents: dict[str, Entry]


_read = msgspec.json.Decoder(Manifest).decode


def read_manifest(text: bytes) -> dict[str, Entry]:
    """The entries of a manifest, by path.

    Raises:
        Invalid: it is none.
    """
    try:
        return _read(text).contents
    except UNREADABLE as error:
        raise Invalid("bad_manifest", f"The artifact's manifest cannot be read: {error}.") from None


def manifest_of(artifact: Artifact, md5s: Mapping[str, str], identity: str) -> bytes:
    """The manifest of a version.

    Args:
        artifact: The version.
        md5s: MD5 of its files in hexadecimal, by their SHA-256; a file without one is left out.
        identity: The version's id, as the client knows it.
    """
    contents: dict[str, dict[str, Any]] = {
        file.path: {"digest": to_base64(md5s[file.digest]), "birthArtifactID": identity, "size": file.size}
        for file in artifact.files
        if file.digest in md5s
    }
    contents |= {found.path: _reference(found) for found in artifact.references}
    manifest = {
        "version": 1,
        "storagePolicy": "wandb-storage-policy-v1",
        "storagePolicyConfig": {"storageLayout": "V2"},
        "contents": dict(sorted(contents.items())),
    }
    return msgspec.json.encode(manifest)


def to_base64(hexadecimal: str) -> str:
    """A checksum as manifests have it."""
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()


def to_hexadecimal(text: str) -> str:
    """The MD5 that a manifest has in base64.

    Raises:
        Invalid: it is none.
    """
    try:
        checksum = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        checksum = b""
    if len(checksum) != 16:
        raise Invalid("bad_md5", f"{text[:80]!r} is no MD5 in base64.")
    return checksum.hex()


def _reference(found: Reference) -> dict[str, Any]:
    entry = {"digest": found.digest, "ref": found.uri, "size": found.size, "extra": found.extra}
    return {key: value for key, value in entry.items() if value not in (None, {})}
