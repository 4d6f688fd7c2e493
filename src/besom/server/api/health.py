"""REST: whether the server answers, and whether it can work."""

from __future__ import annotations

from litestar import Response, get

from besom.server.api.dependencies import ServicesDep
from besom.server.services.readiness import OK


@get("/healthz", tags=["server"], security=[{}])
async def show_health(services: ServicesDep) -> dict[str, str]:
    """Says that the server answers, and its version."""
    return {"status": "ok", "version": services.ctx.version}


@get("/readyz", tags=["server"], security=[{}])
async def show_readiness(services: ServicesDep) -> Response[dict[str, str]]:
    """Tries database and files: 200 when both can be written, else 503 with what is wrong with each."""
    found = await services.readiness.check()
    is_ready = all(word == OK for word in found.values())
    return Response({"status": "ready" if is_ready else "not ready", **found}, status_code=200 if is_ready else 503)


HANDLERS = [show_health, show_readiness]
