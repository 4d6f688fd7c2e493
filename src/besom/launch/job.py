"""A place where one agent works, as its engine sees it."""

from __future__ import annotations

from typing import Literal

import msgspec

JobState = Literal["waiting", "running", "ended", "unknown"]


class Job(msgspec.Struct, kw_only=True):
    """A task of an array, a process on a host, a pod."""

    name: str
    """What the engine calls it."""
    state: JobState
    place: str = ""
    """The machine, once it has one."""
    detail: str = ""
    """The state in the engine's own words."""
