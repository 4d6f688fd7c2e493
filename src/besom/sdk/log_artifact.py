"""Logging artifacts, among them models, and using them."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from besom.errors import UsageError
from besom.protocol import ArtifactRecord
from besom.sdk import files
from besom.sdk.artifacts import Artifact, checked
from besom.sdk.spool import LONGEST_LINE, line_of

if TYPE_CHECKING:
    from besom.sdk.logged_artifacts import LoggedArtifact
    from besom.sdk.run import Run

_VERSION = re.compile(r"v(0|[1-9][0-9]*)")
_UNFIT = re.compile(r"[^A-Za-z0-9_.-]+")

Something = Artifact | str | os.PathLike[str]
"""An artifact, or the path of a file or folder to make one of."""


def log_artifact(
    run: Run,
    artifact_or_path: Something,
    name: str | None = None,
    type: str | None = None,
    aliases: Sequence[str] | str | None = None,
) -> Artifact:
    """See ``Run.log_artifact``. One word is one alias."""
    artifact = _artifact(run, artifact_or_path, name, type)
    if run.settings.disabled:
        artifact.hand_over(run, None)
        return artifact
    listed = [aliases] if isinstance(aliases, str) else aliases or ()
    chosen = [_alias(alias) for alias in dict.fromkeys(listed) if alias != "latest"]
    record = ArtifactRecord(artifact=artifact.message(chosen))
    _check_length(artifact, record)
    taken = files.of(run)
    if taken.blobs is not None and not run.forked:
        artifact.hand_over(run, taken.blobs)
        run._write(record, "log_artifact")
        artifact.spooled = run.status().sync_bytes_total
        taken.send_blobs(artifact.entries.values())
    return artifact


def use_artifact(
    run: Run, artifact_or_name: Artifact | str, type: str | None, aliases: Sequence[str] | None
) -> LoggedArtifact:
    """See ``Run.use_artifact``."""
    if isinstance(artifact_or_name, Artifact):
        return log_artifact(run, artifact_or_name, aliases=aliases).logged
    from besom.sdk.logged_artifacts import use  # late: brings the HTTP client

    return use(run, artifact_or_name, type)


def link_artifact(run: Run, artifact: Artifact, target_path: str, aliases: Sequence[str] | None) -> Artifact:
    """See ``Run.link_artifact``."""
    linked = Artifact(target_path.rsplit("/", 1)[-1], artifact.type, artifact.description, artifact.metadata)
    linked.adopt(artifact)
    return log_artifact(run, linked, aliases=aliases)


def log_model(
    run: Run, path: str | os.PathLike[str], name: str | None = None, aliases: Sequence[str] | None = None
) -> Artifact:
    """See ``Run.log_model``."""
    return log_artifact(run, Path(path), name, "model", aliases)


def use_model(run: Run, name: str) -> str:
    """See ``Run.use_model``."""
    found = use_artifact(run, name, None, None)
    if "model" not in found.type:
        raise UsageError(f"{found.name} is of type {found.type!r}, and no model.", "Use it with use_artifact().")
    folder = Path(found.download())
    listed = found.files()
    return str(folder / listed[0].name) if len(listed) == 1 else str(folder)


def _artifact(run: Run, given: Something, name: str | None, type: str | None) -> Artifact:
    if isinstance(given, Artifact):
        if (name or given.name, type or given.type) != (given.name, given.type):
            raise UsageError(
                f"log_artifact() was given another name or type than artifact {given.name} ({given.type}) has.",
                "Leave name and type out.",
            )
        return given
    if not isinstance(given, (str, os.PathLike)):
        raise UsageError(f"log_artifact() was given a value of type {given.__class__.__name__}.", "Give a path.")
    path = Path(given)
    made = Artifact(name or f"run-{_UNFIT.sub('_', f'{run.id}-{path.resolve().name}')}"[:128], type or "unspecified")
    if run.settings.disabled:  # the other processes of a distributed training: no need to read a large model
        return made
    if path.is_dir():
        made.add_dir(path)
    else:
        made.add_file(path)
    return made


def _check_length(artifact: Artifact, record: ArtifactRecord) -> None:
    """Raises UsageError when the record is too long for a spool, before any file of it is handed over."""
    length = len(line_of(record))
    if length > LONGEST_LINE:
        raise UsageError(
            f"Artifact {artifact.name}, with the names of its {len(artifact.entries):,} files and its metadata, takes"
            f" {length / 2**20:.1f} MiB beside the files; {LONGEST_LINE >> 20} MiB are allowed.",
            "Pack files into archives, make several artifacts of them, or put the metadata into a file.",
        )


def _alias(alias: str) -> str:
    if _VERSION.fullmatch(checked(alias, "The alias")):
        raise UsageError(f"The alias {alias!r} looks like a version.", "Choose another one.")
    return alias
