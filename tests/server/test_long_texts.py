"""Every text that somebody has the server keep has an end: who asks is told, and what programs say is cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from graphql import GraphQLInputObjectType, get_named_type, is_list_type
from rights_walk import BODIES, Walk
from server_world import RANDOM, Refused, World, line
from sqlalchemy import JSON, cast, func, select

from besom.protocol import SpoolRecord
from besom.server.limits.limiter import Limiter
from besom.server.limits.settings import Limits
from besom.server.services.ingest import MOST_ALERTS
from besom.server.store.tables import metadata
from besom.server.store.text_kinds import Source, Text
from besom.server.wandb.schema import schema as graphql_schema

pytestmark = pytest.mark.anyio

LONG = "x" * 200_000
LONGEST = 150_000
"""Of what is kept of one text, but for the source of a configuration."""
Changed = tuple[str, Any]
"""A key of a body, and a value for it in which one text is long."""


def test_each_column_says_how_long_its_text_may_be() -> None:
    columns = [column for table in metadata.tables.values() for column in table.columns]
    texts = [column for column in columns if isinstance(column.type, Text)]
    assert len(texts) > 100
    assert [str(column) for column in texts if column.type.longest is None] == []


async def test_no_request_and_no_record_makes_the_server_keep_a_text_without_end(world: World) -> None:
    world.client._transport.app.state.limiter = Limiter(Limits(rate=10**6, guesses=10**6), lambda: 0.0, lambda: 0)
    walk = await Walk(world).build()
    sent = 0
    description = (await world.client.get("/api/v1/openapi.json")).json()
    for request, (key, value) in [*_of_api(description), *_of_graphql()]:
        known = await walk.meant("server", request)
        reply = await walk.send(
            "server", request, known, lambda body, key=key, value=value: {**(body or {}), key: value}
        )
        assert reply.status_code < 500, (request, key, reply.text[:300])
        sent += 1
    records = msgspec.json.schema(SpoolRecord)
    at = (await world.begin("r", spool="s"))["offset"]
    for told in _long(records, records, None):
        at = (await world.send("r", line(told), at, query="&spool=s"))["offset"]  # else no value after it would arrive
        sent += 1
    assert sent > 200

    def longest(conn: Any) -> dict[str, int]:
        found = {}
        for table in metadata.tables.values():
            for column in table.columns:
                if isinstance(column.type, Text | JSON) and not isinstance(column.type, Source):
                    text = cast(column, Text) if isinstance(column.type, JSON) else column
                    found[str(column)] = conn.scalar(select(func.max(func.length(text)))) or 0
        return found

    kept = await world.services.ctx.read(longest)
    assert {column: length for column, length in kept.items() if length > LONGEST} == {}


async def test_a_text_that_is_too_long_is_refused_by_its_name_its_length_and_the_rule(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    with pytest.raises(Refused) as refused:
        await world.call("PATCH", f"/sweeps/{sweep}", {"description": LONG})
    assert (refused.value.status, refused.value.error["field"]) == (422, "description")
    assert "has 200,000 characters, and at most 100,000 are kept" in refused.value.message
    assert refused.value.error["hint"] == "Shorten it."
    await world.call("PATCH", f"/sweeps/{sweep}", {"description": "x" * 100_000})


async def test_what_agents_and_programs_say_of_themselves_is_cut(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    about = {"host": "h" * 300, "pid": 1, "name": LONG, "gpus": ["g" * 200] * 2_000}
    agent = (await world.call("POST", f"/sweeps/{sweep}/agents", about))["agent_id"]
    (shown,) = (await world.call("GET", f"/sweeps/{sweep}/agents"))["agents"]
    assert (shown["host"], len(shown["name"]), len(shown["gpus"])) == ("h" * 249 + "…", 250, 1_000)
    assert shown["gpus"][0] == "g" * 100
    run = (await world.next(agent))["run_id"]
    begun = await world.begin(run, sweep, spool="s", host="h" * 300, program=LONG)
    assert (len(begun["run"]["host"]), len(begun["run"]["program"])) == (250, 250)
    ended = await world.exit(agent, run, 1, message=LONG)
    assert (ended["state"], len(ended["reason"])) == ("failed", 10_000)


async def test_of_the_alerts_of_a_run_the_newest_are_kept(world: World) -> None:
    await world.begin("r", spool="s")
    at = 0
    for first in (0, MOST_ALERTS):
        alerts = [{"type": "alert", "title": f"{first + i}", "text": "", "time": 6.0} for i in range(MOST_ALERTS)]
        piece = b"".join(map(line, alerts[: None if first == 0 else 5]))
        at = (await world.send("r", piece, at, query="&spool=s"))["offset"]
    events = (await world.call("GET", f"{world.runs_path('r')}/events?limit=1000"))["events"]
    titles = [event["reason"] for event in events if event["kind"] == "run.alert"]
    assert (titles[0], titles[-1], len(titles)) == (f"{MOST_ALERTS + 4}", "5", MOST_ALERTS)


def _of_api(description: dict[str, Any]) -> Iterator[tuple[str, Changed]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            request = f"{method.upper()} {path}"
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            body = BODIES.get(request) or {}
            if content and isinstance(body, dict):
                for one in _resolved(content["schema"], description):
                    for key, below in one.get("properties", {}).items():
                        yield from ((request, (key, value)) for value in _long(below, description, body.get(key)))


def _of_graphql() -> Iterator[tuple[str, Changed]]:
    root = graphql_schema().mutation_type
    assert root is not None
    for name, field in root.fields.items():
        given = get_named_type(field.args["input"].type)
        assert isinstance(given, GraphQLInputObjectType)
        for key, one in given.fields.items():
            kind = getattr(one.type, "of_type", one.type)
            if get_named_type(kind).name in ("String", "ID", "JSONString"):
                yield f"Mutation.{name}", (key, [LONG] if is_list_type(kind) else LONG)


def _resolved(node: dict[str, Any], whole: dict[str, Any]) -> list[dict[str, Any]]:
    """What a value may be: the schema, or each of several."""
    if "$ref" in node:
        found: Any = whole
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return _resolved(found, whole)
    several = node.get("anyOf") or node.get("oneOf")
    return [one for each in several for one in _resolved(each, whole)] if several else [node]


def _long(node: dict[str, Any], whole: dict[str, Any], known: Any, deep: int = 0) -> Iterator[Any]:
    """Values of a schema, in each of which one text of any words is long; for the rest of it ``known`` is taken."""
    for one in _resolved(node, whole):
        kinds = one.get("type", ())
        if "string" in ([kinds] if isinstance(kinds, str) else kinds) and not {"enum", "const"} & one.keys():
            yield LONG
        if "properties" in one and deep < 4:
            body = known if isinstance(known, dict) else _sample(one, whole)
            for key, below in one["properties"].items():
                yield from ({**body, key: value} for value in _long(below, whole, body.get(key), deep + 1))
        if "items" in one:
            first = known[0] if isinstance(known, list) and known else None
            yield from ([value] for value in _long(one["items"], whole, first, deep + 1))


def _sample(node: dict[str, Any], whole: dict[str, Any]) -> Any:
    """The shortest value of a schema."""
    one = _resolved(node, whole)[0]
    if "enum" in one or "const" in one:
        return one["const"] if "const" in one else one["enum"][0]
    if "properties" in one:
        return {key: _sample(one["properties"][key], whole) for key in one.get("required", ())}
    return {"string": "x", "integer": 1, "number": 1.0, "boolean": False, "array": [], "object": {}}[one["type"]]
