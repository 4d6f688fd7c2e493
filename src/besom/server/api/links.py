"""REST: links that let anyone read one sweep."""

from __future__ import annotations

from litestar import delete, get, put
from litestar.params import FromPath, FromQuery

from besom.protocol import SweepLink
from besom.server.api.dependencies import CallerDep, ServicesDep

_LINK = "/api/v1/sweeps/{sweep_id:str}/link"


@get(_LINK, tags=["sweeps"])
async def get_sweep_link(services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str]) -> SweepLink:
    """The link that lets anyone read the sweep, if there is one; for those who may change the sweep."""
    return await services.links.show(caller, sweep_id)


@put(_LINK, status_code=200, tags=["sweeps"])
async def make_sweep_link(
    services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str], renew: FromQuery[bool] = False
) -> SweepLink:
    """Lets anyone who has the link read the sweep: the one that there is, or with ``renew`` another in its place."""
    return await services.links.switch_on(caller, sweep_id, renew=renew)


@delete(_LINK, tags=["sweeps"])
async def end_sweep_link(services: ServicesDep, caller: CallerDep, sweep_id: FromPath[str]) -> None:
    """Ends the link at once. The next one will be another."""
    await services.links.switch_off(caller, sweep_id)


HANDLERS = [get_sweep_link, make_sweep_link, end_sweep_link]
