"""`besom up`: from a file to the best run."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cli_user import Terminal

from waiting import until

SWEEP = """\
program: train.py
method: grid
metric: {name: loss, goal: minimize}
parameters: {lr: {values: [3, 1, 2]}}
"""
TRAIN = "import besom\nrun = besom.init()\nrun.log({'loss': run.config.lr / 10})\n"
WAITS = """\
import pathlib, time
import besom
run = besom.init()
pathlib.Path(f"started-{run.config.lr}").touch()
while not pathlib.Path("go").exists():
    time.sleep(0.02)
run.log({"loss": run.config.lr})
"""
CATCHES = """\
import pathlib, signal, sys, time
import besom
def leave(*_):
    time.sleep(0.5)
    pathlib.Path("saved").touch()
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
run = besom.init()
pathlib.Path(f"started-{run.config.lr}").touch()
while True:
    time.sleep(0.02)
"""


@pytest.fixture
def folder(user) -> Path:
    user.write("sweep.yaml", SWEEP)
    user.write("train.py", TRAIN)
    return user.folder


def sweep_of(said: str) -> str:
    found = re.search(r"Sweep (?:\x1b\[\d+m)*([\w/]+)", said)
    assert found, said
    return found[1]


def begin(user, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "besom.cli", "up", *arguments],
        cwd=user.folder,
        env=user.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_file_becomes_a_sweep_that_is_run_to_its_end_and_the_best_run_is_shown(user, folder):
    result = user.besom("up", "sweep.yaml", "--agents", "3")
    assert result.code == 0, result.said
    assert len(re.findall(r"finished  loss = 0\.\d", result.err)) == 3
    assert re.search(r"^Sweep \w{8} finished: 3 finished, in ", result.out, re.MULTILINE)
    assert re.search(r"^Best: loss = 0\.1 by .+\n +lr=1$", result.out, re.MULTILINE)
    assert "Page: http" in result.out


def test_a_script_gets_the_best_run_as_json(user, folder):
    result = user.besom("up", "sweep.yaml", "--agents", "2", "--json")
    told = json.loads(result.out)
    assert (result.code, result.err, told["exit_code"]) == (0, "", 0)
    assert (told["sweep"]["state"], told["sweep"]["run_count"]) == ("FINISHED", 3)
    assert (told["best"]["params"], told["best"]["best"]) == ({"lr": 1}, 0.1)
    assert told["best"]["url"].startswith("http")


def test_count_ends_it_and_a_later_up_goes_on(user, folder):
    first = user.besom("up", "sweep.yaml", "--count", "1")
    path = re.search(r"Go on with: besom up (\S+)", first.out)[1]
    assert first.code == 0
    told = json.loads(user.besom("up", path, "--json").out)
    assert (told["sweep"]["path"], told["sweep"]["run_count"]) == (path, 3)


def test_a_program_that_fails_is_shown_with_what_it_said(user, folder):
    user.write("train.py", "raise SystemExit('no data here')\n")
    result = user.besom("up", "sweep.yaml")
    assert result.code == 1
    assert "no data here" in result.err
    assert re.search(r"\(\w{8}\) failed  ", result.err)
    assert re.search(r"All that it said: .*up-\w{8}\.log", result.err)


def test_a_program_that_is_not_here_creates_no_sweep_and_starts_no_server(newcomer, tmp_path):
    newcomer.write("sweep.yaml", SWEEP)
    assert "There is no file train.py in" in newcomer.fails("up", "sweep.yaml")
    assert not (tmp_path / "new").exists()


def test_gpus_that_cannot_be_shared_out_create_no_sweep_and_start_no_server(newcomer, tmp_path):
    newcomer.write("sweep.yaml", SWEEP)
    newcomer.write("train.py", TRAIN)
    assert "no GPUs are given" in newcomer.fails("up", "sweep.yaml", "--gpus-per-run", "2")
    assert not (tmp_path / "new").exists()


def test_on_a_terminal_one_line_shows_the_progress(user, folder):
    terminal = Terminal(user, "up", "sweep.yaml", "--agents", "2")
    assert terminal.end() == 0
    assert re.search(r"[░█]{20} \d of 3 runs", terminal.said)
    assert "finished  loss" not in terminal.said


def test_ctrl_c_starts_no_new_runs_and_asks_and_the_work_can_go_on(user, folder, server):
    user.write("train.py", WAITS)
    terminal = Terminal(user, "up", "sweep.yaml")
    until((folder / "started-3").exists)
    terminal.type("\x03")
    terminal.read_until("[g]o on")
    assert state(server, sweep_of(terminal.said)) == "PAUSED"
    terminal.type("g\n")
    until(lambda: state(server, sweep_of(terminal.said)) == "RUNNING")
    (folder / "go").touch()
    assert terminal.end() == 0
    assert "3 finished" in terminal.said


def assert_goes_on_once_the_server_is_back(newcomer, terminal):
    newcomer.besom("env")  # starts it again
    try:
        terminal.type("g\n")
        (newcomer.folder / "go").touch()
        assert terminal.end() == 0
    finally:
        newcomer.besom("server", "stop")
    assert "3 finished" in terminal.said


def test_who_wants_to_go_on_while_the_server_is_away_is_asked_again_and_the_runs_live(newcomer):
    newcomer.write("sweep.yaml", SWEEP)
    newcomer.write("train.py", WAITS)
    terminal = Terminal(newcomer, "up", "sweep.yaml")
    until((newcomer.folder / "started-3").exists)
    terminal.type("\x03")
    terminal.read_until("[g]o on")
    newcomer.besom("server", "stop")
    terminal.said = ""
    terminal.type("g\n")
    terminal.read_until("[g]o on")
    assert "No besom server answers" in terminal.said
    assert_goes_on_once_the_server_is_back(newcomer, terminal)


def test_ctrl_c_while_the_server_is_away_promises_no_more_than_it_can_and_the_work_can_go_on(newcomer):
    newcomer.write("sweep.yaml", SWEEP)
    newcomer.write("train.py", WAITS)
    terminal = Terminal(newcomer, "up", "sweep.yaml")
    terminal.read_until("1 running")
    newcomer.besom("server", "stop")
    terminal.type("\x03")
    terminal.read_until("[g]o on")
    assert re.search(r"No besom server answers at .* No new runs start until it does\. 1 running\.", terminal.said)
    assert_goes_on_once_the_server_is_back(newcomer, terminal)


def test_after_ctrl_c_the_running_runs_can_be_waited_for(user, folder, server):
    user.write("train.py", WAITS)
    terminal = Terminal(user, "up", "sweep.yaml")
    until((folder / "started-3").exists)
    terminal.type("\x03")
    terminal.read_until("[g]o on")
    terminal.type("w\n")
    terminal.read_until("Waiting for the running runs")
    (folder / "go").touch()
    assert terminal.end() == 130
    assert re.search(r"Sweep \w{8} paused: 1 finished", terminal.said)


def test_a_second_ctrl_c_ends_the_running_runs(user, folder, server):
    user.write("train.py", WAITS)
    terminal = Terminal(user, "up", "sweep.yaml")
    until((folder / "started-3").exists)
    terminal.type("\x03")
    terminal.read_until("[g]o on")
    terminal.type("\x03")
    assert terminal.end() == 130
    assert re.search(r"Sweep \w{8} paused: 1 killed", terminal.said)


def test_a_second_ctrl_c_after_the_answer_wait_lets_the_runs_end_themselves(user, folder, server):
    user.write("train.py", CATCHES)
    terminal = Terminal(user, "up", "sweep.yaml", "--verbose")
    until((folder / "started-3").exists)
    terminal.type("\x03")
    terminal.read_until("[g]o on")
    terminal.type("w\n")
    terminal.read_until("Ctrl-C: no more runs")
    terminal.type("\x03")
    assert terminal.end() == 130
    assert (folder / "saved").exists()


def test_where_nobody_can_be_asked_an_interrupt_waits_for_the_running_runs(user, folder):
    user.write("train.py", WAITS)
    process = begin(user, "sweep.yaml")
    until((folder / "started-3").exists)
    process.send_signal(signal.SIGINT)
    while "no new runs" not in process.stderr.readline():
        assert process.poll() is None, process.communicate()
    (folder / "go").touch()
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, out + err
    assert "paused: 1 finished" in out


def test_sigterm_reaches_the_runs(user, folder):
    user.write("train.py", WAITS)
    process = begin(user, "sweep.yaml")
    until((folder / "started-3").exists)
    process.terminate()
    out, err = process.communicate(timeout=120)
    assert process.returncode == 128 + signal.SIGTERM, out + err
    assert "1 killed" in out


def test_nothing_is_left_when_it_is_killed(user, folder):
    user.write("train.py", WAITS.replace(".touch()", ".write_text(str(__import__('os').getpid()))", 1))
    process = begin(user, "sweep.yaml")
    started = folder / "started-3"
    until(lambda: started.exists() and started.read_text())
    process.kill()
    process.communicate(timeout=120)
    program = int(started.read_text())
    until(lambda: not is_alive(program))


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def state(server, path: str) -> str:
    from besom.client.lookup import find_sweep
    from besom.client.paths import parse_item

    return find_sweep(server, parse_item(path, "sweep")).state
