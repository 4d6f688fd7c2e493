"""`besom launch ssh`, with a real OpenSSH server."""

import getpass
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from launch_contract import Contract, until

from besom.launch import program, ssh
from besom.launch.life import start
from besom.launch.order import Order
from besom.launch.program import EngineError, Unfinished

ADDRESSES = ("127.0.0.1", "127.0.0.3")
HOST, OTHER = (f"{getpass.getuser()}@{address}" for address in ADDRESSES)
SEARCHED = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[list[str]]:
    """A server on loopback, at two addresses, whose shells greet everybody; yields the options by which a client gets
    in. While there is a file ``deaf``, they are cut off before they listen. While there is a file ``fault``, nobody
    hears more of them than the first two lines, and what stands in it is done at their end."""
    daemon = shutil.which("sshd", path=SEARCHED)
    if daemon is None or shutil.which("ssh") is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("sshd or ssh not found: scripts/install-test-tools installs what the tests need.")
    for name in ("host", "mine"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    (tmp_path / "shell").write_text(
        f"""printf 'Welcome to this host'
        [ ! -e {tmp_path}/deaf ] || kill -KILL $PPID
        [ -e {tmp_path}/fault ] || exec sh -c "$SSH_ORIGINAL_COMMAND"
        sh -c "$SSH_ORIGINAL_COMMAND" | {{ head -n 2; cat >/dev/null; . {tmp_path}/fault; }}"""
    )
    lines = {
        "HostKey": tmp_path / "host",
        "AuthorizedKeysFile": tmp_path / "mine.pub",
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PermitRootLogin": "yes",
        "ForceCommand": f"exec sh {tmp_path}/shell",
    }
    said = [*(("ListenAddress", address) for address in ADDRESSES), *lines.items()]
    (tmp_path / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in said))
    options = ["StrictHostKeyChecking=no", f"UserKnownHostsFile={tmp_path}/known", "IdentitiesOnly=yes"]
    with listening([daemon, "-D", "-e", "-f", str(tmp_path / "sshd_config")], tmp_path / "sshd.log") as port:
        yield ["-F", "none", "-p", str(port), "-i", str(tmp_path / "mine"), *(f"-o{option}" for option in options)]


@contextmanager
def listening(words: list[str], log: Path) -> Iterator[int]:
    """Starts sshd at a port that is free at all addresses, and at another where somebody was faster; gives the port."""
    for _ in range(10):
        with socket.socket() as free:
            free.bind(("", 0))
            port = free.getsockname()[1]
        with log.open("wb") as output:
            server = subprocess.Popen([*words, "-p", str(port)], stderr=output)
        try:
            until(
                lambda server=server: server.poll() is not None or len(tried(log)) == len(ADDRESSES),
                "the start of sshd",
            )
            if tried(log) == ["Server listening"] * len(ADDRESSES):
                yield port
                return
        finally:
            server.terminate()
            server.wait()
    pytest.fail(f"sshd does not start:\n{log.read_text()}")


def tried(log: Path) -> list[str]:
    """What became of each address so far."""
    return re.findall("Server listening|Bind to port", log.read_text())


@pytest.fixture
def order(tmp_path: Path) -> Order:
    """An agent that works until it is ended."""
    working = ("sh", "-c", "while :; do sleep 1; done")
    return Order(id="0a1b2c3d", sweep="me/x/y", url="http://x", key="", besom=working, folder=str(tmp_path))


def test_where_the_connection_breaks_before_the_shell_listens_no_agent_was_started(
    sshd: list[str], order: Order, tmp_path: Path
) -> None:
    (tmp_path / "deaf").touch()
    with pytest.raises(EngineError, match=f"Not started on {HOST}: .*255(.|\n)*closed") as told:
        ssh.submit(order, [HOST], sshd)
    assert not isinstance(told.value, Unfinished), "nothing is left to be ended"
    assert not (tmp_path / "besom").exists()


@pytest.mark.parametrize(
    ("fault", "patience", "said"),
    [
        ("kill -KILL $PPID", 120, "ended with exit code 255"),
        ("while [ -e fault ]; do sleep 0.1; done", 20, "was ended after 20 s"),
    ],
    ids=["broken", "silent"],
)
def test_an_agent_whose_host_is_lost_before_it_answers_is_found_by_its_note(
    sshd: list[str], order: Order, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, patience: int, said: str
) -> None:
    (tmp_path / "fault").write_text(f"cd {tmp_path}; {fault}")
    with monkeypatch.context() as changed:
        changed.setattr(program, "PATIENCE_SECONDS", patience)
        with pytest.raises(Unfinished) as told:
            ssh.submit(order, ["127.0.0.2", HOST], sshd)
    (tmp_path / "fault").unlink()
    assert re.search(r"Not started on 127\.0\.0\.2: (.|\n)*refused", told.value.message)
    assert f"Perhaps started on {HOST}: no answer came. ssh {said}" in told.value.message
    assert f"To ask that host again: besom launch status {order.id}." in told.value.message
    agents = told.value.handle
    (found,) = agents.look()
    assert (found.state, found.place) == ("running", HOST)
    agents.stop()
    assert [(job.name, job.state) for job in agents.look()] == [(found.name, "ended")]
    (none,) = msgspec.structs.replace(agents, id="another").look()
    assert (none.state, none.detail) == ("ended", "has not begun")


@pytest.mark.timeout(400)  # waits for conditions of its own, each with its patience
def test_agents_are_started_and_ended_over_ssh(launcher, sshd):
    variables = [f"--env={name}" for name in ("HOME", "BESOM_HOME", "PATH")]
    contract = Contract(launcher, ["ssh", f"{HOST},{OTHER}"], ["--slots=1", *variables], sshd)
    contract.shows_what_it_would_do_and_no_secret()
    first = contract.launched()
    places = [(job["place"], job["state"]) for job in contract.status(first["id"])["jobs"]]
    assert places == [(HOST, "running"), (OTHER, "running")]
    (log,) = {agent["log"] for agent in first["handle"]["agents"]}  # in the folder that both hosts see
    contract.can_be_stopped_at_work(first["id"])
    assert Path(log).read_text().count("ends after 1 run: 1 preempted") == 2

    # One of two hosts cannot be reached: the other's agent works, and the command says what failed.
    contract.words, contract.options[0] = ["ssh", f"127.0.0.2,{HOST}"], "--slots=2"
    half = launcher.user.besom(*contract.command())
    assert half.code == 1
    assert "Not started on 127.0.0.2" in half.err
    assert "refused" in half.err
    contract.works()
    contract.ends_with_the_sweep(re.search("Launched ([0-9a-f]+)", half.out)[1])

    # No agent can be started: nothing is left of the launch, nor its key.
    contract.words, contract.options = ["ssh", HOST], ["--besom", "/nowhere/besom"]
    launcher.says("sweep", "--resume", contract.path)
    assert "There is no /nowhere/besom here" in launcher.user.fails(*contract.command())
    contract.left_nothing()

    # The same with an engine that breaks in a way that nobody foresaw.
    broken = Order(id="0a1b2c3d", sweep=contract.path, url=launcher.server.url, key="")
    with pytest.raises(ZeroDivisionError):
        start(launcher.server, broken, "any", lambda order: 1 / len(order.variables))
    contract.left_nothing()
