"""Sends what runs left on disk: a killed program's last rows, and what earlier agents here did not get sent."""

from __future__ import annotations

import contextlib
from pathlib import Path

from besom.agent.output import Output
from besom.agent.session import Session
from besom.errors import BesomError, CommError, SettingsError, UsageError
from besom.protocol import AgentJoined, InitRecord, PoolJoined
from besom.sdk import spool, sync


def ship_run(parameter_file: Path, session: Session, output: Output) -> None:
    """Sends what the server lacks of a run whose program has ended; waits for the server if it is away."""
    try:
        folder = sync.folder_of(parameter_file)
        session.until_heard(lambda: sync.ship(folder, session.connection))
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
    """Sends the run folders of this sweep, or of this project's sweeps, whose processes are dead; says so."""
    shipped = 0
    for folder in sync.unsent(directory):
        with contextlib.suppress(BesomError, OSError):  # not ours, or refused: `besom sync` will say why
            if _is_of(joined, spool.read_first(folder / spool.FILE_NAME)):
                shipped += sync.ship(folder, session.connection).sent > 0
    if shipped:
        whose = "this sweep" if isinstance(joined, AgentJoined) else "sweeps"
        output.detail(f"Sent what {shipped} earlier run{'s' if shipped > 1 else ''} of {whose} had left here.")


def _is_of(joined: AgentJoined | PoolJoined, first: InitRecord) -> bool:
    """Whether a run that begins so is of a sweep that the agent works for."""
    if isinstance(joined, AgentJoined):
        return first.run.sweep_id == joined.sweep.id
    return first.run.sweep_id is not None and (first.entity, first.project) == (joined.entity, joined.project)
