"""Modules that take seconds to import, for tests of which most workers run none."""

from __future__ import annotations

import importlib
from typing import Any


class LateImport:
    """A module that is imported when it is first used: each worker collects all tests."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_"):  # pytest looks for marks of its own
            raise AttributeError(attribute)
        return getattr(importlib.import_module(self._name), attribute)
