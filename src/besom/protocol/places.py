"""Who is asking, and the projects that they see."""

from __future__ import annotations

from typing import Literal

from besom.protocol.base import Message


class Viewer(Message, kw_only=True):
    """The caller, as the key or the browser session tells."""

    name: str
    entity: str
    """The entity that is meant when none is named."""
    role: Literal["viewer", "member", "admin"]
    server_version: str


class Ticket(Message, kw_only=True):
    """A one-time address that signs a browser in and leads on to ``path``."""

    url: str


class NewTicket(Message, kw_only=True):
    """Asks for a Ticket."""

    path: str = "/"
    """Path of the page to show, starting with one slash."""


class Project(Message, kw_only=True):
    """A project with its live counts."""

    entity: str
    name: str
    created: float
    last_activity: float
    run_count: int
    running: int
    sweep_count: int


class ProjectPage(Message, kw_only=True):
    """All projects that the caller may see, the most recently active first."""

    projects: list[Project]


class Found(Message, kw_only=True):
    """A project, sweep or run whose name or id holds a text."""

    kind: Literal["project", "sweep", "run"]
    entity: str
    project: str
    id: str
    """Of a project its name."""
    name: str
    state: str | None
    """Of a sweep or run."""
    url: str


class FoundPage(Message, kw_only=True):
    """What a search found: names and ids that begin with the text first, then the latest ones."""

    found: list[Found]
