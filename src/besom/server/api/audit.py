"""REST: the log of who did what."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import FromQuery, QueryParameter

from besom.protocol import AuditPage
from besom.server.api.dependencies import CallerDep, ServicesDep
from besom.server.services import audit


@get("/api/v1/audit", tags=["audit"])
async def list_audit(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
    cursor: FromQuery[str | None] = None,
) -> AuditPage:
    """What was done on this server, the newest first, for administrators; with ``entity`` what was done in a team or in
    a user's own place, for its admins too."""
    return await audit.list_entries(services.ctx, caller, entity, limit, cursor)


HANDLERS = [list_audit]
