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
    from besom.sdk.artifacts import Artifact
    from besom.sdk.config import Config
    from besom.sdk.init import init
    from besom.sdk.logged_artifacts import LoggedArtifact
    from besom.sdk.login import login
    from besom.sdk.media.audio import Audio
    from besom.sdk.media.histogram import Histogram
    from besom.sdk.media.html import Html
    from besom.sdk.media.image import Image
    from besom.sdk.media.table import Table
    from besom.sdk.media.video import Video
    from besom.sdk.run import Run
    from besom.sdk.summary import Summary
    from besom.sdk.sweeps import sweep

    __version__: str
    config: Config
    run: Run | None
    summary: Summary

__all__ = [
    "Api",
    "Artifact",
    "Audio",
    "Histogram",
    "Html",
    "Image",
    "Run",
    "Table",
    "Video",
    "__version__",
    "agent",
    "config",
    "errors",
    "finish",
    "init",
    "link_model",
    "log",
    "log_artifact",
    "log_code",
    "log_model",
    "login",
    "run",
    "save",
    "summary",
    "sweep",
    "unwatch",
    "use_artifact",
    "use_model",
    "watch",
]

# Imported when first used, so that `import besom` costs less than Python's own HTTP client.
_HOME = {
    "Api": "besom.client.api",
    "Artifact": "besom.sdk.artifacts",
    "Audio": "besom.sdk.media.audio",
    "Histogram": "besom.sdk.media.histogram",
    "Html": "besom.sdk.media.html",
    "Image": "besom.sdk.media.image",
    "Run": "besom.sdk.run",
    "Table": "besom.sdk.media.table",
    "Video": "besom.sdk.media.video",
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


def log_code(*args: Any, **options: Any) -> Artifact | None:
    """Logs source files with the active run; see ``besom.Run.log_code``."""
    return current.need("besom.log_code()").log_code(*args, **options)


def save(*args: Any, **options: Any) -> list[str]:
    """Keeps files with the active run; see ``besom.Run.save``."""
    return current.need("besom.save()").save(*args, **options)


def log_artifact(*args: Any, **options: Any) -> Artifact:
    """Logs files as a version of an artifact; see ``besom.Run.log_artifact``."""
    return current.need("besom.log_artifact()").log_artifact(*args, **options)


def use_artifact(*args: Any, **options: Any) -> LoggedArtifact:
    """A version of an artifact; see ``besom.Run.use_artifact``."""
    return current.need("besom.use_artifact()").use_artifact(*args, **options)


def log_model(*args: Any, **options: Any) -> Artifact:
    """Logs a model; see ``besom.Run.log_model``."""
    return current.need("besom.log_model()").log_model(*args, **options)


def use_model(*args: Any, **options: Any) -> str:
    """Downloads a model; see ``besom.Run.use_model``."""
    return current.need("besom.use_model()").use_model(*args, **options)


def link_model(*args: Any, **options: Any) -> Artifact:
    """Logs a model, and links it; see ``besom.Run.link_model``."""
    return current.need("besom.link_model()").link_model(*args, **options)


def watch(*args: Any, **options: Any) -> None:
    """Logs histograms of a PyTorch model; see ``besom.Run.watch``."""
    current.need("besom.watch()").watch(*args, **options)


def unwatch(*args: Any, **options: Any) -> None:
    """Ends what ``besom.watch`` began."""
    current.need("besom.unwatch()").unwatch(*args, **options)


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
