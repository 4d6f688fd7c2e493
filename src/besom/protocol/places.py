"""Who is asking, and the projects that they see."""

from __future__ import annotations

from typing import Literal

from besom.protocol.base import Message

Role = Literal["viewer", "member", "admin"]
"""Of a user on the server, of a member in a team, of a caller in a project. A viewer looks, a member works, an admin
also decides about members and deletes projects."""


class TeamRole(Message, kw_only=True):
    """A team, and what the caller is in it."""

    name: str
    role: Role


class Viewer(Message, kw_only=True):
    """The caller, as the key or the browser session tells."""

    name: str
    entity: str
    """The entity that is meant when none is named."""
    role: Role
    """On the server."""
    server_version: str
    teams: list[TeamRole] = []
    """By name."""
    service: str | None = None
    """Of a service key: the id of the only sweep that it is for."""
    shared: bool = False
    """Whether others can reach the server: it goes by another name than that of the machine itself."""


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
    role: Role = "admin"
    """What the caller may do in it."""
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
