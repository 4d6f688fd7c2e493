"""What was launched from here, in a file for each launch below ``BESOM_HOME``, which only its user may read."""

from __future__ import annotations

from pathlib import Path

import msgspec

from besom.client import settings
from besom.errors import SettingsError, UsageError
from besom.launch.kubernetes import KubernetesJob
from besom.launch.ray import RayJob
from besom.launch.slurm import SlurmArray
from besom.launch.ssh import SshAgents
from besom.private_file import write_private
from besom.protocol import UNREADABLE

Handle = SlurmArray | SshAgents | KubernetesJob | RayJob


class Launch(msgspec.Struct, kw_only=True):
    """A launch. The key itself is not in it, only the id by which it can be revoked."""

    id: str
    engine: str
    sweep: str
    """ENTITY/PROJECT/ID."""
    url: str
    """Of the server, as this machine reaches it."""
    key_id: str
    created: float
    """Unix seconds."""
    handle: Handle | None = None
    """What the engine was given; None when it cannot be known, because the launch was broken off."""


def keep(launch: Launch) -> None:
    """Writes its file, or writes it anew.

    Raises:
        SettingsError: the folder cannot be written to.
    """
    folder = _folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(file_of(launch), msgspec.json.encode(launch).decode() + "\n")
    except OSError as error:
        raise SettingsError(
            f"{folder} cannot be written: {error.strerror}.", "Set BESOM_HOME to a folder of yours."
        ) from None


def file_of(launch: Launch) -> Path:
    """Where it is kept."""
    return _folder() / f"{launch.id}.json"


def forget(launch: Launch) -> None:
    """Removes its file."""
    file_of(launch).unlink(missing_ok=True)


def all_launches() -> list[Launch]:
    """All that were not ended yet, the newest first.

    Raises:
        SettingsError: a file is broken.
    """
    return sorted(map(_read, _folder().glob("[!.]*.json")), key=lambda launch: launch.created, reverse=True)


def find(text: str) -> Launch:
    """The launch with that id.

    Raises:
        UsageError: there is none.
        SettingsError: a file is broken.
    """
    launches = all_launches()
    for launch in launches:
        if launch.id == text:
            return launch
    known = ", ".join(launch.id for launch in launches)
    raise UsageError(
        f"No launch {text!r} was made from here, or it was stopped.",
        f"There is: {known}." if known else f"There is none in {_folder()}.",
    )


def _folder() -> Path:
    return settings.home() / "launches"


def _read(path: Path) -> Launch:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Launch)
    except (OSError, *UNREADABLE) as error:
        raise SettingsError(
            f"{path} cannot be read: {error}.", "Delete it if nothing of that launch remains."
        ) from None
