"""Writes a configuration that came from Python as YAML, in the style a person would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from besom.config.scalars import resolve
from besom.config.yaml_flow import write_flow

_SAFE_TEXT = re.compile(r"(?:[A-Za-z_/]|--?[A-Za-z]|\$\{)[\w./$+={}-]*", re.ASCII)
_INLINE_LENGTH = 100


def write_yaml(data: dict[str, Any]) -> str:
    """Return block-style YAML that reads back as ``data``, with YAML 1.1 readers as well."""
    return "\n".join(_mapping(data, "")) + "\n"


def _mapping(data: dict[str, Any], indent: str) -> Iterator[str]:
    for key, value in data.items():
        name = _text(key)
        if isinstance(value, dict) and value:
            yield f"{indent}{name}:"
            yield from _mapping(value, indent + "  ")
        elif isinstance(value, list) and len(write_flow(value)) > _INLINE_LENGTH:
            yield f"{indent}{name}:"
            yield from (f"{indent}  - {_inline(item)}" for item in value)
        else:
            yield f"{indent}{name}: {_inline(value)}"


def _inline(value: Any) -> str:
    return _text(value) if isinstance(value, str) else write_flow(value)


def _text(text: str) -> str:
    return text if _SAFE_TEXT.fullmatch(text) and resolve(text) == text else write_flow(text)
