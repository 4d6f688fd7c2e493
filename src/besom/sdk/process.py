"""What holds for all runs of a process: ``besom.setup`` and ``besom.teardown``."""

from __future__ import annotations

import sys

from besom.sdk import current
from besom.sdk.settings import Settings

_settings: Settings | None = None


def setup(settings: Settings | None = None) -> None:
    """Settings for all runs that begin in this process from now on; they yield to those that ``init`` is given."""
    global _settings  # noqa: PLW0603  (this module is that variable)
    if settings is not None:
        _settings = settings


def teardown(exit_code: int | None = None) -> None:
    """Ends all runs of this process and forgets what ``setup`` said."""
    global _settings  # noqa: PLW0603
    for run in current.runs():
        run.finish(exit_code)
    _settings = None


def settings() -> Settings | None:
    """What ``setup`` said."""
    return _settings


def importing_main() -> bool:
    """Whether this is a worker of ``multiprocessing``, started anew, that is only importing the program.

    It runs all that the program does outside of functions and of ``if __name__ == "__main__":``.
    """
    module = sys.modules.get("multiprocessing.process")
    return module is not None and getattr(module.current_process(), "_inheriting", False)
