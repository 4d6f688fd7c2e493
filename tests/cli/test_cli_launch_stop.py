"""`besom launch stop` where the launch's server is away; the engine is three words of Slurm's."""

import json
import os
from pathlib import Path

import pytest

SWEEP = "program: train.py\nmethod: random\nparameters: {x: {min: 0.0, max: 1.0}}\n"
SLURM = {"sbatch": "cat >/dev/null; echo 42", "scancel": "exit 0", "squeue": "exit 0"}


@pytest.fixture
def launch(newcomer):
    """The file of a launch from a home whose embedded server was stopped since then."""
    programs = newcomer.folder / "bin"
    programs.mkdir()
    for name, does in SLURM.items():
        (programs / name).write_text(f"#!/bin/sh\n{does}\n")
        (programs / name).chmod(0o700)
    newcomer.environment["PATH"] = f"{programs}{os.pathsep}{newcomer.environment['PATH']}"
    newcomer.write("sweep.yaml", SWEEP)
    sweep = newcomer.besom("sweep", "sweep.yaml").said.rpartition("besom agent ")[2].split()[0]
    made = newcomer.besom("launch", "slurm", sweep, "--server", "http://cluster:7878", "--json")
    assert made.code == 0, made.said
    newcomer.besom("server", "stop")
    yield Path(newcomer.environment["BESOM_HOME"]) / "launches" / f"{json.loads(made.out)['id']}.json"
    newcomer.besom("server", "stop")


def test_the_embedded_server_is_started_to_end_the_key(newcomer, launch):
    assert newcomer.besom("launch", "status", launch.stem).code == 0
    newcomer.besom("server", "stop")
    stopped = newcomer.besom("launch", "stop", launch.stem)
    assert (stopped.code, launch.exists()) == (0, False), stopped.said
    assert "its key is no longer valid" in stopped.out


def test_where_its_server_is_away_it_is_said_that_it_is_kept_and_how_to_be_rid_of_it(newcomer, launch):
    kept = json.loads(launch.read_bytes())
    launch.write_text(json.dumps({**kept, "url": "http://127.0.0.1:9"}))
    newcomer.environment["BESOM_API_KEY"] = "k" * 40
    said = newcomer.fails("launch", "stop", launch.stem)
    assert f"was not ended, so the launch is kept: {launch}" in said
    assert "If that is gone for good, delete the file." in said
    assert "No besom server answers" in said
    del newcomer.environment["BESOM_API_KEY"]
