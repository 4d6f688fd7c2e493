"""Files of runs: announced by the run's stream, listed, fetched, deleted. Their bytes are blobs."""

from __future__ import annotations

import posixpath
from collections.abc import AsyncIterator, Collection, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from besom.protocol import FileEntry, FilePage, FileRecord, RunFile
from besom.server.services.audit import note
from besom.server.services.context import Context, Unit
from besom.server.services.file_paths import check_entry, check_path
from besom.server.services.receiving import keep, received
from besom.server.services.refusals import Invalid, Missing
from besom.server.services.runs import find_run
from besom.server.services.users import Caller
from besom.server.store import run_files
from besom.server.store.blob_folder import BlobWriter
from besom.server.store.blob_store import BlobStore

if TYPE_CHECKING:
    from sqlalchemy import Connection

RunPlace = tuple[str, str, str]
"""Entity, project and id of a run."""


def announce(unit: Unit, run: Any, records: Iterable[FileRecord]) -> None:
    """Files of a run, as its stream names them. One that cannot be used must not hold up the stream: it becomes an
    event."""
    for record in records:
        try:
            file = check_entry(FileEntry(path=record.path, digest=record.digest, size=record.size))
        except Invalid as refusal:
            unit.run_event(run, "run.file_refused", "server", refusal.message)
        else:
            run_files.put(unit.conn, run.key, file.path, file.digest, file.size, unit.now)


async def name_file(ctx: Context, caller: Caller, entity: str, project: str, run_id: str, entry: FileEntry) -> RunFile:
    """Gives a run a file from outside its program; the same path again replaces it.

    Raises:
        Invalid: the path leads out of the run's files, or the digest is none.
    """
    file = check_entry(entry)

    def put(unit: Unit) -> Any:
        run = find_run(unit.conn, caller, entity, project, run_id, "work")
        run_files.put(unit.conn, run.key, file.path, file.digest, file.size, unit.now)
        unit.changed(run.project_id, "run", run_id)
        return next(row for row in run_files.of_run(unit.conn, run.project_id, run.key) if row.path == file.path)

    return _view(await ctx.write(put))


async def put_file(
    ctx: Context,
    folder: BlobStore,
    caller: Caller,
    place: RunPlace,
    path: str,
    body: AsyncIterator[bytes],
    length: int | None,
) -> None:
    """Takes the bytes of a run's file as they come; the same path again replaces them.

    Raises:
        Invalid: the path leads out of the run's files.
        TooLarge: there are too many bytes.
        StoreError: the disk is full; the file is as before.
    """
    check_path(path)
    run = await ctx.read(lambda conn: find_run(conn, caller, *place, "work"))

    def name(writer: BlobWriter, unit: Unit) -> None:
        still = find_run(unit.conn, caller, *place, "work")
        run_files.put(unit.conn, still.key, path, writer.digest, writer.size, unit.now)
        unit.changed(still.project_id, "run", still.id)

    async with received(folder, path, body, length) as writer:
        await keep(ctx, folder, run.project_id, writer, partial(name, writer))


async def list_files(ctx: Context, caller: Caller, entity: str, project: str, run_id: str) -> FilePage:
    """A run's files, by path."""

    def look(conn: Connection) -> list[Any]:
        run = find_run(conn, caller, entity, project, run_id)
        return run_files.of_run(conn, run.project_id, run.key)

    return FilePage(files=[_view(row) for row in await ctx.read(look)])


async def files_like(
    ctx: Context, caller: Caller, place: RunPlace, names: Collection[str], pattern: str | None
) -> list[RunFile]:
    """Those of a run's files that are there, by path: of these names, if any are given, and like a pattern of SQL."""
    wanted = {posixpath.normpath(name) for name in names}
    page = await list_files(ctx, caller, *place)
    return [
        file
        for file in page.files
        if file.present and (not wanted or file.path in wanted) and (not pattern or _is_like(file.path, pattern))
    ]


async def digest_of(ctx: Context, caller: Caller, entity: str, project: str, run_id: str, path: str) -> str:
    """The digest of a run's file; raises Missing."""

    def look(conn: Connection) -> str:
        run = find_run(conn, caller, entity, project, run_id)
        row = run_files.get(conn, run.key, path)
        if row is None:
            raise _missing(run_id, path)
        return str(row.digest)

    return await ctx.read(look)


async def delete_file(ctx: Context, caller: Caller, entity: str, project: str, run_id: str, path: str) -> None:
    """Deletes a file of a run; its bytes go when nothing else has named them for a day."""

    def delete(unit: Unit) -> None:
        run = find_run(unit.conn, caller, entity, project, run_id, "write")
        if not run_files.remove(unit.conn, run.key, path):
            raise _missing(run_id, path)
        unit.changed(run.project_id, "run", run_id)
        note(unit, caller, "file.deleted", f"{path} of run {run_id}", entity=entity, project=project)

    await ctx.write(delete)


def _is_like(text: str, pattern: str) -> bool:
    """Whether a text is like a pattern of SQL: ``%`` stands for any characters, ``_`` for one.

    It goes back to the last ``%`` only, so that no pattern takes longer than the product of both lengths.
    """
    at = place = 0
    after_percent, tried = None, 0  # where to go on in the pattern, and where in the text that was tried last
    while at < len(text):
        wanted = pattern[place : place + 1]
        if wanted == "%":
            place += 1
            after_percent, tried = place, at
        elif wanted in ("_", text[at]):
            at, place = at + 1, place + 1
        elif after_percent is not None:
            tried += 1
            at, place = tried, after_percent
        else:
            return False
    return not pattern[place:].strip("%")


def _view(row: Any) -> RunFile:
    return RunFile(path=row.path, digest=row.digest, size=row.size, created=row.created, present=row.present)


def _missing(run_id: str, path: str) -> Missing:
    return Missing("file_not_found", f"Run {run_id} has no file {path!r}.", field="path")
