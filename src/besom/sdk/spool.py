"""A run's file on disk: one JSON line per record, only ever appended, by one process.

What a program logged is in this file when ``log`` returns, so a kill loses nothing. Its length in bytes is the one
measure of progress: the sender, the agent and ``besom sync`` send from the offset that the server has.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from besom.errors import BesomError, SettingsError, UsageError
from besom.protocol import UNREADABLE, InitRecord, NewRun, SpoolRecord

FILE_NAME = "spool.jsonl"
DONE_NAME = "synced"
LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of one record, its end included."""
PIECE = 1024 * 1024
"""Bytes sent at once, more only for one line that is longer."""

_STAMP = "%Y%m%d_%H%M%S"
_NAMED = re.compile(r"run-(\d{8}_\d{6})(?:_\d+)?-(.+)")
_MARK = "spool-"
"""With the spool's id behind it, the name of an empty file beside the spool. Of what a file system was doing when the
power went, names come back as they were, and what stood in files may not: so no disk has to be waited for."""
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(SpoolRecord).decode


class FirstLineDamaged(UsageError):
    """The first line of a spool cannot be read, and others can: what their run is, and where, stood there."""


class Spool:
    """The writing end. Holds a lock on the file, so that others can tell whether its process is alive."""

    def __init__(self, folder: Path, first: InitRecord) -> None:
        """Makes the folder and the file, with ``first`` as its first line.

        Raises:
            SettingsError: the folder cannot be used.
            UsageError: a run with this id has it.
        """
        self.folder = folder
        self.path = folder / FILE_NAME
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700)  # what a program prints and saves is nobody else's business
            self._mark = folder / f"{_MARK}{first.run.spool}"
            os.close(os.open(self._mark, os.O_WRONLY | os.O_CREAT, 0o600))
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        except OSError as error:
            if (
                isinstance(error, FileExistsError) and folder.is_dir()
            ):  # another process, with the same id in the same second
                raise UsageError(
                    f"Run {first.run.id} has begun already, in {folder}.",
                    "To go on with it: init(..., resume='allow'). For a new run leave the id out, or give another one.",
                ) from None
            raise SettingsError(
                f"The run's folder {folder} cannot be made: {error.strerror}.",
                "Set BESOM_DIR to a folder that you may write to.",
            ) from None
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            self.write(first)
        except BaseException:
            self.discard()
            raise

    def append(self, line: bytes) -> None:
        """Appends one record with its end: one system call, complete or not at all.

        Raises:
            BesomError: the disk is full or failed, and the line is not in the file. Silence would break the promise
                that a logged value is kept, so the program hears of it.
        """
        if len(line) > LONGEST_LINE:
            raise UsageError(f"A record of {len(line) >> 20} MiB is too long; {LONGEST_LINE >> 20} MiB are allowed.")
        written = 0
        try:
            written = os.write(self._file, line)
            while written < len(line):  # a disk that fills up takes a part first; the next call says why
                written += os.write(self._file, line[written:])
        except OSError as error:
            self._take_back(written)
            raise BesomError(
                f"{self.path} cannot be written: {error.strerror}.", "Free some space; nothing that was logged is lost."
            ) from error

    def write(self, record: SpoolRecord) -> None:
        """Appends a record other than ``log``'s. The errors are those of ``line_of`` and ``append``."""
        self.append(line_of(record))

    def settle(self) -> None:
        """Waits until the disk itself has what was written, under its name: no power cut damages it.

        Raises:
            BesomError: the disk failed.
        """
        try:
            os.fsync(self._file)
        except OSError as error:
            raise BesomError(
                f"{self.path} cannot be written: {error.strerror}.", "Look at the disk's health."
            ) from error
        for folder in (self.folder, self.folder.parent):
            # Not every folder may be read, and a network's disk may do this with files only.
            with contextlib.suppress(OSError):
                names = os.open(folder, os.O_RDONLY)
                try:
                    os.fsync(names)
                finally:
                    os.close(names)

    def restart(self, first: InitRecord) -> None:
        """Begins the file anew with another first line. Only while nobody has read it."""
        os.ftruncate(self._file, 0)
        self.write(first)

    def discard(self) -> None:
        """Removes file and folder: the run did not begin."""
        self.close()
        self.path.unlink(missing_ok=True)
        self._mark.unlink(missing_ok=True)
        self.folder.rmdir()
        with contextlib.suppress(OSError):  # other runs lie there
            self.folder.parent.rmdir()

    def size(self) -> int:
        """Bytes in the file."""
        with contextlib.suppress(OSError):  # somebody has deleted the folder; what is written goes on to the server
            return self.path.stat().st_size
        return 0

    def close(self) -> None:
        """Gives up file and lock. After a fork, in the child: its copy of them; the parent's stay."""
        os.close(self._file)
        self._file = -1  # not a number that another file may get

    def _take_back(self, written: int) -> None:
        """Removes the start of a line whose rest did not fit, lest the next one be glued to it."""
        if written:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, os.fstat(self._file).st_size - written)


def line_of(record: SpoolRecord) -> bytes:
    """A record as it stands in a spool, with its end.

    Raises:
        UsageError: a text in it is none.
    """
    try:
        return _encode(record) + b"\n"
    except UnicodeEncodeError:
        kind = type(record).__name__.removesuffix("Record").lower()
        raise UsageError(f"A text of the run's {kind} holds half a surrogate pair, which is not text.") from None


def new_folder(directory: Path, run_id: str, now: float, again: bool = False) -> Path:
    """Name of a run's folder: sorts by time, tells the id.

    Args:
        directory: where run folders lie.
        run_id: the run's.
        now: seconds since 1970.
        again: whether an earlier process of the run may have made a folder in the same second.
    """
    stamp = time.strftime(_STAMP, time.localtime(now))
    stamps = itertools.chain([stamp], (f"{stamp}_{number}" for number in itertools.count(2)))
    folders = (directory / f"run-{each}-{run_id}" for each in stamps)
    return next(folder for folder in folders if not (again and folder.exists()))


def run_of(folder: Path) -> NewRun:
    """The run in a folder, as far as names tell: its id and its time, and which of its spools this is.

    Raises:
        UsageError: the folder has another name than ``new_folder`` gives.
    """
    found = _NAMED.fullmatch(folder.resolve().name)
    if found:
        with contextlib.suppress(ValueError, OverflowError):  # no such day
            started = time.mktime(time.strptime(found[1], _STAMP))
            return NewRun(id=found[2], started=started, spool=marked_id(folder) or found[0])
    raise UsageError(
        f"The name of the folder {folder} does not tell which run it is of.",
        "Give it back the name that it had: run-DATE_TIME-ID.",
    )


def marked_id(folder: Path) -> str | None:
    """The id of the spool in a folder, where its first line is damaged; None if an older besom made it."""
    return next((path.name.removeprefix(_MARK) for path in folder.glob(f"{_MARK}*")), None)


def find_folders(directory: Path) -> list[Path]:
    """The run folders below ``directory`` that hold a spool, oldest first."""
    return sorted((path.parent for path in directory.glob(f"run-*/{FILE_NAME}")), key=lambda folder: folder.name)


def read_first(path: Path) -> InitRecord:
    """The first record of a spool.

    Raises:
        FirstLineDamaged: there are others only.
        UsageError: the file is not a spool.
    """
    record = None
    try:
        with path.open("rb") as file:
            line = file.readline(LONGEST_LINE)
        with contextlib.suppress(*UNREADABLE):
            record = _decode(line) if line.endswith(b"\n") else None
        if isinstance(record, InitRecord):
            return record
        if next(records(path), None) is None:
            raise UsageError(f"{path} is not the spool of a run: it holds no record of one.")
    except OSError as error:
        raise UsageError(f"{path} is not the spool of a run: {error}.") from None
    raise FirstLineDamaged(
        f"The first line of {path} is damaged; it said of which run and project the others are.",
        f"To send what can be read, name the project: besom sync --project NAME {path.parent}",
    )


def records(path: Path, starts: tuple[bytes, ...] = (b"",)) -> Iterator[SpoolRecord]:
    """The whole records of a spool whose lines begin so. Damaged ones are passed over, as the server does."""
    with path.open("rb") as file:
        for line in file:
            if line.startswith(starts) and line.endswith(b"\n"):
                with contextlib.suppress(*UNREADABLE):
                    yield _decode(line)


def read_piece(file: int, offset: int) -> bytes:
    """Whole lines from ``offset`` on, about ``PIECE`` bytes; empty when there is none. A torn last line is left."""
    length = PIECE
    while True:
        data = os.pread(file, length, offset)
        end = data.rfind(b"\n") + 1
        if end or len(data) < length:
            return data[:end]
        length = LONGEST_LINE if length < LONGEST_LINE else length * 2


def mark_done(folder: Path, sent: int) -> None:
    """Notes that a server has ``sent`` bytes, all that there is, for ``besom sync`` to pass by.

    Where it cannot be noted, as on a full disk, the next one who looks asks the server.
    """
    new = folder / f".{DONE_NAME}.{os.getpid()}"
    with contextlib.suppress(OSError):
        try:
            new.write_text(f"{sent}\n", encoding="ascii")
            new.replace(folder / DONE_NAME)  # in one step: an empty mark would be one of an older besom
        except OSError:
            new.unlink()


def is_done(folder: Path) -> bool:
    """Whether a server has every whole line of it. What came after the mark counts, whoever made that."""
    try:
        mark = (folder / DONE_NAME).read_bytes().strip()
    except FileNotFoundError:
        return False
    except OSError:  # somebody else's
        return True
    if not mark:  # older versions said no more
        return True
    path, sent = folder / FILE_NAME, int(mark) if mark.isdigit() else 0
    try:
        if path.stat().st_size <= sent:
            return True
        with path.open("rb") as file:
            return not read_piece(file.fileno(), sent)
    except OSError:  # somebody is just deleting it
        return True
