"""The program that a sweep's agents will run, and what it will be given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from besom.config import Categorical, SweepConfig, needs_program


def remarks(config: SweepConfig, folder: Path) -> list[str]:
    """What is likely to go wrong where agents start the program in ``folder``."""
    return [remark for remark in (missing_program(config, folder), booleans_as_text(config)) if remark]


def missing_program(config: SweepConfig, folder: Path) -> str | None:
    """A remark where agents started in ``folder`` would not find the program; None where they would."""
    if not config.program or not needs_program(config) or (folder / config.program).exists():
        return None
    if "-m" in (config.command or ()):  # it is a module
        return None
    return f"Note: there is no file {config.program} here; agents must be started where it is."


def booleans_as_text(config: SweepConfig) -> str | None:
    """A remark where true and false reach the program's command line as text; None where they do not.

    ``argparse`` with ``type=bool`` takes any text but the empty one for true, so such a parameter would never be false.
    """
    words = config.command or ("${args}",)
    if config.program is None or not {"${args}", "${args_no_hyphens}"} & set(words):
        return None
    for parameter in config.parameters:
        if isinstance(parameter.distribution, Categorical) and False in _booleans(parameter.distribution.values):
            return (
                f"Note: {parameter.name} arrives as the text True or False, and argparse's type=bool takes both for "
                "true.\n  Read besom.config, or use ${args_no_boolean_flags} in `command` for a flag (store_true)."
            )
    return None


def _booleans(values: Sequence[object]) -> list[bool]:
    return [value for value in values if isinstance(value, bool)]
