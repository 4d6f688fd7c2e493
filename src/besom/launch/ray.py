"""Ray: the agents are long-lived actors of one job, spread over the nodes of the cluster."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from besom.errors import UsageError
from besom.launch.job import Job, JobState
from besom.launch.order import HIDDEN, Order
from besom.launch.program import EngineError, Unfinished, run

MISSING = "Install it where you launch from, in the version of your cluster: pip install 'ray[default]'"
GRACE_SECONDS = 120
"""From the job's SIGTERM to its SIGKILL: time for programs to save and to say so."""
_PATIENCE = {
    "RAY_JOB_STOP_WAIT_TIME_S": str(GRACE_SECONDS),
    # Else with SIGKILL, when an actor's node is lost. `ray_actors` sees to it that agents do not go on without it.
    "RAY_kill_child_processes_on_worker_exit": "false",
}
_STATES: dict[str, JobState] = {
    "PENDING": "waiting",
    "RUNNING": "running",
    "succeeded": "ended",
    "failed": "ended",
    "was stopped": "ended",
}
_STATUS = re.compile(r"Job '[^']*' (succeeded|failed|was stopped)|Status for job '[^']*': (?:JobStatus\.)?(\w+)")
_GONE = "does not exist"


class RayJob(msgspec.Struct, kw_only=True, tag="ray"):
    """A submitted job."""

    id: str
    address: str | None = None
    """Of the cluster, as ``ray job`` takes it; None: what ``RAY_ADDRESS`` says, or Ray's own default."""

    def look(self) -> list[Job]:
        """The job; nothing when the cluster does not know it any more.

        Raises:
            EngineError: the cluster does not answer.
        """
        try:
            said = _job("status", self.address, [self.id])
        except EngineError as error:
            if _GONE in error.message:
                return []
            raise
        found = _STATUS.search(said)
        word = (found[1] or found[2]) if found else "unknown"
        return [Job(name=self.id, state=_STATES.get(word, "unknown"), detail=word)]

    def stop(self) -> None:
        """Ends the job: agents and programs get SIGTERM, and SIGKILL after the grace period.

        Raises:
            EngineError: the cluster does not answer, or refuses.
        """
        try:
            _job("stop", self.address, ["--no-wait", self.id])
        except EngineError as error:
            if _GONE not in error.message:
                raise


def read_resources(texts: Sequence[str]) -> dict[str, float]:
    """``NAME=AMOUNT`` of a cluster's own resources.

    Raises:
        UsageError: it is something else.
    """
    resources = {}
    for text in texts:
        name, _, amount = text.partition("=")
        try:
            resources[name] = float(amount)
        except ValueError:
            resources[name] = 0.0
        if not name or not 0 < resources[name] < float("inf"):
            raise UsageError(f"--resource is {text!r}.", "Give it as NAME=AMOUNT, for example --resource a100=1.")
    return resources


def entrypoint(order: Order, resources: Mapping[str, float]) -> list[str]:
    """What the job runs on the cluster: it starts the actors, see ``ray_actors``. There is no secret in it.

    Raises:
        UsageError: the order says by id which GPUs to use.
    """
    gpus = order.gpu_count()
    wanted = {
        "agents": order.agents,
        "at_once": order.at_once or order.agents,
        "command": order.command("all" if gpus else None),
        "folder": order.folder,
        "cpus": order.cpus or 1,
        "gpus": gpus,
        "memory": order.memory * 1024 * 1024 if order.memory else None,
        "resources": dict(resources),
    }
    return ["python", "-m", "besom.launch.ray_actors", _inert(json.dumps(wanted))]


def preview(
    order: Order, resources: Mapping[str, float], address: str | None, extra: Sequence[str], patch: dict[str, Any]
) -> str:
    """What ``submit`` would do, as lines of a shell; secrets are hidden.

    Raises:
        UsageError: the order cannot be put in Ray's words, or ``patch`` holds variables that are no texts.
    """
    words = shlex.join(["ray", "job", "submit", *_submission(order, resources, address, extra)])
    return f"{words} <<'END'\n{json.dumps(_environment(order, patch, hidden=True), indent=2)}\nEND"


def submit(
    order: Order, resources: Mapping[str, float], address: str | None, extra: Sequence[str], patch: dict[str, Any]
) -> RayJob:
    """Submits the job.

    Args:
        order: what is asked for.
        resources: of the cluster's own kinds, for each agent.
        address: as in ``RayJob``.
        extra: more options of ``ray job submit``.
        patch: the runtime environment that it gets besides.

    Raises:
        UsageError: the order cannot be put in Ray's words.
        EngineError: there is no ``ray`` here, or no cluster, or it refuses.
        Unfinished: the cluster was lost on the way; perhaps there is a job.
    """
    words = _submission(order, resources, address, extra)
    handle = RayJob(id=_name(order), address=address)
    try:
        run(["ray", "job", "submit", *words], missing=MISSING, stdin=json.dumps(_environment(order, patch)))
    except Unfinished as error:
        error.handle = handle
        raise
    return handle


def _inert(text: str) -> str:
    """JSON in which no shell finds anything to do: Ray gives the entrypoint to one, and older Rays put its words into
    double quotes, where a project called ``$(command)`` would be a command."""
    for char in ("\\\\", '\\"', "$", "`"):  # the first two are JSON's for one character each
        text = text.replace(char, f"\\u{ord(char[-1]):04x}")
    return text


def _name(order: Order) -> str:
    return f"besom-{order.id}"


def _submission(order: Order, resources: Mapping[str, float], address: str | None, extra: Sequence[str]) -> list[str]:
    # From standard input, where no list of processes shows it.
    options = ["--no-wait", f"--submission-id={_name(order)}", "--runtime-env=/dev/stdin", *extra]
    return [*_at(address), *options, "--", *entrypoint(order, resources)]


def _environment(order: Order, patch: dict[str, Any], *, hidden: bool = False) -> dict[str, Any]:
    """The job's runtime environment, which its actors inherit."""
    given = patch.get("env_vars", {})
    if not isinstance(given, dict) or not all(isinstance(text, str) for one in given.items() for text in one):
        raise UsageError(
            f"env_vars of the runtime environment is no object of texts: {_shape(given)}.",
            'Write NAME: "VALUE" below it, numbers in quotes too.',
        )
    shown = dict.fromkeys(given, HIDDEN) if hidden else given
    return {**patch, "env_vars": {**shown, **_PATIENCE, **order.environment(hidden=hidden)}}


def _shape(given: object) -> str:
    """What was given instead of an object of texts, without its values: they may be secrets."""
    if not isinstance(given, dict):
        return "it is empty" if given is None else f"it is {type(given).__name__}"
    name = next(name for name, value in given.items() if not (isinstance(name, str) and isinstance(value, str)))
    return f"{name!r} is {type(given[name]).__name__}" if isinstance(name, str) else f"{name!r} is no name"


def _job(what: str, address: str | None, words: Sequence[str]) -> str:
    return run(["ray", "job", what, *_at(address), *words], missing=MISSING, environment={"RAY_COLOR_MODE": "never"})


def _at(address: str | None) -> list[str]:
    return [f"--address={address}"] if address else []
