"""REST: whether the server answers."""

from __future__ import annotations

from litestar import get

from besom.server.api.dependencies import ServicesDep


@get("/healthz", tags=["server"], security=[{}])
async def show_health(services: ServicesDep) -> dict[str, str]:
    """Says that the server answers, and its version."""
    return {"status": "ok", "version": services.ctx.version}


HANDLERS = [show_health]
