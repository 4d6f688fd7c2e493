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
from besom.launch.program import Unfinished

SEARCHED = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[list[str]]:
    """A server on loopback whose shells greet everybody, and do not end while there is a file ``hangs``; yields the
    options by which a client gets in."""
    daemon = shutil.which("sshd", path=SEARCHED)
    if daemon is None or shutil.which("ssh") is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("sshd or ssh not found: scripts/install-test-tools installs what the tests need.")
    for name in ("host", "mine"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    hanging = f"code=$?; while [ -e {tmp_path}/hangs ]; do sleep 0.1; done; exit $code"
    lines = {
        "ListenAddress": "127.0.0.1",
        "HostKey": tmp_path / "host",
        "AuthorizedKeysFile": tmp_path / "mine.pub",
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PermitRootLogin": "yes",
        "ForceCommand": f'printf "Welcome to this host"; eval "$SSH_ORIGINAL_COMMAND"; {hanging}',
    }
    (tmp_path / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
    options = ["StrictHostKeyChecking=no", f"UserKnownHostsFile={tmp_path}/known", "IdentitiesOnly=yes"]
    with listening([daemon, "-D", "-e", "-f", str(tmp_path / "sshd_config")], tmp_path / "sshd.log") as port:
        yield ["-F", "none", "-p", str(port), "-i", str(tmp_path / "mine"), *(f"-o{option}" for option in options)]


@contextmanager
def listening(words: list[str], log: Path) -> Iterator[int]:
    """Starts sshd at a port that is free, and at another where somebody was faster; gives the port."""
    for _ in range(10):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with log.open("wb") as output:
            server = subprocess.Popen([*words, "-p", str(port)], stderr=output)
        try:
            until(
                lambda server=server: server.poll() is not None or "Server listening" in log.read_text(),
                "the start of sshd",
            )
            if server.poll() is None:
                yield port
                return
        finally:
            server.terminate()
            server.wait()
    pytest.fail(f"sshd does not start:\n{log.read_text()}")


def test_an_agent_whose_host_does_not_answer_in_time_is_found_by_its_note(
    sshd: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, working = f"{getpass.getuser()}@127.0.0.1", ("sh", "-c", "while :; do sleep 1; done")
    order = Order(id="0a1b2c3d", sweep="me/x/y", url="http://x", key="", besom=working, folder=str(tmp_path))
    (tmp_path / "hangs").touch()
    with monkeypatch.context() as impatient:
        impatient.setattr(program, "PATIENCE_SECONDS", 8)
        with pytest.raises(Unfinished, match=rf"Not started on 127\.0\.0\.2(.|\n)*Perhaps started on {host}, ") as told:
            ssh.submit(order, ["127.0.0.2", host], sshd)
    (tmp_path / "hangs").unlink()
    agents = told.value.handle
    (found,) = agents.look()
    assert (found.state, found.place) == ("running", host)
    agents.stop()
    assert [(job.name, job.state) for job in agents.look()] == [(found.name, "ended")]
    (none,) = msgspec.structs.replace(agents, id="another").look()
    assert (none.state, none.detail) == ("ended", "has not begun")


@pytest.mark.timeout(400)  # waits for conditions of its own, each with its patience
def test_agents_are_started_and_ended_over_ssh(launcher, sshd):
    variables = [f"--env={name}" for name in ("HOME", "BESOM_HOME", "PATH")]
    host = f"{getpass.getuser()}@127.0.0.1"
    contract = Contract(launcher, ["ssh", host], ["--slots=2", *variables], sshd)
    contract.shows_what_it_would_do_and_no_secret()
    first = contract.launched()
    (agent,) = first["handle"]["agents"]
    contract.can_be_stopped_at_work(first["id"])
    assert "2 preempted" in Path(agent["log"]).read_text()

    # One of two hosts cannot be reached: the other's agent works, and the command says what failed.
    contract.words = ["ssh", f"127.0.0.2,{host}"]
    half = launcher.user.besom(*contract.command())
    assert half.code == 1
    assert "Not started on 127.0.0.2" in half.err
    assert "refused" in half.err
    contract.works()
    contract.ends_with_the_sweep(re.search("Launched ([0-9a-f]+)", half.out)[1])

    # No agent can be started: nothing is left of the launch, nor its key.
    contract.words, contract.options = ["ssh", host], ["--besom", "/nowhere/besom"]
    launcher.says("sweep", "--resume", contract.path)
    assert "There is no /nowhere/besom here" in launcher.user.fails(*contract.command())
    contract.left_nothing()

    # The same with an engine that breaks in a way that nobody foresaw.
    order = Order(id="0a1b2c3d", sweep=contract.path, url=launcher.server.url, key="")
    with pytest.raises(ZeroDivisionError):
        start(launcher.server, order, "any", lambda order: 1 / len(order.variables))
    contract.left_nothing()
