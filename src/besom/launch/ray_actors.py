"""What a launch on Ray runs on the cluster: one actor per agent. The job's entrypoint, see ``besom.launch.ray``."""

from __future__ import annotations

import ctypes
import json
import signal
import subprocess
import sys
import threading
from typing import Any

HEARING_SECONDS = 10.0
"""An actor that has not answered after these waits for room, for the first time or since its node was lost."""
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


class Agent:
    """One agent, as a process of its actor's."""

    def __init__(self, command: list[str], folder: str | None) -> None:
        """Does nothing yet. When its node is lost, Ray makes the actor anew on another and calls ``work`` again."""
        self._command = command
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = threading.Event()

    def work(self) -> int:
        """Runs the agent to its end; returns its exit code."""
        if self._stopped.is_set():
            return 0
        # In a session of its own: Ray signals the groups of its workers, several times, and agents count signals.
        self._process = subprocess.Popen(  # noqa: S603
            self._command,
            cwd=self._folder,
            start_new_session=True,
            preexec_fn=_end_with_actor,  # noqa: PLW1509
        )
        if self._stopped.is_set():
            self._process.terminate()
        return self._process.wait()

    def stop(self) -> None:
        """Sends the agent away; it tells the server how its runs ended."""
        self._stopped.set()
        if self._process is not None:
            self._process.terminate()


def _end_with_actor() -> None:
    """Ray kills the processes of a lost node's actors; their agents are to say goodbye, not to go on without them."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)


def main(wanted: dict[str, Any]) -> int:
    """Keeps so many agents at work until they have ended; returns 1 if one of them failed."""
    import ray

    ray.init(log_to_driver=True)
    actor = ray.remote(Agent).options(
        num_cpus=wanted["cpus"],
        num_gpus=wanted["gpus"],
        memory=wanted["memory"],
        resources=wanted["resources"],
        max_restarts=-1,
        max_task_retries=-1,
        max_concurrency=2,  # it works, and can be stopped
        scheduling_strategy="SPREAD",
    )
    working: dict[Any, Any] = {}
    left, failed, stopped = wanted["agents"], False, False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    told = False
    while working or (left and not stopped):
        while left and not stopped and len(working) < wanted["at_once"]:
            one = actor.remote(wanted["command"], wanted["folder"])
            working[one.work.remote()] = one
            left -= 1
        if stopped and not told:
            told = True
            _send_away(ray, working)
            continue
        done, _ = ray.wait(list(working), timeout=0.5)
        for end in done:
            ray.kill(working.pop(end), no_restart=True)
            try:
                failed |= ray.get(end) != 0
            except ray.exceptions.RayError as error:
                print(f"An agent is lost: {error}", file=sys.stderr)
                failed = True
    if stopped:
        print("Stopped: no agent is left.", flush=True)
    return int(failed and not stopped)


def _send_away(ray: Any, working: dict[Any, Any]) -> None:
    """Stops all actors. Those that cannot hear it, because they wait for room, go from ``working`` at once: their job
    would wait for them until Ray kills it."""
    told = {one.stop.remote(): work for work, one in working.items()}
    _, deaf = ray.wait(list(told), num_returns=len(told), timeout=HEARING_SECONDS) if told else ([], [])
    for answer in deaf:
        ray.kill(working.pop(told[answer]), no_restart=True)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
