"""Which search a configuration asks for."""

from __future__ import annotations

import secrets
from pathlib import Path

from besom.client.numbers import decode_deep
from besom.config.model import SweepConfig
from besom.controller.builtin import BuiltIn, BuiltInStopping
from besom.controller.engines.ax_engine import AxEngine
from besom.controller.engines.info import info_of
from besom.controller.engines.optuna_engine import OptunaEngine
from besom.controller.engines.user_file import UserFile
from besom.controller.functions import OwnFunction, load_function
from besom.controller.source import Rule, Source
from besom.errors import UsageError
from besom.protocol import Sweep


def refuse_server_search(config: SweepConfig) -> None:
    """Raises UsageError where the server chooses the runs by itself."""
    if not config.is_searched_outside:
        raise UsageError(
            "The server searches for this sweep, so there is nothing for a controller to do.",
            "Start agents; or create a sweep with `controller: {type: local}`.",
        )


def source_for(config: SweepConfig, sweep: Sweep, folder: Path | None = None) -> Source:
    """The search of a sweep.

    Args:
        config: The sweep's, checked.
        sweep: It.
        folder: Where files and functions of the user are looked for; by default the current one.

    Raises:
        UsageError: there is none here, or the function it names is not.
        BesomError: a package that it needs is not installed.
        SearchFailed: the user's file raised while it was loaded.
    """
    folder = folder or Path.cwd()
    if config.engine is not None:
        info, file = info_of(sweep, config), UserFile(config.engine, folder)
        if config.engine.name == "optuna":
            return OptunaEngine(config, info, file)
        return AxEngine(config, info, file, token=secrets.token_hex(8))
    if config.search is not None:
        function = load_function(config.search, folder)
        return OwnFunction(function, decode_deep(sweep.config), config.search)
    return BuiltIn(config, sweep.id)


def rule_for(config: SweepConfig) -> Rule | None:
    """The rule of early stopping that this process has to apply; None without one, or where the server does."""
    return BuiltInStopping(config) if config.early_terminate and config.controller == "local" else None
