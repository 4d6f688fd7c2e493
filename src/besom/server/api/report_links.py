"""REST: links that let anyone read one report."""

from __future__ import annotations

from litestar import delete, get, put
from litestar.params import FromPath, FromQuery

from besom.protocol import SweepLink
from besom.server.api.dependencies import CallerDep, ServicesDep

_LINK = "/api/v1/projects/{entity:str}/{project:str}/documents/{document_id:str}/link"


@get(_LINK, tags=["documents"])
async def get_report_link(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], document_id: FromPath[str]
) -> SweepLink:
    """The link that lets anyone read the report, if there is one; for those who may change the report."""
    return await services.report_links.show(caller, entity, project, document_id)


@put(_LINK, status_code=200, tags=["documents"])
async def make_report_link(
    services: ServicesDep,
    caller: CallerDep,
    entity: FromPath[str],
    project: FromPath[str],
    document_id: FromPath[str],
    renew: FromQuery[bool] = False,
) -> SweepLink:
    """Lets anyone who has the link read the report: the one that there is, or with ``renew`` another in its place."""
    return await services.report_links.switch_on(caller, entity, project, document_id, renew=renew)


@delete(_LINK, tags=["documents"])
async def end_report_link(
    services: ServicesDep, caller: CallerDep, entity: FromPath[str], project: FromPath[str], document_id: FromPath[str]
) -> None:
    """Ends the link at once. The next one will be another."""
    await services.report_links.switch_off(caller, entity, project, document_id)


HANDLERS = [get_report_link, make_report_link, end_report_link]
