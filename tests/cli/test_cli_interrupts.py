"""Ctrl-C leaves nothing half-done, and ends with code 130."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cli_user import GRID

from besom.cli.interrupts import uninterrupted


def interrupted(times: int) -> list[str]:
    """What is done in a block in which Ctrl-C is pressed."""
    done = []

    def work() -> None:
        with uninterrupted():
            for _ in range(times):
                os.kill(os.getpid(), signal.SIGINT)
            done.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    return done


def test_ctrl_c_inside_waits_for_the_end_of_the_block():
    assert interrupted(1) == ["all of it"]


def test_a_second_ctrl_c_does_not_wait():
    assert interrupted(2) == []


class Slow(BaseHTTPRequestHandler):
    """Passes requests on to the real server; tells when a sweep is about to be made, and waits for leave."""

    target, key = "", ""
    asked, leave = threading.Event(), threading.Event()

    def handle_any(self):
        import urllib3

        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.command == "POST" and self.path.endswith("/sweeps"):
            self.asked.set()
            assert self.leave.wait(60)
        headers = {"Authorization": self.headers["Authorization"], "Content-Type": "application/json"}
        answer = urllib3.request(self.command, self.target + self.path, body=body, headers=headers)
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.data)))
        self.end_headers()
        self.wfile.write(answer.data)

    do_GET = do_POST = handle_any

    def log_message(self, *_):
        pass


@pytest.fixture
def slow(server):
    Slow.target = server.url
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    yield {"BESOM_BASE_URL": f"http://127.0.0.1:{proxy.server_port}", "BESOM_API_KEY": server.key}
    proxy.shutdown()
    proxy.server_close()


def test_a_sweep_that_is_being_made_is_announced_before_ctrl_c_counts(user, slow):
    user.write("sweep.yaml", GRID)
    user.write("train.py", "")
    process = subprocess.Popen(
        [sys.executable, "-m", "besom.cli", "sweep", "sweep.yaml"],
        cwd=user.folder,
        env={**user.environment, **slow},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert Slow.asked.wait(60)
    process.send_signal(signal.SIGINT)
    Slow.leave.set()
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err.strip()) == (130, "")
    assert re.search(r"Sweep ID: \w{8}", out)
    assert user.besom("status", re.search(r"Sweep ID: (\w{8})", out)[1]).code == 0


def test_ctrl_c_at_a_prompt_ends_with_130(newcomer, server):
    from cli_user import Terminal

    terminal = Terminal(newcomer, "login", "--host", server.url)
    terminal.read_until("key for")
    while terminal.process.poll() is None:  # pressed again, as a person would: CPython misses one just before it reads
        terminal.type("\x03")
        time.sleep(0.2)
    assert terminal.end() == 130
    assert "Traceback" not in terminal.said
