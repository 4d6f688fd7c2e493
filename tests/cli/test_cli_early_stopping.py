"""A run that early stopping ended reads as *stopped early*, not as a failure."""

import json
import re

import pytest
from cli_user import GRID, User, environment

RULE = "metric: {name: loss, goal: minimize}\nearly_terminate: {type: asha, min_iter: 1}\n"
TRAIN = """
import time
import besom
run = besom.init()
run.log({"loss": run.config.lr})
while run.config.lr > 0.1:
    time.sleep(0.05)
"""


@pytest.fixture(scope="module")
def up(home, tmp_path_factory):
    """`besom up` on a sweep whose second and third run go on until they are stopped, and what it said."""
    user = User(tmp_path_factory.mktemp("stopping"), environment(home))
    user.write("sweep.yaml", GRID + RULE)
    user.write("train.py", TRAIN)
    result = user.besom("up", "sweep.yaml", "--agents", "1")
    assert result.code == 0, result.said
    return user, result


def test_up_says_that_runs_were_stopped_early(up):
    _, result = up
    assert (
        len(re.findall(r"stopped early .*stopped at its 1st value: 0.\d was worse than 0.1, the best", result.err)) == 2
    )
    assert "1 finished, 2 stopped early, in " in result.out
    assert "killed" not in result.said


def test_status_and_runs_say_so_too(up):
    user, result = up
    path = re.search(r"(\w+/\w[\w-]*/\w+)", result.said)[1]
    assert "3 of 3 (1 finished, 2 stopped early)" in user.besom("status", path).out
    rows = user.besom("runs", path).out.splitlines()[1:]
    assert [re.search(r"finished|stopped early|killed", row)[0] for row in rows] == [
        "finished",
        "stopped early",
        "stopped early",
    ]
    runs = json.loads(user.besom("runs", path, "--json").out)
    assert [run["state"] for run in runs] == ["finished", "killed", "killed"]
    assert [run["stopped"] and run["stopped"]["rule"] for run in runs] == [None, "asha", "asha"]


def test_a_replay_points_out_that_they_are_cut(up):
    user, result = up
    path = re.search(r"(\w+/\w[\w-]*/\w+)", result.said)[1]
    assert "2 of its runs were stopped early themselves" in user.besom("replay", path).err
