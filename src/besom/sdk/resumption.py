"""Going on with a run that an earlier process began: which one, and where it was."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from besom.client.numbers import decode_deep
from besom.errors import UsageError
from besom.protocol import (
    ConfigRecord,
    HistoryRecord,
    InitRecord,
    RunClaimed,
    SummaryRecord,
)
from besom.sdk import spool
from besom.sdk.config import merge
from besom.sdk.facts import Start

FILE_NAME = "resume"
"""In the folder of run folders: id of the run that ``resume="auto"`` goes on with, until it ends well."""


def remembered(directory: Path) -> str | None:
    """Id of the run that did not end well here; None when the last one did."""
    try:
        known = json.loads((directory / FILE_NAME).read_text(encoding="utf-8"))
        run_id = known["run_id"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return run_id if isinstance(run_id, str) else None


def remember(directory: Path, run_id: str) -> None:
    """Notes the run to go on with after a crash."""
    with contextlib.suppress(OSError):  # then it cannot be resumed by itself; it can by its id
        directory.mkdir(parents=True, exist_ok=True)
        (directory / FILE_NAME).write_text(json.dumps({"run_id": run_id}), encoding="utf-8")


def forget(directory: Path, run_id: str) -> None:
    """The run ended well: the next one begins anew."""
    if remembered(directory) == run_id:
        with contextlib.suppress(OSError):
            (directory / FILE_NAME).unlink()


def from_server(claimed: RunClaimed) -> tuple[Start, dict[str, Any]]:
    """Where the server says the run is, and the configuration it has."""
    if not claimed.resumed:
        return Start(), {}
    return Start(True, claimed.step, decode_deep(claimed.run.summary)), decode_deep(claimed.run.config)


def from_disk(directory: Path, run_id: str) -> tuple[Start, dict[str, Any]]:
    """The same, from what earlier processes left here: for runs that no server is asked about."""
    spools = spools_of(directory, run_id)
    return replay(record for path in spools for record in spool.records(path)) if spools else (Start(), {})


def spools_of(directory: Path, run_id: str) -> list[Path]:
    """The spools of a run that lie here, oldest first."""
    spools = [folder / spool.FILE_NAME for folder in spool.find_folders(directory) if run_id in folder.name]
    return [path for path in spools if _is_of(path, run_id)]


def replay(records: Iterable[Any]) -> tuple[Start, dict[str, Any]]:
    """State of a run after these records: the next step, summary, configuration."""
    step, summary, config = 0, dict[str, Any](), dict[str, Any]()
    for record in records:
        match record:
            case InitRecord():
                config = merge(config, record.run.config)
            case HistoryRecord():
                step = max(step, record.step + 1)
                summary.update(record.data)
            case SummaryRecord():
                summary.update(record.data)
            case ConfigRecord():
                config = merge(config, record.data)
    return Start(True, step, decode_deep(summary)), decode_deep(config)


def must_exist(run_id: str, resumed: bool) -> None:
    """Checks ``resume="must"`` where no server does.

    Raises:
        UsageError: the run is not there.
    """
    if not resumed:
        raise UsageError(
            f"init(resume='must'): there is no run {run_id!r} to go on with.",
            "Check id, project and dir, or use resume='allow'.",
        )


def _is_of(path: Path, run_id: str) -> bool:
    try:
        return spool.read_first(path).run.id == run_id
    except UsageError:
        return False
