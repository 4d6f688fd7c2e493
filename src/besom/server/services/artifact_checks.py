"""What can be a version of an artifact, and the digest of its files: what is told of it before a transaction. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from besom.protocol import NewArtifact
from besom.protocol.artifacts import MOST_FILES
from besom.server.services.artifact_views import LATEST
from besom.server.services.file_paths import check_entry, check_path
from besom.server.services.labels import check_tags
from besom.server.services.naming import check_length
from besom.server.services.refusals import Invalid
from besom.server.store.text_kinds import Address, Prose

MOST_ALIASES = 100
"""That are given to a version at a time: each of them is looked for among those of all others."""
VERSION = re.compile(r"v(0|[1-9][0-9]{0,8})")
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_ALIAS = re.compile(r"[^/:]{1,128}")


@dataclass(frozen=True, slots=True)
class Checked:
    """A version that can be made."""

    new: NewArtifact
    digest: str
    """One for a set of named files, whatever their order."""


def checked(new: NewArtifact) -> Checked:
    """The version, with what is told of it before the transaction: of many files that takes long.

    Raises:
        Invalid: a name, an alias or a file cannot be used.
    """
    _check(new)
    return Checked(new, _digest(new))


def own_aliases(aliases: Iterable[str]) -> list[str]:
    """Those that are kept with a version: ``latest`` follows from its number.

    Raises:
        Invalid: one of them cannot be used.
    """
    aliases = list(dict.fromkeys(aliases))
    if len(aliases) > MOST_ALIASES:
        raise Invalid(
            "too_many_aliases",
            f"The artifact is given {len(aliases):,} aliases, and at most {MOST_ALIASES} are possible at once.",
            "Give the others as tags, or later.",
            field="aliases",
        )
    for alias in aliases:
        if not _ALIAS.fullmatch(alias) or not alias.isprintable() or alias != alias.strip():
            raise Invalid(
                "bad_alias",
                f"{alias[:80]!r} cannot be the alias of an artifact.",
                "Use 1 to 128 characters that can be seen, without '/' and ':'.",
                field="aliases",
            )
        if VERSION.fullmatch(alias):
            raise Invalid(
                "bad_alias", f"The alias {alias!r} looks like a version.", "Choose another one.", field="aliases"
            )
    return [alias for alias in aliases if alias != LATEST]


def check_name_and_type(name: str, kind: str) -> None:
    """Raises Invalid when an artifact cannot have this name or this type."""
    if not _NAME.fullmatch(name):
        raise Invalid(
            "bad_name",
            f"{name[:80]!r} cannot be the name of an artifact.",
            "Use 1 to 128 letters, digits, '_', '.' and '-'.",
            field="name",
        )
    if not kind or not kind.isprintable() or len(kind) > 128:
        raise Invalid(
            "bad_type", f"The artifact {name} needs a type of 1 to 128 characters.", "e.g. model", field="type"
        )


def _check(new: NewArtifact) -> None:
    check_name_and_type(new.name, new.type)
    own_aliases(new.aliases)
    check_length("description", new.description or "", Prose.longest)
    check_tags(new.tags)
    paths = [file.path for file in new.files] + [reference.path for reference in new.references]
    if len(paths) > MOST_FILES:
        raise Invalid(
            "too_many_files",
            f"The artifact {new.name} has {len(paths):,} files, and at most {MOST_FILES:,} are possible.",
            "Pack them into archives, or make several artifacts of them.",
            field="files",
        )
    for file in new.files:
        check_entry(file)
    for reference in new.references:
        check_path(reference.path)
        check_length("uri", reference.uri, Address.longest)
        check_length("digest", reference.digest, Address.longest)
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            raise Invalid("bad_path", f"The artifact {new.name} has two files with the path {path!r}.", field="files")
        seen.add(path)


def _digest(new: NewArtifact) -> str:
    """One digest for a set of named files, whatever their order."""
    listed: list[tuple[Any, ...]] = sorted((file.path, file.digest, file.size) for file in new.files)
    listed += sorted((reference.path, reference.digest, reference.uri) for reference in new.references)
    return hashlib.sha256(msgspec.json.encode(listed)).hexdigest()
