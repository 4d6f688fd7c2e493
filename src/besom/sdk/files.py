"""The files of one run: kept in its folder, announced in its spool, sent by a thread of their own."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from besom.errors import BesomError
from besom.protocol import FileEntry, FileRecord
from besom.sdk import staging
from besom.sdk.messages import warn

if TYPE_CHECKING:
    from besom.sdk.run import Run
    from besom.sdk.uploader import Uploader

Stamp = tuple[int, int]
"""Time of change in nanoseconds, and size: differs when a file was written meanwhile."""

# Reentrant, as all locks here: a signal handler may save a file.
_making = threading.RLock()


def of(run: Run) -> Files:
    """The files of a run."""
    with _making:
        if run._files is None:
            run._files = Files(run)
            run.on_finish(run._files.close)
        return run._files


def add(run: Run, path: str, data: bytes) -> FileEntry:
    """Makes ``data`` a file of the run; the same path again replaces it."""
    return of(run).put(path, data)


class Files:
    """What ``run.save``, media, artifacts and the capture of code put their files into. Safe to use from threads.

    A disabled run keeps nothing; digests are right all the same.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._lock = threading.RLock()
        self._copying = threading.RLock()
        """Held from the copy of a file to its announcement, so that the latest of two copies is announced last."""
        self._stamps: dict[str, Stamp] = {}
        """Of the announced files, as they lie in the run's folder."""
        self._refreshers: dict[Hashable, Callable[[bool], None]] = {}
        self._uploader: Uploader | None = None

    @property
    def folder(self) -> Path | None:
        """Where they lie; None when the run is disabled."""
        return self._run.folder and self._run.folder / staging.FILES_NAME

    @property
    def blobs(self) -> Path | None:
        """Where bytes wait under their digest; None when the run is disabled."""
        return self._run.folder and self._run.folder / staging.BLOBS_NAME

    def put(self, path: str, data: bytes) -> FileEntry:
        """Makes bytes a file of the run; the same path again replaces it."""
        path = staging.file_path(path)
        if self.folder is None:
            return staging.entry(path, hashlib.sha256(data).hexdigest(), len(data))
        return self._announce(path, staging.write(self.folder / path, data), len(data))

    def copy(self, path: str, source: Path) -> FileEntry:
        """Makes a copy of a file, as it is now, a file of the run. One that lies there already is announced."""
        path = staging.file_path(path)
        if self.folder is None:
            return staging.entry(path, *staging.digest_of(source))
        target = self.folder / path
        with self._copying:
            if target.exists() and target.samefile(source):
                return self._announce(path, *staging.digest_of(target))
            return self._announce(path, *staging.copy(source, target))

    def send_blobs(self, entries: Iterable[FileEntry]) -> None:
        """Sends bytes that lie in ``blobs``; some other record than a file's names them."""
        uploader = self._started_uploader()
        if uploader:
            for entry in entries:
                uploader.add(entry, None)

    def keep_fresh(self, what: Hashable, refresh: Callable[[bool], None]) -> None:
        """``refresh`` is called every few seconds with False, and with True at the run's end, instead of what was to be
        called for ``what`` before."""
        self._refreshers[what] = refresh
        self._started_uploader()

    def refresh(self, last: bool = False) -> None:
        """Takes in what changed in files that are followed. A file that cannot be read is told of, at the end."""
        for refresh in list(self._refreshers.values()):
            try:
                refresh(last)
            except (BesomError, OSError) as error:
                if last:
                    warn(str(error))

    def close(self) -> None:
        """At the run's end: takes in what changed, and what the program wrote into ``run.dir`` by itself."""
        self.refresh(last=True)
        folder = self.folder
        if folder is None:
            return
        for file in staging.files_below(folder):
            path = file.relative_to(folder).as_posix()
            try:
                if not file.name.startswith(".part-") and self._stamps.get(path) != stamp(file):
                    self.copy(path, file)
            except (BesomError, OSError) as error:  # the others are still to come
                warn(f"File {path} is not part of the run: {error}")

    def are_on_their_way(self) -> bool:
        """Whether there are bytes that are still to be sent, and will be."""
        return self._uploader is not None and self._uploader.is_alive() and self._uploader.is_waiting()

    def last(self) -> None:
        """No more files come."""
        if self._uploader:
            self._uploader.close()

    def finish(self, patience: float, tell: Callable[[str], None]) -> bool:
        """Waits until a server has all bytes; returns whether it has. Ends the thread in any case."""
        return self._uploader is None or self._uploader.finish(patience, tell)

    def trouble(self) -> str | None:
        """Why a server does not have all bytes, if something went wrong."""
        return self._uploader.trouble() if self._uploader else None

    def abandon(self) -> None:
        """Ends the thread soon, sent or not."""
        if self._uploader:
            self._uploader.abandon()

    def _announce(self, path: str, digest: str, size: int) -> FileEntry:
        entry = staging.entry(path, digest, size)
        if self.folder:
            file = self.folder / path
            self._stamps[path] = stamp(file)
            taken = self._run._write(FileRecord(path=path, digest=digest, size=size))
            uploader = self._started_uploader() if taken and not self._is_there(digest) else None
            if uploader:
                uploader.add(entry, file)
        return entry

    def _is_there(self, digest: str) -> bool:
        """Whether the server has these bytes for sure, and no earlier content of their file is on its way."""
        run, sender = self._run, self._run._sender
        if sender is None or run.entity is None or self._uploader is not None:
            return False
        from besom.sdk import uploads

        return uploads.is_known(sender.stream.connection, uploads.route(run.entity, run.project), digest)

    def _started_uploader(self) -> Uploader | None:
        """None without a server to send to: offline, disabled, in a forked process."""
        sender, folder = self._run._sender, self._run.folder
        if sender is None or folder is None or self._run.forked:
            return None
        with self._lock:
            if self._uploader is None:
                from besom.sdk.uploader import Uploader  # late: brings the HTTP client

                self._uploader = Uploader(folder, sender.stream, say=warn, refresh=self.refresh)
                self._uploader.start()
            return self._uploader


def stamp(file: Path) -> Stamp:
    """Differs after the file was written."""
    status = os.stat(file)  # noqa: PTH116  (Path.stat costs three times as much)
    return status.st_mtime_ns, status.st_size
