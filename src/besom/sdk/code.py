"""The program's source code, logged as an artifact of type ``code``."""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from besom.errors import BesomError, UsageError
from besom.sdk.artifacts import Artifact
from besom.sdk.log_artifact import log_artifact
from besom.sdk.messages import warn

if TYPE_CHECKING:
    from besom.sdk.run import Run

Choice = Callable[[str], bool] | Callable[[str, str], bool]
"""Asked with the absolute path of a file or, if it takes two arguments, also with the root's."""

TYPE = "code"
SESSION_NAME = "notebook_cells.py"
"""File with the cells that a notebook has executed."""
_ENDS = (".py", ".ipynb")
_BEGINNINGS = ("requirements", "dockerfile")
_PASSED = frozenset({"__pycache__", "node_modules", "site-packages"})
"""Folders without source of the user's, besides hidden ones."""
_UNFIT = re.compile(r"[^A-Za-z0-9_.-]+")


def is_source(path: str) -> bool:
    """What is logged by default: Python files, notebooks, requirement files, Dockerfiles."""
    name = Path(path).name.lower()
    return name.endswith(_ENDS) or name.startswith(_BEGINNINGS)


def is_left_out(path: str) -> bool:  # noqa: ARG001  (one of the choices that a caller may replace)
    """What is left out by default of the files that are included: nothing."""
    return False


def log_code(
    run: Run,
    root: str | os.PathLike[str] | None,
    name: str | None,
    include_fn: Choice,
    exclude_fn: Choice,
) -> Artifact | None:
    """See ``Run.log_code``."""
    folder = Path(root or ".").absolute()
    if run.settings.disabled:
        return None
    if not folder.is_dir():
        raise UsageError(f"log_code() was given root={str(root)!r}, which is no folder.")
    included, excluded = _asking(include_fn, folder), _asking(exclude_fn, folder)
    artifact = Artifact(name or _name(run), TYPE)
    for file in _files(folder, run.settings.folder.absolute()):
        if included(str(file)) and not excluded(str(file)):
            artifact.add_file(file, file.relative_to(folder).as_posix())
    _add_cells(artifact)
    return log_artifact(run, artifact) if artifact.entries else None


def start(run: Run) -> None:
    """At the beginning of a run: what the settings ``code_dir`` and ``save_code`` ask for.

    The run has begun, so what goes wrong here is told, and does not end it.
    """
    try:
        if run.settings.code_dir is not None:
            log_code(run, run.settings.code_dir, None, is_source, is_left_out)
        elif run.settings.save_code and not run.settings.disabled:
            if _cells():
                run.on_finish(lambda: _save_program(run))
            else:
                _save_program(run)
    except BesomError as error:
        warn(f"The code was not logged: {error}")


def _save_program(run: Run) -> None:
    """The main program's file; of a notebook the cells that were executed."""
    artifact = Artifact(_name(run), TYPE)
    program = Path(sys.argv[0] if sys.argv else "")
    if _cells():
        _add_cells(artifact)
    elif program.is_file():
        artifact.add_file(program)
    if artifact.entries:
        log_artifact(run, artifact)


def _name(run: Run) -> str:
    """The same for all runs of a program, so that unchanged code is one version."""
    program = Path(sys.argv[0]).name if sys.argv and sys.argv[0] and not _cells() else "notebook"
    return _UNFIT.sub("_", f"source-{run.project}-{program}")[:128]


def _files(root: Path, run_folders: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if _is_source_folder(Path(place, name), run_folders))
        yield from (Path(place, name) for name in sorted(names) if Path(place, name).is_file())


def _is_source_folder(folder: Path, run_folders: Path) -> bool:
    """Not: hidden ones, virtual environments, what pip and npm install, folders of runs."""
    if folder.name.startswith(".") or folder.name in _PASSED or folder == run_folders:
        return False
    return not ((folder / "pyvenv.cfg").exists() or (folder.name == "wandb" and not (folder / "__init__.py").exists()))


def _asking(choice: Choice, root: Path) -> Callable[[str], bool]:
    ask: Any = choice
    takes = len(inspect.signature(choice).parameters)
    return (lambda path: bool(ask(path, str(root)))) if takes > 1 else (lambda path: bool(ask(path)))


def _cells() -> list[str]:
    """The cells that a notebook has executed so far; empty elsewhere."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None  # type: ignore[attr-defined, unused-ignore]
    if shell is None or not hasattr(shell, "kernel"):
        return []
    return [str(cell) for cell in shell.user_ns.get("In", [])[1:]]


def _add_cells(artifact: Artifact) -> None:
    if cells := _cells():
        text = "".join(f"# In [{number}]\n{cell}\n\n" for number, cell in enumerate(cells, 1))
        artifact.put(SESSION_NAME, text.encode(errors="replace"))
