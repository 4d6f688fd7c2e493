"""Charts that a program has defined for its tables apart from the tables themselves, as W&B's client does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from besom.protocol.runs import LoggedChart

_TABLES = "{}_table", "Custom Chart Tables/{}_table"
"""Under which keys the table of a chart is logged."""


def charts_of(client: Mapping[str, Any]) -> dict[str, LoggedChart]:
    """The charts by the keys of their tables.

    Args:
        client: what a program's client keeps with its run for itself. What of it is no chart is left out.
    """
    charts: dict[str, LoggedChart] = {}
    for key, told in _members(client, "visualize"):
        panel = told.get("panel_config")
        if isinstance(panel, Mapping):
            chart = _chart(panel.get("panelDefId"), panel.get("fieldSettings"), panel.get("stringSettings"))
            charts |= {table.format(key): chart for table in _TABLES}
    for key, told in _members(client, "viz"):
        charts[key] = _chart(told.get("id"), {}, {})
    return charts


def with_charts(values: Mapping[str, Any], charts: Mapping[str, LoggedChart]) -> dict[str, Any]:
    """Logged values, in which a table says by itself how it is drawn, as those of besom's own programs do."""
    told = dict(values)
    for key in charts.keys() & told.keys():
        table, chart = told[key], charts[key]
        if isinstance(table, Mapping) and table.get("_type") == "table-file":
            told[key] = {**table, "chart": {"name": chart.name, "fields": chart.fields, "texts": chart.texts}}
    return told


def _members(client: Mapping[str, Any], name: str) -> list[tuple[str, Mapping[str, Any]]]:
    found = client.get(name)
    members = found.items() if isinstance(found, Mapping) else ()
    return [(key, told) for key, told in members if isinstance(told, Mapping)]


def _chart(name: Any, fields: Any, texts: Any) -> LoggedChart:
    return LoggedChart(name=name if isinstance(name, str) else "", fields=_texts(fields), texts=_texts(texts))


def _texts(told: Any) -> dict[str, str]:
    return {key: text for key, text in told.items() if isinstance(text, str)} if isinstance(told, Mapping) else {}
