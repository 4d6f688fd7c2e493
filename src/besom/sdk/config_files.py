"""Configuration values from files: ``config-defaults.yaml``, and those that ``BESOM_CONFIG_PATHS`` names.

A key holds its value, or a mapping with ``value`` (and perhaps ``desc``), as files of W&B users do.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from besom.client import settings
from besom.errors import BesomError, SettingsError

DEFAULTS = "config-defaults.yaml"
_FORMAT_KEYS = ("wandb_version", "besom_version")


def defaults() -> dict[str, Any]:
    """The values of ``config-defaults.yaml`` in the working directory; they yield to all others. Empty without it.

    Raises:
        SettingsError: the file cannot be used.
    """
    path = Path(DEFAULTS)
    return _read(path) if path.is_file() else {}


def named(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The values of the files that ``BESOM_CONFIG_PATHS`` names, with commas; later files win.

    Raises:
        SettingsError: one of them cannot be used.
    """
    values: dict[str, Any] = {}
    for name in (settings.variable("CONFIG_PATHS", environ) or "").split(","):
        if name.strip():
            values |= _read(Path(name.strip()))
    return values


def _read(path: Path) -> dict[str, Any]:
    from besom.config.yaml_reader import read_yaml  # late: few programs have such a file

    try:
        data = read_yaml(path.read_text(encoding="utf-8"), str(path)).data
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from None
    except (UnicodeDecodeError, BesomError) as error:
        raise _unusable(path, str(error)) from None
    if not isinstance(data, dict):
        raise _unusable(path, "it does not hold a mapping of names to values")
    return {key: _value(entry) for key, entry in data.items() if key not in _FORMAT_KEYS}


def _value(entry: Any) -> Any:
    described = isinstance(entry, dict) and "value" in entry and set(entry) <= {"value", "desc"}
    return entry["value"] if described else entry


def _unusable(path: Path, reason: str) -> SettingsError:
    return SettingsError(f"The configuration file {path} cannot be used: {reason}.", "Mend it, or take it away.")
