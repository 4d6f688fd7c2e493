"""The training program of the storms, and a function agent for it: ``trainee.py --agent SWEEP``.

It logs, prints and says so in its journal; some runs are preempted once, and so is a program that is told to end. A
full disk makes it wait, as a patient user's program may. On a broken machine (``FAULTS_BROKEN``) each run fails.
"""

import contextlib
import functools
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from journal import PLACE, best, note

import besom
from besom.errors import BesomError

VALUES = 6
LONGEST_PAUSE = float(os.environ.get("FAULTS_PAUSE", "0.02"))
"""Seconds between two values."""
IS_BROKEN = "FAULTS_BROKEN" in os.environ
ONE_IN = 25
"""So many points have one that is preempted."""
PATIENCE = 120.0
WARNINGS = (signal.SIGTERM, signal.SIGUSR1)


def train(*, is_program: bool = False) -> None:
    """One run. Only a program is warned before its machine is taken away."""
    run_id, attempt = os.environ["BESOM_RUN_ID"], time.monotonic_ns()
    tell = functools.partial(note, run=run_id, attempt=attempt)
    tell("begin", parent=os.getppid())
    run = insist(besom.init)

    def leave(*_: object) -> None:
        insist(run.mark_preempting)
        tell("preempting")
        sys.exit(1)

    if is_program:
        for number in WARNINGS:
            signal.signal(number, leave)
    point = run.config["x"]
    chance = random.Random(run_id)
    loss = float(not is_the_best(run_id))
    for value in range(VALUES):
        insist(functools.partial(run.log, {"v": value, "attempt": attempt, "loss": loss}))
        tell("log", value=value)
        print(f"line {value} of {attempt}", flush=True)
        time.sleep(chance.uniform(0, LONGEST_PAUSE))
    if IS_BROKEN:
        tell("broken")
        raise RuntimeError("this machine is broken")
    if isinstance(point, int) and point % ONE_IN == 7 and for_the_first_time(run_id):
        leave()
    for number in WARNINGS * is_program:  # all is done
        signal.signal(number, signal.SIG_IGN)
    run.summary["done"] = point
    tell("finishing")
    insist(run.finish)
    tell("end")


def insist(act: Callable[[], Any]) -> Any:
    """Does it, again and again while the disk is full."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except BesomError as error:
            if "No space left" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def is_the_best(run_id: str) -> bool:
    """Whether this is the run of its sweep that asks first, now or in an earlier process."""
    place = best(Path(os.environ[PLACE]), os.environ["BESOM_SWEEP_ID"])
    with contextlib.suppress(FileExistsError), place.open("x") as file:
        file.write(run_id)
    return place.read_text() == run_id


def for_the_first_time(run_id: str) -> bool:
    """Whether no process of this run has asked before."""
    with contextlib.suppress(FileExistsError):
        Path(os.environ[PLACE], f"preempted-{run_id}").touch(exist_ok=False)
        return True
    return False


if __name__ == "__main__":
    if sys.argv[1:2] == ["--agent"]:
        besom.agent(sys.argv[2], train)
    else:
        train(is_program=True)
