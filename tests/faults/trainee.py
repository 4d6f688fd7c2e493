"""The training program of the storms, and a function agent for it: ``trainee.py --agent SWEEP``.

It logs, prints and says so in its journal; some runs are preempted once. A full disk makes it wait, as a patient user's
program may.
"""

import contextlib
import functools
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from journal import PLACE, note

import besom
from besom.errors import BesomError

VALUES = 6
LONGEST_PAUSE = float(os.environ.get("FAULTS_PAUSE", "0.02"))
"""Seconds between two values."""
ONE_IN = 25
"""So many points have one that is preempted."""
PATIENCE = 120.0


def train() -> None:
    """One run."""
    run_id, attempt = os.environ["BESOM_RUN_ID"], time.monotonic_ns()
    tell = functools.partial(note, run=run_id, attempt=attempt)
    tell("begin", parent=os.getppid())
    run = insist(besom.init)
    point = run.config["x"]
    chance = random.Random(run_id)
    for value in range(VALUES):
        insist(functools.partial(run.log, {"v": value, "attempt": attempt}))
        tell("log", value=value)
        print(f"line {value} of {attempt}", flush=True)
        time.sleep(chance.uniform(0, LONGEST_PAUSE))
    if isinstance(point, int) and point % ONE_IN == 7 and for_the_first_time(run_id):
        insist(run.mark_preempting)
        tell("preempting")
        sys.exit(1)
    run.summary["done"] = point
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
        train()
