"""What a caller may do in a project: the one question that every service asks before it does anything there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from besom.protocol import Role
from besom.server.services.refusals import Forbidden
from besom.server.services.users import Caller
from besom.server.store import projects, teams

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

Right = Literal["read", "work", "write", "manage"]
"""``read``: look. ``work``: what agents and programs of sweeps do, with a service key too. ``write``: everything else
that members do. ``manage``: what admins of a team do: delete a project, decide about members, read the audit log."""

_ROLES: dict[Right, tuple[Role, ...]] = {
    "read": ("viewer", "member", "admin"),
    "work": ("member", "admin"),
    "write": ("member", "admin"),
    "manage": ("admin",),
}


def role_in(conn: Connection, caller: Caller, entity: str) -> Role | None:
    """What the caller is in an entity: an administrator of the server and the user whose own it is are its admins, a
    member is what the team says. A viewer of the server is no more than that anywhere. None: nobody there."""
    if entity == projects.NOBODY:  # it has been deleted
        return None
    if caller.role == "admin":
        return "admin"
    own = "admin" if entity == caller.name else teams.role_of(conn, caller.id, entity)
    return _capped(caller, own)


def roles_in(conn: Connection, caller: Caller) -> dict[str, Role]:
    """The same for all teams of the caller, by name."""
    found = {team: _capped(caller, role) for team, role in teams.roles_of(conn, caller.id).items()}
    return {team: role for team, role in found.items() if role is not None}


def visible_to(caller: Caller) -> ColumnElement[bool]:
    """Condition on ``projects``: those of which the caller may see something."""
    visible = projects.visible_to(caller.id, caller.role)
    return visible if caller.bounds is None else visible & projects.only(caller.bounds.project_id)


def expect(caller: Caller, right: Right) -> None:
    """Raises Forbidden for those who have that right nowhere: known before anything is looked up."""
    if caller.bounds is not None and right != "read" and (right != "work" or not caller.bounds.may_work):
        raise caller.bounds.beyond()
    if caller.role == "viewer" and right != "read":
        raise Forbidden(
            "read_only",
            f"{caller.name} may look at this server and change nothing (role viewer).",
            "Ask an administrator for the role member.",
        )


def demand(caller: Caller, role: Role, right: Right, entity: str) -> None:
    """Raises Forbidden where somebody who is ``role`` in an entity has not that right there."""
    if role in _ROLES[right]:
        return
    if role == "viewer":
        raise Forbidden(
            "read_only",
            f"{caller.name} may look at what is in {entity} and change nothing (role viewer there).",
            f"Ask an admin of {entity} for the role member.",
        )
    raise Forbidden(
        "admins_only", f"Only an admin of {entity} may do that; {caller.name} is a {role} there.", "Ask one of them."
    )


def _capped(caller: Caller, role: str | None) -> Role | None:
    return "viewer" if role is not None and caller.role == "viewer" else cast("Role | None", role)
