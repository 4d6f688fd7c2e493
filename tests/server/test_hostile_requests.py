"""Whatever is sent, the answer is no mistake of the server, and every refusal has the shape of ErrorReply."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from server_world import RANDOM, Refused, World, history, line

from besom import protocol

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

DOCUMENT = json.loads((Path(__file__).parents[2] / "web" / "openapi.json").read_bytes())
OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
    if path != "/api/v1/events"  # an answer without an end
]

# Text and numbers that trouble databases, decoders and addresses.
TEXTS = st.one_of(
    st.sampled_from(["", "\0", "a\0b", "..", "%", "é", "\U0001f600", "NaN"]),
    st.text(max_size=8),
)
NUMBERS = st.one_of(st.integers(-3, 3), st.sampled_from([2**31, 2**63, -(2**63) - 1, 10**400, 1e308]), st.floats())
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Mostly what a schema asks for, so that it comes as far as the database."""
    schema = resolved(schema)
    if "oneOf" in schema or "anyOf" in schema:
        return st.one_of([fitting(one) for one in schema.get("oneOf", schema.get("anyOf"))])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object" and schema.get("properties"):
        required = set(schema.get("required", []))
        fields = {key: fitting(value) for key, value in schema["properties"].items()}
        return st.fixed_dictionaries(
            {key: field for key, field in fields.items() if key in required},
            optional={key: field for key, field in fields.items() if key not in required},
        )
    simple: dict[Any, st.SearchStrategy[Any]] = {
        "string": TEXTS,
        "integer": st.one_of(st.integers(-3, 3), st.sampled_from([2**31, 2**63, 10**400])),
        "number": st.floats(allow_nan=False, allow_infinity=False),
        "boolean": st.booleans(),
        "null": st.none(),
        "array": st.lists(TEXTS, max_size=2),
        "object": st.dictionaries(TEXTS, VALUES, max_size=3),
    }
    return simple.get(kind, VALUES) if isinstance(kind, str) else VALUES


@st.composite
def requests(draw: st.DrawFn, known: dict[str, str]) -> tuple[str, str, dict[str, Any], bytes | None]:
    """Method, path, query and body of a request to one of the addresses of the description."""
    method, path, operation = draw(st.sampled_from(OPERATIONS))
    query = {}
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        if parameter["in"] == "path":
            value = draw(st.one_of(st.just(known[name]), TEXTS.filter(bool)))
            path = path.replace("{" + name + "}", "".join(f"%{byte:02x}" for byte in value.encode()))
        elif parameter["in"] == "query" and (parameter.get("required") or draw(st.booleans())):
            query[name] = draw(st.one_of(fitting(parameter.get("schema", {})), VALUES))
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    body = None
    if content is not None:
        value = draw(st.one_of(fitting(content["schema"]), fitting(content["schema"]), VALUES))
        body = json.dumps(value).encode()
    elif method == "POST":
        body = draw(
            st.one_of(st.binary(max_size=20), VALUES.map(lambda v: line({"type": "summary", "data": {"a": v}})))
        )
    return method, path, query, body


def check(reply: Any) -> None:
    assert reply.status_code < 500, reply.text
    if reply.status_code >= 400:
        assert msgspec.json.decode(reply.content, type=protocol.ErrorReply).error.message


async def test_random_requests_are_answered_or_refused_in_words(world: World) -> None:
    known = {"entity": "ann", "project": "demo", "run_id": "r", "path": "a/b.txt", "digest": "0" * 64, "name": "set:v0"}
    known |= {"team": "team", "user": "ann", "key_id": "0" * 12, "invitation_id": "0" * 12}
    await world.call("PUT", "/teams/team")
    await world.begin("r")
    known["pool_id"] = (await world.call("POST", "/projects/ann/demo/pool"))["pool_id"]

    async def refresh() -> None:
        known["sweep_id"] = await world.sweep(RANDOM)
        known["agent_id"] = await world.join(known["sweep_id"])
        document = {"kind": "view", "title": "mine", "content": {}}
        known["document_id"] = (await world.call("POST", "/projects/ann/demo/documents", document))["id"]

    await refresh()

    @settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def examples(data: st.DataObject) -> None:
        drawn.append(data.draw(requests(known)))

    drawn: list[tuple[str, str, dict[str, Any], bytes | None]] = []
    examples()
    for method, path, query, body in drawn:
        content = body and body.replace(b'"wait": ', b'"wait": 0, "unused": ')  # nobody waits in a test
        headers = {"Content-Type": "application/json"}
        reply = await world.client.request(method, path, params=query, content=content, headers=headers)
        check(reply)
        if method == "DELETE":
            await refresh()


async def test_texts_with_u0000_are_stored_with_the_replacement_character(world: World) -> None:
    began = await world.begin("r", name="a\0b", notes="\0", tags=["\0"], host="\0", config={"k\0": "\0"})
    assert (began["run"]["name"], began["run"]["notes"], began["run"]["tags"]) == ("a\ufffdb", "\ufffd", ["\ufffd"])
    await world.send("r", history(0, {"m\0": 1.0, "t": "\0"}) + line({"type": "summary", "data": {"s\0": "\0"}}))
    assert (await world.run("r"))["summary"]["s\ufffd"] == "\ufffd"
    sweep = await world.sweep(RANDOM, display_name="\0", text="\0")
    assert (await world.show(sweep))["name"] == "\ufffd"
    assert (await world.runs(filter='{"config.x": 1}'))["total"] == 0


@pytest.mark.parametrize(
    "record",
    [
        b'{"type": "summary", "data": {"a": ' + b"[" * 600 + b"]" * 600 + b"}}\n",
        b'{"type": "summary", "data": {"a": 1' + b"0" * 400 + b"}}\n",
    ],
)
async def test_a_record_that_can_never_be_stored_is_refused_for_good(world: World, record: bytes) -> None:
    await world.begin("r")
    with pytest.raises(Refused) as refused:
        await world.send("r", record)
    assert refused.value.status == 422
    assert (await world.send("r", history(0, {"a": 1.0})))["offset"] > 0
    assert (await world.runs(filter='{"summary.a": 1}'))["total"] == 1


async def test_a_key_of_ten_megabytes_is_kept_and_no_filter(world: World) -> None:
    key = "k" * (10 * 2**20)
    await world.begin("r")
    await world.send("r", history(0, {key: 1.0}))
    body = {"filter": {f"summary.{key}": 1.0}, "action": "add_tags", "tags": ["found"]}
    reply = await world.client.post("/api/v1" + world.runs_path() + "/changes", json=body)
    assert reply.json()["error"]["code"] == "bad_filter"
    assert len(reply.content) < 2000
    assert (await world.run("r"))["summary"][key] == 1.0
    await world.begin("configured", config={key: 1})
    assert (await world.run("configured"))["config"][key] == 1
    refused = await world.client.get("/api/v1" + world.runs_path(), params={"order": f"summary.{key[:60_000]}"})
    assert (refused.json()["error"]["code"], len(refused.content) < 2000) == ("bad_order", True)


async def test_bodies_that_are_none_are_refused(world: World) -> None:
    await world.begin("r")
    stream = "/api/v1" + world.runs_path("r") + "/stream?offset=0"
    packed = gzip.compress(history(0, {"a": 1.0}))
    bombs = gzip.compress(b" " * (70 * 2**20), 1)
    expected = [
        (stream, {"Content-Encoding": "gzip"}, b"no gzip", 422),
        (stream, {"Content-Encoding": "gzip"}, packed[:-9], 422),
        (stream, {"Content-Encoding": "gzip"}, bombs, 413),
        (stream, {"Content-Encoding": "br"}, packed, 422),
        ("/api/v1" + world.runs_path(), {}, b"{", 400),
        ("/api/v1" + world.runs_path(), {}, b"", 400),
        ("/api/v1" + world.runs_path(), {}, b"[" * 200_000, 400),
        ("/api/v1" + world.runs_path(), {"Content-Type": "text/plain"}, b"id=r", 400),
        ("/api/v1" + world.runs_path(), {"Content-Type": "application/x-www-form-urlencoded"}, b"id=r", 400),
        ("/api/v1" + world.runs_path(), {"Content-Type": "multipart/form-data"}, b"--x", 400),
        ("/api/v1" + world.runs_path(), {"Content-Type": "\xff/;;="}, b"{}", 400),
        ("/api/v1" + world.runs_path(), {}, b" " * (17 * 2**20), 413),
    ]
    for path, headers, body, status in expected:
        raw = {key: value.encode("latin-1") for key, value in headers.items()}
        reply = await world.client.post(path, content=body, headers=raw)
        assert reply.status_code == status, (headers, body[:20], reply.text)
        check(reply)


async def test_an_agent_that_names_more_runs_than_a_statement_takes_is_refused_alone(world: World) -> None:
    sweep = await world.sweep(RANDOM)
    agent = await world.join(sweep)
    pool = (await world.call("POST", "/projects/ann/demo/pool"))["pool_id"]
    many = [f"run{number}" for number in range(70_000)]
    about = {"host": "box", "pid": 1}
    for path, body in (
        (f"/agents/{agent}/next", {"holding": many}),
        (f"/agents/{agent}/next", {"ended": [{"run_id": run, "exit_code": 0} for run in many]}),
        (f"/agents/{agent}/heartbeat", {"holding": many}),
        (f"/projects/ann/demo/pool/{pool}/next", {"about": about, "holding": many}),
        (f"/projects/ann/demo/pool/{pool}/next", {"about": about, "without": many}),
        (f"/projects/ann/demo/pool/{pool}/heartbeat", {"holding": many}),
    ):
        refused, other = await asyncio.gather(
            world.call("POST", path, {"wait": 0, **body}), world.begin("other"), return_exceptions=True
        )
        assert isinstance(refused, Refused)
        assert (refused.status, "length <= 10000" in refused.message) == (400, True)
        assert other["run"]["id"] == "other"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "HEAD", "TRACE", "CONNECT", "BREW"])
@pytest.mark.parametrize("path", ["/api/v1/viewer", "/api/v1/nothing", "/", "/healthz", "/ann/demo"])
async def test_unknown_methods_are_refused(world: World, method: str, path: str) -> None:
    reply = await world.client.request(method, path)
    assert reply.status_code < 500
    if reply.content:
        check(reply)
