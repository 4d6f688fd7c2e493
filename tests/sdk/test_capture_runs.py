"""What real runs record by themselves, as the server has it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import besom
from besom.client.connection import Connection
from besom.protocol import FilePage, OutputPage, RunDetails, SystemPage
from besom.sdk import sync

RUN = """
import os, subprocess, sys, time
import besom
settings = besom.Settings(x_stats_sampling_interval=0.05)
run = besom.init(project="capture", id=os.environ["ID"], settings=settings)
"""


class Recorded:
    """What the server has of a run besides its values."""

    def __init__(self, connection: Connection, entity: str, run_id: str) -> None:
        self._connection = connection
        self._path = f"/projects/{entity}/capture/runs/{run_id}"

    def lines(self) -> list[str]:
        page = self._connection.request("GET", f"{self._path}/output", query={"limit": 1000}, reply=OutputPage)
        return [line.text for line in page.lines]

    def about(self) -> dict[str, Any]:
        return self._connection.request("GET", f"{self._path}/details", reply=RunDetails).about

    def system(self) -> set[str]:
        page = self._connection.request("GET", f"{self._path}/system", reply=SystemPage)
        return {curve.key for curve in page.curves}

    def files(self) -> set[str]:
        page = self._connection.request("GET", f"{self._path}/files", reply=FilePage)
        return {file.path for file in page.files if file.present}


@pytest.fixture
def recorded(connection: Connection, view: Any) -> Callable[[str], Recorded]:
    return lambda run_id: Recorded(connection, view.entity, run_id)


@pytest.mark.usefixtures("online")
def test_a_program_is_recorded_with_its_output_its_load_and_its_facts(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path, recorded: Callable[[str], Recorded]
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    program = "import sys; sys.argv.append('caf\\udce9')\n" + RUN  # the name of a file that is not UTF-8
    program += "print('hello'); subprocess.run(['echo', 'child'])\n"
    sampled = "b'\"type\":\"system\"' in (run.folder / 'spool.jsonl').read_bytes()"
    program += f"while not {sampled}: time.sleep(0.02)\nrun.finish()\n"
    process = start(program, ID="c1")
    out, err = process.communicate(timeout=120)
    assert out.splitlines() == ["hello", "child"] or sorted(out.splitlines()) == ["child", "hello"], err
    seen = recorded("c1")
    assert {"hello", "child"} <= set(seen.lines())
    assert {"cpu", "memory_percent", "proc.memory.rssMB"} <= seen.system()
    about = seen.about()
    assert "train_0.py" in about["command"]
    assert about["args"] == ["caf?"]
    assert about["cpu_count"] == os.cpu_count()
    assert about["git"]["dirty"] is False
    assert "requirements.txt" in seen.files()


@pytest.mark.usefixtures("online")
def test_the_last_words_of_a_killed_program_arrive_when_it_is_synced(
    start: Callable[..., subprocess.Popen[str]],
    tmp_path: Path,
    connection: Connection,
    recorded: Callable[[str], Recorded],
) -> None:
    process = start(RUN + "print('last words', flush=True)\nos.kill(os.getpid(), 9)\n", ID="c2")
    assert process.communicate(timeout=120)[0] == "last words\n"
    assert process.returncode == -signal.SIGKILL
    (folder,) = tmp_path.glob("besom/run-*-c2*")
    assert sync.ship(folder, connection).complete
    assert recorded("c2").lines() == ["last words"]


@pytest.mark.usefixtures("online")
def test_a_crashed_program_leaves_its_traceback(
    start: Callable[..., subprocess.Popen[str]], recorded: Callable[[str], Recorded]
) -> None:
    process = start(RUN + "raise ValueError('no such layer')\n", ID="c3")
    assert "ValueError: no such layer" in process.communicate(timeout=120)[1]
    assert "ValueError: no such layer" in recorded("c3").lines()


@pytest.mark.usefixtures("online")
def test_everything_can_be_switched_off(
    start: Callable[..., subprocess.Popen[str]], recorded: Callable[[str], Recorded], tmp_path: Path
) -> None:
    off = {"BESOM_CONSOLE": "off", "BESOM_DISABLE_STATS": "true", "WANDB_DISABLE_META": "true"}
    start(RUN + "print('hello'); time.sleep(0.2)\n", ID="c4", **off).communicate(timeout=120)
    seen = recorded("c4")
    assert (seen.lines(), seen.system(), seen.about(), seen.files()) == ([], set(), {}, set())
    assert not list(tmp_path.glob("besom/run-*/output.log"))


@pytest.mark.usefixtures("online")
def test_git_alone_can_be_switched_off(
    start: Callable[..., subprocess.Popen[str]], recorded: Callable[[str], Recorded], tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    start(RUN, ID="c5", WANDB_DISABLE_GIT="true").communicate(timeout=120)
    assert "git" not in recorded("c5").about()


def test_a_disabled_run_records_nothing(tmp_path: Path) -> None:
    run = besom.init(mode="disabled")
    run.finish()
    assert not (tmp_path / "besom").exists()
