"""A Python function whose every call is a process of its own: how it gets there, and what happens there.

The process is a new interpreter, never a fork of the one that the agent lives in. After a fork, CUDA cannot be used if
the parent has used it, locks that other threads held stay locked, and OpenMP hangs; a new process is clean, begins with
an empty GPU memory, and gives all of it back. The function travels by value with cloudpickle, so it may be a lambda, a
closure, a partial, or a cell of a notebook.
"""

from __future__ import annotations

import contextlib
import pickle
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from typing import IO

from besom.errors import UsageError

# The import path comes first: the rest may be found with it only.
_PROGRAM = """\
import pickle, sys
file = open(sys.argv[1], "rb")
sys.path[:] = pickle.load(file)
from besom.agent.isolation import call
call(file, sys.argv[2])
"""


@contextlib.contextmanager
def kept(function: Callable[[], object]) -> Iterator[Path]:
    """A file with the function in it, readable by the user alone, gone at the end of ``with``.

    Raises:
        UsageError: the function cannot be sent to another process.
    """
    try:
        body = _by_value(function)
    except Exception as error:
        raise UsageError(
            f"The function cannot be sent to a process of its own: {type(error).__name__}: {error}.",
            "What it uses from outside must be picklable: open files, locks and connections belong inside it.",
        ) from None
    with tempfile.TemporaryDirectory(prefix="besom-") as folder:
        path = Path(folder) / "function.pickle"
        path.write_bytes(pickle.dumps(sys.path) + pickle.dumps(sys.argv) + body)
        yield path


def _by_value(function: Callable[[], object]) -> bytes:
    """The function as bytes. What it uses from modules is imported by the process, if that can find them."""
    import cloudpickle  # type: ignore[import-untyped]  # late: needed only here

    name = getattr(getattr(function, "func", function), "__module__", None)
    module = sys.modules.get(name or "")
    if module is None or name == "__main__" or PathFinder.find_spec(module.__name__.partition(".")[0]) is not None:
        return bytes(cloudpickle.dumps(function))
    cloudpickle.register_pickle_by_value(module)  # loaded from a file that is not on the import path
    try:
        return bytes(cloudpickle.dumps(function))
    finally:
        cloudpickle.unregister_pickle_by_value(module)


def command(file: Path, message_file: Path) -> list[str]:
    """What a process that calls the function of ``kept`` is started with."""
    return [sys.executable, "-c", _PROGRAM, str(file), str(message_file)]


def call(file: IO[bytes], message_file: str) -> None:
    """Calls the function, in its own process.

    An exception is printed from the function's own line on, and left as the run's reason in ``message_file``.
    """
    from besom.sdk import current

    with file:
        sys.argv = pickle.load(file)  # noqa: S301  (the agent wrote it for this process)
        function = pickle.load(file)  # noqa: S301
    try:
        function()
    except SystemExit as error:
        if isinstance(error.code, str):
            _leave(error.code, message_file)
        raise
    except Exception as error:
        error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
        traceback.print_exception(error)
        _leave(f"{type(error).__name__}: {error}", message_file)
        if (run := current.run()) is not None:
            run.finish(exit_code=1)
        sys.exit(1)


def _leave(message: str, file: str) -> None:
    """Leaves a word for the agent. A disk without room for it changes nothing about the run's end."""
    with contextlib.suppress(OSError):
        Path(file).write_text(message, encoding="utf-8", errors="backslashreplace")
