"""``run.save``: files of the program as files of the run."""

from __future__ import annotations

import glob as globbing
import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from besom.errors import UsageError
from besom.sdk import files, staging
from besom.sdk.files import Stamp, stamp
from besom.sdk.messages import warn

if TYPE_CHECKING:
    from besom.sdk.run import Run

Policy = Literal["now", "live", "end"]


def save(
    run: Run, pattern: str | os.PathLike[str], base_path: str | os.PathLike[str] | None, policy: Policy
) -> list[str]:
    """See ``Run.save``."""
    if policy not in get_args(Policy):
        raise UsageError(f"save() was given policy={policy!r}.", "It is 'now', 'live' or 'end'.")
    if not os.fspath(pattern):
        raise UsageError("save() was given an empty name.", "Give the path of a file, or a pattern such as '*.pt'.")
    if "://" in os.fspath(pattern):
        raise UsageError(f"save() was given {pattern!r}, which is no path.", "Files of buckets stay where they are.")
    saved = _Saved(run, Path(pattern), base_path)
    if policy == "end":
        saved.check()
    else:
        saved.take(last=policy == "now")
    if policy != "now":
        files.of(run).keep_fresh(saved.what, lambda last: saved.take(last) if last or policy == "live" else None)
    return saved.paths()


class _Saved:
    """The files that match a pattern, now and later."""

    def __init__(self, run: Run, pattern: Path, base: str | os.PathLike[str] | None) -> None:
        # Absolute: the program may change its directory before the end of the run.
        self._run = run
        self._pattern = Path(os.path.abspath(pattern))  # noqa: PTH100  (normalises .. too, so that it can be judged)
        if base is not None:
            self._base = Path(os.path.abspath(base))  # noqa: PTH100
        else:
            self._base = self._pattern.parent if pattern.is_absolute() else Path.cwd()
        folder = files.of(run).folder
        if folder is not None and self._pattern.is_relative_to(folder.absolute()):
            self._base = folder.absolute()  # lies among the run's files already
        elif not self._pattern.is_relative_to(self._base):
            raise UsageError(
                f"save() was given {str(pattern)!r}, which does not lie below {self._base}.",
                "Give base_path=, the folder that its name on the server should begin after.",
            )
        # Patterns for all of a folder mean the program's files, not what besom keeps of its runs.
        runs = None if run.folder is None else run.folder.parent.absolute()
        self._runs = None if runs is None or self._pattern.is_relative_to(runs) else runs
        self._stamps: dict[Path, Stamp] = {}

    @property
    def what(self) -> tuple[Path, Path]:
        """The same for another call with the same arguments: many programs save a file after each epoch."""
        return self._pattern, self._base

    def take(self, last: bool = False) -> None:
        """Makes the files that are new or changed files of the run.

        Args:
            last: says so if there are none.
        """
        taken = files.of(self._run)
        matches = self._matches()
        if last and not matches:
            warn(f"save() found no file {self._pattern}.")
        if taken.folder is None:
            return
        for path, file in matches:
            try:
                now = stamp(file)
            except FileNotFoundError:  # since it was listed
                continue
            if self._stamps.get(file) != now:
                taken.copy(path, file)
                self._stamps[file] = now

    def check(self) -> None:
        """Raises for a name that cannot be used."""
        self._matches()

    def paths(self) -> list[str]:
        """Where they lie in the run's folder; where they are, when the run keeps nothing."""
        folder = files.of(self._run).folder
        return [str(folder / path if folder else file) for path, file in self._matches()]

    def _matches(self) -> list[tuple[str, Path]]:
        """Name in the run, and file; folders stand for all that is below them."""
        found: list[Path] = []
        for match in sorted(globbing.glob(str(self._pattern), recursive=True)):  # noqa: PTH207  (absolute patterns)
            path = Path(match)
            found += staging.files_below(path) if path.is_dir() else [path]
        unique = dict.fromkeys(file for file in found if file.is_file() and not self._is_of_runs(file))
        return [(staging.file_path(file.relative_to(self._base)), file) for file in unique]

    def _is_of_runs(self, file: Path) -> bool:
        return self._runs is not None and file.is_relative_to(self._runs)
