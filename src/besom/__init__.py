"""Hyperparameter sweeps on your own machine or cluster.

``import besom as wandb`` is all that a training script needs:

    with besom.init(config={"lr": 0.1}) as run:
        for step in range(100):
            run.log({"loss": train(run.config.lr)})
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from besom import errors
from besom.module import BesomModule
from besom.sdk.active import (
    alert,
    define_metric,
    finish,
    link_model,
    log,
    log_artifact,
    log_code,
    log_model,
    mark_preempting,
    save,
    unwatch,
    use_artifact,
    use_model,
    watch,
)

if TYPE_CHECKING:
    from besom import plot
    from besom.agent.entry import agent
    from besom.client.api import Api
    from besom.controller.controller import Controller as controller
    from besom.sdk.alerts import AlertLevel
    from besom.sdk.artifacts import Artifact
    from besom.sdk.config import Config
    from besom.sdk.init import init
    from besom.sdk.login import login
    from besom.sdk.media.audio import Audio
    from besom.sdk.media.histogram import Histogram
    from besom.sdk.media.html import Html
    from besom.sdk.media.image import Image
    from besom.sdk.media.table import Table
    from besom.sdk.media.video import Video
    from besom.sdk.notebook import show
    from besom.sdk.plot import plot_table, visualize
    from besom.sdk.process import setup, teardown
    from besom.sdk.require import require
    from besom.sdk.run import Run
    from besom.sdk.sagemaker import sagemaker_auth
    from besom.sdk.settings import Settings
    from besom.sdk.summary import Summary
    from besom.sdk.sweeps import sweep

    __version__: str
    config: Config
    run: Run | None
    summary: Summary

__all__ = [
    "AlertLevel",
    "Api",
    "Artifact",
    "Audio",
    "Histogram",
    "Html",
    "Image",
    "Run",
    "Settings",
    "Table",
    "Video",
    "__version__",
    "agent",
    "alert",
    "config",
    "controller",
    "define_metric",
    "errors",
    "finish",
    "init",
    "link_model",
    "log",
    "log_artifact",
    "log_code",
    "log_model",
    "login",
    "mark_preempting",
    "plot",
    "plot_table",
    "require",
    "run",
    "sagemaker_auth",
    "save",
    "setup",
    "show",
    "summary",
    "sweep",
    "teardown",
    "unwatch",
    "use_artifact",
    "use_model",
    "visualize",
    "watch",
]

# Imported when first used, so that `import besom` costs less than Python's own HTTP client.
_HOME = {
    "AlertLevel": "besom.sdk.alerts",
    "Api": "besom.client.api",
    "Artifact": "besom.sdk.artifacts",
    "Audio": "besom.sdk.media.audio",
    "Histogram": "besom.sdk.media.histogram",
    "Html": "besom.sdk.media.html",
    "Image": "besom.sdk.media.image",
    "Run": "besom.sdk.run",
    "Settings": "besom.sdk.settings",
    "Table": "besom.sdk.media.table",
    "Video": "besom.sdk.media.video",
    "init": "besom.sdk.init",
    "load_ipython_extension": "besom.sdk.notebook",
    "login": "besom.sdk.login",
    "plot_table": "besom.sdk.plot",
    "require": "besom.sdk.require",
    "sagemaker_auth": "besom.sdk.sagemaker",
    "setup": "besom.sdk.process",
    "show": "besom.sdk.notebook",
    "sweep": "besom.sdk.sweeps",
    "teardown": "besom.sdk.process",
    "visualize": "besom.sdk.plot",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # late: slow to import, seldom asked

        found: Any = version("besom")
    elif name == "plot":
        from importlib import import_module

        found = import_module("besom.plot")
    elif name in _HOME:
        from importlib import import_module

        found = getattr(import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module 'besom' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__


sys.modules[__name__].__class__ = BesomModule
if "IPython" in sys.modules:
    from besom.sdk import notebook

    notebook.load_if_active()
