"""Configurations as the client writes them: each value of the top level lies in an envelope, ``{"value": ...}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from besom.server.services.refusals import Invalid


def wrapped(config: Mapping[str, Any]) -> dict[str, Any]:
    """With envelopes."""
    return {key: {"value": value} for key, value in config.items()}


def unwrapped(config: Any) -> dict[str, Any]:
    """Without them.

    Raises:
        Invalid: it is no such configuration.
    """
    if isinstance(config, Mapping) and all(isinstance(item, Mapping) and "value" in item for item in config.values()):
        return {key: item["value"] for key, item in config.items()}
    raise Invalid("bad_config", 'A configuration maps each name to {"value": ...}.', field="config")
