"""What handlers ask for by name: the services, and who calls."""

from __future__ import annotations

from typing import TypeAlias

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency

from besom.server.services.services import Services
from besom.server.services.users import Caller

ServicesDep: TypeAlias = NamedDependency[Services]
CallerDep: TypeAlias = NamedDependency[Caller]


def provide_services(request: Request[Caller, None, State]) -> Services:
    """The server's services."""
    services: Services = request.app.state.services
    return services


def provide_caller(request: Request[Caller, None, State], services: ServicesDep) -> Caller:  # noqa: ARG001
    """The user whose key or session came with the request.

    Asks for the services only to come after them: of two that could come at once Litestar makes tasks, with each
    request, which cost more than all the rest of its work.
    """
    return request.user
