"""What can be run as it is written, and yet is most likely not what is meant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from besom.config import Categorical, SweepConfig, Uniform, needs_program

MAGNITUDES = 1000
"""A range whose ends are so many times apart spans magnitudes."""


def remarks(config: SweepConfig, folder: Path) -> list[str]:
    """What is likely to go wrong, or to waste runs, where agents start the program in ``folder``."""
    found = (missing_program(config, folder), booleans_as_text(config), even_magnitudes(config))
    return [remark for remark in found if remark]


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


def even_magnitudes(config: SweepConfig) -> str | None:
    """A remark on parameters that span magnitudes and are drawn evenly, so that small values hardly come."""
    for parameter in config.parameters:
        match parameter.distribution:
            case Uniform(low, high, None) if low > 0 and high / low >= MAGNITUDES:
                return (
                    f"Note: {parameter.name} is drawn evenly from {low:g} to {high:g}, so nine of ten values are above "
                    f"{low + (high - low) / 10:.2g}.\n  For all magnitudes alike: `distribution: log_uniform_values`."
                )
    return None


def _booleans(values: Sequence[object]) -> list[bool]:
    return [value for value in values if isinstance(value, bool)]
