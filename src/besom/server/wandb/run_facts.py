"""What the client tells of a run's processes and their machines, under the names that besom's own programs use."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

_ALIKE = ("args", "executable", "python", "host", "os", "cpu_count", "gpu", "gpu_count", "slurm")
"""Facts that both call the same."""


def writer_of(client: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the newest of a run's processes says of itself and its machine."""
    writers = (client or {}).get("e")
    known = [writer for writer in writers.values() if isinstance(writer, dict)] if isinstance(writers, dict) else []
    return max(known, key=lambda writer: str(writer.get("startedAt", "")), default={})


def facts_of(client: Mapping[str, Any]) -> dict[str, Any]:
    """About program and machine; what is not known is left out."""
    writer = writer_of(client)
    root, git = _member(writer, "disk").get("/"), _member(writer, "git")
    facts = {
        **{name: writer.get(name) for name in _ALIKE},
        "wandb": client.get("cli_version"),
        "command": _command(writer),
        "directory": writer.get("root"),
        "cpu": _member(writer, "cpu").get("model"),
        "memory": _bytes(_member(writer, "memory").get("total")),
        "disk": {name: _bytes(root.get(name)) for name in ("total", "used")} if isinstance(root, dict) else None,
        "git": {name: git[name] for name in ("commit", "remote") if git.get(name)},
    }
    return {name: fact for name, fact in facts.items() if fact}


def _member(writer: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = writer.get(name)
    return found if isinstance(found, dict) else {}


def _command(writer: Mapping[str, Any]) -> str | None:
    """As it can be typed again."""
    if not writer.get("program"):
        return None
    interpreter = PurePath(str(writer.get("executable") or "python")).name
    args = writer.get("args")
    return shlex.join([interpreter, str(writer["program"]), *map(str, args if isinstance(args, list) else ())])


def _bytes(number: Any) -> int | None:
    """A number of bytes, which comes as text."""
    return int(number) if isinstance(number, int | str) and str(number).isdecimal() else None
