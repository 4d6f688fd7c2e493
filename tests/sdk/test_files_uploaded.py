"""Bytes of files reach the server: during the run, after it, and once."""

from __future__ import annotations

import hashlib
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import besom
from besom.client import blobs, embedded
from besom.client.api import Api
from besom.client.connection import Connection
from besom.errors import ApiError, CommError, ServerUnreachable, UsageError
from besom.sdk import spool, sync, uploader, uploads
from besom.sdk.staging import entry
from besom.sdk.stream import Stream
from besom.sdk.uploads import Upload, Uploads

Until = Callable[[Callable[[], Any]], Any]


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Runs that capture nothing by themselves, in a folder of the test's."""
    monkeypatch.setenv("BESOM_CONSOLE", "off")
    monkeypatch.setenv("BESOM_DISABLE_META", "true")
    monkeypatch.setenv("BESOM_DISABLE_STATS", "true")
    monkeypatch.chdir(tmp_path)


def on_server(run_path: str, connection: Connection) -> dict[str, bytes]:
    """Bytes by path; only of those that have arrived."""
    run = Api(base_url=connection.url, api_key=connection.key).run(run_path)
    found = {}
    for file in run.files():
        route = f"/projects/{run.entity}/{run.project}"
        if not blobs.missing(connection, route, [file.digest]):
            found[file.name] = file.read_bytes()
    return found


@pytest.mark.usefixtures("online")
def test_when_finish_returns_the_server_has_every_file(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(os.urandom(100_000))
    with besom.init(project="files") as run:
        run.log({"image": besom.Image(np.eye(4))})
        run.save("weights.bin")
        Path(run.dir, "notes.txt").write_text("mine")
    there = on_server(run.path, connection)
    assert there["weights.bin"] == (tmp_path / "weights.bin").read_bytes()
    assert there["notes.txt"] == b"mine"
    assert [path for path in there if path.startswith("media/images/image_0_")]
    assert spool.is_done(run.folder)


@pytest.mark.usefixtures("online")
def test_files_arrive_while_the_run_goes_on(connection: Connection, until: Until) -> None:
    with besom.init(project="files") as run:
        run.log({"image": besom.Image(np.eye(4))})
        until(lambda: on_server(run.path, connection))


@pytest.mark.usefixtures("online")
def test_a_file_of_many_pieces_arrives_whole(connection: Connection, tmp_path: Path) -> None:
    data = os.urandom(1 << 20) * 20
    (tmp_path / "large.bin").write_bytes(data)
    with besom.init(project="files") as run:
        run.save("large.bin", policy="now")
    assert hashlib.sha256(on_server(run.path, connection)["large.bin"]).digest() == hashlib.sha256(data).digest()


@pytest.mark.usefixtures("online")
def test_an_empty_file_arrives_too(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with besom.init(project="files") as run:
        run.save("empty")
    assert on_server(run.path, connection) == {"empty": b""}


@pytest.mark.usefixtures("online")
def test_of_a_file_that_is_saved_again_and_again_the_last_content_stays(connection: Connection, tmp_path: Path) -> None:
    with besom.init(project="files") as run:
        for number in range(30):
            (tmp_path / "x").write_text(str(number))
            run.save("x", policy="now")
    assert on_server(run.path, connection) == {"x": b"29"}


@pytest.mark.usefixtures("online")
def test_policy_live_sends_changes_while_the_run_goes_on(
    connection: Connection, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploader, "REFRESH_SECONDS", 0.05)
    (tmp_path / "log.txt").write_text("one")
    with besom.init(project="files") as run:
        run.save("*.txt", policy="live")
        until(lambda: on_server(run.path, connection) == {"log.txt": b"one"})
        (tmp_path / "log.txt").write_text("one two")
        (tmp_path / "new.txt").write_text("new")
        until(lambda: on_server(run.path, connection) == {"log.txt": b"one two", "new.txt": b"new"})


def test_sync_sends_the_files_of_an_offline_run(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    with besom.init(project="files", mode="offline") as run:
        run.save("x")
        run.log({"image": besom.Image(np.eye(4))})
        artifact = besom.Artifact("offline-data", "dataset")
        artifact.add_file("x", "inner/x")
        run.log_artifact(artifact)
    shipped = sync.ship(run.folder, connection)
    assert shipped.complete
    assert shipped.lost == ()
    run_path = f"{connection_entity(connection)}/files/{run.id}"
    assert on_server(run_path, connection)["x"] == b"x"
    assert not list((run.folder / "blobs").iterdir())


def test_what_a_killed_program_announced_is_sent_afterwards(start: Any, connection: Connection, tmp_path: Path) -> None:
    program = start(
        """
        import os, besom
        run = besom.init(project="files", mode="offline")
        run.log({"page": besom.Html("<b>hi</b>", inject=False)})
        os.kill(os.getpid(), 9)
        """
    )
    program.communicate()
    (folder,) = tmp_path.glob("besom/run-*")
    shipped = sync.ship(folder, connection)
    there = on_server(f"{connection_entity(connection)}/files/{shipped.run_id}", connection)
    assert list(there.values()) == [b"<b>hi</b>"]


@pytest.mark.usefixtures("online")
def test_a_file_that_the_server_refuses_is_told_of_as_the_reason_why_not_everything_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ApiError("It is too large.", status=413, code="too_large")

    monkeypatch.setattr(blobs, "send", refuse)
    (tmp_path / "weights.bin").write_bytes(os.urandom(100))
    with besom.init(project="files") as run:
        run.save("weights.bin")
    said = capsys.readouterr().err
    assert "File weights.bin was not sent: It is too large." in said
    assert f"not have all of it (1 file was not sent). Send the rest with: besom sync {run.folder}" in said


def test_a_file_that_is_gone_is_named_and_the_others_are_sent(connection: Connection, tmp_path: Path) -> None:
    for name, content in {"a": "a", "b": "b", "twin1": "twin", "twin2": "twin", "twin3": "twin"}.items():
        (tmp_path / name).write_text(f"content of {content}, {tmp_path}")
    with besom.init(project="files", mode="offline") as run:
        for name in ("a", "b", "twin1", "twin2", "twin3"):
            run.save(name, policy="now")
    for name in ("a", "twin1", "twin3"):
        (run.folder / "files" / name).unlink()
    shipped = sync.ship(run.folder, connection)
    assert (shipped.lost, shipped.complete) == (("a",), True)
    there = on_server(f"{connection_entity(connection)}/files/{run.id}", connection)
    assert list(there) == ["b", "twin1", "twin2", "twin3"], "what one of equal files lacks another one has"


@pytest.mark.usefixtures("online")
def test_a_file_arrives_although_an_equal_one_is_written_anew_before_it_is_sent(
    connection: Connection, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploader, "GATHER_SECONDS", 0.3)
    with besom.init(project="files") as run:
        for name in ("best.pt", "last.pt"):
            Path(run.dir, name).write_bytes(run.id.encode())
            run.save(os.path.join(run.dir, name), policy="now")
        Path(run.dir, "last.pt").write_bytes(run.id[::-1].encode())
        until(lambda: {"best.pt", "last.pt"} <= on_server(run.path, connection).keys())
    assert on_server(run.path, connection) == {"best.pt": run.id.encode(), "last.pt": run.id[::-1].encode()}


@pytest.mark.parametrize("changed", [b"other bytes", b"same size!"])
@pytest.mark.usefixtures("online")
def test_bytes_that_changed_after_they_were_announced_are_never_kept_under_the_old_digest(
    connection: Connection, tmp_path: Path, changed: bytes
) -> None:
    with besom.init(project="files") as run:
        pass
    file = tmp_path / "x"
    file.write_bytes(changed)
    digest = hashlib.sha256(b"first text").hexdigest()
    sending = Uploads(tmp_path, connection, run.entity or "", "files")
    assert not sending.send(Upload(entry("x", digest, 10), file))
    assert blobs.missing(connection, f"/projects/{run.entity}/files", [digest]) == {digest}


@pytest.mark.usefixtures("online")
def test_a_file_that_cannot_be_opened_for_a_moment_is_not_taken_for_one_that_is_gone(
    connection: Connection, tmp_path: Path
) -> None:
    with besom.init(project="files") as run:
        pass
    (tmp_path / "x").write_bytes(b"there")
    sending = Uploads(tmp_path, connection, run.entity or "", "files")
    upload = Upload(entry("x", hashlib.sha256(b"there").hexdigest(), 5), tmp_path / "x")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(CommError, match="x cannot be read: Too many open files"):
            sending.send(upload)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert sending.send(upload)


@pytest.mark.usefixtures("online")
def test_bytes_that_the_server_has_are_not_sent_again(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("twice")
    with besom.init(project="files") as run:
        run.save("x")
    sending = Uploads(run.folder, connection, run.entity or "", "files")
    assert sending.missing(uploads.announced(run.folder)) == []


def test_a_run_whose_server_is_away_keeps_its_files_for_sync(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from besom.sdk import delivery, online

    monkeypatch.setattr(delivery, "PATIENCE_WITH_STRANGERS", 0.1)
    monkeypatch.setattr(online, "CLAIM_PATIENCE", 0.0)
    monkeypatch.setenv("BESOM_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("BESOM_API_KEY", connection.key or "")
    (tmp_path / "x").write_text("x")
    with besom.init(project="files") as run:
        run.save("x")
    assert not spool.is_done(run.folder)
    sync.ship(run.folder, connection)
    assert on_server(f"{connection_entity(connection)}/files/{run.id}", connection) == {"x": b"x"}


def test_files_saved_while_the_server_is_away_are_sent_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    server = embedded.start(home, print)
    monkeypatch.setenv("BESOM_BASE_URL", server.url)
    monkeypatch.setenv("BESOM_API_KEY", server.key)
    try:
        (tmp_path / "x").write_text("x")
        run = besom.init(project="files")
        embedded.stop(home)
        run.save("x")
        run.log({"image": besom.Image(np.eye(4))})
        assert embedded.start(home, print).url == server.url
        run.finish()
        assert len(on_server(run.path, Connection(server.url, server.key))) == 2
    finally:
        embedded.stop(home)


def test_a_forked_worker_saves_nothing_and_the_parent_goes_on(start: Any, tmp_path: Path) -> None:
    program = start(
        """
        import os, besom
        run = besom.init(mode="offline")
        open("x", "w").write("x")
        if (child := os.fork()) == 0:
            run.save("x")
            run.log({"page": besom.Html("hi")})
            os._exit(0)
        os.waitpid(child, 0)
        run.save("x", policy="now")
        run.finish()
        """
    )
    _, err = program.communicate()
    assert program.returncode == 0
    assert "ignored, only that process logs" in err
    (folder,) = tmp_path.glob("besom/run-*")
    assert [upload.entry.path for upload in uploads.announced(folder)] == ["x"]


def test_after_the_end_of_a_run_nothing_can_be_saved(tmp_path: Path) -> None:
    run = besom.init(mode="offline")
    run.finish()
    for call in (lambda: run.save("x"), lambda: run.log_artifact("x"), run.log_code):
        with pytest.raises(UsageError, match="had finished"):
            call()


def connection_entity(connection: Connection) -> str:
    from besom.protocol import Viewer

    return connection.request("GET", "/viewer", reply=Viewer).entity


@pytest.mark.usefixtures("online")
def test_bytes_that_the_server_is_known_to_have_are_not_asked_about_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    request = Connection.request

    def noted(self: Connection, method: str, path: str, **options: Any) -> Any:
        asked.append(path.rpartition("/")[2])
        return request(self, method, path, **options)

    monkeypatch.setattr(Connection, "request", noted)
    (tmp_path / "x").write_text("the same in both runs")
    for first in (True, False):
        asked.clear()
        with besom.init() as run:
            run.save(tmp_path / "x", policy="now")
        assert ("missing" in asked) == first


def test_why_files_wait_is_told_once_also_after_a_wait_for_the_run_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    mine = uploader.Uploader(tmp_path, cast(Stream, None), say=said.append, refresh=lambda: None)
    full = ApiError("The store is full.", status=503, code="unavailable")
    answers: list[bool | Exception] = [False, ServerUnreachable("No server."), full, full, True]

    def answer() -> bool:
        one = answers.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    monkeypatch.setattr(mine, "_send_waiting", answer)
    monkeypatch.setattr(uploader, "backoff", lambda *_: 0.0)
    monkeypatch.setattr(uploader, "CLOSING_PAUSE", 0.0)
    mine.close()
    mine.run()
    assert not answers
    assert said == ["Files wait: The store is full."]
