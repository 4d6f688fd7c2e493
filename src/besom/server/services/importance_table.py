"""From runs' rows to what importance is computed from: parameters by column, and metrics by name. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from besom.config.model import SweepConfig
    from besom.search.importance import Column

MOST_COLUMNS = 100
"""Of a project's runs, those that most runs have."""


def sweep_columns(config: SweepConfig, rows: Sequence[Any]) -> list[Column]:
    """One column per parameter that the sweep searches."""
    from besom.search import unnest
    from besom.search.importance import columns_of

    paths = [parameter.path for parameter in config.parameters]
    return columns_of(config, [unnest(row.config if row.params is None else row.params, paths) for row in rows])


def project_columns(rows: Sequence[Any]) -> list[Column]:
    """One column per key of the runs' configurations; keys inside of keys are joined by dots."""
    from besom.search.importance import ABSENT, Column

    configs = [dict(_leaves(row.config)) for row in rows]
    names = Counter(name for config in configs for name in config).most_common(MOST_COLUMNS)
    return [Column(name, [config.get(name, ABSENT) for config in configs]) for name, _ in sorted(names)]


def logged_numbers(rows: Sequence[Any]) -> list[dict[str, float]]:
    """The finite numbers of each run's summary, without besom's own keys and without media."""
    return [
        {
            name: float(value)
            for name, value in _leaves(row.summary)
            if not name.startswith("_") and is_finite_number(value)
        }
        for row in rows
    ]


def is_finite_number(value: Any) -> bool:
    """Whether it is a number that can be computed with; booleans are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            if "_type" not in value:
                yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value
