"""Whose word ``server.json`` is."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from besom import server_file
from besom.server_file import Place


def own(folder: Path) -> Place:
    server_file.write(folder, "http://127.0.0.1:1", "0.1")
    place = server_file.read(folder)
    assert place is not None
    return place


def test_what_a_living_process_has_said_is_believed_and_it_takes_that_back(tmp_path: Path) -> None:
    place = own(tmp_path)
    assert (place.pid, place.host, place.lives, place.is_elsewhere) == (os.getpid(), socket.gethostname(), True, False)
    server_file.forget(tmp_path)
    assert server_file.read(tmp_path) is None
    server_file.forget(tmp_path)


def test_nobody_takes_back_what_another_process_has_said(tmp_path: Path) -> None:
    own(tmp_path)
    file = tmp_path / server_file.NAME
    file.write_text(json.dumps({**json.loads(file.read_text()), "began": "another-boot/1"}))
    server_file.forget(tmp_path)
    assert file.exists()


def test_a_process_is_gone_when_it_has_ended_whoever_waits_for_it(tmp_path: Path) -> None:
    program = "import ctypes; ctypes.CDLL(None).prctl(15, b') Z 1 ('); print(flush=True); input()"
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path
    )
    assert process.stdout is not None
    assert process.stdin is not None
    process.stdout.readline()
    began = server_file.began(process.pid)
    assert began is not None, "whatever it calls itself"
    assert began == server_file.began(process.pid) != server_file.began(os.getpid())
    process.stdin.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert server_file.began(process.pid) is None
    process.wait()
    process.stdout.close()
    assert server_file.began(process.pid) is None


def test_which_machine_it_was_is_known_by_name_and_boot(tmp_path: Path) -> None:
    place = own(tmp_path)
    assert place.began is not None
    booted = replace(place, began="another-boot/1")
    assert (booted.lives, booted.is_elsewhere) == (False, False)
    renamed = replace(place, host="old-name")
    assert (renamed.lives, renamed.is_elsewhere) == (True, False)
    away = replace(place, host="another-machine", began="another-boot/1")
    assert (away.lives, away.is_elsewhere) == (False, True)
    mute = replace(place, began=None)  # of a system that does not tell when processes began
    assert (mute.lives, mute.is_elsewhere) == (True, False)
    assert not replace(mute, host="another-machine").lives
    assert replace(mute, host="another-machine").is_elsewhere
    assert not replace(mute, pid=2**22 + 1).lives
    older = Place("http://127.0.0.1:1", os.getpid())
    assert (older.lives, older.is_elsewhere) == (False, False)
