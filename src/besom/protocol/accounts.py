"""Users, their keys, teams, invitations, and the log of who did what."""

from __future__ import annotations

from besom.protocol.base import Message
from besom.protocol.places import Role, Viewer


class User(Message, kw_only=True):
    """Somebody with an account."""

    name: str
    role: Role
    """On the server."""
    disabled: bool
    """Whether the account is closed: keys and sessions are of no use."""
    created: float


class UserPage(Message, kw_only=True):
    """The users whom the caller may know of, by name."""

    users: list[User]


class NewUser(Message, kw_only=True):
    """Asks for an account."""

    name: str
    role: Role = "member"


class UserMade(Message, kw_only=True):
    """A new account, and how its owner gets in."""

    user: User
    url: str
    """Signs a browser in, once, within seven days."""


class UserChange(Message, kw_only=True):
    """What is to be another way; None: as it is."""

    role: Role | None = None
    disabled: bool | None = None


class ApiKey(Message, kw_only=True):
    """A key of the caller; what it is nobody can tell any more."""

    id: str
    name: str
    created: float
    last_used: float | None
    """Right to a minute."""
    expires: float | None
    sweep_id: str | None
    """A service key's: the only sweep that it is for."""
    read_artifacts: bool = False
    """Whether a service key may also read all artifacts of the sweep's project."""
    current: bool
    """Whether the request came with this one."""


class KeyPage(Message, kw_only=True):
    """The caller's keys, the newest first."""

    keys: list[ApiKey]


class NewKey(Message, kw_only=True):
    """Asks for a key."""

    name: str
    """What it is for, in its owner's words."""
    days: int | None = None
    """How long it is good; None: until it is revoked."""
    sweep_id: str | None = None
    """Makes a service key: one that only works for this sweep."""
    read_artifacts: bool = False
    """Lets a service key also read all artifacts of the sweep's project."""


class KeyMade(Message, kw_only=True):
    """A new key. ``secret`` is told this once."""

    key: ApiKey
    secret: str


class Team(Message, kw_only=True):
    """A team in a list."""

    name: str
    role: Role
    """What the caller may do there."""
    members: int
    projects: int


class TeamPage(Message, kw_only=True):
    """The teams that the caller may see, by name."""

    teams: list[Team]


class Member(Message, kw_only=True):
    """A user in a team."""

    name: str
    role: Role
    since: float


class MemberChange(Message, kw_only=True):
    """What a member is to be."""

    role: Role


class Invitation(Message, kw_only=True):
    """An invitation that nobody has accepted yet."""

    id: str
    role: Role
    created_by: str
    created: float
    expires: float


class TeamDetails(Message, kw_only=True):
    """A team with its members."""

    name: str
    role: Role
    """What the caller may do there."""
    members: list[Member]
    """By name."""
    invitations: list[Invitation]
    """For admins of the team; for others empty."""


class NewInvitation(Message, kw_only=True):
    """Asks for a link by which one person joins a team."""

    role: Role = "member"
    days: int = 7


class InvitationMade(Message, kw_only=True):
    """A new invitation. Its ``url`` is told this once."""

    invitation: Invitation
    url: str


class InvitationSecret(Message, kw_only=True):
    """What stands after the ``#`` of an invitation's address."""

    secret: str


class InvitationView(Message, kw_only=True):
    """What somebody who has an invitation is invited to."""

    team: str
    role: Role
    """In the team."""
    invited_by: str
    expires: float


class Acceptance(Message, kw_only=True):
    """Accepts an invitation, in the session that the request comes with; without one, for a new account."""

    secret: str
    name: str | None = None
    """Of the new account."""


class Joined(Message, kw_only=True):
    """Who accepted an invitation, and where."""

    viewer: Viewer
    team: str
    key: str | None
    """First key of a new account, told this once."""


class AuditEntry(Message, kw_only=True):
    """Something that was done, by whom and from where."""

    id: int
    time: float
    actor: str
    """A user, or what a stranger called itself."""
    key: str | None
    """Name of the key that was used; None: a browser's session."""
    action: str
    """e.g. ``user.made``, ``sweep.deleted``."""
    entity: str | None
    project: str | None
    subject: str
    """Name or id of what it was done to."""
    detail: str
    address: str | None
    """From where, as far as the server knows."""


class AuditPage(Message, kw_only=True):
    """Entries, the newest first."""

    entries: list[AuditEntry]
    cursor: str | None
    """Asks for the next ones; None: there are no older ones."""
