"""Links that let anyone read one sweep: switched on, told, switched off, and what comes by them.

The secret in a link is an HMAC of the sweep and of a nonce. So its giver can be told the link again, which a stored
hash would not allow; nobody gets in who has read the table alone; and a new nonce is a new link.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from besom.protocol import SweepLink
from besom.server.services.audit import note
from besom.server.services.context import Context, Unit
from besom.server.services.live import Change
from besom.server.services.refusals import Forbidden
from besom.server.services.rights import role_in
from besom.server.services.shared_secrets import SharedSecret
from besom.server.services.sweeps import find_sweep
from besom.server.services.users import Bounds, Caller, new_secret
from besom.server.store import sweep_links

if TYPE_CHECKING:
    from sqlalchemy import Connection

SHARED = "/shared"
"""Below this path, then the sweep's id, then the secret, lie the pages and the API as readers have them."""
SECRET_LENGTH = 40
"""Hexadecimal digits: 160 bits."""


class SweepLinks:
    """The links of all sweeps."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._secret = SharedSecret(ctx, "links")

    async def show(self, caller: Caller, sweep_id: str) -> SweepLink:
        """A sweep's link, for those who may give it away.

        Raises:
            Forbidden: the caller may not change anything here.
        """

        def look(conn: Connection) -> Any:
            find_sweep(conn, caller, sweep_id, "write")
            return sweep_links.get(conn, sweep_id)

        return await self._view(await self._ctx.read(look))

    async def switch_on(self, caller: Caller, sweep_id: str, *, renew: bool = False) -> SweepLink:
        """The sweep's link, made where there is none; with ``renew`` the one that there is ends."""

        def add(unit: Unit) -> Any:
            sweep = find_sweep(unit.conn, caller, sweep_id, "write")
            if renew:
                _end(unit, caller, sweep)
            if sweep_links.get(unit.conn, sweep_id) is None:
                sweep_links.add(unit.conn, sweep_id, new_secret(), caller.id, unit.now)
                reason = f"{caller.name} made a link: whoever has it may look at the sweep"
                unit.event(sweep.project_id, "sweep.shared", caller.name, reason, sweep_id=sweep_id)
                note(unit, caller, "link.made", sweep_id, entity=sweep.entity, project=sweep.project)
                unit.touch_sweep(sweep.project_id, sweep_id)
            return sweep_links.get(unit.conn, sweep_id)

        return await self._view(await self._ctx.write(add))

    async def switch_off(self, caller: Caller, sweep_id: str) -> None:
        """Ends the sweep's link, and the event streams of those who came by it."""

        def drop(unit: Unit) -> None:
            _end(unit, caller, find_sweep(unit.conn, caller, sweep_id, "write"))

        await self._ctx.write(drop)

    async def reader(self, sweep_id: str, secret: str) -> Caller:
        """Who comes by a link. Asked anew with every request, so that a link that was ended opens nothing more.

        Raises:
            Forbidden: there is no such link any more.
        """
        row = await self._ctx.read(lambda conn: _living(conn, sweep_id))
        if row is None or not hmac.compare_digest(await self._secret_of(row), secret):
            raise Forbidden(
                "link_over",
                "This link has ended: it was switched off or replaced, or its sweep was deleted.",
                "Ask whoever gave it to you for a new one.",
            )
        return _reader(row)

    async def changes_for(self, bounds: Bounds, changes: list[Change]) -> list[Change] | None:
        """Those changes that a reader may hear of; None where the link has ended."""

        def look(conn: Connection) -> list[Change] | None:
            (sweep_id,) = bounds.sweeps
            row = _living(conn, sweep_id)
            if row is None or row.nonce != bounds.nonce:
                return None
            seen = {"reset": {""}, "sweep": {sweep_id}}
            for kind, among in (("run", sweep_links.runs_among), ("agent", sweep_links.agents_among)):
                if ids := {change.id for change in changes if change.kind == kind}:
                    seen[kind] = among(conn, sweep_id, ids)
            return [change for change in changes if change.id in seen.get(change.kind, ())]

        return await self._ctx.read(look)

    async def _view(self, row: Any | None) -> SweepLink:
        if row is None:
            return SweepLink(url=None, creator=None, created=None)
        url = f"{self._ctx.url}{SHARED}/{row.sweep_id}/{await self._secret_of(row)}"
        return SweepLink(url=url, creator=row.creator, created=row.created)

    async def _secret_of(self, row: Any) -> str:
        return (await self._secret.sign(row.sweep_id, row.nonce))[:SECRET_LENGTH]


def _end(unit: Unit, caller: Caller, sweep: Any) -> None:
    if sweep_links.drop(unit.conn, sweep.id):
        reason = f"{caller.name} ended the link to the sweep"
        unit.event(sweep.project_id, "sweep.unshared", caller.name, reason, sweep_id=sweep.id)
        note(unit, caller, "link.ended", sweep.id, entity=sweep.entity, project=sweep.project)
        unit.touch_sweep(sweep.project_id, sweep.id)


def _living(conn: Connection, sweep_id: str) -> Any | None:
    """A sweep's link, if its giver may still see the sweep."""
    row = sweep_links.get(conn, sweep_id)
    if row is None or row.disabled is not None or role_in(conn, _giver(row), row.entity) is None:
        return None
    return row


def _giver(row: Any) -> Caller:
    return Caller(row.user_id, row.creator, row.role)


def _reader(row: Any) -> Caller:
    """Who comes by a link: the user who gave it, within bounds."""
    return replace(_giver(row), bounds=Bounds(frozenset({row.sweep_id}), row.project_id, nonce=row.nonce))
