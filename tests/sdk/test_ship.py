"""What programs leave on disk reaches the server: everything, once, whatever was killed."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import besom
import shared_folders
from besom.client.connection import Connection
from besom.errors import ApiError, ServerUnreachable, UsageError
from besom.protocol import EventPage, InitRecord, NewRun, StreamAck
from besom.sdk import spool, stream, sync
from besom.sdk.capture import printed

PROJECT = "shipping"


def write_run(count: int = 5, *, finish: bool = True) -> Path:
    """An offline run that logged ``value`` 0, 1, ...; without ``finish`` as a kill leaves it."""
    run = besom.init(mode="offline", project=PROJECT, config={"lr": 0.1, "worst": float("inf")})
    for value in range(count):
        run.log({"value": value, "text": "x" * (value % 50)})
    folder = run.folder
    run.finish()
    if not finish:
        path = folder / spool.FILE_NAME
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join(lines[:-1]))
    return folder


def run_id(folder: Path) -> str:
    return spool.read_first(folder / spool.FILE_NAME).run.id


def test_an_offline_run_is_sent_whole(tmp_path: Path, connection: Connection, view) -> None:
    folder = write_run()
    assert sync.unsent(tmp_path / "besom") == [folder]
    shipped = sync.ship(folder, connection)
    assert shipped.complete
    assert shipped.sent == (folder / spool.FILE_NAME).stat().st_size
    assert sync.unsent(tmp_path / "besom") == []

    run = view.run(PROJECT, shipped.run_id)
    assert run.url == shipped.url
    assert (run.state, run.exit_code) == ("finished", 0)
    assert run.config == {"lr": 0.1, "worst": "Infinity"}
    assert run.summary["value"] == 4
    assert view.logged(PROJECT, run.id, "value") == [0, 1, 2, 3, 4]


def test_sending_again_changes_nothing(connection: Connection, view) -> None:
    folder = write_run()
    sync.ship(folder, connection)
    assert sync.ship(folder, connection).sent == 0
    (folder / spool.DONE_NAME).unlink()
    again = sync.ship(folder, connection)
    assert (again.sent, again.complete) == (0, True)
    assert view.logged(PROJECT, run_id(folder), "value") == [0, 1, 2, 3, 4]


def test_a_torn_last_line_is_passed_over(connection: Connection, view) -> None:
    folder = write_run(finish=False)
    with (folder / spool.FILE_NAME).open("ab") as file:
        file.write(b'{"type":"history","step":5,"ti')
    assert sync.ship(folder, connection).complete
    assert view.logged(PROJECT, run_id(folder), "value") == [0, 1, 2, 3, 4]
    assert view.run(PROJECT, run_id(folder)).state == "running"


def test_a_first_line_that_is_damaged_before_it_was_sent_holds_nothing_back(connection: Connection, view) -> None:
    folder = write_run()
    path = folder / spool.FILE_NAME
    first = msgspec.structs.replace(spool.read_first(path), entity=view.entity)
    line, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(bytes(len(line)) + b"\n" + rest)
    with stream.Stream(path, connection, first, leased=True) as sending:  # as in the program that wrote it
        while sending.send():
            pass
    assert view.logged(PROJECT, first.run.id, "value") == [0, 1, 2, 3, 4]
    assert (view.run(PROJECT, first.run.id).state, view.run(PROJECT, first.run.id).config["lr"]) == ("finished", 0.1)


def test_what_follows_a_damaged_first_line_is_sent_when_somebody_says_of_which_project(
    connection: Connection, view, tmp_path: Path
) -> None:
    folder = write_run()
    run, path = run_id(folder), folder / spool.FILE_NAME
    line, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(bytes(len(line)) + b"\n" + rest)
    with pytest.raises(spool.FirstLineDamaged, match=f"besom sync --project NAME {folder}"):
        sync.ship(folder, connection)
    shipped = sync.ship(folder, connection, sync.Target(PROJECT))
    assert (shipped.run_id, shipped.complete, shipped.damaged) == (run, True, True)
    (folder / spool.DONE_NAME).unlink()
    assert sync.ship(folder, connection, sync.Target(PROJECT)).sent == 0
    assert view.logged(PROJECT, run, "value") == [0, 1, 2, 3, 4]
    shown = view.run(PROJECT, run)
    started = time.strftime("%Y%m%d_%H%M%S", time.localtime(shown.started))
    assert (shown.state, started) == ("finished", folder.name[4:19])
    route = f"/projects/{view.entity}/{PROJECT}/runs/{run}/events"
    events = connection.request("GET", route, reply=EventPage).events
    assert "damaged lines of its spool were passed over: 1" in next(e.reason for e in events if e.kind == "run.damaged")
    (folder / spool.DONE_NAME).unlink()
    with pytest.raises(UsageError, match="run-DATE_TIME-ID"):
        sync.ship(folder.rename(tmp_path / "mine"), connection, sync.Target(PROJECT))


def test_of_a_spool_that_was_sent_in_part_before_its_first_line_was_damaged_the_rest_is_sent(
    connection: Connection, view
) -> None:
    folder = write_run(3)
    path, first = folder / spool.FILE_NAME, spool.read_first(folder / spool.FILE_NAME)
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:3]))
    sync.ship(folder, connection)
    (folder / spool.DONE_NAME).unlink()
    path.write_bytes(bytes(len(lines[0]) - 1) + b"\n" + b"".join(lines[1:]))
    shipped = sync.ship(folder, connection, sync.Target(PROJECT))
    assert (shipped.sent, shipped.damaged) == (len(whole) - len(b"".join(lines[:3])), True)
    assert view.logged(PROJECT, first.run.id, "value") == [0, 1, 2]
    assert view.run(PROJECT, first.run.id).config["lr"] == 0.1


def test_a_folder_tells_its_run_and_its_spool_by_names_alone(tmp_path: Path) -> None:
    now = time.time()
    for number in range(3):
        folder = spool.new_folder(tmp_path, "x-1.2", now, again=True)
        spool.Spool(folder, InitRecord(project="p", run=NewRun(id="x-1.2", started=now, spool=f"id{number}"))).close()
        told = spool.run_of(folder)
        assert (told.id, told.started, told.spool) == ("x-1.2", int(now), f"id{number}")
    assert [spool.marked_id(each) for each in spool.find_folders(tmp_path)] == ["id0", "id1", "id2"]
    spool.Spool(tmp_path / "a", InitRecord(project="p", run=NewRun(id="a", started=now, spool="b"))).discard()
    assert not (tmp_path / "a").exists()


def test_a_run_whose_id_is_there_already_is_added_to_it_when_that_is_wanted(
    connection: Connection, view, tmp_path: Path
) -> None:
    folder = write_run(3)
    other = shutil.copytree(folder, tmp_path / "besom" / f"{folder.name}.2")
    path = other / spool.FILE_NAME
    path.write_bytes(path.read_bytes().replace(spool.read_first(path).run.spool.encode(), b"another"))
    sync.ship(folder, connection)
    with pytest.raises(ApiError, match=f"besom sync --append {other}"):
        sync.ship(other, connection)
    for _ in range(2):
        assert sync.ship(other, connection, sync.Target(append=True)).complete
        assert view.logged(PROJECT, run_id(folder), "value") == [0, 1, 2, 0, 1, 2]
        (other / spool.DONE_NAME).unlink()
    sync.ship(other, connection, sync.Target("elsewhere"))
    assert view.logged("elsewhere", run_id(folder), "value") == [0, 1, 2]


def test_more_than_one_piece_arrives_in_order(connection: Connection, view, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "PIECE", 300)
    folder = write_run(60)
    sync.ship(folder, connection)
    assert view.logged(PROJECT, run_id(folder), "value") == list(range(60))


def test_a_line_longer_than_a_piece_arrives(connection: Connection, view) -> None:
    run = besom.init(mode="offline", project=PROJECT)
    run.log({"text": "x" * (3 * spool.PIECE)})
    run.finish()
    sync.ship(run.folder, connection)
    assert [len(text) for text in view.logged(PROJECT, run.id, "text")] == [3 * spool.PIECE]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_pieces_cut_repeated_or_sent_too_early_add_up_to_the_file(connection: Connection, view, data: Any) -> None:
    count = data.draw(st.integers(1, 30))
    folder = write_run(count)
    path = folder / spool.FILE_NAME
    first = spool.read_first(path)
    lines = path.read_bytes().splitlines(keepends=True)
    starts = [sum(map(len, lines[:i])) for i in range(len(lines))]
    had = stream.claim(connection, None, PROJECT, first.run).offset
    address = f"/projects/{view.entity}/{PROJECT}/runs/{first.run.id}/stream"
    for begin in data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=8)):
        end = data.draw(st.integers(begin, len(lines)))
        body = b"".join(lines[begin:end])
        query = {"offset": starts[begin], "spool": first.run.spool}
        if starts[begin] > had:
            with pytest.raises(ApiError) as refused:
                connection.request("POST", address, body=body, query=query, reply=StreamAck)
            assert (refused.value.code, refused.value.offset) == ("offset_gap", had)
        else:
            ack = connection.request("POST", address, body=body, query=query, reply=StreamAck)
            assert ack.offset == max(had, starts[begin] + len(body))
            had = ack.offset
    assert sync.ship(folder, connection).complete
    assert view.logged(PROJECT, first.run.id, "value") == list(range(count))


def test_a_run_whose_process_is_alive_is_left_to_it(start, tmp_path: Path, connection: Connection) -> None:
    process = start(
        "import besom, time\nrun = besom.init(mode='offline')\nprint(run.folder, flush=True)\ntime.sleep(60)\n"
    )
    folder = Path(process.stdout.readline().strip())
    assert not sync.ship(folder, connection).complete
    assert sync.unsent(tmp_path / "besom") == [folder]
    process.kill()
    process.wait()
    assert sync.ship(folder, connection).complete


@pytest.mark.parametrize("kind", [shared_folders.CIFS, shared_folders.EACH_ITS_OWN, shared_folders.NONE])
def test_where_nobody_can_tell_whether_a_process_lives_its_spool_is_sent_untouched_and_never_thought_complete(
    kind: str, tmp_path: Path, connection: Connection, view, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = besom.Settings(host="another-machine", console="off")
    run = besom.init(mode="offline", project=PROJECT, settings=settings)
    run.log({"value": 0})
    (run.folder / printed.NAME).write_text("{}\nlast words")
    path = run.folder / spool.FILE_NAME
    with path.open("ab") as file:
        file.write(b'{"type":"hist')  # it is writing
    before = path.read_bytes()
    shared_folders.mount(kind, monkeypatch)
    shipped = sync.ship(run.folder, connection)
    assert (shipped.complete, shipped.doubtful, shipped.host) == (True, True, "another-machine")
    assert (path.read_bytes(), view.logged(PROJECT, run.id, "value")) == (before, [0])
    assert sync.unsent(tmp_path / "besom") == [run.folder], "its last words are still here"

    path.write_bytes(before.removesuffix(b'{"type":"hist'))
    run.log({"value": 1})
    shipped = sync.ship(run.folder, connection, ended=True)  # as the agent that sees it die
    assert (shipped.complete, shipped.doubtful) == (True, False)
    assert view.logged(PROJECT, run.id, "value") == [0, 1]
    assert b"last words" in path.read_bytes()
    assert sync.unsent(tmp_path / "besom") == []
    run.log({"value": 2})
    assert sync.unsent(tmp_path / "besom") == [run.folder]


def test_over_nfs_a_living_run_is_left_to_its_process(
    connection: Connection, view, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = besom.init(mode="offline", project=PROJECT)
    shared_folders.mount(shared_folders.NFS, monkeypatch)
    assert not sync.ship(run.folder, connection).complete
    run.finish()
    assert sync.ship(run.folder, connection).complete


def test_a_worker_that_outlives_the_killed_program_does_not_hold_its_run_back(
    start, until, connection: Connection
) -> None:
    process = start(
        """
        import besom, os, time

        run = besom.init(mode="offline")
        child = os.fork()
        if child == 0:
            time.sleep(60)
        print(child, run.folder, flush=True)
        time.sleep(60)
        """
    )
    child, folder = process.stdout.readline().split()
    process.kill()
    process.wait()
    try:
        until(lambda: sync.ship(Path(folder), connection).complete)  # the worker may just be starting
    finally:
        os.kill(int(child), signal.SIGKILL)


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize("rows", [1, 200, 3000])
def test_after_kill_9_every_value_for_which_log_returned_arrives_once(
    start, connection: Connection, view, rows: int
) -> None:
    process = start(
        """
        import besom, sys

        run = besom.init(project="killed")
        print(run.folder, flush=True)
        value = 0
        while True:
            run.log({"value": value, "text": "x" * (value % 100)})
            print(value, flush=True)
            value += 1
        """
    )
    folder = Path(process.stdout.readline().strip())
    for _ in range(rows):
        last = int(process.stdout.readline())
    process.kill()
    for line in process.stdout:
        last = int(line)
    process.wait()

    sync.ship(folder, connection)
    values = view.logged("killed", run_id(folder), "value")
    assert len(values) > last
    assert values == list(range(len(values)))


def test_a_server_that_is_away_leaves_the_run_for_later(connection: Connection, tmp_path: Path) -> None:
    folder = write_run()
    with pytest.raises(ServerUnreachable):
        sync.ship(folder, Connection("http://127.0.0.1:9", "k" * 40))
    assert sync.unsent(tmp_path / "besom") == [folder]
    assert sync.ship(folder, connection).complete


@pytest.mark.parametrize("content", [None, b"", b"{}\n", b'{"type":"exit","code":0,"time":1}\n', b'{"type":"init"'])
def test_a_folder_without_a_run_is_refused(tmp_path: Path, connection: Connection, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / spool.FILE_NAME).write_bytes(content)
    with pytest.raises(UsageError, match=r"spool\.jsonl"):
        sync.ship(tmp_path, connection)


def test_the_server_having_more_than_the_file_is_an_error(connection: Connection) -> None:
    folder = write_run()
    sync.ship(folder, connection)
    (folder / spool.DONE_NAME).unlink()
    path = folder / spool.FILE_NAME
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    with pytest.raises(stream.ForeignData, match="Another process"):
        sync.ship(folder, connection)


@pytest.mark.usefixtures("online")
def test_somebody_deletes_the_folder_of_a_run_that_trains_and_no_value_is_lost(view) -> None:
    run = besom.init(project="deleted")
    folder = run.folder
    assert folder is not None
    run.log({"a": 1})
    shutil.rmtree(folder)
    run.log({"a": 2})
    assert run.status().sync_bytes_total >= 0
    run.finish()
    assert view.logged("deleted", run.id, "a") == [1, 2]
    folder.mkdir(exist_ok=True)  # what is captured at the end makes it anew
    spool.mark_done(folder, 1)
    assert spool.is_done(folder)  # so an agent that looks for what is unsent is not disturbed


def test_without_a_note_there_is_no_run_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"besom\.init"):
        sync.folder_of(tmp_path / "config-x.yaml")
