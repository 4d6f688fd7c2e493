"""Links that let anyone read one report: its text, and what its panels draw.

That is: of the sweeps of the project that a panel of the report names, their configuration, and of their runs what
lists and curves hold; no logs, files, agents or events. Which sweeps those are is read from the report with every
request, so a panel that is taken out takes its sweep out of sight. Otherwise they are as the links of sweeps.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from besom.protocol import SweepLink
from besom.server.services.audit import note
from besom.server.services.context import Context, Unit
from besom.server.services.documents import find_document
from besom.server.services.live import Change
from besom.server.services.refusals import Forbidden, Invalid
from besom.server.services.report_panels import sweeps_shown
from besom.server.services.rights import role_in
from besom.server.services.shared_secrets import SharedSecret
from besom.server.services.sweep_links import SECRET_LENGTH, SHARED
from besom.server.services.users import Bounds, Caller, new_secret
from besom.server.store import document_links, sweep_links

if TYPE_CHECKING:
    from sqlalchemy import Connection

REPORTS = "reports/"
"""Before the report's id in a link, where a sweep's link has the sweep's id."""


class ReportLinks:
    """The links of all reports."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._secret = SharedSecret(ctx, "links")

    async def show(self, caller: Caller, entity: str, project: str, report_id: str) -> SweepLink:
        """A report's link, for those who may give it away.

        Raises:
            Forbidden: the caller may not change anything here.
            Invalid: the document is no report.
        """

        def look(conn: Connection) -> Any:
            _find_report(conn, caller, entity, project, report_id)
            return document_links.get(conn, report_id)

        return await self._view(await self._ctx.read(look))

    async def switch_on(
        self, caller: Caller, entity: str, project: str, report_id: str, *, renew: bool = False
    ) -> SweepLink:
        """The report's link, made where there is none; with ``renew`` the one that there is ends."""

        def add(unit: Unit) -> Any:
            project_id = _find_report(unit.conn, caller, entity, project, report_id)
            if renew:
                document_links.drop(unit.conn, report_id)
            if document_links.get(unit.conn, report_id) is None:
                document_links.add(unit.conn, report_id, new_secret(), caller.id, unit.now)
                note(unit, caller, "link.made", f"report {report_id}", entity=entity, project=project)
                unit.changed(project_id, "document", report_id)
            return document_links.get(unit.conn, report_id)

        return await self._view(await self._ctx.write(add))

    async def switch_off(self, caller: Caller, entity: str, project: str, report_id: str) -> None:
        """Ends the report's link, and the event streams of those who came by it."""

        def drop(unit: Unit) -> None:
            project_id = _find_report(unit.conn, caller, entity, project, report_id)
            if document_links.drop(unit.conn, report_id):
                note(unit, caller, "link.ended", f"report {report_id}", entity=entity, project=project)
                unit.changed(project_id, "document", report_id)

        await self._ctx.write(drop)

    async def reader(self, report_id: str, secret: str) -> Caller:
        """Who comes by a link. Asked anew with every request, so that a link that was ended opens nothing more.

        Raises:
            Forbidden: there is no such link any more.
        """
        found = await self._ctx.read(lambda conn: _living(conn, report_id))
        if found is None or not hmac.compare_digest(await self._secret_of(found[0]), secret):
            raise Forbidden(
                "link_over",
                "This link has ended: it was switched off or replaced, or its report was deleted.",
                "Ask whoever gave it to you for a new one.",
            )
        row, bounds = found
        return Caller(row.user_id, row.creator, row.role, bounds)

    async def changes_for(self, bounds: Bounds, changes: list[Change]) -> list[Change] | None:
        """Those changes that a reader may hear of; None where the link has ended."""

        def look(conn: Connection) -> list[Change] | None:
            found = _living(conn, str(bounds.document))
            if found is None or found[1].nonce != bounds.nonce:
                return None
            sweeps = found[1].sweeps
            ids = {change.id for change in changes if change.kind == "run"}
            runs: set[str] = set().union(*(sweep_links.runs_among(conn, sweep, ids) for sweep in sweeps if ids))
            seen: dict[str, Collection[str | None]] = {
                "reset": {""},
                "document": {bounds.document},
                "sweep": sweeps,
                "run": runs,
            }
            return [change for change in changes if change.id in seen.get(change.kind, ())]

        return await self._ctx.read(look)

    async def _view(self, row: Any | None) -> SweepLink:
        if row is None:
            return SweepLink(url=None, creator=None, created=None)
        page = self._ctx.page(row.entity, row.project, "reports", row.document_id).removeprefix(self._ctx.url)
        url = f"{self._ctx.url}{SHARED}/{REPORTS}{row.document_id}/{await self._secret_of(row)}{page}"
        return SweepLink(url=url, creator=row.creator, created=row.created)

    async def _secret_of(self, row: Any) -> str:
        return (await self._secret.sign(REPORTS + row.document_id, row.nonce))[:SECRET_LENGTH]


def _find_report(conn: Connection, caller: Caller, entity: str, project: str, report_id: str) -> int:
    """The project's key."""
    project_id, row = find_document(conn, caller, entity, project, report_id, "write")
    if row.kind != "report":
        raise Invalid(
            "no_report",
            f"{row.title} is no report but has the kind {row.kind}.",
            "Only reports have links.",
            field="document",
        )
    return project_id


def _living(conn: Connection, report_id: str) -> tuple[Any, Bounds] | None:
    """A report's link, if its giver may still see the report, and what is seen by it."""
    row = document_links.get(conn, report_id)
    if (
        row is None
        or row.disabled is not None
        or role_in(conn, Caller(row.user_id, row.creator, row.role), row.entity) is None
    ):
        return None
    sweeps = document_links.sweeps_among(conn, row.project_id, sweeps_shown(row.content))
    return row, Bounds(sweeps, row.project_id, nonce=row.nonce, document=report_id)
