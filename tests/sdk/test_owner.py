"""What an agent may take for dead, on a folder that machines share."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

import shared_folders
from besom.protocol import ExitRecord, InitRecord, NewRun
from besom.sdk import owner, spool
from shared_folders import CIFS, EACH_ITS_OWN, KINDS, LOCAL, NFS, NONE

HERE, THERE = socket.gethostname(), "another-machine"


def written(folder: Path, host: str | None = THERE) -> tuple[spool.Spool, InitRecord]:
    first = InitRecord(project="p", run=NewRun(id="r", started=1.0, spool="s", host=host))
    return spool.Spool(folder / "run-20260131_120000-r", first), first


@pytest.mark.parametrize(
    ("kind", "host"),
    [(kind, THERE) for kind in KINDS] + [(kind, HERE) for kind in KINDS if kind != EACH_ITS_OWN],
)
def test_a_living_process_is_never_taken_for_dead(
    kind: str, host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, first = written(tmp_path, host)
    shared_folders.mount(kind, monkeypatch)
    assert owner.life(writer.path, first) == ("alive" if kind in (LOCAL, NFS) else "unknown")
    writer.close()


@pytest.mark.parametrize(
    ("kind", "host", "life"),
    [
        (LOCAL, HERE, "ended"),
        (NFS, HERE, "ended"),
        (CIFS, HERE, "ended"),
        (EACH_ITS_OWN, HERE, "ended"),
        (NONE, HERE, "unknown"),
        (LOCAL, None, "ended"),  # older clients; what is left of a damaged first line
        *((kind, THERE, "unknown") for kind in KINDS),
    ],
)
def test_one_that_is_dead_without_a_word_is_known_as_such_on_its_machine_alone(
    kind: str, host: str | None, life: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, first = written(tmp_path, host)
    writer.close()
    shared_folders.mount(kind, monkeypatch)
    assert owner.life(writer.path, first) == life


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_said_that_it_ends_is_over_everywhere(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, first = written(tmp_path)
    writer.write(ExitRecord(code=0, time=time.time()))
    writer.append(b'{"type":"torn')
    writer.close()
    shared_folders.mount(kind, monkeypatch)
    assert owner.life(writer.path, first) == "ended"


def test_what_comes_after_a_spool_was_marked_as_sent_is_not_forgotten(tmp_path: Path) -> None:
    writer, _ = written(tmp_path)
    assert not spool.is_done(writer.folder)
    spool.mark_done(writer.folder, writer.size())
    assert spool.is_done(writer.folder)
    writer.append(b'{"type":"history"')
    assert spool.is_done(writer.folder), "a torn line is nothing that could be sent"
    writer.append(b"}\n")
    assert not spool.is_done(writer.folder)
    spool.mark_done(writer.folder, writer.size())
    assert spool.is_done(writer.folder)
    assert not [name for name in os.listdir(writer.folder) if name.startswith(".")]
    (writer.folder / spool.DONE_NAME).write_text("")  # of an older besom
    assert spool.is_done(writer.folder)
    (writer.folder / spool.DONE_NAME).write_bytes(bytes(4))  # of a disk that lost its power
    assert not spool.is_done(writer.folder)
    writer.close()
