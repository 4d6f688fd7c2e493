"""The optimisers that are compared, by name; each is imported only when it is used."""

from __future__ import annotations

import importlib
from importlib import metadata

from benchmarks.search.peers.base import Optimizer, Unsupported

_HOMES = {
    "random": ("uniform", "Uniform", "numpy"),
    "besom": ("besom", "Besom", "besom"),
    "optuna-tpe": ("optuna", "TPE", "optuna"),
    "optuna-tpe-group": ("optuna", "TPEGroup", "optuna"),
    "optuna-gp": ("optuna", "GP", "optuna"),
    "optuna-cmaes": ("optuna", "CMAES", "optuna"),
    "smac": ("smac", "SMAC", "smac"),
    "sweeps": ("sweeps", "Sweeps", "sweeps"),
    "ax": ("ax", "Ax", "ax-platform"),
    "hebo": ("hebo", "HEBO", "HEBO"),
}
NAMES = tuple(_HOMES)

__all__ = ["NAMES", "Optimizer", "Unsupported", "optimizer", "version"]


def optimizer(name: str) -> type[Optimizer]:
    """The class of that name.

    Raises:
        ImportError: its package is not installed.
    """
    module, kind, _ = _HOMES[name]
    return getattr(importlib.import_module(f"benchmarks.search.peers.{module}"), kind)  # type: ignore[no-any-return]


def version(name: str) -> str:
    """The installed version of its package."""
    return metadata.version(_HOMES[name][2])
