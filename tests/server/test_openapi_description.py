"""The description of the REST API says what the page's types are made from."""

from __future__ import annotations

import json

import pytest
from server_world import World

from besom.server.openapi import description


@pytest.fixture(scope="module")
def document() -> dict:
    return json.loads(description("1"))


def test_every_address_of_the_architecture_is_described(document: dict) -> None:
    operations = {
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
        if method != "parameters"
    }
    run = "/api/v1/projects/{entity}/{project}/runs/{run_id}"
    assert {
        "GET /healthz",
        "GET /api/v1/viewer",
        "POST /api/v1/tickets",
        "POST /api/v1/session",
        "GET /api/v1/events",
        "GET /api/v1/projects",
        "PUT /api/v1/sweeps/{sweep_id}/config",
        "POST /api/v1/sweeps/{sweep_id}/state",
        "POST /api/v1/agents/{agent_id}/next",
        f"POST {run}/stream",
        f"GET {run}/curves",
        f"DELETE {run}",
    } <= operations


def test_every_operation_is_explained_and_has_the_one_error_shape(document: dict) -> None:
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["description"]
            schema = operation["responses"]["default"]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ErrorReply"}


def test_answers_of_next_can_be_told_apart(document: dict) -> None:
    schemas = document["components"]["schemas"]
    commands = {schemas[name]["properties"]["command"]["const"] for name in ("NextRun", "NextWait", "NextExit")}
    assert commands == {"run", "wait", "exit"}


def test_the_insides_of_the_server_are_not_described(document: dict) -> None:
    assert not {"Caller", "Services"} & set(document["components"]["schemas"])


@pytest.mark.anyio
async def test_the_server_hands_it_out(world: World) -> None:
    served = await world.call("GET", "/openapi.json")
    assert set(served["paths"]) == set(json.loads(description(""))["paths"])
