"""Folders that W&B's client leaves on disk: ``wandb/offline-run-TIME-ID`` with ``run-ID.wandb`` and ``files``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from besom.errors import UsageError
from besom.sdk.staging import files_below


def find_runs(place: Path) -> list[Path]:
    """The files of the runs at ``place``: itself, those in it, or those in its run folders; the oldest first.

    Raises:
        UsageError: there are none.
    """
    if place.is_file():
        return [place]
    found = [
        path
        for pattern in ("run-*.wandb", "*run-*/run-*.wandb", "wandb/*run-*/run-*.wandb")
        for path in sorted(place.glob(pattern), key=_age)
        if not path.parent.is_symlink()  # latest-run
    ]
    if not found:
        raise UsageError(
            f"There are no runs of W&B in {place}.", "Name the folder `wandb`, or folders offline-run-... of it."
        )
    return found


def files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files of a run, by names in which what is no text is a ``?``. Those that were saved by a link are where
    that leads, if it still does."""
    root = folder / "files"
    for path in files_below(root):
        if path.is_file():
            yield path.relative_to(root).as_posix().encode(errors="replace").decode(), path


def _age(path: Path) -> str:
    return path.parent.name.removeprefix("offline-")
