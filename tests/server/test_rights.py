"""Who may do what: every route and every GraphQL operation, asked for by everybody, against the table in rights.csv."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from rights_walk import OPERATIONS, ROLES, Walk
from server_world import World

from besom.server.limits.limiter import Limiter
from besom.server.limits.settings import Limits
from besom.server.wandb.schema import schema

pytestmark = pytest.mark.anyio

TABLE = Path(__file__).with_name("rights.csv")
OF_THE_PAGE = {"/", "/{path}", "/api/{path}", "/graphql"}
"""Open to all; what is sent to /graphql is asked operation by operation."""


def requests_of(world: World) -> set[str]:
    """All routes but those of the page, and all operations."""
    routes = {
        f"{method} {route.path_format}"
        for route in world.client._transport.app.routes
        for method in route.methods
        if method not in ("HEAD", "OPTIONS") and route.path_format not in OF_THE_PAGE
    }
    roots = {"Query": schema().query_type, "Mutation": schema().mutation_type}
    return routes | {f"{kind}.{field}" for kind, root in roots.items() if root for field in root.fields}


async def test_every_request_is_let_through_hidden_or_refused_as_the_table_says(world: World) -> None:
    world.client._transport.app.state.limiter = Limiter(Limits(rate=10**6, guesses=10**6), lambda: 0.0, lambda: 0)
    with TABLE.open(newline="") as file:
        table = {row.pop("request"): row for row in csv.DictReader(file)}
    assert set(table) == requests_of(world), "each request has its row in rights.csv"
    assert set(OPERATIONS) == {request for request in table if "." in request and " " not in request}
    walk = await Walk(world).build()
    wrong = []
    for request, row in table.items():
        found = {role: await walk.ask(role, request) for role in ROLES}
        if found != row:
            wrong.append(f"{request},{','.join(found.values())} (the table: {','.join(row.values())})")
    assert not wrong, "\n".join(wrong)
