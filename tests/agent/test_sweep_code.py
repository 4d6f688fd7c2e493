"""The code that a sweep was created with: agents say when it has changed, or run it as it was."""

import threading
from pathlib import Path
from typing import Any

import pytest
from agent_world import World

from besom.agent import code
from besom.client import blobs
from besom.client.code import snapshot, upload
from besom.client.lookup import project_route
from besom.errors import UsageError
from besom.protocol import CodeSnapshot, FileEntry, NewSweep, Sweep, SweepCreated

TRAIN = "import besom, net\nwith besom.init() as run:\n    run.log({'version': net.VERSION})\n"


@pytest.fixture
def here(world: World) -> World:
    world.program(TRAIN)
    world.program("VERSION = 1", "net.py")
    return world


def sweep_with_code(world: World, *, frozen: bool) -> Sweep:
    """Creates one as ``besom sweep`` does."""
    config: dict[str, Any] = {"method": "random", "parameters": {"x": {"min": 0.0, "max": 1.0}}, "program": "train.py"}
    made = snapshot(world.folder, "train.py", frozen=frozen)
    world.sweep()  # makes the project
    if frozen:
        upload(world.connection, world.entity, "agents", world.folder, made)
    route = f"{project_route(world.entity, 'agents')}/sweeps"
    return world.connection.request("POST", route, body=NewSweep(config=config, code=made), reply=SweepCreated).sweep


def test_changed_code_is_used_and_said_once_per_change(here: World) -> None:
    sweep = sweep_with_code(here, frozen=False)
    here.program("VERSION = 2", "net.py")
    agent = here.agent(sweep, "--count", "2")
    assert agent.end() == 0, agent.output
    assert [run.summary["version"] for run in here.runs(sweep)] == [2, 2]
    assert agent.output.count("Changed since the sweep was created: net.py.") == 1
    assert "--freeze-code" in agent.output


def test_unchanged_code_is_not_worth_a_word(here: World) -> None:
    agent = here.agent(sweep_with_code(here, frozen=False), "--count", "1")
    agent.end()
    assert "Changed" not in agent.output


def test_frozen_code_is_run_as_it_was_in_the_folder_of_the_agent(here: World) -> None:
    sweep = sweep_with_code(here, frozen=True)
    here.program("raise SystemExit('edited')")
    here.program("VERSION = 2", "net.py")
    agent = here.agent(sweep, "--count", "2")
    assert agent.end() == 0, agent.output
    assert [(run.state, run.summary["version"]) for run in here.runs(sweep)] == [("finished", 1)] * 2
    assert (here.folder / "besom").is_dir()


def test_frozen_code_that_somebody_edited_is_fetched_anew(here: World) -> None:
    sweep = sweep_with_code(here, frozen=True)
    here.agent(sweep, "--count", "1").end()
    (copy,) = here.folder.glob("besom/sweep-*/code-*/net.py")
    copy.write_text("VERSION = 3")
    here.agent(sweep, "--count", "1").end()
    assert [run.summary["version"] for run in here.runs(sweep)] == [1, 1]


def test_agents_that_fetch_at_the_same_time_do_each_other_no_harm(here: World, tmp_path: Path) -> None:
    sweep, made = sweep_with_code(here, frozen=True), snapshot(here.folder, "train.py", frozen=True)
    threads = [
        threading.Thread(target=code.fetch, args=(made, sweep, here.connection, tmp_path / "cache")) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (root,) = (tmp_path / "cache").iterdir()
    assert {file.path: blobs.digest_of(root / file.path) for file in made.files} == {
        file.path: file.digest for file in made.files
    }


def test_a_path_that_leads_out_of_the_folder_is_refused(here: World, tmp_path: Path) -> None:
    wicked = CodeSnapshot(files=[FileEntry(path="../../x.py", digest="0" * 64, size=1)], frozen=True)
    with pytest.raises(UsageError, match="leads out"):
        code.fetch(wicked, here.sweep(), here.connection, tmp_path / "cache")


def test_a_program_that_is_not_among_the_frozen_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no file other\.py"):
        code.frozen_program(snapshot(tmp_path, None), "other.py", tmp_path, tmp_path)


def test_each_change_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("1")
    watch = code.Watch(snapshot(tmp_path, "train.py"), tmp_path)
    assert watch.changes() == []
    (tmp_path / "train.py").write_text("two")
    assert [watch.changes(), watch.changes()] == [["train.py"], []]
    (tmp_path / "train.py").unlink()
    assert watch.changes() == ["train.py"]
    (tmp_path / "train.py").write_text("1")
    assert watch.changes() == []
