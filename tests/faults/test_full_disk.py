"""A full disk costs time, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from agent_world import World, start_server, until
from disks import disk

from besom.client import embedded

WAIT = "echo ${x} >> ../started; while ! test -e ../go; do sleep 0.01; done"


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
        agent = world.agent(sweep, BESOM_AGENT_DISABLE_FLAPPING="true", BESOM_AGENT_MAX_INITIAL_FAILURES="9")
        until((tmp_path / "started").exists)
        small.fill()  # its own output is there, too
        (tmp_path / "go").touch()
        until(lambda: len(world.runs(sweep)) == 2)
        assert agent.process.poll() is None
        small.free()
        assert agent.end() == 0, agent.output
        assert "There is room again." in agent.output
    assert (tmp_path / "started").read_text().split() == ["1", "2", "3"]
