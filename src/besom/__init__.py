"""Hyperparameter sweeps on your own machine or cluster.

``import besom as wandb`` is all that a training script needs:

    with besom.init(config={"lr": 0.1}) as run:
        for step in range(100):
            run.log({"loss": train(run.config.lr)})
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from besom import errors
from besom.face import Face
from besom.sdk import current

if TYPE_CHECKING:
    from besom.agent.entry import agent
    from besom.client.api import Api
    from besom.sdk.config import Config
    from besom.sdk.init import init
    from besom.sdk.login import login
    from besom.sdk.run import Run
    from besom.sdk.summary import Summary
    from besom.sdk.sweeps import sweep

    __version__: str
    config: Config
    run: Run | None
    summary: Summary

__all__ = [
    "Api",
    "Run",
    "__version__",
    "agent",
    "config",
    "errors",
    "finish",
    "init",
    "log",
    "login",
    "run",
    "summary",
    "sweep",
]

# Imported when first used, so that `import besom` costs less than Python's own HTTP client.
_HOME = {
    "Api": "besom.client.api",
    "Run": "besom.sdk.run",
    "init": "besom.sdk.init",
    "login": "besom.sdk.login",
    "sweep": "besom.sdk.sweeps",
}


def log(data: Mapping[str, Any], step: int | None = None, commit: bool | None = None) -> None:
    """Logs values to the active run; see ``besom.Run.log``."""
    current.need("besom.log()").log(data, step, commit)


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:
    """Ends the active run, if there is one; see ``besom.Run.finish``."""
    active = current.run()
    if active is not None:
        active.finish(exit_code, quiet)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # late: slow to import, seldom asked

        found: Any = version("besom")
    elif name in _HOME:
        from importlib import import_module

        found = getattr(import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module 'besom' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__


sys.modules[__name__].__class__ = Face
