import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from besom.cli.menu import menu
from besom.client import embedded
from besom.errors import CommError


def test_the_embedded_server_is_started_once_found_and_stopped(newcomer):
    home = Path(newcomer.environment["BESOM_HOME"])
    assert "is not running" in newcomer.besom("server", "status").out
    home.mkdir(parents=True)
    away = {"url": "http://127.0.0.1:9", "pid": 1, "host": "node7", "began": "another-boot/1"}
    (home / "server.json").write_text(json.dumps(away))
    assert "is on node7, and is asked there" in newcomer.besom("server", "status").out
    assert "the embedded one, on node7" in newcomer.besom("status").out
    assert "only programs there can use it" in newcomer.fails("env")
    (home / "server.json").unlink()
    try:
        first = newcomer.besom("env")
        assert first.err.count("Started the embedded server") == 1
        assert newcomer.besom("env").err == ""
        running = embedded.find(home)
        assert f"runs at {running.url} (process {running.pid})" in newcomer.besom("server", "status").out
        assert newcomer.besom("server", "stop").out == f"Stopped the embedded server at {running.url}.\n"
        assert newcomer.besom("server", "stop").out == "The embedded server is not running.\n"
    finally:
        embedded.stop(home)


def test_a_server_in_the_foreground_ends_quietly_with_ctrl_c(newcomer):
    command = [sys.executable, "-m", "besom.cli", "server", "--port", "0"]
    process = subprocess.Popen(
        command, env=newcomer.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    said = ""
    while "http://127.0.0.1:" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=120)
    assert "Traceback" not in said + rest
    assert process.returncode in (0, 130)


def test_a_port_that_is_taken_is_named(newcomer):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert port in newcomer.fails("server", "--port", port)


def test_a_port_that_does_not_exist_is_refused(newcomer):
    assert "70000" in newcomer.fails("server", "--port", "70000", code=2)


def test_a_home_that_is_a_file_is_named(newcomer, tmp_path):
    (tmp_path / "file").write_text("")
    newcomer.environment["BESOM_HOME"] = str(tmp_path / "file" / "home")
    assert f"{tmp_path / 'file' / 'home'} cannot be used" in newcomer.fails("env")


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="a small disk needs root")
def test_a_full_disk_is_one_clear_error(newcomer, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=False).returncode:
        pytest.skip("mount is not allowed here")
    try:
        (disk / "ballast").write_bytes(b"x" * 60_000)
        newcomer.environment["BESOM_HOME"] = str(disk / "home")
        said = newcomer.fails("env")
        assert "disk" in said
        assert "is full" in said
    finally:
        embedded.stop(disk / "home")
        subprocess.run(["umount", disk], check=True)


def test_an_embedded_server_that_does_not_answer_is_not_said_not_to_run(newcomer, monkeypatch):
    newcomer.besom("env")
    home = Path(newcomer.environment["BESOM_HOME"])
    running = embedded.find(home)
    assert running
    os.kill(running.pid, signal.SIGSTOP)
    try:
        monkeypatch.setattr(embedded, "find", lambda _: None)  # what it says after half a minute
        monkeypatch.setenv("BESOM_HOME", str(home))
        shown = CliRunner().invoke(menu, ["server", "status"]).stdout
        assert f"The embedded server (process {running.pid}) does not answer." in shown
        overview = CliRunner().invoke(menu, ["status"]).stdout
        assert "the embedded one, which does not answer" in overview
        assert "No sweep is under way" not in overview
        with pytest.raises(CommError, match=f"process {running.pid}. does not answer"):
            embedded.start(home, print)  # and not, after a minute more, that a second one could not have its data
        with pytest.raises(CommError, match="did not stop"):
            embedded.stop(home, patience=0.0)
    finally:
        os.kill(running.pid, signal.SIGCONT)
        embedded.stop(home)
