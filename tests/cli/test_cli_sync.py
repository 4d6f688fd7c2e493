import os
import re
import sys
from pathlib import Path

from besom.protocol import Viewer
from besom.sdk.spool import DONE_NAME

OFFLINE = "import besom\nwith besom.init(project='synced', mode='offline') as run:\n    run.log({'loss': 0.5})\n"


def offline_run(user) -> Path:
    done = user.run([sys.executable, "-c", OFFLINE], None)
    assert done.code == 0, done.said
    return max((user.folder / "besom").iterdir(), key=os.path.getmtime)


def test_offline_runs_are_sent_once(user):
    for _ in range(2):
        offline_run(user)
    result = user.besom("sync")
    assert result.code == 0, result.said
    assert len(re.findall(r"^Sent \w+ \([\d.]+ \w+\)  http://", result.out, re.MULTILINE)) == 2
    assert result.out.endswith("2 of 2 runs sent.\n")
    assert user.besom("sync").out.startswith("Nothing to send below ")


def test_a_single_folder_can_be_named(user):
    first, second = offline_run(user), offline_run(user)
    assert user.besom("sync", str(first)).out.endswith("1 of 1 run sent.\n")
    assert second.name not in user.besom("sync", str(first)).said
    assert user.besom("sync").out.endswith("1 of 1 run sent.\n")


def test_what_arrived_can_be_read(user, server):
    offline_run(user)
    user.besom("sync")
    script = "import besom; print([list(run.scan_history())[0]['loss'] for run in besom.Api().runs('synced')][-1])"
    assert user.run([sys.executable, "-c", script], None).out == "0.5\n"


def test_files_that_are_gone_are_named_and_programs_that_may_go_on_elsewhere(user):
    script = (
        "import besom, os\nrun = besom.init(mode='offline', settings=besom.Settings(host='node7'))\n"
        "run.log({'page': besom.Html('hi')})\nos.kill(os.getpid(), 9)\n"
    )
    user.run([sys.executable, "-c", script], None)
    folder = max((user.folder / "besom").iterdir(), key=os.path.getmtime)
    (page,) = folder.glob("files/media/html/*")
    page.unlink()
    result = user.besom("sync", str(folder))
    assert result.code == 0
    assert f"Removed or overwritten before they could be sent: media/html/{page.name}" in result.err
    assert "Whether its program on node7 has ended cannot be told from here" in result.err


def test_a_folder_that_is_not_there_is_named(newcomer):
    assert "There is no folder nothing" in newcomer.fails("sync", "nothing")


def test_without_runs_no_server_is_started(newcomer, tmp_path):
    assert newcomer.besom("sync").code == 0
    assert not (tmp_path / "new").exists()


def test_a_server_that_is_away_leaves_the_runs_in_place(user):
    folder = offline_run(user)
    result = user.besom("sync", BESOM_BASE_URL="http://127.0.0.1:9", BESOM_API_KEY="x" * 40)
    assert result.code == 1
    assert f"Not sent: {folder}" in result.err
    assert user.besom("sync").out.endswith("1 of 1 run sent.\n")


def test_a_run_whose_first_line_is_damaged_is_sent_when_its_project_is_named(user):
    folder = offline_run(user)
    spool = folder / "spool.jsonl"
    first, rest = spool.read_bytes().split(b"\n", 1)
    spool.write_bytes(bytes(len(first)) + b"\n" + rest)
    refused = user.besom("sync")
    assert refused.code == 1
    assert f"Not sent: {folder}" in refused.err
    assert "besom sync --project NAME" in refused.err
    result = user.besom("sync", "--project", "saved", str(folder))
    assert (result.code, result.out.splitlines()[-1]) == (0, "1 of 1 run sent.")
    assert "Its first line was damaged" in result.err
    assert "/saved/runs/" in result.out


def test_a_run_that_was_deleted_there_says_where_else_it_can_go_and_how_to_be_rid_of_it(user, server):
    folder = offline_run(user)
    run_id = folder.name.rpartition("-")[2]
    assert user.besom("sync", str(folder)).code == 0
    entity = server.request("GET", "/viewer", reply=Viewer).entity
    server.request("DELETE", f"/projects/{entity}/synced/runs/{run_id}")
    (folder / DONE_NAME).unlink()
    refused = user.besom("sync", str(folder))
    assert refused.code == 1
    assert "was deleted" in refused.err
    assert f"delete it here, too: rm -r {folder}" in refused.err
    assert "Start a new run" not in refused.err, "that is for programs"
    assert user.besom("sync", "--project", "elsewhere", str(folder)).code == 0
