"""What ``import wandb`` gives in a program that an agent starts: W&B's own client where it is installed, else besom.

The agent puts the folder above this one on the program's import path.
"""

import importlib.util
import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import NoReturn

_HERE = str(Path(__file__).parent.parent)


def _installed() -> ModuleType | None:
    """W&B's own client, loaded in this module's place."""
    spec = PathFinder.find_spec("wandb", [entry for entry in sys.path if entry != _HERE])
    if (
        spec is None or spec.loader is None or spec.origin is None
    ):  # no origin: a folder of that name, e.g. of run files
        return None
    client = importlib.util.module_from_spec(spec)
    sys.modules["wandb"] = client
    spec.loader.exec_module(client)
    return client


class _NoParts:
    """Keeps ``wandb.sdk`` and the like from being found among besom's own files, where they would be loaded twice."""

    @staticmethod
    def find_spec(name: str, *_: object) -> ModuleSpec | None:
        if name.startswith("wandb."):
            _refuse(name)
        return None


def _refuse(name: str) -> NoReturn:
    raise ModuleNotFoundError(
        f"No module named {name!r}: W&B's client is not installed here, and besom, which stands in for it, "
        "offers what `import wandb` itself offers.",
        name=name,
    )


if _installed() is None:
    import besom

    sys.modules["wandb"] = besom
    sys.meta_path.insert(0, _NoParts())
