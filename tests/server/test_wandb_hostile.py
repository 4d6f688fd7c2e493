"""Whatever the W&B API is sent, the answer is no mistake of the server: the client would repeat it for days."""

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type, get_nullable_type, is_leaf_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rights_walk import OPERATIONS, Walk, filled
from server_world import World

from besom.server.limits.limiter import Limiter
from besom.server.limits.settings import Limits
from besom.server.wandb.schema import schema
from besom.server.wandb.stream_lines import EVENTS, HISTORY, OUTPUT, SUMMARY

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

HUGE = "1" + "0" * 400
TEXTS = st.one_of(
    st.sampled_from(["", "\0", "a\0b", "..", "%", "é", "\ud800", "NaN", "set:v0", "-", "a" * 70_000, "[" * 5000]),
    st.text(max_size=8),
)
NUMBERS = st.one_of(st.integers(-3, 3), st.sampled_from([2**31 - 1, -(2**31), 2**63, 10**400, 1e308]))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
JSON = st.one_of(
    st.sampled_from(
        [
            f'{{"config.x": {{"$gt": {HUGE}}}}}',
            f'{{"keys": ["loss"], "minStep": {HUGE}, "samples": -1}}',
            '{"name": {"$regex": "(a+)+$"}}',
            '{"$and": [1, {"$or": []}]}',
            '{"keys": ["\\u0000"], "samples": 1e308}',
            '{"a": {"value": NaN}, "_wandb": {"value": []}}',
        ]
    ),
    VALUES.map(json.dumps),
    TEXTS,
)
_OF = {
    "Int": NUMBERS,
    "Int64": NUMBERS,
    "Float": NUMBERS,
    "Duration": NUMBERS | TEXTS,
    "Boolean": st.booleans(),
    "JSONString": JSON,
}

OWNERS = {
    "Project": ("", ""),
    "Run": ("run(name: $at)", "{run_id}"),
    "Sweep": ("sweep(sweepName: $at)", "{sweep_id}"),
    "Artifact": ("artifact(name: $at)", "set:v0"),
    "ArtifactSequence": ("artifactCollection(name: $at)", "set"),
    "ArtifactType": ("artifactType(name: $at)", "dataset"),
}
"""How an object of a project is asked for, and which."""
FIELDS = [(owner, name) for owner in OWNERS for name, field in schema().type_map[owner].fields.items() if field.args]
ROWS = st.dictionaries(
    st.sampled_from(["_timestamp", "_step", "_runtime", "system.cpu", "content", "ts", "level", "loss", "\0"]),
    VALUES,
    max_size=4,
).map(json.dumps)
FILES = st.fixed_dictionaries(
    {"content": st.lists(ROWS | JSON, max_size=3)},
    optional={"offset": st.sampled_from([0, 1, 2**31 - 1, 2**31, -1])},
)
POSTS = st.fixed_dictionaries(
    {"files": st.dictionaries(st.sampled_from([HISTORY, EVENTS, OUTPUT, SUMMARY, "else"]), FILES, max_size=3)},
    optional={"preempting": st.booleans(), "complete": st.booleans(), "exitcode": NUMBERS},
)
SHOWN = """query ($at: String!) { project(name: "demo", entityName: "lab") { run(name: $at) {
    createdAt heartbeatAt summaryMetrics config historyTail eventsTail logLineCount history(samples: 5)
    events(samples: 5) sampledHistory(specs: ["{\\"keys\\": [\\"loss\\"], \\"samples\\": 9}"])
    logLines(last: 50) { edges { node { line timestamp level } } } } } }"""
DRAWN = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def odd(kind: Any) -> st.SearchStrategy[Any]:
    """A value for an argument of that type, as far as types are kept at all."""
    named = get_named_type(kind)
    one = _OF.get(named.name, TEXTS)
    if isinstance(named, GraphQLInputObjectType):
        one = st.fixed_dictionaries({key: odd(field.type) for key, field in named.fields.items()})
    return one if get_nullable_type(kind) is named else st.one_of(one, st.lists(one, max_size=2))


def drawn(strategy: st.SearchStrategy[Any]) -> list[Any]:
    """Examples of it, always the same."""
    found: list[Any] = []

    def keep(example: Any) -> None:
        found.append(example)

    DRAWN(given(strategy)(keep))()
    return found


@st.composite
def operations(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """An operation of the table of rights with its arguments, of which one is odd."""
    operation = draw(st.sampled_from(sorted(OPERATIONS)))
    kind, name = operation.split(".")
    root = schema().query_type if kind == "Query" else schema().mutation_type
    arguments = root.fields[name].args
    if kind == "Mutation":
        arguments = get_named_type(arguments["input"].type).fields
    key = draw(st.sampled_from(sorted(arguments))) if arguments else None
    return operation, {**OPERATIONS[operation], **({key: draw(odd(arguments[key].type))} if key else {})}


@st.composite
def fields(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """A field with arguments, of which some are odd."""
    owner, name = draw(st.sampled_from(FIELDS))
    arguments = schema().type_map[owner].fields[name].args
    chosen = draw(st.lists(st.sampled_from(sorted(arguments)), min_size=1, max_size=2, unique=True))
    return owner, name, {key: draw(odd(arguments[key].type)) for key in chosen}


async def build(world: World) -> Walk:
    world.client._transport.app.state.limiter = Limiter(Limits(rate=10**6), lambda: 0.0, lambda: 0)
    return await Walk(world).build()


async def test_no_argument_of_a_field_or_an_operation_is_a_mistake_of_the_server(world: World) -> None:
    walk = await build(world)
    for owner, name, arguments in drawn(fields()):
        field = schema().type_map[owner].fields[name]
        declared = ", ".join(f"${key}: {field.args[key].type}" for key in arguments)
        inner = f"{name}({', '.join(f'{key}: ${key}' for key in arguments)})"
        inner += "" if is_leaf_type(get_named_type(field.type)) else " { __typename }"
        way, at = OWNERS[owner]
        query = f'project(name: "demo", entityName: "lab") {{ {f"{way} {{ {inner} }}" if way else inner} }}'
        given_all = {**arguments, "at": at.format_map(walk.known)}
        asked = {"query": f"query ($at: String!, {declared}) {{ {query} }}", "variables": given_all}
        reply = await world.client.post("/graphql", content=json.dumps(asked))
        assert reply.status_code < 500, (owner, name, arguments, reply.text)
    for operation, arguments in drawn(operations()):
        reply = await walk.graphql("server", operation, filled(arguments, walk.known))
        assert reply.status_code < 500, (operation, arguments, reply.text)


async def test_whatever_is_posted_of_a_run_all_of_it_can_be_shown(world: World) -> None:
    walk = await build(world)
    run = walk.known["run_id"]
    for body in drawn(POSTS.map(lambda post: json.dumps(post).encode()) | st.binary(max_size=20)):
        reply = await world.client.post(f"/files/lab/demo/{run}/file_stream", content=body)
        assert reply.status_code < 500, (body, reply.text)
    for path in ("", "/history?limit=1000", "/output", "/system", "/details", "/events", "/curves?keys=loss"):
        await world.call("GET", f"/projects/lab/demo/runs/{run}{path}")
    shown = await world.client.post("/graphql", json={"query": SHOWN, "variables": {"at": run}})
    assert shown.status_code == 200, shown.text
    assert shown.json()["data"]["project"]["run"]["logLineCount"] > 0
