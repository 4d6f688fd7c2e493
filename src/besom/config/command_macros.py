"""The macros of ``command`` and how they are spelt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

DEFAULT_COMMAND: Final = ("${env}", "${interpreter}", "${program}", "${args}")

ARGUMENT_MACROS: Final = (
    "args", "args_no_equals", "args_no_hyphens", "args_no_boolean_flags", "args_append_hydra", "args_override_hydra",
    "args_json", "args_json_file",
)  # fmt: skip
MACROS: Final = ("env", "interpreter", "program", *ARGUMENT_MACROS)

MACRO = re.compile(r"\$\{([^{}]*)\}")
"""``${name}``, anywhere in an element."""
ENVIRONMENT_VARIABLE = re.compile(r"envvar:([A-Z0-9_]+)")
"""The inside of ``${envvar:NAME}``."""

ABSENT: Final = object()


def find_value(values: Mapping[str, Any], name: str) -> Any:
    """Look up a parameter: as a flat name (dots are plain characters), else step by step into nested groups.

    Returns ``ABSENT`` when there is no such parameter.
    """
    if name in values:
        return values[name]
    for position in [match.start() for match in re.finditer(r"\.", name)]:
        inner = values.get(name[:position])
        if isinstance(inner, Mapping) and (found := find_value(inner, name[position + 1 :])) is not ABSENT:
            return found
    return ABSENT
