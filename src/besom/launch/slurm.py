"""Slurm: the agents are the tasks of a job array."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import msgspec

from besom.errors import UsageError
from besom.launch.job import Job, JobState
from besom.launch.order import Order, read_time
from besom.launch.program import EngineError, run

WARNING_SECONDS = 120
"""From Slurm's warning that a job's time is nearly over to its end: time for programs to save. It comes up to a minute
earlier than that."""
_LEAST_SECONDS = WARNING_SECONDS + 60 + 120
"""Of a job, so that it does something before it is warned."""
MISSING = "Run this on a machine that submits jobs to your cluster, usually its login node."
_WAITING = {"PENDING", "REQUEUED", "REQUEUE_HOLD", "SPECIAL_EXIT"}
_RUNNING = {"RUNNING", "CONFIGURING", "COMPLETING", "SIGNALING", "STAGE_OUT", "RESIZING", "STOPPED", "SUSPENDED"}

# The shell stays, to put the job back into the queue when its time is over. Slurm's SIGTERM reaches the agent as well
# as the shell, which only has to survive it; the warning reaches the shell alone. Both interrupt `wait`. Who cancels a
# job that was warned wants it to end.
_BODY = """
trap 'heard=yes; ended=yes' TERM
trap 'heard=yes; again=yes; kill -TERM "$agent"' USR1
{command} &
agent=$!
heard=yes
while [ -n "$heard" ]; do heard=; wait "$agent"; code=$?; done
late() {{ scontrol show job "$SLURM_JOB_ID" | grep -q 'Reason=TimeLimit'; }}
if [ -n "$again" ] && {{ [ -z "$ended" ] || late; }}; then
  scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_$SLURM_ARRAY_TASK_ID"
fi
exit "$code"
"""


class SlurmArray(msgspec.Struct, kw_only=True, tag="slurm"):
    """A submitted job array."""

    job: str
    cluster: str | None = None
    """Of a site with several."""

    def look(self) -> list[Job]:
        """Its tasks; none of them when Slurm has forgotten it, some minutes after its end.

        Raises:
            EngineError: Slurm does not answer.
        """
        words = ["squeue", *self._where(), "--jobs", self.job, "--array", "--states=all", "--noheader"]
        try:
            said = run([*words, "--format=%i|%T|%N|%r"], missing=MISSING)
        except EngineError as error:
            if "Invalid job id" in error.message:
                return []
            raise
        return [_job(line) for line in said.splitlines() if line.count("|") == 3]

    def stop(self) -> None:
        """Cancels it: agents and programs get SIGTERM, and SIGKILL after Slurm's KillWait.

        Raises:
            EngineError: Slurm does not answer, or it is somebody else's.
        """
        try:
            run(["scancel", *self._where(), self.job], missing=MISSING)
        except EngineError as error:
            if "Invalid job id" not in error.message:
                raise

    def _where(self) -> list[str]:
        return [f"--clusters={self.cluster}"] if self.cluster else []


def script(order: Order, *, time: str | None = None) -> str:
    """The batch script. There is no secret in it: ``sbatch`` hands on its environment, where key and variables are.

    Args:
        order: what is asked for.
        time: how long each task may take, as Slurm writes it; a task whose time is over is queued again.

    Raises:
        UsageError: the order says by id which GPUs to use.
    """
    gpus = order.gpu_count()
    options = {
        "job-name": f"besom-{order.id}",
        "array": f"1-{order.agents}" + (f"%{order.at_once}" if order.at_once else ""),
        "ntasks": 1,
        "cpus-per-task": order.cpus,
        "gres": f"gpu:{gpus}" if gpus else None,
        "mem": f"{order.memory}M" if order.memory else None,
        "time": time,
        "output": f"besom/launch-{order.id}-%a.log",
        "open-mode": "append",
        "export": "ALL",
        "signal": f"B:USR1@{WARNING_SECONDS}",
    }
    lines = [f"#SBATCH --{name}={value}" for name, value in options.items() if value is not None]
    command = shlex.join(order.command("all" if gpus else None))
    return "\n".join(["#!/bin/bash", *lines, "#SBATCH --requeue"]) + _BODY.format(command=command)


def preview(order: Order, extra: Sequence[str], *, time: str | None = None) -> str:
    """What ``submit`` would do, as lines of a shell; secrets are hidden.

    Raises:
        UsageError: see ``submit``.
    """
    _refuse_short(time, extra)
    variables = " ".join(f"{name}={shlex.quote(value)}" for name, value in order.environment(hidden=True).items())
    place = f"cd {shlex.quote(order.folder)}\n" if order.folder else ""
    return f"{place}{variables} {shlex.join(_sbatch(extra))} <<'END'\n{script(order, time=time)}END"


def submit(order: Order, extra: Sequence[str], *, time: str | None = None) -> SlurmArray:
    """Submits the array.

    Args:
        order: what is asked for; its folder is one that the nodes see too.
        extra: more options of ``sbatch``, which win over those of the script.
        time: as in ``script``.

    Raises:
        UsageError: the order cannot be put in Slurm's words, its folder cannot be used, or there is not enough time.
        EngineError: there is no Slurm here, or it refuses.
    """
    _refuse_short(time, extra)
    text = script(order, time=time)
    output = Path(order.folder or ".") / "besom"
    try:
        output.mkdir(exist_ok=True)  # Slurm makes files for output, but no folders
    except OSError as error:
        raise UsageError(
            f"{output}, where the tasks' output belongs, cannot be made: {error.strerror}.",
            "Name with --folder a folder that is there, that you can write to, and that the nodes see too.",
        ) from None
    said = run(_sbatch(extra), missing=MISSING, stdin=text, cwd=order.folder, environment=order.environment())
    return read_array(said)


def read_array(said: str) -> SlurmArray:
    """What ``sbatch --parsable`` printed, below what a site's own words are.

    Raises:
        EngineError: it names no job: with ``--test-only`` among the user's options it submits none.
    """
    job, _, cluster = said.strip().rpartition("\n")[2].partition(";")
    if not job.isdecimal():
        raise EngineError(
            f"sbatch printed {said.strip()[-200:]!r}, which names no job.", "See what was submitted: squeue --me"
        )
    return SlurmArray(job=job, cluster=cluster or None)


def _refuse_short(time: str | None, extra: Sequence[str]) -> None:
    """Raises UsageError where each job would be warned as soon as it runs, and so run through all of a grid."""
    seconds = None if time is None else read_time(time)
    if seconds is None or seconds >= _LEAST_SECONDS or any(word.startswith("--signal") for word in extra):
        return
    raise UsageError(
        f"To Slurm --time {time} is {seconds / 60:.3g} min, and it warns jobs {WARNING_SECONDS // 60} to "
        f"{WARNING_SECONDS // 60 + 1} min before their end: they would come to nothing.",
        f"Give at least {_LEAST_SECONDS // 60} min; hours are written 2:00:00. Or let it warn later: "
        "-- --signal=B:USR1@30",
    )


def _sbatch(extra: Sequence[str]) -> list[str]:
    return ["sbatch", "--parsable", *extra]


def _job(line: str) -> Job:
    name, word, nodes, reason = line.strip().split("|")
    state: JobState = "waiting" if word in _WAITING else "running" if word in _RUNNING else "ended"
    return Job(
        name=name,
        state=state,
        place=nodes if state == "running" else "",
        detail=word if reason in ("None", "") else f"{word} ({reason})",
    )
