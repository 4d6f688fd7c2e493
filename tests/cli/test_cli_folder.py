"""`besom init`, `offline` and `online`: what holds for a folder."""

import json

from cli_user import GRID, Terminal

TRAIN = "import besom\nrun = besom.init()\nrun.log({'loss': 1})\n"


def test_what_init_keeps_is_used_for_sweeps_and_runs_of_the_folder(user):
    assert "project kept" in user.besom("init", "-p", "kept", "-e", "me").out
    user.write("sweep.yaml", GRID)
    status = json.loads(user.besom("status", "--json").out)
    assert (status["project"], status["entity"]) == ("kept", "me")
    user.besom("init", "--reset", "-p", "kept")
    assert "/kept/" in user.besom("sweep", "sweep.yaml").out
    assert "/other/" in user.besom("sweep", "sweep.yaml", BESOM_PROJECT="other").out
    assert "(from besom init)" in user.besom("status").out


def test_init_asks_for_the_project_on_a_terminal(user):
    terminal = Terminal(user, "init")
    terminal.read_until("[work]")
    terminal.type("asked\n")
    assert terminal.end() == 0
    assert "project asked" in terminal.said
    assert (user.folder / "besom" / "settings").read_text() == "[default]\nproject = asked\n"


def test_reset_forgets(user):
    user.besom("init", "-p", "kept")
    assert user.besom("init", "--reset").out.endswith("nothing.\n")


def test_a_name_that_no_address_can_hold_is_refused(user):
    assert "a/b" in user.fails("init", "-p", "a/b")


def test_offline_sends_nothing_until_online(user):
    user.write("train.py", TRAIN)
    assert "send nothing" in user.besom("offline").out
    user.shell("python train.py", BESOM_PROJECT="off")
    assert len(list((user.folder / "besom").glob("*run-*"))) == 1
    assert "neither a sweep nor a project off" in user.fails("runs", "off")
    assert "sent to the server again" in user.besom("online").out
    user.shell("python train.py", BESOM_PROJECT="off")
    assert len(user.besom("runs", "off").out.splitlines()) == 2
    assert user.besom("sync").code == 0
    assert len(user.besom("runs", "off").out.splitlines()) == 3


def test_a_variable_that_wins_over_online_or_offline_is_named(user):
    assert "offline, which wins" in user.besom("online", BESOM_MODE="offline").err
    assert "online, which wins" in user.besom("offline", BESOM_MODE="online").err
    assert "wins" not in user.besom("offline", BESOM_MODE="dryrun").err
