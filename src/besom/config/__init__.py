"""Sweep configurations: reading, checking, and what they mean. Pure; usable without a server.

    from besom.config import load
    loaded = load("sweep.yaml")
    loaded.config.parameters, loaded.warnings

Names are imported when first used: the SDK needs ``besom.config.parameter_file`` and must start quickly.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from besom.config.command import check_runnable, expand_command, needs_json_file, needs_program
    from besom.config.loading import Loaded, load, load_file, load_mapping, load_stored, load_text
    from besom.config.model import (
        Asha,
        Beta,
        Categorical,
        Condition,
        Constant,
        Derived,
        Distribution,
        Engine,
        Expression,
        Hyperband,
        IntUniform,
        LogNormal,
        LogUniform,
        Median,
        Metric,
        Normal,
        Parameter,
        Repeat,
        SweepConfig,
        Uniform,
    )
    from besom.config.nesting import nest
    from besom.config.parameter_file import read_parameters, write_parameters
    from besom.config.points import read_point
    from besom.config.problem import ConfigError, Problem

_HOMES = {
    "command": ("check_runnable", "expand_command", "needs_json_file", "needs_program"),
    "loading": ("Loaded", "load", "load_file", "load_mapping", "load_stored", "load_text"),
    "model": (
        "Asha", "Beta", "Categorical", "Condition", "Constant", "Derived", "Distribution", "Engine", "Expression",
        "Hyperband", "IntUniform", "LogNormal", "LogUniform", "Median", "Metric", "Normal", "Parameter", "Repeat",
        "SweepConfig", "Uniform",
    ),
    "nesting": ("nest",),
    "parameter_file": ("read_parameters", "write_parameters"),
    "points": ("read_point",),
    "problem": ("ConfigError", "Problem"),
}  # fmt: skip
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Asha",
    "Beta",
    "Categorical",
    "Condition",
    "ConfigError",
    "Constant",
    "Derived",
    "Distribution",
    "Engine",
    "Expression",
    "Hyperband",
    "IntUniform",
    "Loaded",
    "LogNormal",
    "LogUniform",
    "Median",
    "Metric",
    "Normal",
    "Parameter",
    "Problem",
    "Repeat",
    "SweepConfig",
    "Uniform",
    "check_runnable",
    "expand_command",
    "load",
    "load_file",
    "load_mapping",
    "load_stored",
    "load_text",
    "needs_json_file",
    "needs_program",
    "nest",
    "read_parameters",
    "read_point",
    "write_parameters",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
