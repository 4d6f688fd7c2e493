"""Facts about a program and the machine it runs on. They do not change while it runs, so they are read once."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from besom.protocol.foreign import read_foreign
from besom.sdk.capture import git, gpu, load, packages

DIFF_NAME = "diff.patch"
REQUIREMENTS_NAME = "requirements.txt"
_CLUSTER = {
    "SLURM_JOB_ID": "job",
    "SLURM_ARRAY_JOB_ID": "array_job",
    "SLURM_ARRAY_TASK_ID": "array_task",
    "SLURM_JOB_NAME": "name",
    "SLURM_JOB_PARTITION": "partition",
    "SLURM_CLUSTER_NAME": "cluster",
    "SLURMD_NODENAME": "node",
}


@dataclass(frozen=True, slots=True)
class About:
    """What ``read`` found."""

    facts: dict[str, Any]
    files: dict[str, bytes]
    """Files of the run, by name."""


def program() -> dict[str, Any]:
    """The process: costs next to nothing."""
    facts: dict[str, Any] = {
        "args": sys.argv[1:],
        "command": command(sys.orig_argv),
        "executable": sys.executable,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "pid": os.getpid(),
        "host": platform.node(),
    }
    with contextlib.suppress(OSError):  # the working directory is gone
        facts["directory"] = str(Path.cwd())
    if job := {fact: os.environ[name] for name, fact in _CLUSTER.items() if os.environ.get(name)}:
        facts["slurm"] = job
    return facts


def command(words: list[str]) -> str:
    """A command line as it can be typed again."""
    import shlex

    return shlex.join([Path(words[0]).name, *words[1:]]) if words else ""


@cache
def machine() -> dict[str, Any]:
    """The machine, its processors and its memory."""
    facts: dict[str, Any] = {
        "os": platform.platform(),
        "besom": _packages().get("besom"),
        "cpu_count": os.cpu_count(),
        "memory": load.total_memory(),
    }
    with contextlib.suppress(AttributeError):  # macOS
        facts["cpu_available"] = len(os.sched_getaffinity(0))
    with contextlib.suppress(OSError):
        usage = shutil.disk_usage("/")
        facts["disk"] = {"total": usage.total, "used": usage.used}
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        facts["cpu"] = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    if found := gpus():
        facts["gpu"] = found.names
        facts["gpu_count"] = len(found.names)
    return facts


@cache
def gpus() -> gpu.Gpus | None:
    """The machine's graphics processors."""
    return gpu.find()


@cache
def repository(folder: Path) -> git.GitState | None:
    """The repository as it was when the process first asked: what it has imported since then came from there."""
    state = git.read(folder)
    _read_repositories.add(folder)
    return state


_read_repositories: set[Path] = set()


@cache
def _packages() -> dict[str, str]:
    return packages.installed()


def is_known(*, with_git: bool) -> bool:
    """Whether ``read`` takes no time, because this process has asked before."""
    with contextlib.suppress(OSError):  # the working directory is gone
        return bool(machine.cache_info().currsize) and (not with_git or _source_folder() in _read_repositories)
    return False


def read(*, with_git: bool) -> About:
    """All facts. What cannot be read is left out."""
    requirements = "".join(f"{name}=={version}\n" for name, version in _packages().items()).encode()
    facts, files = program(), {REQUIREMENTS_NAME: requirements}
    facts.update(machine())
    state = repository(_source_folder()) if with_git else None
    if state:
        facts["git"] = state.about()
        if state.diff:
            files[DIFF_NAME] = state.diff
    return About(read_foreign(json.dumps(facts)), files)  # an argument may be the name of a file that is not UTF-8


def _source_folder() -> Path:
    script = Path(sys.argv[0]) if sys.argv and sys.argv[0] else Path()
    with contextlib.suppress(OSError):
        if script.is_file() and "site-packages" not in script.parts:
            return script.resolve().parent
    return Path.cwd()
