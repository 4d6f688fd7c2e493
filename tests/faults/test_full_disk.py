"""A full disk costs time, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from agent_world import LEASE_SECONDS, World, start_server
from disks import disk

import besom
from besom.client import embedded
from besom.errors import BesomError, SettingsError
from besom.protocol import InitRecord, NewRun, OutputPage, OutputRecord, PreemptingRecord, Run
from besom.sdk import spool, sync
from besom.sdk.capture import tee
from waiting import until

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


def test_that_a_run_is_preempted_is_told_though_its_last_words_find_no_room(home: Path, tmp_path: Path) -> None:
    with disk(tmp_path / "disk", megabytes=2) as small, World(home, small.folder) as world:
        if not small.can_be_filled:
            pytest.skip("nothing may be mounted here")
        folder = small.folder / "besom" / "run-1"
        left = spool.Spool(folder, InitRecord(project="full", run=NewRun(id="full1", started=time.time())))
        left.write(PreemptingRecord(time=time.time()))
        left.close()
        words = [OutputRecord(line=line, lines=[f"{line} {'-' * 2000}"], time=1.0) for line in range(10)]
        (folder / tee.RECORDS_NAME).write_bytes(msgspec.json.Encoder().encode_lines(words))
        small.fill()
        with pytest.raises(SettingsError, match="No space left"):
            sync.ship(folder, world.connection)
        place = f"/projects/{world.entity}/full/runs/full1"
        assert world.connection.request("GET", place, reply=Run).state == "preempting"
        small.free()
        assert sync.ship(folder, world.connection).complete
        page = world.connection.request("GET", f"{place}/output", reply=OutputPage)
        assert [line.text for line in page.lines] == [word.lines[0] for word in words]


def test_a_run_that_its_agent_would_not_find_does_not_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with disk(tmp_path / "disk", megabytes=1) as small:
        if not small.can_be_filled:
            pytest.skip("nothing may be mounted here")
        assigned = small.folder / "parameters.yaml"
        assigned.write_text("x: {value: 1}\n")
        given = {"SWEEP_ID": "sw123456", "RUN_ID": "run00001", "SWEEP_PARAM_PATH": str(assigned)}
        for name, value in {**given, "DIR": str(tmp_path), "MODE": "offline"}.items():
            monkeypatch.setenv(f"BESOM_{name}", value)
        small.fill()
        with pytest.raises(BesomError, match="No space left"):
            besom.init()
        small.free()
        with besom.init() as run:
            assert (run.id, sync.folder_of(assigned)) == ("run00001", run.folder)


def started(folder: Path) -> list[str]:
    """The points that programs were started with."""
    place = folder / "started"
    return sorted(place.read_text().split()) if place.exists() else []
