"""The log of who did what: written in the transaction that does it, read by administrators. It never holds secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from besom.protocol import AuditEntry, AuditPage
from besom.server.services.context import Context, Unit
from besom.server.services.refusals import Invalid, Missing
from besom.server.services.rights import demand, expect, role_in
from besom.server.services.users import Caller
from besom.server.store import audit, teams, users

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LARGEST_ID = 2**63 - 1


def note(
    unit: Unit,
    caller: Caller,
    action: str,
    subject: str = "",
    detail: str = "",
    *,
    entity: str | None = None,
    project: str | None = None,
) -> None:
    """Writes down what the caller does.

    Args:
        unit: The transaction that does it.
        caller: Who.
        action: What, e.g. ``sweep.deleted``.
        subject: Name or id of what it is done to.
        detail: More of it, for people.
        entity: Where, if it is anywhere; that entity's admins may read it too.
        project: Likewise.
    """
    by = {"key": caller.key, "address": caller.address}
    write(unit, caller.name, action, subject, detail, entity=entity, project=project, **by)


def write(
    unit: Unit,
    actor: str,
    action: str,
    subject: str = "",
    detail: str = "",
    *,
    entity: str | None = None,
    project: str | None = None,
    key: str | None = None,
    address: str | None = None,
) -> None:
    """``note`` for what is done by nobody who is known yet."""
    place = {"entity": entity, "project": project}
    by = {"time": unit.now, "actor": actor, "key": key, "address": address or None}
    audit.add(unit.conn, {**by, "action": action, "subject": subject, "detail": detail, **place})


async def list_entries(ctx: Context, caller: Caller, entity: str | None, limit: int, cursor: str | None) -> AuditPage:
    """Entries, the newest first; of one entity, for its admins too.

    Raises:
        Missing: there is no such entity for the caller.
        Forbidden: the caller is no admin there, or of the server.
        Invalid: the cursor is none.
    """
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and int(cursor[:20]) <= _LARGEST_ID):
        raise Invalid("bad_cursor", f"{cursor!r} is no cursor of this list.", field="cursor")
    caller.must_be_user()
    if entity is None:
        caller.must_be_admin("read the whole audit log")

    def look(conn: Connection) -> list[Any]:
        if entity is not None:
            expect(caller, "manage")
            role = role_in(conn, caller, entity)
            if role is None:
                raise Missing("team_not_found", f"There is no team {entity!r}.", "besom team list", field="entity")
            demand(caller, role, "manage", entity)
        since = 0.0 if entity is None or caller.role == "admin" else _since(conn, caller, entity)
        return audit.listing(conn, entity, None if cursor is None else int(cursor), since, limit + 1)

    rows = await ctx.read(look)
    entries = [AuditEntry(**row._asdict()) for row in rows[:limit]]
    return AuditPage(entries=entries, cursor=str(entries[-1].id) if len(rows) > limit else None)


def _since(conn: Connection, caller: Caller, entity: str) -> float:
    """Since when the name is theirs who have it now: before that, a team that is gone was perhaps other people's."""
    owner = users.by_id(conn, caller.id) if entity == caller.name else teams.get(conn, entity)
    return 0.0 if owner is None else float(owner.created)
