"""``besom backup``: a copy that a server can be pointed at, whatever happens while it is made."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_user import User

from besom.client.connection import Connection
from besom.protocol import Blobs, FileEntry, NewRun, RunPage
from server_process import ServerProcess

PROJECT = "/projects/{}/backups"
ROWS = 20


@pytest.fixture
def source(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that stands for a shared one."""
    server = ServerProcess(tmp_path / "source", "--data", str(tmp_path / "source"), "--port", "0")
    yield server
    server.kill()


class Writer(threading.Thread):
    """Logs run after run, each with a file of its own, until it is told to end."""

    def __init__(self, server: ServerProcess) -> None:
        super().__init__(daemon=True)
        self.connection = Connection(server.url, server.key)
        self.over, self.written = threading.Event(), 0
        self.first = threading.Event()

    @property
    def project(self) -> str:
        return PROJECT.format(self.connection.request("GET", "/viewer", reply=dict)["entity"])

    def run(self) -> None:
        project = self.project
        while not self.over.is_set():
            write_run(self.connection, project, self.written)
            self.written += 1
            self.first.set()


def write_run(connection: Connection, project: str, number: int) -> None:
    path = f"{project}/runs"
    connection.request("POST", path, body=NewRun(id=f"r{number}", started=1.0, spool="s"))
    rows = [{"type": "history", "step": step, "time": 1.0, "data": {"v": step}} for step in range(ROWS)]
    lines = "".join(json.dumps(record) + "\n" for record in [*rows, {"type": "exit", "code": 0, "time": 2.0}])
    connection.exchange("POST", f"{path}/r{number}/stream", query={"offset": 0, "spool": "s"}, body=lines.encode())
    content = f"weights of {number}".encode()
    digest = sha256(content)
    connection.request("POST", f"{project}/blobs/missing", body=Blobs(digests=[digest]))
    connection.exchange("PUT", f"{project}/blobs/{digest}", body=content)
    entry = FileEntry(path="weights", digest=digest, size=len(content))
    connection.request("POST", f"{path}/r{number}/files", body=entry)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_copy_made_while_runs_are_written_is_a_server_as_it_was_at_one_moment(
    newcomer: User, source: ServerProcess, tmp_path: Path
) -> None:
    writer, copy = Writer(source), tmp_path / "copy"
    copy.mkdir(mode=0o755)
    writer.start()
    writer.first.wait()
    for _ in range(2):  # the second time it is brought up to date
        before = writer.written
        said = json.loads(newcomer.besom("backup", str(copy), "--data", str(source.home), "--json").out)
        assert said["runs"] >= before
    assert {path.stat().st_mode & 0o077 for path in copy.rglob("*")} == {0}
    writer.over.set()
    writer.join()
    with sqlite3.connect(copy / "besom.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    restored = ServerProcess(copy, "--data", str(copy), "--port", "0")
    try:
        assert restored.key == source.key
        found = Connection(restored.url, restored.key)
        page = found.request("GET", f"{writer.project}/runs", query={"limit": 10_000}, reply=RunPage)
        assert len(page.runs) == said["runs"]
        # They were written one after the other: at any moment all but the last one were complete.
        assert {run.id for run in page.runs} == {f"r{number}" for number in range(len(page.runs))}
        for run in page.runs:
            if run.id != f"r{len(page.runs) - 1}":
                assert (run.state, run.steps) == ("finished", ROWS)
                content = found.exchange("GET", f"{writer.project}/runs/{run.id}/files/weights")
                assert content == f"weights of {run.id[1:]}".encode()
        assert "uses this database" in newcomer.fails("backup", str(copy), "--data", str(source.home))
        write_run(found, writer.project, 10**6)
    finally:
        restored.stop()
    # It is a server's data now, and no copy that may be replaced, by a slip of the hand for example.
    assert "has been used by a server" in newcomer.fails("backup", str(copy), "--data", str(source.home))
    assert "something else" in newcomer.fails("backup", str(source.home), "--data", str(copy))


def test_what_cannot_be_copied_and_where_nothing_is_copied_to(newcomer: User, tmp_path: Path) -> None:
    assert "There is no database" in newcomer.fails("backup", "copy")
    data = tmp_path / "data"
    data.mkdir()
    with sqlite3.connect(data / "besom.db") as database:
        database.execute("CREATE TABLE blobs (project_id, digest, size)")
        database.execute("CREATE TABLE runs (project_id, deleted)")
        database.execute("CREATE TABLE projects (id, entity)")
        database.execute("INSERT INTO projects VALUES (1, 'ann')")
        database.execute("INSERT INTO blobs VALUES (1, ?, 5)", ["ab" * 32])
    database.close()
    assert "server's own folder" in newcomer.fails("backup", str(data), "--data", str(data))
    newcomer.write("diary", "dear diary")
    assert "something else" in newcomer.fails("backup", ".", "--data", str(data))
    assert "1 files that the database names were lost before" in newcomer.fails("backup", "copy", "--data", str(data))
    assert (newcomer.folder / "copy" / "besom.db").exists()
    said = newcomer.besom("backup", "copy", "--data", str(data), "--no-files").out
    assert "Copied 0 runs and 0 files" in said
    assert "--files PLACE" in said
    (data / "besom.db").write_bytes(b"not a database" * 100)
    assert "cannot be copied: file is not a database" in newcomer.fails("backup", "copy", "--data", str(data))
