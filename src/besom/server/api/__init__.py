"""The REST API, one file per noun: reads a request, calls a service, writes the answer."""

from __future__ import annotations

from typing import Any

from besom.server.api import (
    agents,
    artifacts,
    audit,
    configs,
    documents,
    events,
    exports,
    files,
    health,
    history,
    importance,
    invitations,
    keys,
    links,
    pools,
    projects,
    quick_search,
    report_links,
    run_details,
    runs,
    sessions,
    sweeps,
    teams,
    users,
)

ROUTES: list[Any] = [
    handler
    for noun in (
        health,
        sessions,
        users,
        keys,
        teams,
        invitations,
        audit,
        projects,
        sweeps,
        links,
        agents,
        pools,
        runs,
        run_details,
        files,
        artifacts,
        history,
        importance,
        exports,
        configs,
        documents,
        report_links,
        quick_search,
        events,
    )
    for handler in noun.HANDLERS
]
