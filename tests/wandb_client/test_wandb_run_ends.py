"""How runs of the real client end: stopped, killed, preempted, offline and brought later."""

import re
from functools import partial

import pytest
from wandb_server import serving
from wandb_user import WandbUser

from besom.client.connection import Connection
from besom.protocol import ArtifactPage, EventPage, HistoryPage, Run, Viewer
from terminal_user import LONGEST
from waiting import until

LEASE = 20
"""Seconds: the client says nothing while a program begins and ends."""

STEADY = """
import sys, time, wandb
soon = wandb.Settings(x_file_stream_transmit_interval=1)
run = wandb.init(project="ends", id=sys.argv[1], resume="auto" if "auto" in sys.argv else None, settings=soon)
step = 0
try:
    while True:
        step += 1
        run.log({"loss": step})
        time.sleep(0.05)
        if step == 20:
            print("twenty rows", flush=True)
finally:
    print("rows:", step, flush=True)
"""

ROWS = """
import time, wandb
with wandb.init(project="ends", id="rows", settings=wandb.Settings(x_file_stream_transmit_interval=1)) as run:
    print("begun", flush=True)
    for step in range(80):
        run.log({"a": step})
        time.sleep(0.05)
"""
PREEMPTED = """
import sys, wandb
run = wandb.init(project="ends", id="preempted")
run.log({"loss": 1})
run.mark_preempting()
sys.exit(7)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One that soon misses a run."""
    with serving(tmp_path_factory.mktemp("server"), "--lease", str(LEASE)) as running:
        yield running


@pytest.fixture
def look_at():
    """Asks a server's own API about a run of the project ``ends``."""

    def ask(server, run, reply=Run, rest=""):
        connection = Connection(server.url, server.key)
        entity = connection.request("GET", "/viewer", reply=Viewer).entity
        return connection.request("GET", f"/projects/{entity}/ends/runs/{run}{rest}", reply=reply)

    return ask


@pytest.fixture
def look(server, look_at):
    """The same of the server of this file."""
    return partial(look_at, server)


def first_rows(script):
    """Waits until a script has logged twenty rows."""
    until(lambda: "twenty rows" in script.stdout.readline(), "row")


def test_stopped_killed_and_preempted_scripts_end_as_such_and_can_be_gone_on_with(user, look, connection, tmp_path):
    (auto := tmp_path / "auto").mkdir()
    remembered = {"WANDB_DIR": str(auto)}
    user.write("steady.py", STEADY)
    user.write("preempted.py", PREEMPTED)
    stopped, killed, preempted = scripts = [
        user.start("python", "steady.py", "stopped"),
        user.start("python", "steady.py", "killed", "auto", **remembered),
        user.start("python", "preempted.py"),
    ]
    try:
        first_rows(stopped)
        connection.request("POST", f"/projects/{look('stopped').entity}/ends/runs/stopped/stop")
        first_rows(killed)
        until(lambda: look("killed").steps, "row on the server")
        killed.kill()
        assert preempted.wait(LONGEST) == 7
        run = look("preempted")
        assert (run.state, run.reason) == ("preempted", "its machine was taken away (exit code 7)")
        until(lambda: look("killed").state == "crashed", "end by silence")
        assert f"was not heard for {LEASE} s" in look("killed").reason
        output, _ = stopped.communicate(timeout=LONGEST)
    finally:
        for script in scripts:
            script.kill()
            script.wait()
    run = look("stopped")
    assert (run.state, run.exit_code) == ("killed", 255)
    assert run.reason.startswith("stopped by ")
    begun = int(re.search(r"rows: (\d+)", output)[1])
    assert run.steps in (begun, begun - 1), "nothing is lost but a row that was cut off while it was logged"

    steps = look("killed").steps
    script = """
import wandb
with wandb.init(project="ends", resume="auto") as run:
    assert (run.id, run.starting_step > 0) == ("killed", True)
    run.log({"more": 1})
for run_id in ("preempted", "stopped"):
    with wandb.init(project="ends", id=run_id, resume="must") as run:
        run.log({"more": 1})
"""
    user.python(script, **remembered)
    for run_id in ("killed", "preempted", "stopped"):
        assert (look(run_id).state, look(run_id).exit_code) == ("finished", 0)
    assert look("killed").steps == steps + 1
    kinds = [event.kind for event in look("killed", EventPage, "/events").events]
    assert kinds[:3] == ["run.finished", "run.resumed", "run.crashed"]


def test_the_file_of_a_killed_script_brings_its_rows_once_however_often_it_is_synced(user, look):
    user.write(
        "offline.py",
        """
import os, signal, wandb
run = wandb.init(project="ends", id="offline", config={"a": 1}, tags=["t"])
artifact = wandb.Artifact("made", type="model", metadata={"of": "offline"})
with artifact.new_file("weights.txt") as file:
    file.write("weights")
run.log_artifact(artifact, aliases=["best"])
for step in range(3000):
    run.log({"loss": step})
print("printed", flush=True)
# The client writes its file behind the script's back, in blocks.
path = os.path.join(os.path.dirname(run.dir), "run-offline.wandb")
while os.path.getsize(path) < 60_000:
    pass
os.kill(os.getpid(), signal.SIGKILL)
""",
    )
    user.run("python", "offline.py", fails=True, WANDB_MODE="offline")
    (folder,) = (user.folder / "wandb").glob("offline-run-*")
    steps = []
    for _ in range(2):
        user.wandb("sync", "--include-synced", str(folder))
        run = look("offline")
        rows = look("offline", HistoryPage, "/history?limit=3000").rows
        values = [row["loss"] for row in rows]
        assert values == list(range(run.steps))
        steps.append(run.steps)
        assert (run.state, run.exit_code, run.config, run.tags) == ("failed", 1, {"a": 1}, ["t"])
        (made,) = look("offline", ArtifactPage, "/artifacts").artifacts
        assert (made.name, made.version, made.type, set(made.aliases)) == ("made", 0, "model", {"best", "latest"})
        assert made.metadata == {"of": "offline"}
    assert steps[0] == steps[1] > 500


def test_a_server_that_dies_and_comes_back_has_each_row_once(tmp_path, look_at):
    home = tmp_path / "server"
    home.mkdir()
    with serving(home) as first:
        user = WandbUser.at(tmp_path, first.url, first.key)
        user.write("rows.py", ROWS)
        script = user.start("python", "rows.py")
        try:
            until(lambda: "begun" in script.stdout.readline(), "run")
            until(lambda: look_at(first, "rows").steps, "row on the server")
            first.process.kill()
            first.process.wait()
            with serving(home, "--port", first.url.rpartition(":")[2]) as second:
                output, _ = script.communicate(timeout=LONGEST)
                assert script.returncode == 0, output
                run = look_at(second, "rows")
                assert (run.state, run.steps) == ("finished", 80)
                rows = look_at(second, "rows", HistoryPage, "/history").rows
        finally:
            script.kill()
    assert [row["a"] for row in rows] == list(range(80))
