"""What a run's program finds in its environment, and the parameter files it finds there."""

from __future__ import annotations

import errno
import glob
import json
import signal
import sys
import tempfile
from collections.abc import Mapping
from importlib.machinery import PathFinder
from pathlib import Path

from besom.agent.slots import Slot
from besom.client import settings
from besom.client.connection import Connection
from besom.config.parameter_file import write_parameters
from besom.errors import SettingsError
from besom.protocol import NextRun, Sweep
from besom.sdk import sync

SHIM = Path(__file__).parent.parent / "shim"
"""On the import path of runs: gives ``import wandb`` a meaning where W&B's client is not installed."""
_DROPPED = ("WANDB_SERVICE",)  # points at a process of the agent's own run, if the agent itself is part of one


ROOM_SECONDS = 1.0
"""From one look for room on a full disk to the next."""


class DiskFull(SettingsError):
    """There is no room for a run's files; there may be some later."""


def make_folder(sweep_id: str, environ: Mapping[str, str]) -> None:
    """Makes the folder for the parameter files, so that one that cannot be made is known before a run is at stake.

    Raises:
        SettingsError: it cannot be made, or not be written to.
    """
    path = _folder(sweep_id, environ)
    try:
        path.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path).close()
    except OSError as error:
        raise unusable(path, error) from None


def parameter_file(sweep_id: str, run_id: str, environ: Mapping[str, str]) -> Path:
    """Where a run's parameters are."""
    return _folder(sweep_id, environ) / f"config-{run_id}.yaml"


def write_parameter_file(sweep_id: str, run: NextRun, environ: Mapping[str, str]) -> Path:
    """Writes the run's parameters where its ``init`` looks for them; returns the path.

    Raises:
        DiskFull: there is no room.
        SettingsError: the folder cannot be written.
    """
    path = parameter_file(sweep_id, run.run_id, environ)
    try:
        sync.forget_folder(path)  # what an earlier process of a preempted run noted, whatever the clocks said then
    except OSError as error:
        raise unusable(path, error) from None
    return _write(path, write_parameters(run.params))


def write_json_file(sweep_id: str, run: NextRun, environ: Mapping[str, str]) -> Path:
    """Writes the file that ``${args_json_file}`` names; returns the path.

    Raises:
        DiskFull: there is no room.
        SettingsError: the folder cannot be written.
    """
    return _write(_folder(sweep_id, environ) / f"config-{run.run_id}.json", json.dumps(run.params))


def names(
    run: NextRun, sweep: Sweep, agent_id: str, parameters: Path, connection: Connection, environ: Mapping[str, str]
) -> dict[str, str]:
    """What identifies a run to the SDK, under besom's names, and under W&B's for its own client.

    Whoever has set ``WANDB_BASE_URL`` to another server wants W&B's client to report there, so it is told nothing.
    """
    said = {
        "SWEEP_ID": sweep.id,
        "RUN_ID": run.run_id,
        "SWEEP_PARAM_PATH": str(parameters),
        "ENTITY": sweep.entity,
        "PROJECT": sweep.project,
        "DIR": str(settings.directory(environ=environ).parent),
        "BASE_URL": connection.url,
        "API_KEY": connection.key or "",
        "RESUME": "allow" if run.resume else "",
    }
    elsewhere = environ.get("WANDB_BASE_URL", connection.url).rstrip("/") not in ("", connection.url)
    prefixes = ("BESOM",) if elsewhere else ("BESOM", "WANDB")
    known = {f"{prefix}_{name}": value for prefix in prefixes for name, value in said.items() if value}
    return {**known, "BESOM_AGENT_ID": agent_id}


def for_program(environ: Mapping[str, str], its_names: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a run's program: the agent's, the run's names, and the shim on the import path."""
    path = environ.get("PYTHONPATH")
    return {
        **{name: value for name, value in environ.items() if name not in _DROPPED},
        **its_names,
        "PYTHONPATH": f"{SHIM}:{path}" if path else str(SHIM),
    }


def in_slot(environment: Mapping[str, str], slot: Slot, *, piped: bool) -> dict[str, str]:
    """A program's environment, and what it finds in its slot."""
    unbuffered = {"PYTHONUNBUFFERED": "1"} if piped else {}  # else its lines would come late, many at once
    return {**unbuffered, **environment, **slot.environment}


def ending_signal(run_id: str, environ: Mapping[str, str]) -> signal.Signals:
    """The signal that tells a run's program to end.

    W&B's client dies of SIGTERM with what it has not sent yet, up to 15 seconds of rows, while an interrupt makes it
    send everything first. That it has begun the run is known from the folder that it makes.
    """
    folders = (settings.directory(environ=environ).parent / "wandb").glob(f"run-*-{glob.escape(run_id)}")
    return signal.SIGINT if any(folders) else signal.SIGTERM


def run_url(sweep: Sweep, run: NextRun) -> str:
    """Address of a run's page."""
    return f"{sweep.url.rpartition('/sweeps/')[0]}/runs/{run.run_id}"


def wandb_is_besom() -> bool:
    """Whether programs under this interpreter that say ``import wandb`` get besom, for want of W&B's own client."""
    spec = PathFinder.find_spec("wandb", [entry for entry in sys.path if entry != str(SHIM)])
    return spec is None or spec.origin is None  # no origin: a mere folder of that name, such as W&B's run folder


def unusable(path: Path, error: OSError) -> SettingsError:
    """What is raised when a run's files cannot be written there: ``DiskFull`` where that may pass."""
    kind = DiskFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else SettingsError
    return kind(f"{path} cannot be written: {error.strerror}.", "Set BESOM_DIR to a folder with room.")


def _folder(sweep_id: str, environ: Mapping[str, str]) -> Path:
    return settings.directory(environ=environ) / f"sweep-{sweep_id}"


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise unusable(path, error) from None
    return path
