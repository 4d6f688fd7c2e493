import json
import os
import signal
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from besom import server_file
from besom.client import embedded
from besom.client.connect import connect
from besom.client.pages import is_embedded, page_address
from besom.errors import AuthenticationError, CommError, ServerUnreachable

START = """
import sys
from pathlib import Path
from besom.client import embedded
print(embedded.start(Path(sys.argv[1]), print).pid)
"""


@pytest.fixture
def fresh(tmp_path):
    """A home without a server; one that a test started is stopped."""
    yield tmp_path / "home"
    embedded.stop(tmp_path / "home")


def test_many_programs_at_once_start_one_server_whose_files_are_the_users_alone(fresh):
    fresh.mkdir()
    fresh.chmod(0o755)
    command = [sys.executable, "-c", START, str(fresh)]
    with ThreadPoolExecutor() as pool:
        outputs = list(pool.map(lambda _: subprocess.check_output(command, text=True, umask=0), range(3)))
    assert len({output.split()[-1] for output in outputs}) == 1
    assert sum("Started the embedded server" in output for output in outputs) == 1
    made = {path.name: stat.S_IMODE(path.stat().st_mode) for path in fresh.rglob("*")}
    assert {"key", "server.log", "start.lock", "besom.db", "blobs"} <= made.keys()
    assert [name for name, mode in made.items() if mode & 0o077] == []


@pytest.fixture
def stranger():
    """Somebody who listens where a server was, and notes whether anybody comes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def heard_nothing(stranger: socket.socket) -> bool:
    with pytest.raises(BlockingIOError):
        stranger.accept()
    return True


HERE, OWN = socket.gethostname(), server_file.began(os.getpid())
LEFT = {
    "one that was killed": {"pid": 2**22 + 1, "host": HERE, "began": OWN},
    "one whose number another process has": {"pid": os.getpid(), "host": HERE, "began": f"{OWN}1"},
    "one before the machine was started anew": {"pid": os.getpid(), "host": HERE, "began": "another-boot/1"},
    "one of another machine": {"pid": os.getpid(), "host": "another-machine", "began": "another-boot/1"},
    "one of an older besom": {"pid": os.getpid()},
}


@pytest.mark.parametrize("left", LEFT.values(), ids=LEFT)
def test_a_stranger_where_a_server_was_gets_no_key(fresh, stranger, left):
    fresh.mkdir()
    (fresh / "key").write_text("x" * 40)
    url = "http://{}:{}".format(*stranger.getsockname())
    (fresh / "server.json").write_text(json.dumps({"url": url, **left}))
    assert embedded.find(fresh) is None
    assert embedded.address(fresh, "x" * 40) is None
    with pytest.raises(AuthenticationError, match="There is no key"):
        connect(url, environ={"BESOM_HOME": str(fresh)})
    assert heard_nothing(stranger)
    (fresh / "server.json").unlink()


def test_a_program_that_outlives_the_server_tells_nothing_to_who_takes_its_port(fresh):
    server = embedded.start(fresh, lambda _: None)
    connection = connect(environ={"BESOM_HOME": str(fresh)})
    configured = connect(server.url, environ={"BESOM_HOME": str(fresh)})  # as an agent tells its programs
    connection.request("GET", "/viewer")
    os.kill(server.pid, signal.SIGKILL)
    os.waitpid(server.pid, 0)
    with socket.create_server(("127.0.0.1", int(server.url.rpartition(":")[2]))) as stranger:
        stranger.setblocking(False)
        for known in (connection, configured, connect(server.url, server.key, environ={"BESOM_HOME": str(fresh)})):
            with pytest.raises(ServerUnreachable):
                known.request("GET", "/viewer")
        assert heard_nothing(stranger)


@pytest.mark.parametrize(
    ("left", "says"),
    [
        (LEFT["one of another machine"], "is on another-machine, and only programs there can use it"),
        (LEFT["one of an older besom"], f"If it is process {os.getpid()} of this one, end that"),
    ],
    ids=["on another machine", "by an older besom"],
)
def test_no_second_server_is_started_beside_one_that_cannot_be_reached(fresh, left, says):
    fresh.mkdir()
    (fresh / "server.json").write_text(json.dumps({"url": "http://127.0.0.1:9", **left}))
    for what in (lambda: embedded.start(fresh, print), lambda: embedded.stop(fresh)):
        with pytest.raises(CommError) as refused:
            what()
        assert says in str(refused.value)
        assert f"delete {fresh / 'server.json'}" in str(refused.value)
    assert not (fresh / "server.log").exists()
    (fresh / "server.json").unlink()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": "x"}', '{"url": "http://127.0.0.1:9", "pid": "x"}'])
def test_a_broken_file_is_no_server(fresh, text):
    fresh.mkdir()
    (fresh / "server.json").write_text(text)
    assert embedded.find(fresh) is None


def test_a_home_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommError, match="file/home cannot be used"):
        embedded.start(tmp_path / "file" / "home", print)


def test_connect_finds_it_without_a_word(home):
    said = []
    connection = connect(environ={"BESOM_HOME": str(home)}, say=said.append)
    assert said == []
    assert connection.url == embedded.find(home).url


def test_its_key_is_known_also_when_its_address_is_configured(home):
    running = embedded.find(home)
    connection = connect(environ={"BESOM_HOME": str(home), "WANDB_BASE_URL": running.url})
    assert connection.key == running.key


def test_only_its_pages_are_printed_with_a_ticket(home, tmp_path):
    connection = connect(environ={"BESOM_HOME": str(home)})
    assert is_embedded(connection, {"BESOM_HOME": str(home)})
    assert "ticket=" in page_address(connection, "/", {"BESOM_HOME": str(home)})
    elsewhere = {"BESOM_HOME": str(tmp_path)}
    assert page_address(connection, "/me/mnist", elsewhere) == f"{connection.url}/me/mnist"
