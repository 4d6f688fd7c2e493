"""Whatever dies, nothing is lost and nothing runs twice."""

import contextlib
import io
import json
import socket
import threading
from pathlib import Path
from signal import Signals

import msgspec
from agent_world import PATIENCE, World, start_server
from faulty_proxy import Fate, FaultyProxy
from forgetful_proxy import ForgetfulProxy

from besom.agent import spools
from besom.agent.output import Output
from besom.agent.pool import PoolSession
from besom.agent.session import Session
from besom.client import embedded
from besom.client.connection import Connection
from besom.client.paths import ItemPath
from besom.client.queueing import enqueue
from besom.protocol import InitRecord, NewPoint, NewRun, NextRun, RunExit
from besom.sdk import spool, sync
from besom.sdk.capture import printed
from waiting import until

# For programs that never call init, which are failures.
NEVER_GIVE_UP = {"BESOM_AGENT_DISABLE_FLAPPING": "true", "BESOM_AGENT_MAX_INITIAL_FAILURES": "1000"}
LOG_AND_DIE = """
import besom, os
run = besom.init()
for step in range(500):
    run.log({"loss": step})
os.kill(os.getpid(), 9)
"""
WAIT = """
import besom, os, time
run = besom.init()
run.log({"loss": 1})
open("ready", "w").write(str(os.getpid()))
while not os.path.exists("go"):
    time.sleep(0.01)
run.log({"loss": 2})
run.finish()
"""
# Goes on for a moment when its agent is dead.
DEAF = """
import besom, os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
run, agent = besom.init(), os.getppid()
open("ready", "w").close()
while os.getppid() == agent:
    time.sleep(0.01)
for word in "abc":
    print(word, flush=True)
    time.sleep(0.05)
open("said", "w").close()
"""
# Makes it impossible to bring its last words into the spool, as a full disk does.
BLOCK = """
import besom, os
run = besom.init()
os.mkdir(f"{run.folder}/{PRINTED}")
os.kill(os.getpid(), 9)
"""


def grid(size: int) -> dict[str, object]:
    return {"method": "grid", "parameters": {"x": {"values": list(range(size))}}}


def test_every_row_of_a_killed_program_arrives(world: World) -> None:
    world.program(LOG_AND_DIE)
    sweep = world.sweep()
    assert world.agent(sweep, "--count", "1").end() == 0
    run = world.run(sweep)
    assert [row["loss"] for row in world.history(run)] == list(range(500))
    assert run.exit_code == -Signals.SIGKILL


def test_a_killed_agent_leaves_no_process(world: World) -> None:
    world.program(WAIT)
    agent = world.agent(world.sweep())
    until((world.folder / "ready").exists)
    pid = int(until((world.folder / "ready").read_text))
    agent.send(Signals.SIGKILL)
    until(lambda: not Path(f"/proc/{pid}").exists())


def test_a_program_that_prints_does_not_fail_because_its_agent_was_killed(world: World) -> None:
    world.program(DEAF)
    agent = world.agent(world.sweep(**grid(1)), "--slots", "2", BESOM_AGENT_KILL_DELAY="60")
    until((world.folder / "ready").exists)
    agent.send(Signals.SIGKILL)
    until((world.folder / "said").exists)


def test_the_next_agent_sends_what_a_killed_one_left(world: World) -> None:
    world.program(LOG_AND_DIE.replace("os.kill(", "os.kill(os.getppid(), 9); os.kill("))
    sweep = world.sweep()
    world.agent(sweep).end()
    (first,) = world.runs(sweep)
    world.program("import besom; besom.init()")
    assert world.agent(sweep, "--count", "1").end() == 0
    until(lambda: len(world.history(first)) == 500)


def test_runs_that_other_machines_left_in_a_shared_folder_are_sent_when_the_server_has_given_them_up(
    world: World, tmp_path: Path
) -> None:
    sweep, said = world.sweep(), Output(io.StringIO())
    session = Session(world.connection, ItemPath(sweep.id), said)
    joined = msgspec.structs.replace(session.join(), lease_seconds=0.0)
    runs: list[str] = []
    for number in range(2):
        asked = session.next(holding=runs)
        assert isinstance(asked, NextRun)
        about = NewRun(id=asked.run_id, sweep_id=sweep.id, started=1.0, spool="s", host="another-machine")
        place = tmp_path / f"run-20260131_12000{number}-{asked.run_id}"
        spool.Spool(place, InitRecord(project=sweep.project, entity=sweep.entity, run=about)).close()
        runs.append(asked.run_id)
    session.report(runs[0], RunExit(exit_code=1))
    spools.ship_left(tmp_path, joined, session, said)
    assert [folder.name[-len(runs[1]) :] for folder in sync.unsent(tmp_path)] == [runs[1]]
    session.report(runs[1], RunExit(exit_code=1))
    spools.ship_left(tmp_path, joined, session, said)
    assert sync.unsent(tmp_path) == []


def test_an_agent_that_saw_its_run_end_brings_its_last_words_from_another_machine_too(
    world: World, tmp_path: Path
) -> None:
    parameter_file, said = tmp_path / "config-abc.yaml", Output(io.StringIO())
    about = NewRun(id="abc", started=1.0, spool="s", host="another-machine")
    spool.Spool(tmp_path / "run-20260131_120000-abc", InitRecord(project="words", run=about)).close()
    (tmp_path / "run-20260131_120000-abc" / printed.NAME).write_text("{}\nlast words")
    parameter_file.touch()
    sync.note_folder(parameter_file, tmp_path / "run-20260131_120000-abc")
    spools.ship_run(parameter_file, PoolSession(world.connection, (world.entity, "words"), said), said)
    assert sync.unsent(tmp_path) == []
    assert "last words" in (tmp_path / "run-20260131_120000-abc" / spool.FILE_NAME).read_text()


def test_a_run_whose_folder_takes_no_more_files_is_reported_all_the_same(world: World) -> None:
    world.program(BLOCK.replace("{PRINTED}", printed.NAME))
    sweep = world.sweep()
    agent = world.agent(sweep, "--count", "1")
    assert agent.end() == 0, agent.output
    assert world.run(sweep).exit_code == -Signals.SIGKILL


def test_a_run_whose_first_line_is_damaged_is_not_passed_over_in_silence(world: World, tmp_path: Path) -> None:
    folder, parameter_file, said = tmp_path / "run-20260131_120000-abc", tmp_path / "config-abc.yaml", io.StringIO()
    folder.mkdir()
    (folder / spool.FILE_NAME).write_bytes(bytes(40) + b'\n{"type":"exit","code":0,"time":1.0}\n')
    parameter_file.touch()
    sync.note_folder(parameter_file, folder)
    output = Output(said)
    spools.ship_run(parameter_file, PoolSession(world.connection, (world.entity, "short"), output), output)
    assert f"To send it later: besom sync {folder}" in said.getvalue()


def test_a_run_that_left_nothing_to_send_is_no_sign_that_the_server_answers_again(tmp_path: Path) -> None:
    folder, parameter_file, said = tmp_path / "run-20260131_120000-abc", tmp_path / "config-abc.yaml", io.StringIO()
    spool.Spool(folder, InitRecord(project="done", run=NewRun(id="abc", started=1.0, spool="s"))).close()
    spool.mark_done(folder, (folder / spool.FILE_NAME).stat().st_size)
    parameter_file.touch()
    sync.note_folder(parameter_file, folder)
    output = Output(said)
    output.server_away("No besom server answers.")
    spools.ship_run(parameter_file, Session(Connection("http://127.0.0.1:9", "k"), ItemPath("abc"), output), output)
    assert "answers again" not in said.getvalue()


def test_an_agent_that_could_not_report_does_not_speak_for_programs_that_have_told_their_end() -> None:
    said = io.StringIO()
    session = Session(Connection("http://127.0.0.1:9", "k"), ItemPath("abc"), Output(said))
    for run_id, words in (("a", "the run ended; it counts"), ("b", "2 runs ended; they count")):
        session.begins(run_id)
        assert not session.leave()
        assert f"how {words} as crashed, unless " in said.getvalue()


def test_lost_answers_cost_nothing(world: World) -> None:
    sweep = world.sweep(**grid(4), command=["/bin/sh", "-c", "echo ${x} >> started; sleep 0.5"])
    with ForgetfulProxy(world.server.url, lose=r"/agents/|/sweeps/") as proxy:
        point = NewPoint(params={"x": 2})
        queued = enqueue(Connection(proxy.url, world.server.key), sweep.id, point).id
        assert point.id is None, "it may be queued again"
        agent = world.agent(sweep, BESOM_BASE_URL=proxy.url, BESOM_API_KEY=world.server.key, **NEVER_GIVE_UP)
        assert agent.end() == 0, agent.output
    kinds = {path.rpartition("/")[2] for path in proxy.lost}
    assert {"queue", "agents", "next", "exit", "heartbeat"} <= kinds
    assert world.runs(sweep)[0].id == queued
    assert sorted((world.folder / "started").read_text().split()) == ["0", "1", "2", "3"]
    assert [run.exit_code for run in world.runs(sweep)] == [0, 0, 0, 0]


def test_one_request_reports_a_run_and_asks_for_the_next_and_its_answer_may_be_lost(world: World) -> None:
    world.program("import besom; besom.init().log({'loss': 1})")
    sweep = world.sweep(**grid(3))
    with ForgetfulProxy(world.server.url, lose=r"/next|/exit") as proxy:
        agent = world.agent(sweep, BESOM_BASE_URL=proxy.url, BESOM_API_KEY=world.server.key)
        assert agent.end() == 0, agent.output
    assert [path.rpartition("/")[2] for path in proxy.lost] == ["next"] * 4
    assert [(run.state, run.config["x"]) for run in world.runs(sweep)] == [("finished", x) for x in range(3)]
    assert agent.output.count(" finished after ") == 3


def test_a_run_that_comes_when_the_agent_is_about_to_end_goes_back(world: World) -> None:
    sweep = world.sweep(
        **grid(2), command=["/bin/sh", "-c", "echo ${x} >> started; while ! test -e go; do sleep .01; done"]
    )
    asked, ended = threading.Event(), threading.Event()

    def watch(_method: str, path: str, body: bytes) -> Fate:
        if not path.endswith("/next") or not json.loads(body).get("holding"):
            return Fate()

        def answered() -> None:
            asked.set()
            ended.wait(PATIENCE)

        return Fate(answered=answered)

    with FaultyProxy(world.server.url, watch) as proxy:
        agent = world.agent(sweep, "--slots", "2", BESOM_BASE_URL=proxy.url, BESOM_API_KEY=world.server.key)
        assert asked.wait(PATIENCE)
        agent.send(Signals.SIGINT)
        agent.says("no more runs")
        first, _ = (run.id for run in world.runs(sweep))
        ended.set()
        until(lambda: [run.id for run in world.runs(sweep)] == [first], "the end of the run that it does not begin")
        (world.folder / "go").touch()
        assert agent.end() == 0, agent.output
    assert [run.id for run in world.runs(sweep)] == [first]
    assert world.look(sweep).state == "RUNNING", "a point is free again"
    assert (world.folder / "started").read_text().split() == ["0"]


def test_a_run_outlasts_the_restart_of_the_server_at_another_port(own_world: World) -> None:
    world = own_world
    world.program(WAIT)
    sweep = world.sweep()
    address = {"BESOM_BASE_URL": world.server.url, "BESOM_API_KEY": world.server.key}  # lest it start a server itself
    agent = world.agent(sweep, "--count", "1", **address)
    until((world.folder / "ready").exists)
    embedded.stop(world.home)
    (world.folder / "go").touch()
    agent.says("Trying again")
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # one of another test was faster
            taken.bind(("127.0.0.1", int(world.server.url.rpartition(":")[2])))  # another program has its port now
        start_server(world.home)
        assert agent.end() == 0, agent.output
    assert "answers again" in agent.output
    world = World(world.home, world.folder)
    run = world.run(sweep)
    assert run.state == "finished"
    assert [row["loss"] for row in world.history(run)] == [1, 2]


def test_an_agent_whose_server_is_gone_can_still_be_ended(own_world: World) -> None:
    world = own_world
    sweep = world.sweep(command=["/bin/sh", "-c", "echo $$ > pid; while ! test -e go; do sleep 0.01; done"])
    agent = world.agent(sweep, BESOM_BASE_URL=world.server.url, BESOM_API_KEY=world.server.key)
    pid = int(until(lambda: (world.folder / "pid").exists() and (world.folder / "pid").read_text()))
    embedded.stop(world.home)
    (world.folder / "go").touch()
    until(lambda: not Path(f"/proc/{pid}").exists())  # while it runs, the second Ctrl-C is for it alone
    agent.says("Trying again")
    agent.send(Signals.SIGINT)
    agent.says("no more runs")
    agent.send(Signals.SIGINT)
    assert agent.end() == 0
    assert "Traceback" not in agent.output
