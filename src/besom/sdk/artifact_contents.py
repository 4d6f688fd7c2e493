"""What an artifact holds: files, as they are when they are added."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from typing import IO, Any

from besom.client import settings
from besom.errors import SettingsError, UsageError
from besom.protocol import FileEntry
from besom.protocol.artifacts import MOST_FILES
from besom.sdk import current, staging
from besom.sdk.media.base import Media
from besom.sdk.media.convert import media_of
from besom.sdk.media.table import Table
from besom.sdk.values import to_json


class Contents:
    """A set of files by path. Their bytes are copied into a folder of its own, which goes when it goes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[str, FileEntry] = {}
        self._folder: Path | None = None

    def add_file(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        is_tmp: bool | None = False,  # noqa: ARG002
        skip_cache: bool | None = False,  # noqa: ARG002
        policy: str | None = "mutable",
        overwrite: bool = False,
    ) -> FileEntry:
        """Adds a file.

        Args:
            local_path: the file.
            name: its path within the artifact; its file name when missing.
            is_tmp, skip_cache: accepted without effect.
            policy: ``mutable`` copies the file; ``immutable`` trusts that nobody changes it before it is sent.
            overwrite: replaces another file of that path.

        Raises:
            UsageError: it cannot be read; another file has its path.
        """
        source = Path(local_path)
        if not source.is_file():
            raise UsageError(f"{source} is not a file.", "Give the path of a file that exists, or use add_dir().")
        path = staging.file_path(name or source.name)
        if policy not in ("mutable", "immutable"):
            raise UsageError(f"add_file() was given policy={policy!r}.", "It is 'mutable' or 'immutable'.")
        active = current.run()
        if policy == "mutable" and not (active and active.settings.disabled):  # a copy that nobody would send
            digest, size = staging.stage(source, self._staging())
        else:
            digest, size = staging.digest_of(source)
            with contextlib.suppress(FileExistsError):
                (self._staging() / digest).symlink_to(source.absolute())
        return self._enter(staging.entry(path, digest, size), overwrite)

    def add_dir(
        self,
        local_path: str | os.PathLike[str],
        name: str | None = None,
        skip_cache: bool | None = False,  # noqa: ARG002
        policy: str | None = "mutable",
        merge: bool = False,
    ) -> None:
        """Adds all files below a folder.

        Args:
            local_path: the folder.
            name: folder within the artifact; its root when missing.
            skip_cache: accepted without effect.
            policy: as of ``add_file``.
            merge: replaces other files of the same paths.

        Raises:
            UsageError: it is no folder; else as ``add_file``.
        """
        folder = Path(local_path)
        if not folder.is_dir():
            raise UsageError(f"{folder} is not a folder.", "Give the path of a folder that exists, or use add_file().")
        prefix = f"{name.strip('/')}/" if name and name.strip("/") else ""
        for file in staging.files_below(folder):
            self.add_file(file, prefix + file.relative_to(folder).as_posix(), policy=policy, overwrite=merge)

    @contextlib.contextmanager
    def new_file(self, name: str, mode: str = "x", encoding: str | None = None) -> Iterator[IO[Any]]:
        """Opens a file to be written; it is added when it is closed, unless there was an error.

        Args:
            name: its path within the artifact.
            mode: ``x`` or ``w`` (which replaces another file of that path), with ``b`` for bytes.
            encoding: of text; UTF-8 when missing.
        """
        if mode not in ("x", "w", "xb", "wb"):
            raise UsageError(f"new_file() was given mode={mode!r}.", "It is x, w, xb or wb.")
        path = staging.file_path(name)
        if "x" in mode and path in self._entries:
            raise UsageError(f"Artifact {self.name} has a file {path!r} already.", "Write new_file(..., mode='w').")
        text = None if "b" in mode else encoding or "utf-8"
        with tempfile.TemporaryDirectory(dir=self._staging()) as folder:
            target = Path(folder, "new")
            with target.open("wb" if "b" in mode else "w", encoding=text) as file:
                yield file
            self.add_file(target, path, overwrite=True)

    def add(self, obj: Any, name: str, overwrite: bool = False) -> FileEntry:
        """Adds a table or other media; ``get(name)`` of the logged artifact gives it back.

        Raises:
            UsageError: it is no media; another file has its path.
        """
        media = media_of(obj)
        if media is None:
            raise UsageError(
                f"Artifact.add() was given a value of type {type(obj).__name__}.",
                "Add a table or media, or use add_file().",
            )
        return self._enter(self._described(media, name), overwrite)

    def put(self, path: str, data: bytes) -> FileEntry:
        """Adds bytes as a file; the same path again replaces it."""
        return self._enter(self._staged(path, data), overwrite=True)

    def add_reference(self, uri: Any, name: str | None = None, **_: Any) -> None:
        """Not offered: an artifact holds the bytes of its files.

        Raises:
            UsageError: always.
        """
        raise UsageError(
            f"Artifact {self.name} cannot refer to {name or uri!r}: artifacts hold the bytes of their files.",
            "Use add_file() or add_dir(), or note the address in metadata.",
        )

    def adopt(self, other: Contents) -> None:
        """Adds all files of another artifact."""
        for entry in other.entries.values():
            staging.lend(other._staging() / entry.digest, self._staging() / entry.digest)
            self._enter(entry, overwrite=False)

    def remove(self, item: str | FileEntry) -> None:
        """Takes a file, or all below a folder, out again.

        Raises:
            UsageError: there is none of that path.
        """
        path = item.path if isinstance(item, FileEntry) else item.rstrip("/")
        found = [known for known in self._entries if known == path or known.startswith(f"{path}/")]
        if not found:
            raise UsageError(f"Artifact {self.name} has no file {path!r}.")
        for known in found:
            del self._entries[known]

    @property
    def entries(self) -> dict[str, FileEntry]:
        """Its files by path."""
        return dict(self._entries)

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(entry.size for entry in self._entries.values())

    def _described(self, media: Media, name: str) -> FileEntry:
        if isinstance(media, Table):
            return self._staged(f"{name}.table.json", media.encoded(self, name, 0))
        described = media.describe(self, name, 0)
        return self._staged(f"{name}.{described['_type']}.json", to_json(described))

    def _staged(self, path: str, data: bytes) -> FileEntry:
        """Stages bytes without entering them."""
        path = staging.file_path(path)
        digest = hashlib.sha256(data).hexdigest()
        staging.write(self._staging() / digest, data)
        return staging.entry(path, digest, len(data))

    def _enter(self, entry: FileEntry, overwrite: bool) -> FileEntry:
        known = self._entries.get(entry.path)
        if known is not None and known.digest != entry.digest and not overwrite:
            raise UsageError(
                f"Artifact {self.name} has another file {entry.path!r} already.",
                "Give it another name, or overwrite=True.",
            )
        if known is None and len(self._entries) >= MOST_FILES:
            raise UsageError(
                f"Artifact {self.name} has {MOST_FILES:,} files, as many as are possible, and is given {entry.path!r}.",
                "Pack them into archives, or make several artifacts of them.",
            )
        self._entries[entry.path] = entry
        return entry

    def _staging(self) -> Path:
        """Where the bytes are kept until they are logged; removed with this object."""
        if self._folder is None:
            active = current.run()
            base = active.settings.folder if active else settings.directory()
            try:
                base.mkdir(parents=True, exist_ok=True)
                self._folder = Path(tempfile.mkdtemp(prefix="artifact-", dir=base))
            except OSError as error:
                raise SettingsError(
                    f"{base} cannot be written: {error.strerror}.", "Set BESOM_DIR to a folder that you may write to."
                ) from None
            weakref.finalize(self, _remove, self._folder)
        return self._folder


def _remove(folder: Path) -> None:
    rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):  # runs, or other artifacts, lie beside it
        folder.parent.rmdir()
