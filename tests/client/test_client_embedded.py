import json
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from besom.client import embedded
from besom.client.connect import connect
from besom.client.pages import is_embedded, page_address
from besom.errors import CommError

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


def test_a_file_left_by_a_dead_server_is_not_believed(fresh):
    fresh.mkdir()
    (fresh / "key").write_text("x" * 40)
    (fresh / "server.json").write_text(json.dumps({"url": "http://127.0.0.1:9", "pid": 1}))
    assert embedded.find(fresh) is None


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
