"""The Python file that ``scheduler.source`` names, and the functions in it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from besom.config.model import Engine
from besom.controller.failures import told_as
from besom.controller.functions import make_importable
from besom.errors import UsageError

_MODULE = "besom_scheduler_source"


class UserFile:
    """The functions of the user; each None where the configuration names none.

    Args:
        engine: The configuration's ``scheduler``.
        folder: Where ``source`` is looked for.

    Raises:
        UsageError: there is no such file or function.
        SearchFailed: the file raised while it was loaded.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._source = engine.source
        module = _load(folder / engine.source) if engine.source else None
        self.optimizer = self._function(module, "optimizer", engine.optimizer)
        self.search_space = self._function(module, "search_space", engine.search_space)

    def _function(self, module: ModuleType | None, key: str, name: str | None) -> Callable[..., Any] | None:
        if module is None or name is None:
            return None
        found = getattr(module, name, None)
        if not callable(found):
            raise UsageError(
                f"`scheduler.{key}: {name}`: {self._source} has no function of that name.",
                f"Define `def {name}({'sweep' if key == 'optimizer' else 'trial'})` there.",
            )
        function: Callable[..., Any] = found
        return function


def _load(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError(
            f"`scheduler.source`: there is no file {path.name} in {path.parent}.", "Start the scheduler where it is."
        )
    make_importable(path.parent.resolve())
    spec = importlib.util.spec_from_file_location(_MODULE, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"`scheduler.source`: {path.name} is no Python file.", "Name a file that ends in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[_MODULE] = module
    with told_as(f"`scheduler.source`: {path.name}"):
        spec.loader.exec_module(module)
    return module
