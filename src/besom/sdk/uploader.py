"""The thread that brings files to the server while the program goes on."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from besom.client.connection import BUSY, spread
from besom.errors import ApiError, AuthenticationError, BesomError, CommError
from besom.protocol import FileEntry
from besom.sdk.sender import CLOSING_PAUSE, backoff, is_away
from besom.sdk.stream import Stream
from besom.sdk.uploads import BATCH, Stopped, Upload, Uploads
from besom.sdk.wakeup import Wakeup

REFRESH_SECONDS = 10.0
"""How often files that are followed are looked at."""
GATHER_SECONDS = 0.05
"""Wait after the first of several files, so that they are asked about together."""
LASTING_REFUSALS = 4
"""After so many in a row one is told of a server that is merely busy."""


class Uploader(threading.Thread):
    """Sends files while the program goes on. Waits for a server that is away, and for the run to be known to it."""

    def __init__(
        self, folder: Path, stream: Stream, *, say: Callable[[str], None], refresh: Callable[[], None]
    ) -> None:
        """``refresh`` is called every ten seconds, to take in files that changed; it may call ``add``."""
        super().__init__(name="besom-uploader", daemon=True)
        self._folder = folder
        self._stream = stream
        self._say = say
        self._refresh = refresh
        self._lock = threading.RLock()  # reentrant: a signal handler may save a file
        self._waiting: dict[str, Upload] = {}
        """By ``Upload.key``."""
        self._changed = Wakeup()
        self._closing = Wakeup()
        self._uploads: Uploads | None = None
        self._stopped = False
        self._unsent = 0
        self.failure: BesomError | None = None
        """Why the last attempt failed; None when it did not."""

    def add(self, entry: FileEntry, file: Path | None) -> None:
        """Has a file sent: ``file``, or the staged bytes."""
        upload = Upload(entry, file)
        with self._lock:
            self._waiting[upload.key] = upload
        self._changed.set()

    def pending(self) -> int:
        """Bytes that are still to be sent."""
        with self._lock:
            return sum(upload.entry.size for upload in self._waiting.values())

    def is_waiting(self) -> bool:
        """Whether there is something to be sent, be it an empty file."""
        return bool(self._waiting)

    def trouble(self) -> str | None:
        """Why not everything was sent; None where nothing went wrong."""
        if self.failure is not None:
            return self.failure.message
        if self._unsent:
            return "1 file was not sent" if self._unsent == 1 else f"{self._unsent:,} files were not sent"
        return None

    def close(self) -> None:
        """Takes no more files, and does not gather any longer; ``finish`` waits for the end."""
        self._closing.set()
        self._changed.set()

    def finish(self, patience: float, tell: Callable[[str], None]) -> bool:
        """Waits until everything is sent; returns whether it is.

        Args:
            patience: seconds to wait while nothing moves on.
            tell: told what is left, after two seconds and then every ten.
        """
        self.close()
        seen, moved_at = self._progress(), time.monotonic()
        tell_at = moved_at + 2.0
        self.join(min(0.5, patience))
        while self.is_alive():
            now = time.monotonic()
            if (progress := self._progress()) != seen:
                seen, moved_at = progress, now
            if now - moved_at >= patience:
                self.abandon()
                return False
            if now >= tell_at:
                tell(f"Sending files, {self.pending() / 1e6:,.1f} MB are left ...")
                tell_at = now + 10.0
            self.join(0.1)
        return not self._unsent and not self._waiting

    def abandon(self) -> None:
        """Ends the thread soon, sent or not."""
        self._stopped = True
        if self._uploads:
            self._uploads.stop = True
        self.close()

    def run(self) -> None:
        """Runs until ``finish`` was called and everything is sent, or until there is no use in trying."""
        try:
            self._work()
        except BesomError as error:
            self._give_up(error)
        except Exception as error:  # a fault of besom itself must neither end the training nor stay hidden
            self._give_up(BesomError(f"Sending files failed: {type(error).__name__}: {error}"))

    def _work(self) -> None:
        misses, refusals, wanted, refreshed_at = 0, 0, 0.0, time.monotonic()
        while not self._stopped:
            if time.monotonic() - refreshed_at >= REFRESH_SECONDS:  # also when there is always something to send
                self._refresh()
                refreshed_at = time.monotonic()
            if misses:
                self._closing.wait(max(backoff(misses, random.random()), wanted))  # noqa: S311  (no secret)
                if self._closing.is_set():
                    time.sleep(max(CLOSING_PAUSE, wanted))
            elif not self._closing.is_set():
                if not self._waiting and not self._changed.wait(REFRESH_SECONDS):
                    continue
                self._closing.wait(GATHER_SECONDS)
            self._changed.clear()
            closing = self._closing.is_set()
            try:
                if not self._send_waiting():
                    misses += 1
                    continue
            except Stopped:
                return
            except CommError as error:
                if not is_away(error):
                    raise
                wanted = self._missed(error, refusals)
                misses += 1
                refusals += isinstance(error, ApiError)
                continue
            misses, refusals, wanted, self.failure = 0, 0, 0.0, None
            if closing and not self._waiting:
                return

    def _missed(self, error: CommError, refusals: int) -> float:
        """Notes a failure after so many refusals; returns for how many seconds the server wants to be left alone."""
        self.failure = error
        if not isinstance(error, ApiError):
            return 0.0  # of a server that does not answer the sender has told
        if refusals == (LASTING_REFUSALS if error.code == BUSY else 0):
            self._say(f"Files wait: {error.message}")
        return spread(error.retry_after)

    def _send_waiting(self) -> bool:
        """Sends what waits; False while the server does not know the run yet."""
        place = self._stream.place
        if place is None:
            return not self._waiting
        if self._uploads is None:
            self._uploads = Uploads(self._folder, self._stream.connection, *place)
        while not self._stopped:
            with self._lock:
                batch = list(self._waiting.values())[:BATCH]
            if not batch:
                break
            self._uploads.send_missing(batch, partial(self._send, self._uploads))
            for upload in batch:
                self._done(upload)
        return True

    def _send(self, uploads: Uploads, upload: Upload) -> None:
        if self._stopped:
            raise Stopped
        try:
            if uploads.send(upload):
                return self._done(upload)
        except CommError as error:
            if is_away(error) or isinstance(error, AuthenticationError):
                raise
            self._unsent += 1
            self._say(f"File {upload.entry.path} was not sent: {error.message}")
            return None
        if self._waiting.get(upload.key) == upload and not self._renewed(upload):
            self._unsent += 1
            self._say(f"File {upload.entry.path} was not sent: it was changed or removed before that.")
        return None

    def _renewed(self, upload: Upload) -> bool:
        """Whether the file is there with other content: it will be announced again, at the run's end at the latest."""
        return upload.file is not None and upload.file.exists() and not self._closing.is_set()

    def _done(self, upload: Upload) -> None:
        with self._lock:
            if self._waiting.get(upload.key) == upload:  # else a newer content of the path waits now
                del self._waiting[upload.key]

    def _progress(self) -> tuple[int, int]:
        return len(self._waiting), self._uploads.moved if self._uploads else 0

    def _give_up(self, error: BesomError) -> None:
        self.failure = error
        self._unsent += 1
        self._say(f"{error.message} Files are kept in {self._folder}")
