"""Imports of what is damaged, hostile or broken off; a module of the test takes the place of the real client."""

from __future__ import annotations

import json
import os
import struct
import sys
import tempfile
import tracemalloc
import zlib
from pathlib import Path

import pytest

from besom.client.connection import Connection
from besom.errors import CommError, UsageError
from besom.importing.offline_folder import files_of
from besom.importing.offline_run import read_run
from besom.importing.wandb_project import WandbProject
from besom.importing.wandb_run import FoundRun
from besom.importing.wandb_sweeps import Sweeps
from besom.protocol import HistoryRecord, Sweep, SystemRecord, Viewer

CLIENT = """
import json, os, pathlib

print("the client greets")
os.system("echo its other process too")

class File:
    def __init__(self, name):
        self.name = name

    def download(self, root, replace):
        path = pathlib.Path(os.path.join(root, self.name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("fetched")

class Run:
    state, created_at, name, config, tags, notes = "finished", "2026-01-31T12:00:00Z", "n", {}, [], None
    group = job_type = sweep_name = metadata = url = None
    summary_metrics = {}

    def __init__(self, id):
        self.id = id

    def load_full_data(self):
        print("loading")

    def scan_history(self):
        return [{"_step": 0, "_timestamp": 5.0, "loss": float("nan")}]

    def history(self, **how):
        return [{"_timestamp": 5.0, "system.cpu": 1, "system.gpu": float("nan"), "system.disk": float("inf")}]

    def files(self, per_page):
        return map(File, json.loads(os.environ["FILES"]))

    def logged_artifacts(self):
        return [Artifact()]

class Entry:
    ref = None

    def __init__(self, name):
        self.name = name

    def download(self, root):
        File(self.name).download(root, True)
        return os.path.join(root, self.name)

class Artifact:
    name, type, created_at = "evil:v0", "x", "2026"
    description, metadata, aliases, tags = None, {}, [], []

    @property
    def manifest(self):
        self.entries = {name: Entry(name) for name in json.loads(os.environ["FILES"])}
        return self

    def get_entry(self, name):
        return Entry(name)

class Project:
    def sweeps(self):
        return []

class Api:
    default_entity = "me"

    def __init__(self, timeout):
        pass

    def runs(self, path, order, per_page):
        return list(map(Run, json.loads(os.environ["RUNS"])))

    def project(self, name, entity):
        return Project()
"""

ABOUT = {
    **dict.fromkeys(("sweep", "notes", "group", "job_type", "url")),
    **{"id": "long", "name": "long", "state": "finished", "created": "2026-01-31T12:00:00"},
    **{"config": {}, "tags": [], "facts": {}},
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the client's module, and a folder for temporary files in it."""
    (tmp_path / "wandb.py").write_text(CLIENT)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path


def project(place: Path, runs: list[str], files: list[str]) -> WandbProject:
    told = {"PYTHONPATH": str(place), "RUNS": json.dumps(runs), "FILES": json.dumps(files)}
    return WandbProject("me/p", sys.executable, {**os.environ, **told}, files=True)


def test_no_name_that_the_source_chooses_leads_out_of_the_folder_of_the_import(place: Path, capfd) -> None:
    mine = place / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    (place / "tmp" / "other").write_text("of another program")
    seen = {}
    with project(place, ["..", str(mine), "cache"], ["a/b.txt", "../../../evil", str(mine / "evil"), "."]) as found:
        for run in found:
            (artifact,) = run.artifacts
            seen[run.id] = {name: path.read_text() for name, path in run.files.items()}
            assert {name: path.read_text() for name, path in artifact.files.items()} == seen[run.id]
    assert seen == {name: {"a/b.txt": "fetched"} for name in ("..", str(mine), "cache")}
    assert [path.name for path in mine.iterdir()] == ["thesis.txt"]
    assert [path.name for path in (place / "tmp").iterdir()] == ["other"], "and its own folder is gone"
    assert not list(place.rglob("evil"))
    assert "File '../../../evil' of run .. is left out" in capfd.readouterr().err


def test_the_files_of_a_run_are_deleted_before_the_next_one(place: Path) -> None:
    with project(place, ["one", "two"], ["f"]) as found:
        runs = iter(found)
        first = next(runs).files["f"]
        assert first.exists()
        next(runs)
        assert not first.exists()


def test_what_the_client_prints_is_no_part_of_what_it_tells(place: Path, capfd) -> None:
    with project(place, ["one"], []) as found:
        assert [run.id for run in found] == ["one"]
    printed = capfd.readouterr().err
    for line in ("the client greets", "its other process too", "loading"):
        assert line in printed


def test_a_client_that_is_killed_within_a_line_is_named(place: Path) -> None:
    python = place / "python"
    python.write_text("""#!/bin/sh\necho '{"total": 1}'\nprintf '{"run": {"id'\nkill -9 $$\n""")
    python.chmod(0o755)
    with WandbProject("me/p", str(python), os.environ, files=False) as found, pytest.raises(CommError, match="ended"):
        list(found)


def test_system_metrics_of_a_project_are_numbers(place: Path) -> None:
    with project(place, ["one"], []) as found:
        (run,) = found
    (load,) = (record for record in run.records("me", "p", None) if isinstance(record, SystemRecord))
    assert load.data == {"cpu": 1.0}


@pytest.mark.parametrize(
    "said",
    [
        {"row": {"_step": None}},
        {"row": {"_step": 0, "_timestamp": float("nan")}},
        {"load": {"_timestamp": "soon"}},
        {"row": {"_step": 0, "deep": json.loads("[" * 600 + "]" * 600)}},
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_keeps_only_its_run_from_being_imported(said) -> None:
    run = FoundRun(ABOUT)
    run.take({"row": {"_step": 0, "_timestamp": None, "loss": 1.0}})
    assert run.records("me", "p", None)
    run.take(said)
    with pytest.raises(UsageError, match="Row 2 of what it has logged cannot be read: "):
        run.records("me", "p", None)


def test_the_identity_of_a_long_run_needs_no_second_copy_of_its_history() -> None:
    def found(rows: int) -> FoundRun:
        run = FoundRun(ABOUT)
        for step in range(rows):
            run.take({"row": {"_step": step, "text": "x" * 100_000}})
        return run

    run = found(200)
    tracemalloc.start()
    try:
        first, *_ = run.records("me", "p", None)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000, "of a history of 20 MB"
    assert first.run.spool == found(200).records("me", "p", None)[0].run.spool
    assert first.run.spool != found(199).records("me", "p", None)[0].run.spool


# Offline runs: messages of Protocol Buffers in the log format of LevelDB, of one block.


def varint(number: int) -> bytes:
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def message(*fields: tuple[int, bytes | str]) -> bytes:
    data = [(number, value.encode() if isinstance(value, str) else value) for number, value in fields]
    return b"".join(varint(number << 3 | 2) + varint(len(value)) + value for number, value in data)


def offline(folder: Path, name: str, *records: bytes) -> Path:
    place = folder / f"offline-run-20260131_12000{len(list(folder.glob('offline-*')))}-{name}"
    place.mkdir()
    path = place / f"run-{name}.wandb"
    begun = message((17, message((1, name), (3, "damaged"))))
    framed = [struct.pack("<IHB", zlib.crc32(b"\x01" + data), len(data), 1) + data for data in (begun, *records)]
    path.write_bytes(b":W&B\xe1\xbe\x00" + b"".join(framed))
    return path


def row(**items: str) -> bytes:
    return message((2, message(*((1, message((1, key), (16, value))) for key, value in items.items()))))


@pytest.mark.parametrize(
    "damaged",
    [
        {"_timestamp": "null"},
        {"_timestamp": "NaN"},
        {"_timestamp": "-Infinity"},
        {"_step": "null"},
        {"_step": "Infinity"},
        {"_step": "1e300"},
        {"loss": "no JSON"},
        {"deep": "[" * 10_000},
        {"deep": "[" * 900 + "]" * 900},
    ],
)
def test_a_record_that_cannot_be_read_is_named_with_its_file(tmp_path: Path, damaged: dict[str, str]) -> None:
    path = offline(tmp_path, "bad", row(loss="1"), row(**damaged))
    with pytest.raises(UsageError) as refusal:
        list(read_run(path))
    assert f"Record 3 of {path} cannot be read" in str(refusal.value)


def test_what_is_no_text_is_replaced(tmp_path: Path) -> None:
    path = offline(tmp_path, "odd", row(text=r'{"a\udfff": ["\ud800b", "\ud83d\ude00"]}', _timestamp="5"))
    (path.parent / "files").mkdir()
    (path.parent / "files" / os.fsdecode(b"a\xffb")).write_text("x")
    *_, told = read_run(path)
    assert isinstance(told, HistoryRecord)
    assert told.data == {"text": {"a?": ["?b", "\U0001f600"]}}
    assert [name for name, _ in files_of(path.parent)] == ["a?b"]


def test_system_metrics_of_an_offline_run_are_numbers(tmp_path: Path) -> None:
    items = {"cpu": "1", "gpu": "NaN", "disk": "-Infinity", "name": '"x"'}
    sample = message((7, message(*((3, message((1, key), (16, value))) for key, value in items.items()))))
    *_, load = read_run(offline(tmp_path, "load", sample))
    assert isinstance(load, SystemRecord)
    assert load.data == {"cpu": 1.0}


def test_damaged_offline_runs_do_not_keep_the_others_from_being_imported(user, connection: Connection) -> None:
    from test_wandb_import import imports

    offline(user.folder, "bad", row(_timestamp="null"))
    offline(user.folder, "good", row(_timestamp="5", loss="NaN"))
    said = imports(user, "wandb-offline", ".", fails=True)
    assert "Record 2 of offline-run-20260131_120000-bad/run-bad.wandb cannot be read" in said
    assert "Imported good" in said
    assert "1 of 2 imported, 1 failed." in said


# Sweeps


def told(name: str, state: str) -> dict[str, object]:
    config = {"method": "random", "parameters": {"lr": {"min": 0.0, "max": 1.0}}}
    return {"id": name, "name": name, "state": state, "config": config}


@pytest.fixture
def entity(connection: Connection) -> str:
    return connection.request("GET", "/viewer", reply=Viewer).entity


def state_of(connection: Connection, sweep_id: str) -> str:
    return connection.request("GET", f"/sweeps/{sweep_id}", reply=Sweep).state


def test_sweeps_are_ended_or_paused_before_their_runs_are_imported(connection: Connection, entity: str) -> None:
    sweeps = Sweeps(connection, entity, "closed", "source/a")
    states = {"FINISHED": "FINISHED", "CRASHED": "CANCELED", "RUNNING": "PAUSED"}
    found = {state: sweeps.find(told(state, state)) for state in states}
    assert {state: state_of(connection, sweep_id) for state, sweep_id in found.items()} == states


class BreaksOff(Connection):
    """The server is gone once it has made a sweep."""

    def request(self, method, path, **how):
        if path.endswith("/state"):
            raise CommError("gone")
        return super().request(method, path, **how)


def test_a_sweep_of_an_import_that_broke_off_is_closed_by_the_next(server, connection: Connection, entity: str) -> None:
    broken = Sweeps(BreaksOff(server.url, server.key), entity, "broken-off", "source/b")
    with pytest.raises(CommError, match="gone"):
        broken.find(told("one", "RUNNING"))
    sweep_id = Sweeps(connection, entity, "broken-off", "source/b").find(told("one", "RUNNING"))
    assert state_of(connection, sweep_id) == "PAUSED"

    connection.exchange("POST", f"/sweeps/{sweep_id}/state", body=b'{"action": "resume"}')
    assert Sweeps(connection, entity, "broken-off", "source/b").find(told("one", "RUNNING")) == sweep_id
    assert state_of(connection, sweep_id) == "RUNNING", "someone goes on with it here"
