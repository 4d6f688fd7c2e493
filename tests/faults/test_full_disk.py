"""A full disk costs time, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from agent_world import LEASE_SECONDS, World, start_server, until
from disks import disk

from besom.client import embedded

WAIT = "echo ${x} >> ../started; while ! test -e ../go-${x}; do sleep 0.01; done"
BEATS = LEASE_SECONDS / 8 * 2.5
"""Seconds in which an agent is heard more than once."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """The home of a server."""
    start_server(tmp_path / "home")
    yield tmp_path / "home"
    embedded.stop(tmp_path / "home")


def test_an_agent_whose_disk_is_full_begins_the_next_run_when_there_is_room(home: Path, tmp_path: Path) -> None:
    with disk(tmp_path / "disk", megabytes=2) as small, World(home, small.folder) as world:
        if not small.can_be_filled:
            pytest.skip("nothing may be mounted here")
        sweep = world.sweep(
            method="grid", parameters={"x": {"values": [1, 2, 3]}}, command=["/bin/sh", "-c", WAIT], program=None
        )
        patient = {"BESOM_AGENT_DISABLE_FLAPPING": "true", "BESOM_AGENT_MAX_INITIAL_FAILURES": "9"}
        agent = world.agent(sweep, "--slots", "2", **patient)
        until(lambda: started(tmp_path) == ["1", "2"])
        small.fill()  # its own output is there, too
        (tmp_path / "go-1").touch()
        until(lambda: len(world.runs(sweep)) == 3)
        (tmp_path / "go-2").touch()
        until(lambda: [run.state for run in world.runs(sweep)][:2] == ["failed", "failed"])  # they never called init
        heard = world.runs(sweep)[2].heartbeat or 0.0
        until(lambda: (world.runs(sweep)[2].heartbeat or 0.0) > heard + BEATS, "a word of the run that waits for room")
        assert started(tmp_path) == ["1", "2"]
        small.free()
        (tmp_path / "go-3").touch()
        assert agent.end() == 0, agent.output
        assert "There is room again." in agent.output
    assert started(tmp_path) == ["1", "2", "3"]


def started(folder: Path) -> list[str]:
    """The points that programs were started with."""
    place = folder / "started"
    return sorted(place.read_text().split()) if place.exists() else []
