"""Sends what programs left on disk: offline runs, and the rest of runs that were killed."""

from __future__ import annotations

import contextlib
import errno
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from besom.errors import ApiError, BesomError, SettingsError, UsageError
from besom.protocol import InitRecord
from besom.sdk import owner, spool
from besom.sdk.capture import console

if TYPE_CHECKING:
    from besom.client.connection import Connection


class Shipped(NamedTuple):
    """What ``ship`` did."""

    run_id: str
    sent: int
    """Bytes of records that the server did not have before."""
    complete: bool
    """Whether the server has every record and file now; False while the run's process is alive."""
    url: str | None
    """Page of the run; None when nothing was asked of the server."""
    lost: tuple[str, ...] = ()
    """Files that were removed or overwritten before they were sent: nobody has them."""
    damaged: bool = False
    """Whether its first line could not be read: nobody has the name, tags and configuration that it began with."""
    doubtful: bool = False
    """Whether its process may be alive on another machine, as far as can be told from here: it may log more."""
    host: str | None = None
    """The machine of that process, where the spool says so."""


class Target(NamedTuple):
    """Where a run is sent that does not say so, or is to go elsewhere."""

    project: str | None = None
    entity: str | None = None
    append: bool = False
    """Whether it is added to a run of its id that is there already, as of another process of that."""


def ship(
    folder: Path,
    connection: Connection,
    target: Target = Target(),  # noqa: B008  it is immutable
    *,
    ended: bool = False,
) -> Shipped:
    """Sends what the server lacks of a run folder whose process has ended: its records, then its files.

    Safe to repeat and to interrupt. A torn last line, all that a kill can leave, is passed over, and so are damaged
    ones; the first of them only where the target says of which project the run is. A folder whose process is alive is
    left to that process. Where nobody can tell, all is sent and the spool is not touched: what a program had printed
    when it was killed stays beside it then.

    Args:
        folder: the run's.
        connection: to the server.
        target: where to.
        ended: whether the caller has seen the process end.

    Raises:
        FirstLineDamaged: nothing says of which project the run is.
        UsageError: the folder holds no run.
        CommError: the server is away or refuses; what arrived stays there.
        SettingsError: there is no room for the last words; all that the spool held has been sent.
    """
    from besom.sdk.stream import Stream  # late: brings the HTTP client, which an offline run does without
    from besom.sdk.uploads import send_announced

    path = folder / spool.FILE_NAME
    first, damaged = _first(folder, target)
    with owner.owned(path, first) as life:
        if life == "alive":
            return Shipped(first.run.id, 0, complete=False, url=None)
        if spool.is_done(folder):
            return Shipped(first.run.id, 0, complete=True, url=None)
        is_over = ended or life == "ended"
        without_room: OSError | None = None
        if is_over:
            try:
                console.recover(folder, path)
            except OSError as error:  # what the spool has, such as that the run is being preempted, needs no room
                without_room = error
        with Stream(path, connection, first) as stream:
            try:
                had = stream.claim()
            except ApiError as error:
                if error.code == "run_exists":
                    again = f"besom sync --append {folder}"
                    if damaged and spool.marked_id(folder) is None:  # nothing says how much of it the server has
                        error.hint = f"The server has some of it, or all. To send all of it once more: {again}"
                    else:
                        error.hint = f"To add this to it, as of another process of it: {again}"
                elif error.code == "run_deleted":
                    error.hint = (
                        f"To another project: besom sync --project NAME {folder}\n"
                        f"To be asked no more, delete it here, too: rm -r {folder}"
                    )
                raise
            while stream.send():
                pass
            lost = send_announced(folder, connection, had.run.entity, had.run.project)
            if without_room is not None:
                raise SettingsError(f"{path} cannot be written: {without_room.strerror}.", "Free some space.")
            if is_over or not console.has_last_words(folder):
                spool.mark_done(folder, stream.offset)
            return Shipped(
                first.run.id,
                stream.offset - had.offset,
                complete=True,
                url=had.run.url,
                lost=tuple(lost),
                damaged=damaged,
                doubtful=not is_over,
                host=first.run.host,
            )


def _first(folder: Path, target: Target) -> tuple[InitRecord, bool]:
    """What the run is begun with, and whether that is a guess in place of a damaged line."""
    damaged = False
    try:
        first = spool.read_first(folder / spool.FILE_NAME)
    except spool.FirstLineDamaged:
        if target.project is None:
            raise
        first, damaged = InitRecord(run=spool.run_of(folder), project=target.project), True
    run = replace(first.run, resume="allow") if target.append else first.run
    project, entity = target.project or first.project, target.entity or first.entity
    return InitRecord(run=run, entity=entity, project=project), damaged


def unsent(directory: Path) -> list[Path]:
    """Run folders below ``client.settings.directory()`` that no server has all of, oldest first."""
    return [folder for folder in spool.find_folders(directory) if not spool.is_done(folder)]


def note_folder(parameter_file: Path, folder: Path) -> None:
    """Tells the agent where the run writes, beside the parameter file that the agent wrote.

    The program may have changed its directory or passed ``dir`` to ``init``, so the agent cannot know by itself.

    Raises:
        FileExistsError: an earlier ``init`` took this assignment.
        OSError: a folder that only its agent may write to.
        BesomError: the disk is full. The agent would not find the run, and send nothing of what the program leaves.
    """
    note = _note(parameter_file)
    with contextlib.suppress(FileNotFoundError):
        if note.stat().st_mtime_ns < parameter_file.stat().st_mtime_ns:
            note.unlink()  # from before the run was preempted and handed out again, by an agent of an older besom
    try:
        with note.open("x", encoding="utf-8") as file:
            file.write(str(folder))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        note.unlink(missing_ok=True)
        raise BesomError(f"{note} cannot be written: {error.strerror}.", "Free some space.") from None


def forget_folder(parameter_file: Path) -> None:
    """Takes the note back: the run did not begin."""
    _note(parameter_file).unlink(missing_ok=True)


def folder_of(parameter_file: Path) -> Path:
    """The run folder of the program that was given this parameter file.

    Raises:
        UsageError: no program called ``init`` with it.
    """
    with contextlib.suppress(OSError):
        text = _note(parameter_file).read_text(encoding="utf-8")
        if text:
            return Path(text)
    raise UsageError(f"No run was started with {parameter_file}.", "Does the program call besom.init()?")


def _note(parameter_file: Path) -> Path:
    return parameter_file.with_name(parameter_file.name + ".run")
