"""The same pages where a project has a single run, and where it has ten thousand and more."""

from __future__ import annotations

from urllib.parse import quote

from acts import every_run, found
from camera import Scene
from filled import MANY, ONE, Filled

PROJECT_TABS = ("runs", "importance", "views", "reports", "artifacts")
SWEEP_TABS = ("importance", "configuration", "events", "agents")


def sized_scenes(filled: Filled) -> list[Scene]:
    """Every tab of a project and of its sweep, and what compares them."""
    one, many = f"/{filled.entity}/{ONE}", f"/{filled.entity}/{MANY}"
    only, largest, other = (filled.sweeps[name] for name in ("one", "many", "fewer"))
    return [
        *_tabs("one", one, only.path),
        Scene("compare-one-run", f"{one}/compare?runs={filled.runs['first']}"),
        Scene("compare-sweeps-one", f"{one}/compare?sweeps={only.sweep}"),
        *_tabs("many", many, largest.path),
        Scene("sweep-many-grouped", f"{largest.path}?group={quote('param:optimizer')}"),
        Scene("sweep-many-ticked", largest.path, every_run),
        Scene("project-many-runs-grouped", f"{many}/runs?group={quote('config:optimizer')}"),
        Scene("compare-sweeps-many", f"{many}/compare?sweeps={largest.sweep}:{other.sweep}"),
        Scene("search-many-runs", many, found("sweep-99"), whole=False),
    ]


def _tabs(name: str, project: str, sweep: str) -> list[Scene]:
    return [
        Scene(f"project-{name}-sweeps", project),
        *(Scene(f"project-{name}-{tab}", f"{project}/{tab}") for tab in PROJECT_TABS),
        Scene(f"sweep-{name}", sweep),
        *(Scene(f"sweep-{name}-{tab}", f"{sweep}?tab={tab}") for tab in SWEEP_TABS),
        Scene(f"new-sweep-{name}", f"{project}/new-sweep"),
    ]
