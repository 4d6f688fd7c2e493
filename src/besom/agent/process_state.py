"""State of the process that a function run shares with its agent: who calls functions in it, and its environment."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping

from besom.errors import UsageError

_agents: dict[int, object] = {}
"""The agent of this process, by process id: a forked process has none yet."""


@contextlib.contextmanager
def sole_agent() -> Iterator[None]:
    """Makes sure that no other agent calls functions in this process: they would share environment and active run.

    Raises:
        UsageError: another one does.
    """
    process, token = os.getpid(), object()
    if _agents.setdefault(process, token) is not token:
        raise UsageError(
            "An agent calls a function in this process already, and a process has room for one run at a time.",
            "Start each agent in a process of its own: multiprocessing, or `besom agent` several times.",
        )
    try:
        yield
    finally:
        del _agents[process]


@contextlib.contextmanager
def changed_environment(names: Mapping[str, str]) -> Iterator[None]:
    """Sets environment variables of this process, and puts back what was there."""
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
