"""The REST face, one file per noun: reads a request, calls a service, writes the answer."""

from __future__ import annotations

from typing import Any

from besom.server.api import (
    agents,
    artifacts,
    configs,
    documents,
    events,
    exports,
    files,
    finding,
    health,
    history,
    importance,
    links,
    projects,
    run_details,
    runs,
    sessions,
    sweeps,
)

ROUTES: list[Any] = [
    handler
    for noun in (
        health,
        sessions,
        projects,
        sweeps,
        links,
        agents,
        runs,
        run_details,
        files,
        artifacts,
        history,
        importance,
        exports,
        configs,
        documents,
        finding,
        events,
    )
    for handler in noun.HANDLERS
]
