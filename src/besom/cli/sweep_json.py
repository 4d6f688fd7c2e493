"""Sweeps and runs as ``--json`` prints them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import msgspec

from besom.cli.terminal import quote
from besom.client.connection import Connection
from besom.protocol import Run, Sweep


def sweep_json(connection: Connection, sweep: Sweep) -> dict[str, Any]:
    """All fields of the API's message, with ``path``, ``url`` as a full address, and the line that starts an agent."""
    path = f"{sweep.entity}/{sweep.project}/{sweep.id}"
    fields: dict[str, Any] = msgspec.to_builtins(sweep)
    url, agent = urljoin(connection.url + "/", sweep.url), f"besom agent {quote(path)}"
    return {**fields, "path": path, "url": url, "agent": agent}


def run_json(connection: Connection, run: Run) -> dict[str, Any]:
    """All fields of the API's message, ``url`` as a full address."""
    fields: dict[str, Any] = msgspec.to_builtins(run)
    return {**fields, "url": urljoin(connection.url + "/", run.url)}
