"""``besom.Artifact``: a named set of files in the making."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from besom.errors import CommError, UsageError
from besom.protocol import NewArtifact, mark_numbers
from besom.sdk import staging
from besom.sdk.artifact_contents import Contents
from besom.sdk.values import as_text, plain

if TYPE_CHECKING:
    from besom.sdk.logged_artifacts import LoggedArtifact
    from besom.sdk.run import Run

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_PAUSE = 0.1


class Artifact(Contents):
    """Files that are logged together, in versions: ``run.log_artifact(artifact)`` makes one.

    What is added is kept as it is at that time. The same files again make no new version.
    """

    def __init__(
        self,
        name: str,
        type: str,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        incremental: bool | None = None,
        use_as: str | None = None,  # noqa: ARG002  (W&B's signature; without effect there too)
    ) -> None:
        """Begins an artifact without files.

        Args:
            name: letters, digits, ``_``, ``-`` and ``.``.
            type: what it is, e.g. ``dataset`` or ``model``.
            description: for people.
            metadata: what JSON can hold.
            incremental: versions that add to others are not made; must be None or False.
            use_as: accepted without effect.

        Raises:
            UsageError: the name or the type cannot be used.
        """
        if incremental:
            raise UsageError(
                "Artifact(incremental=True) is not offered.", "Add all files; those known are not sent again."
            )
        if not isinstance(type, str) or type == "job" or not type or not type.isprintable():
            raise UsageError(f"An artifact cannot be of type {type!r}.", "Call it dataset, model or the like.")
        super().__init__(checked(name, "The artifact's name"))
        self.type = type
        self.description = description
        self.metadata: dict[str, Any] = dict(metadata or {})
        self._run: Run | None = None
        self.spooled = 0
        """Length of the run's spool with the record of this artifact."""
        self._logged: LoggedArtifact | None = None

    def message(self, aliases: list[str]) -> NewArtifact:
        """What is told to the server."""
        return NewArtifact(
            name=self.name,
            type=self.type,
            description=None if self.description is None else as_text(self.description),
            metadata=mark_numbers(plain(self.metadata, "metadata")),
            aliases=aliases,
            files=[self._entries[path] for path in sorted(self._entries)],
        )

    def hand_over(self, run: Run, blobs: Path | None) -> None:
        """Gives the run's folder the bytes, unless the run is disabled, and notes where the artifact went."""
        if blobs is not None:
            blobs.mkdir(exist_ok=True)
            for digest in {entry.digest for entry in self._entries.values()}:
                staging.lend(self._staging() / digest, blobs / digest)
        self._run, self._logged = run, None

    def wait(self, timeout: float | None = None) -> Artifact:
        """Waits until the server has the version and its bytes. For a disabled run there is nothing to wait for.

        Raises:
            UsageError: it was not logged, or to a run that no server hears of; the server refused it.
            CommError: that took longer than ``timeout`` seconds.
        """
        from besom.sdk.logged_artifacts import find_version  # late: brings the HTTP client

        if self._run is not None and self._run.settings.disabled:
            return self
        deadline = None if timeout is None else time.monotonic() + timeout
        while self._logged is None:
            self._logged = find_version(self, self._run)
            if self._logged is None:
                if deadline is not None and time.monotonic() > deadline:
                    raise CommError(f"Artifact {self.name} did not arrive at the server in {timeout:g} seconds.")
                time.sleep(_PAUSE)
        return self

    @property
    def logged(self) -> LoggedArtifact:
        """The version on the server; waits for it."""
        self.wait()
        if self._logged is None:
            raise UsageError(f"Artifact {self.name} has no version: its run is disabled.", "Call init(mode='online').")
        return self._logged

    @property
    def version(self) -> str:
        """``v0``, ``v1``, ...; waits until it was given."""
        return self.logged.version

    @property
    def aliases(self) -> list[str]:
        """Names of the version; waits as ``version`` does."""
        return self.logged.aliases

    @property
    def qualified_name(self) -> str:
        """``entity/project/name:version``; waits as ``version`` does."""
        return self.logged.qualified_name

    def download(self, root: str | os.PathLike[str] | None = None) -> str:
        """Downloads all files of the version; returns the folder."""
        return self.logged.download(None if root is None else Path(root))

    def get(self, name: str) -> Any:
        """What ``add`` was given under that name, from the version on the server."""
        return self.logged.get(name)

    def __repr__(self) -> str:
        return f"<besom.Artifact {self.name} ({self.type}) of {len(self._entries)} files>"


def checked(name: str, what: str) -> str:
    """A name or alias that the server takes.

    Raises:
        UsageError: it breaks the rule.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise UsageError(f"{what} {name!r} cannot be used.", "1 to 128 letters, digits, '_', '-' and '.'.")
    return name
