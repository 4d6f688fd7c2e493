"""Sends what runs left on disk: a killed program's last rows, and what earlier agents here did not get sent."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

from besom.agent.output import Output
from besom.agent.session import Session
from besom.client.lookup import project_route
from besom.errors import BesomError, CommError, SettingsError, UsageError
from besom.protocol import AgentJoined, InitRecord, PoolJoined, RunPage
from besom.sdk import owner, spool, sync


def ship_run(parameter_file: Path, session: Session, output: Output) -> None:
    """Sends what the server lacks of a run whose program has ended; waits for the server if it is away."""
    try:
        folder = sync.folder_of(parameter_file)
        session.until_heard(
            lambda: sync.ship(folder, session.connection, ended=True), lambda shipped: shipped.url is not None
        )
    except (CommError, SettingsError, spool.FirstLineDamaged) as error:
        output.problem(f"Not all of the run could be sent: {error.message} To send it later: besom sync {folder}")
    except UsageError:
        return  # the program never called init, or was killed before its first line was written
    except OSError as error:  # a full disk, a folder of somebody else's: no reason not to report the run's end
        output.problem(f"Not all of the run could be sent: {error}. To send it later: besom sync {folder}")


def has_begun(parameter_file: Path) -> bool:
    """Whether ``init`` was called with this parameter file."""
    try:
        return sync.folder_of(parameter_file).is_dir()
    except UsageError:
        return False


def ship_left(directory: Path, joined: AgentJoined | PoolJoined, session: Session, output: Output) -> None:
    """Sends the run folders of this sweep, or of this project's sweeps, whose processes are dead; says so.

    Of those that share the folder from other machines nobody here can tell. Their runs are sent when the server gives
    them up; of a machine that was just lost it does so after a lease, and is then asked again.
    """
    unknown: list[tuple[str, Path]] = []
    shipped = 0
    for folder in sync.unsent(directory):
        with contextlib.suppress(BesomError, OSError, ValueError):  # not ours, refused, odd: `besom sync` will say why
            first = spool.read_first(folder / spool.FILE_NAME)
            life = owner.life(folder / spool.FILE_NAME, first) if _is_of(joined, first) else "alive"
            if life == "ended":
                shipped += sync.ship(folder, session.connection).sent > 0
            elif life == "unknown":
                unknown.append((first.run.id, folder))
    _tell(shipped, joined, output)
    for pause in (0.0, joined.lease_seconds * 1.5):
        if unknown:
            time.sleep(pause)
            unknown = _ship_given_up(unknown, joined, session, output)


def _ship_given_up(
    folders: list[tuple[str, Path]], joined: AgentJoined | PoolJoined, session: Session, output: Output
) -> list[tuple[str, Path]]:
    """Sends those whose runs, by their ids, the server counts as ended; returns the others."""
    try:
        hoped_for = _unfinished(joined, session)
    except CommError:  # it was away for all that time, or is too busy
        return folders
    shipped = 0
    for run_id, folder in folders:
        with contextlib.suppress(BesomError, OSError, ValueError):
            shipped += run_id not in hoped_for and sync.ship(folder, session.connection).sent > 0
    _tell(shipped, joined, output)
    return [(run_id, folder) for run_id, folder in folders if run_id in hoped_for]


def _unfinished(joined: AgentJoined | PoolJoined, session: Session) -> set[str]:
    """Ids of the runs that have not ended as far as the server knows."""
    place = joined.sweep if isinstance(joined, AgentJoined) else joined
    query = {
        "sweep": joined.sweep.id if isinstance(joined, AgentJoined) else None,
        "filter": json.dumps({"state": {"$in": ["pending", "running", "preempting"]}}),
        "fields": "id",
        "limit": 10_000,
        "cursor": None,
    }
    found: set[str] = set()
    while True:
        page = session.connection.request(
            "GET", f"{project_route(place.entity, place.project)}/runs", query=query, reply=RunPage
        )
        found |= {run.id for run in page.runs}
        query["cursor"] = page.cursor
        if page.cursor is None:
            return found


def _tell(shipped: int, joined: AgentJoined | PoolJoined, output: Output) -> None:
    if shipped:
        whose = "this sweep" if isinstance(joined, AgentJoined) else "sweeps"
        output.detail(f"Sent what {shipped} earlier run{'s' if shipped > 1 else ''} of {whose} had left here.")


def _is_of(joined: AgentJoined | PoolJoined, first: InitRecord) -> bool:
    """Whether a run that begins so is of a sweep that the agent works for."""
    if isinstance(joined, AgentJoined):
        return first.run.sweep_id == joined.sweep.id
    return first.run.sweep_id is not None and (first.entity, first.project) == (joined.entity, joined.project)
