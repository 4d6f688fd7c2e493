"""``besom controller`` and ``besom sweep-scheduler`` as real processes beside real agents."""

import os
import re
import signal
import subprocess
import sys

import msgspec
from cli_user import Terminal

from besom.cli import INTERRUPTED
from besom.client.lookup import find_sweep
from besom.client.paths import ItemPath
from besom.protocol import RunPage
from terminal_user import LONGEST
from waiting import until

TRAIN = """
import besom
with besom.init() as run:
    run.log({"loss": run.config["x"] ** 2})
"""
OWN = """
program: train.py
method: custom
search: mine:propose
metric: {name: loss}
parameters: {x: {min: 0.0, max: 1.0}}
"""
MINE = """
def propose(config, runs):
    if len(runs) == 3:
        return None
    return {"x": (len(runs) + 1) / 10}
"""
OPTUNA = """
program: train.py
method: custom
scheduler: {engine: optuna}
metric: {name: loss}
run_cap: 3
parameters: {x: {min: 0.0, max: 1.0}}
"""


def sweep_of(user, name: str, text: str, *options: str) -> str:
    user.write("train.py", TRAIN)
    user.write(name, text)
    result = user.besom("sweep", "--json", name, *options)
    assert result.code == 0, result.said
    return msgspec.json.decode(result.out)["id"]


def runs_of(server, sweep_id: str) -> list:
    sweep = find_sweep(server, ItemPath(sweep_id))
    route = f"/projects/{sweep.entity}/{sweep.project}/runs"
    return server.request("GET", route, query={"sweep": sweep_id}, reply=RunPage).runs


class Beside:
    """A command that goes on while the test does something else."""

    def __init__(self, user, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "besom.cli", *arguments],
            cwd=user.folder,
            env=user.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
        )
        self.said = ""

    def read_until(self, text: str) -> None:
        while text not in self.said:
            line = self.process.stdout.readline()
            assert line, f"{text!r} was never printed: {self.said}"
            self.said += line

    def end(self, number: int | None = None) -> int:
        if number is not None:
            os.kill(self.process.pid, number)
        self.said += self.process.communicate(timeout=LONGEST)[0]
        return self.process.returncode


def test_a_function_in_the_folder_chooses_the_runs_and_its_none_ends_the_sweep(user, server):
    user.write("mine.py", MINE)
    sweep_id = sweep_of(user, "sweep.yaml", OWN)
    controller = Beside(user, "controller", "--verbose", "--poll-interval", "0.1", sweep_id)
    assert user.besom("agent", sweep_id).code == 0
    assert controller.end() == 0
    assert sorted(run.params["x"] for run in runs_of(server, sweep_id)) == [0.1, 0.2, 0.3]
    assert {run.why["function"] for run in runs_of(server, sweep_id)} == {"mine:propose"}
    assert "Schedule (x=0.1)" in controller.said
    assert "no more runs" in controller.said


def test_up_runs_the_controller_by_itself(user, server):
    user.write("mine.py", MINE)
    user.write("train.py", TRAIN)
    user.write("sweep.yaml", OWN)
    result = user.besom("up", "--json", "sweep.yaml")
    assert result.code == 0, result.said
    assert msgspec.json.decode(result.out)["sweep"]["runs_by_state"] == {"finished": 3}


def test_ctrl_c_in_up_asks_nothing_about_running_runs_where_there_are_none(user):
    user.write("mine.py", "def propose(config, runs):\n    open('asked', 'w').close()\n    return {}\n")
    user.write("train.py", TRAIN)
    user.write("sweep.yaml", OWN)
    terminal = Terminal(user, "up", "sweep.yaml")
    until((user.folder / "asked").exists)
    until(lambda: [log for log in user.folder.glob("besom/up-????????.log") if log.stat().st_size], "its agent's words")
    terminal.type("\x03")
    assert terminal.end() == INTERRUPTED
    assert "No new runs start, and none is running." in terminal.said
    assert "[g]o on" not in terminal.said
    assert re.search(r"Sweep \w{8} paused: no runs, in ", terminal.said)


def test_up_does_not_take_a_controller_that_is_slow_to_leave_for_one_that_failed(user, server):
    lingering = "import atexit, time\n\natexit.register(time.sleep, 600)\n\n\n"
    user.write("mine.py", lingering + "def propose(config, runs):\n    return None if runs else {'x': 0.5}\n")
    user.write("train.py", TRAIN)
    user.write("sweep.yaml", OWN)
    result = user.besom("up", "sweep.yaml")
    assert result.code == 0, result.said
    assert "What chooses the runs has ended" not in result.err


def test_up_ends_with_the_mistake_in_the_function(user, server):
    user.write("mine.py", "def propose(config, runs):\n    return {'x': 0.5} if not runs else runs[0].vale\n")
    user.write("train.py", TRAIN)
    user.write("sweep.yaml", OWN)
    result = user.besom("up", "sweep.yaml")
    assert result.code == 1
    assert "no attribute 'vale'" in result.err
    assert "What chooses the runs has ended" in result.err


def test_a_mistake_in_the_function_is_shown_with_the_users_part_of_the_traceback(user):
    user.write("mine.py", "def propose(config, runs):\n    return helper()\n\ndef helper():\n    return 1 / 0\n")
    sweep_id = sweep_of(user, "sweep.yaml", OWN)
    result = user.run([sys.executable, "-m", "besom.cli", "controller", sweep_id], None)
    assert result.code == 1
    assert "mine:propose failed" in result.err
    assert "ZeroDivisionError: division by zero" in result.err
    assert "mine.py" in result.err
    assert "return 1 / 0" in result.err
    assert "besom/controller" not in result.err


def test_a_module_or_function_that_is_not_here_is_named(user):
    sweep_id = sweep_of(user, "sweep.yaml", OWN)
    assert "names the module mine, which is not in" in user.fails("controller", sweep_id)
    user.write("mine.py", "x = 1\n")
    assert "no function 'propose'" in user.fails("controller", sweep_id)


def test_the_first_ctrl_c_ends_it_after_the_step_and_the_next_start_goes_on(user, server):
    user.write("mine.py", MINE)
    sweep_id = sweep_of(user, "sweep.yaml", OWN)
    controller = Beside(user, "controller", sweep_id)
    controller.read_until("Runs: 1 (Pending: 1)")
    refused = user.fails("controller", sweep_id)
    assert "Another controller is at work" in refused
    assert controller.end(signal.SIGINT) == 0
    assert "Go on with: besom controller" in controller.said
    again = Beside(user, "controller", "--poll-interval", "0.1", sweep_id)
    assert user.besom("agent", sweep_id).code == 0
    assert again.end() == 0
    assert len(runs_of(server, sweep_id)) == 3


def test_the_second_ctrl_c_aborts_a_step_that_hangs(user):
    user.write(
        "mine.py", "import time\ndef propose(config, runs):\n    print('asked', flush=True)\n    time.sleep(600)\n"
    )
    sweep_id = sweep_of(user, "sweep.yaml", OWN)
    controller = Beside(user, "controller", sweep_id)
    controller.read_until("asked")
    os.kill(controller.process.pid, signal.SIGINT)
    controller.read_until("Ending after this step")
    assert controller.end(signal.SIGINT) == 130


def test_creating_and_controlling_in_one_go(user, server):
    user.write("train.py", TRAIN)
    text = "program: train.py\nmethod: grid\nmetric: {name: loss}\nparameters: {x: {values: [1, 2]}}\n"
    user.write("sweep.yaml", text)
    controller = Beside(user, "sweep", "--controller", "--verbose", "sweep.yaml")
    controller.read_until("Runs: 1 (Pending: 1)")
    sweep_id = controller.said.split("Sweep ID: ")[1].split()[0]
    assert find_sweep(server, ItemPath(sweep_id)).config["controller"] == {"type": "local"}
    assert user.besom("agent", sweep_id).code == 0
    assert controller.end() == 0
    assert sorted(run.params["x"] for run in runs_of(server, sweep_id)) == [1, 2]


def test_options_that_make_no_sense_together_are_refused(user):
    user.write("sweep.yaml", OWN)
    assert "--verbose goes with --controller" in user.fails("sweep", "--verbose", "sweep.yaml")
    assert "--controller creates a sweep" in user.fails("sweep", "--controller", "--stop", "abcdefgh")


def test_a_sweep_that_the_server_searches_needs_no_controller(user):
    sweep_id = sweep_of(user, "grid.yaml", "program: train.py\nmethod: grid\nparameters: {x: {values: [1, 2]}}\n")
    assert "The server searches for this sweep" in user.fails("controller", sweep_id)


def test_optuna_chooses_the_runs(user, server):
    sweep_id = sweep_of(user, "sweep.yaml", OPTUNA)
    scheduler = Beside(user, "sweep-scheduler", "--batch-size", "2", "--poll-interval", "0.1", sweep_id)
    assert user.besom("agent", sweep_id).code == 0
    assert scheduler.end() == 0
    runs = [run for run in runs_of(server, sweep_id) if run.state == "finished"]
    assert len(runs) == 3
    assert {run.why["method"] for run in runs} == {"optuna"}
    assert "run_cap is reached" in scheduler.said


def test_the_engine_wandb_is_besoms_own_search_in_this_process(user, server):
    text = OPTUNA.replace("custom", "random").replace("optuna", "wandb")
    sweep_id = sweep_of(user, "sweep.yaml", text)
    scheduler = Beside(user, "sweep-scheduler", "--batch-size", "2", "--poll-interval", "0.1", sweep_id)
    assert user.besom("agent", sweep_id).code == 0
    assert scheduler.end() == 0
    assert {run.why["method"] for run in runs_of(server, sweep_id)} == {"random"}
