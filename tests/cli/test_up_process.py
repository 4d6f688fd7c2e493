"""A process of ``besom up`` is waited for while Ctrl-C is pressed at any moment."""

import signal
import subprocess
import sys

import pytest

from besom.cli.up_process import UpProcess

PRESSES = 5_000
EACH = 0.0001
"""Seconds between two presses of Ctrl-C: so that they meet every step of waiting."""


@pytest.fixture
def presses():
    """Presses Ctrl-C over and over wherever this file has called something, until the list it fills is long enough."""
    heard: list[int] = []

    def press(number, frame):
        if frame.f_code.co_filename == __file__:
            return
        heard.append(number)
        if len(heard) == PRESSES:
            signal.setitimer(signal.ITIMER_REAL, 0)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, press)
    yield heard
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_an_end_is_noticed_however_often_the_waiting_was_interrupted(presses):
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    waiting = UpProcess(process, None)
    signal.setitimer(signal.ITIMER_REAL, EACH, EACH)
    while len(presses) < PRESSES:
        try:
            while not waiting.wait(0):
                pass
        except KeyboardInterrupt:
            continue
    process.communicate(b"\n")
    assert waiting.wait(30)
    assert waiting.exit_code == 0
