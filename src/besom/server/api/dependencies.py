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


def provide_services(state: State) -> Services:
    """The server's services."""
    services: Services = state.services
    return services


def provide_caller(request: Request[Caller, None, State]) -> Caller:
    """The user whose key or session came with the request."""
    return request.user
