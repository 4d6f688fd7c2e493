"""The file that hands a run its parameters: ``wandb_version: 1``, then ``"lr": {"value": 0.1}`` for each.

Every line but the first is JSON and YAML 1.1 at once, so that W&B's own client can read the file, and this module
can read it back without a YAML library.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from besom.config.yaml_flow import read_flow, write_flow

_HEADER = "wandb_version: 1"


def write_parameters(values: Mapping[str, Any]) -> str:
    """Return the file's text for parameters by top-level name (JSON values; NaN and infinities included)."""
    lines = [f"{write_flow(name)}: {write_flow({'value': value})}" for name, value in values.items()]
    return "\n".join([_HEADER, "", *lines, ""])


def read_parameters(text: str) -> dict[str, Any]:
    """Return the parameters of a file that besom or W&B wrote.

    Raises ConfigError for text that is not YAML, and ValueError for YAML that is not such a file.
    """
    header, _, body = text.partition("\n")
    if header.strip() == _HEADER:
        try:
            entries: Any = {}
            for line in filter(str.strip, body.split("\n")):
                entries.update(read_flow("{" + line + "}"))
        except ValueError:
            entries = _read_yaml(text)
    else:
        entries = _read_yaml(text)
    if not isinstance(entries, dict):
        raise ValueError(  # noqa: TRY004 - the content is at fault, not the argument's type
            "a parameter file must map each parameter's name to {value: ...}"
        )
    for name, entry in entries.items():
        if not isinstance(entry, dict) or "value" not in entry:
            raise ValueError(f"the parameter file gives {name!r} no `value`")
    return {name: entry["value"] for name, entry in entries.items()}


def _read_yaml(text: str) -> Any:
    # Late: only a file in W&B's block style needs a YAML library, and the SDK must start quickly.
    from besom.config.yaml_reader import read_yaml

    data = read_yaml(text).data
    if isinstance(data, dict) and not isinstance(data.get("wandb_version"), dict):
        data.pop("wandb_version", None)
    return data
