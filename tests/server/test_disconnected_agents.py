"""An agent that dies while the server holds its answer back costs no point (N7)."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from server_world import GRID
from test_server_process import serving


def test_an_agent_that_is_killed_while_it_waits_for_work_is_handed_no_point(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0") as server, server.client() as client:
        entity = client.get("/api/v1/viewer").json()["entity"]
        made = client.post(f"/api/v1/projects/{entity}/demo/sweeps", json={"config": GRID})
        sweep = made.raise_for_status().json()["sweep"]["id"]
        agents = [
            client.post(f"/api/v1/sweeps/{sweep}/agents", json={"host": "box", "pid": pid}).json()["agent_id"]
            for pid in (1, 2)
        ]
        first = client.post(f"/api/v1/agents/{agents[1]}/next", json={}).json()
        client.post(f"/api/v1/sweeps/{sweep}/state", json={"action": "pause"}).raise_for_status()
        dying = httpx.Client(base_url=server.url, headers=client.headers, timeout=0.5)
        with dying, pytest.raises(httpx.ReadTimeout):  # the end of the block closes its connection
            dying.post(f"/api/v1/agents/{agents[0]}/next", json={"wait": 30})
        client.post(f"/api/v1/sweeps/{sweep}/state", json={"action": "resume"}).raise_for_status()
        second = client.post(f"/api/v1/agents/{agents[1]}/next", json={"holding": [first["run_id"]]}).json()
        shown = client.get(f"/api/v1/sweeps/{sweep}").raise_for_status().json()
    assert (first["why"]["point"], second["why"]["point"]) == (0, 1)
    assert shown["run_count"] == 2
