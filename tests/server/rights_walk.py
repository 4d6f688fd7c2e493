"""Everybody who may knock at a server, and a request for each of its routes and GraphQL operations."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
from graphql import get_named_type, is_leaf_type
from server_world import RANDOM, User, World, exit_record, history, line

from besom.server.wandb.ids import opaque
from besom.server.wandb.schema import schema

ROLES = ("nobody", "reader", "stranger", "viewer", "looker", "member", "admin", "foreign", "service", "server")
"""Nobody; who has a link; a member of another team; viewer of the team; its admin who is a viewer of the server; member
and admin of the team; service keys of another sweep and of this one; an administrator of the server."""

SWEEP = "/api/v1/sweeps/{sweep_id}"
PROJECT = "/api/v1/projects/{entity}/{project}"
RUN = PROJECT + "/runs/{run_id}"
TEAM = "/api/v1/teams/{team}"
WORD = b"an open word"
DIGEST = hashlib.sha256(WORD).hexdigest()
MD5 = hashlib.md5(WORD, usedforsecurity=False).digest()
ARTIFACT = {"name": "set", "type": "dataset", "files": [{"path": "notes.txt", "digest": DIGEST, "size": len(WORD)}]}
DOCUMENT = {"kind": "report", "title": "t", "content": {}}

# Requests that need more than a path: the query, or a body that would do something.
QUERIES = {
    f"POST {PROJECT}/blobs/{{digest}}/upload": "?size=9",
    "GET /api/v1/events": "?entity=lab&project=demo",
    "GET /api/v1/search": "?q=demo",
    f"GET {SWEEP}/curves": "?key=loss",
    f"GET {PROJECT}/curves": "?keys=loss&runs={run_id}",
    f"GET {PROJECT}/extremes": "?key=loss&sweep={sweep_id}",
    f"GET {PROJECT}/runs": "?sweep={sweep_id}",
    f"GET {PROJECT}/runs/export": "?sweep={sweep_id}",
    f"GET {RUN}/curves": "?keys=loss",
    f"POST {RUN}/stream": "?offset=0&spool=x",
    "DELETE /api/v1/agents/{agent_id}/runs/{run_id}": "?hand_out=1",
    "GET /api/v1/audit": "?entity=lab",
}
BODIES: dict[str, Any] = {
    "POST /api/v1/users": {"name": "{fresh}"},
    "POST /api/v1/keys": {"name": "k"},
    "POST /api/v1/session": {"key": "{key}"},
    "POST /api/v1/invitations/look": {"secret": "{secret}"},
    "POST /api/v1/invitations/accept": {"secret": "{secret}", "name": "{fresh}"},
    f"PUT {TEAM}/members/{{user}}": {"role": "viewer"},
    "POST /api/v1/configs/check": {"text": ""},
    f"POST {PROJECT}/sweeps": {"config": RANDOM},
    f"POST {PROJECT}/sweeps/guess": {"filter": {}},
    f"PUT {SWEEP}/config": {"config": RANDOM},
    f"POST {SWEEP}/queue": {"params": {"lr": 0.5}},
    f"POST {SWEEP}/state": {"action": "pause"},
    f"POST {SWEEP}/versions": {"text": json.dumps(RANDOM)},
    f"POST {SWEEP}/agents": {"host": "box", "pid": 1},
    "POST /api/v1/agents/{agent_id}/runs/{run_id}/exit": {"exit_code": 0},
    f"POST {PROJECT}/pool/{{pool_id}}/next": {"wait": 0, "about": {"host": "box", "pid": 1}},
    f"POST {PROJECT}/pool/{{pool_id}}/heartbeat": {},
    f"POST {PROJECT}/runs": {"id": "{fresh}", "started": 1.0, "sweep_id": "{sweep_id}"},
    f"POST {PROJECT}/runs/changes": {"action": "add_tags", "runs": ["{run_id}"], "tags": ["t"]},
    f"POST {RUN}/stream": b"",
    f"POST {RUN}/files": {"path": "notes.txt", "digest": DIGEST, "size": len(WORD)},
    f"POST {RUN}/artifacts": ARTIFACT,
    f"POST {RUN}/artifacts/used": {"entity": "lab", "project": "demo", "name": "set:v0"},
    f"POST {PROJECT}/artifacts": ARTIFACT,
    f"POST {PROJECT}/blobs/missing": {"digests": [DIGEST]},
    f"PUT {PROJECT}/blobs/{{digest}}": WORD,
    f"POST {PROJECT}/documents": DOCUMENT,
    f"PUT {PROJECT}/documents/{{document_id}}": {"title": "t", "content": {}, "version": 1},
}

BODIES["POST /files/{entity}/{project}/{run_id}/file_stream"] = {}

_PLACE = {"entityName": "lab", "projectName": "demo"}
_OF_RUN = {**_PLACE, "runName": "{run_id}"}
_COLLECTION = {**_PLACE, "artifactCollectionName": "set"}
_ALIAS = [{**_COLLECTION, "alias": "best"}]
# The arguments of each operation; of a mutation, its input.
OPERATIONS: dict[str, dict[str, Any]] = {
    "Query.artifact": {"id": "{artifact}"},
    "Query.artifactCollection": {"id": "{collection}"},
    "Query.clientIDMapping": {"clientID": "drawn"},
    "Query.entity": {"name": "lab"},
    "Query.model": {"name": "demo", "entityName": "lab"},
    "Query.models": {"entityName": "lab"},
    "Query.project": {"name": "demo", "entityName": "lab"},
    "Query.serverInfo": {},
    "Query.users": {"query": ""},
    "Query.viewer": {},
    "Mutation.addAliases": {"artifactID": "{artifact}", "aliases": _ALIAS},
    "Mutation.agentHeartbeat": {"id": "{agent}", "runState": "{}"},
    "Mutation.commitArtifact": {"artifactID": "{draft}"},
    "Mutation.completeMultipartUploadArtifact": {
        "completeMultipartAction": "Complete",
        "completedParts": [{"partNumber": 1, "hexMD5": MD5.hex()}],
        "artifactID": "{draft}",
        "storagePath": "notes.txt",
        "uploadID": MD5.hex(),
    },
    "Mutation.createAgent": {"host": "box", "sweep": "{sweep_id}"},
    "Mutation.createArtifact": {**_OF_RUN, **_COLLECTION, "artifactTypeName": "dataset", "digest": "d"},
    "Mutation.createArtifactCollectionTagAssignments": {**_COLLECTION, "tags": [{"tagName": "t"}]},
    "Mutation.createArtifactFiles": {"artifactFiles": [{"artifactID": "{draft}", "name": "n", "md5": "{md5}"}]},
    "Mutation.createArtifactManifest": {"artifactID": "{draft}", "name": "m", "digest": "d", "runName": "{run_id}"},
    "Mutation.createRunFiles": {**_OF_RUN, "files": ["a.txt"]},
    "Mutation.deleteAliases": {"artifactID": "{artifact}", "aliases": _ALIAS},
    "Mutation.deleteArtifact": {"artifactID": "{artifact}", "deleteAliases": False},
    "Mutation.deleteArtifactCollectionTagAssignments": {**_COLLECTION, "tags": [{"tagName": "t"}]},
    "Mutation.deleteArtifactSequence": {"artifactSequenceID": "{collection}"},
    "Mutation.deleteFiles": {"files": ["{file}"]},
    "Mutation.deleteRun": {"id": "{node}"},
    "Mutation.enqueueSweepRun": {"id": "{sweep}", "config": '{"lr": {"value": 0.5}}'},
    "Mutation.markRunFilesUploaded": {**_OF_RUN, "files": ["a.txt"]},
    "Mutation.moveArtifactSequence": {"artifactSequenceID": "{collection}", "destinationArtifactTypeName": "model"},
    "Mutation.notifyScriptableRunAlert": {**_OF_RUN, "title": "t"},
    "Mutation.rewindRun": {**_OF_RUN, "metricName": "_step", "metricValue": 0},
    "Mutation.stopRun": {"id": "{node}"},
    "Mutation.updateArtifact": {"artifactID": "{artifact}", "description": "d"},
    "Mutation.updateArtifactManifest": {"artifactManifestID": "{manifest}"},
    "Mutation.updateArtifactSequence": {"artifactSequenceID": "{collection}", "description": "d"},
    "Mutation.updateRunState": {"id": "{node}", "state": "pending"},
    "Mutation.upsertBucket": {"id": "{node}", "notes": "n"},
    "Mutation.upsertModel": {"entityName": "lab", "name": "demo"},
    "Mutation.upsertSweep": {"id": "{sweep}", "displayName": "d"},
    "Mutation.useArtifact": {"artifactID": "{artifact}", **_OF_RUN},
}
_HELD = "/artifactsV2/{region}/{entity}/{project}/{name}/{artifact}/{md5}/{file}"
_PARTS: dict[str, dict[str, str]] = {
    f"GET {_HELD}": {"region": "here", "artifact": "x", "md5": MD5.hex(), "file": "notes.txt"},
    "PUT /storage/uploads/{entity}/{project}/{md5}": {"md5": MD5.hex()},
    "PUT /storage/drafts/{entity}/{project}/{draft}/{manifest}": {"draft": "1", "manifest": "1"},
    "GET /storage/manifests/{entity}/{project}/{version}": {"version": "set:v0"},
}
"""What these addresses mean by words that mean something else in others."""
WRONG_FOR_ALL = {"Mutation.rewindRun"}
"""What besom does not have, whoever asks."""
_SEEN = {"Query.models": "edges", "Query.users": "edges"}
"""Lists: who sees nothing of them sees that they are empty."""


class Walk:
    """A team with a project, everybody who might ask for something there, and what they are answered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.keys = {"nobody": "x" * 40, "reader": "x" * 40}
        self.known: dict[str, str] = {}
        self.link = ""
        self._made = 0

    async def build(self) -> Walk:
        world = self.world
        world.services.ctx.live.close()  # what waits, or watches, is answered at once
        users: dict[str, User] = {"server": User(world.client, "ann")}
        await world.call("PUT", "/teams/elsewhere")
        for role in ("viewer", "member", "admin"):
            users[role] = await world.member(role, "lab", role)  # type: ignore[arg-type]
        users["looker"] = world.user("looker", "viewer")
        await world.call("PUT", "/teams/lab/members/looker", {"role": "admin"})
        users["stranger"] = await world.member("stranger", "elsewhere", "admin")
        await world.call("PUT", "/projects/lab/demo")
        await world.client.put(f"/api/v1/projects/lab/demo/blobs/{DIGEST}", content=WORD)
        code = {"files": [{"path": "train.py", "digest": DIGEST, "size": len(WORD)}]}
        sweep, other = [
            (await world.call("POST", "/projects/lab/demo/sweeps", {"config": RANDOM, **more}))["sweep"]["id"]
            for more in ({"code": code}, {})
        ]
        for role, of in (("service", sweep), ("foreign", other)):
            made = await users["member"].call("POST", "/keys", {"name": role, "sweep_id": of})
            self.keys[role] = made["secret"]
            users[role] = User(world.client_with({"Authorization": f"Bearer {made['secret']}"}), role)
        self.clients = {role: user.client for role, user in users.items()}
        self.clients |= {"nobody": world.client_with({}), "reader": world.client_with({})}
        self.keys |= {role: user.client.headers["authorization"][7:] for role, user in users.items()}
        self.link = urlsplit((await world.call("PUT", f"/sweeps/{sweep}/link"))["url"]).path
        agent = await world.join(sweep)
        run = (await world.next(agent))["run_id"]
        self.known = {"entity": "lab", "project": "demo", "sweep_id": sweep, "agent_id": agent, "run_id": run}
        self.known["pool_id"] = (await world.call("POST", "/projects/lab/demo/pool"))["pool_id"]
        self.known |= {"path": "notes.txt", "digest": DIGEST, "name": "set:v0", "team": "lab", "user": "viewer"}
        await world.call(
            "POST", "/projects/lab/demo/runs", {"id": run, "sweep_id": sweep, "started": 5.0, "spool": "x"}
        )
        file = {"type": "file", "path": "notes.txt", "digest": DIGEST, "size": len(WORD)}
        spool = history(0, {"loss": 1.0}) + line(file) + exit_record(0)
        await world.call("POST", f"/projects/lab/demo/runs/{run}/stream?offset=0&spool=x", spool)
        await world.call("POST", f"/projects/lab/demo/runs/{run}/artifacts", ARTIFACT)
        draft = {**_OF_RUN, **_COLLECTION, "artifactTypeName": "dataset", "digest": "new", "clientID": "drawn"}
        self.known["draft"] = await self._made_by("Mutation.createArtifact", "artifact", {**draft, "runName": run})
        asked = {"artifactID": self.known["draft"], "name": "m", "digest": "d", "runName": run}
        self.known["manifest"] = await self._made_by("Mutation.createArtifactManifest", "artifactManifest", asked)
        place = ("lab", "demo")
        self.known |= {
            "artifact": opaque("Artifact", *place, "set:v0"),
            "collection": opaque("Collection", *place, "set"),
            "agent": opaque("Agent", sweep, agent),
            "sweep": opaque("Sweep", sweep),
            "node": opaque("Run", *place, run),
            "file": opaque("File", *place, run, "notes.txt"),
            "md5": base64.b64encode(MD5).decode(),
        }
        return self

    async def ask(self, role: str, request: str) -> str:
        """How somebody is answered: ``+`` done, or refused for another reason than who asks; ``-`` forbidden; ``0`` as
        if it were not there; ``?`` asked for a key."""
        known = await self.meant(role, request)
        reply = await self.send(role, request, known)
        if request in OPERATIONS and reply.status_code == 200:
            found = reply.json()["data"][request.split(".")[1]]
            field = _SEEN.get(request)
            unseen = found is None or (field and not found[field]) or await self._is_still_there(request, known)
            return "0" if unseen else "+"
        assert reply.status_code < 500, (role, request, reply.text)
        # Whoever is let through has to come as far as that shows: not only to what is wrong for everybody.
        # (A conflict is a 400 to W&B's client.)
        wrong = (422,) if request in OPERATIONS else (400, 422)
        assert reply.status_code not in wrong or request in WRONG_FOR_ALL, (role, request, reply.text)
        return {401: "?", 403: "-", 404: "0"}.get(reply.status_code, "+")

    async def meant(self, role: str, request: str) -> dict[str, str]:
        """What the names in a request stand for; what it would use up is made anew."""
        return self.known | {"key": self.keys[role], "fresh": self._fresh()} | await self._renew(request)

    async def send(
        self, role: str, request: str, known: dict[str, str], change: Callable[[Any], Any] = lambda body: body
    ) -> httpx.Response:
        """Sends a request with the body that is known for it, changed as wanted."""
        if request in OPERATIONS:
            return await self.graphql(role, request, change(filled(OPERATIONS[request], known)), *_selection(request))
        method, template = request.split(" ")
        path = template.format_map(known | _PARTS.get(request, {})) + QUERIES.get(request, "").format_map(known)
        body = change(filled(BODIES.get(request, {} if method in ("POST", "PATCH", "PUT") else None), known))
        sent = {"content": body} if isinstance(body, bytes) else {} if body is None else {"json": body}
        prefix = self.link if role == "reader" else ""
        reply = await self.clients[role].request(method, prefix + path, **sent)
        self.clients[role].cookies.clear()
        return reply

    async def _made_by(self, operation: str, kind: str, asked: dict[str, Any]) -> str:
        reply = await self.graphql("server", operation, asked, f"{{ {kind} {{ id }} }}")
        made: str = reply.json()["data"][operation.split(".")[1]][kind]["id"]
        return made

    async def _is_still_there(self, request: str, known: dict[str, str]) -> bool:
        """Whether something was not deleted although nobody said no: what is not there is as good as deleted."""
        route = {"Mutation.deleteRun": RUN, "Mutation.deleteFiles": RUN + "/files/{path}"}.get(request)
        return bool(route) and (await self.world.client.get(str(route).format_map(known))).status_code == 200

    async def graphql(
        self, role: str, operation: str, arguments: dict[str, Any], selection: str = "{ __typename }"
    ) -> httpx.Response:
        """Asks for an operation; ``arguments`` are those of a mutation's input."""
        kind, name = operation.split(".")
        root = schema().query_type if kind == "Query" else schema().mutation_type
        assert root is not None
        field = root.fields[name]
        given = {"input": arguments} if kind == "Mutation" else arguments
        declared = ", ".join(f"${key}: {field.args[key].type}" for key in given)
        passed = ", ".join(f"{key}: ${key}" for key in given)
        head = f"{kind.lower()} ask({declared})" if given else kind.lower()
        query = f"{head} {{ {name}{f'({passed})' if passed else ''} {selection if _is_object(field.type) else ''} }}"
        prefix = self.link if role == "reader" else ""
        asked = json.dumps({"query": query, "variables": given})
        return await self.clients[role].post(f"{prefix}/graphql", content=asked)

    def _fresh(self) -> str:
        self._made += 1
        return f"fresh{self._made}"

    async def _renew(self, request: str) -> dict[str, str]:
        """What the request would use up is made anew for everybody."""
        for words, make in self._makers().items():
            if request.startswith(words):
                return await make()
        return {}

    def _makers(self) -> dict[str, Callable[[], Awaitable[dict[str, str]]]]:
        world, place, name = self.world, "/projects/lab/demo", self._fresh()

        async def nothing() -> dict[str, str]:
            return {}

        async def sweep() -> dict[str, str]:
            made = await world.call("POST", f"{place}/sweeps", {"config": RANDOM})
            return {"sweep_id": made["sweep"]["id"]}

        async def run() -> dict[str, str]:
            await world.call("POST", f"{place}/runs", {"id": name, "started": 1.0})
            return {"run_id": name, "node": opaque("Run", "lab", "demo", name)}

        async def file() -> dict[str, str]:
            await world.call("POST", f"{place}/runs/{self.known['run_id']}/files", BODIES[f"POST {RUN}/files"])
            return {}

        async def document() -> dict[str, str]:
            return {"document_id": (await world.call("POST", f"{place}/documents", DOCUMENT))["id"]}

        async def agent() -> dict[str, str]:
            return {"agent_id": await world.join(self.known["sweep_id"])}

        async def member() -> dict[str, str]:
            made = world.user(name, "member")
            await world.call("PUT", f"/teams/lab/members/{made.name}", {"role": "viewer"})
            return {"user": name, "name": name}

        async def user() -> dict[str, str]:
            world.user(name, "member")
            return {"name": name}

        async def key_of_user() -> dict[str, str]:
            made = world.user(name, "member")
            return {"name": name, "key_id": (await made.call("GET", "/keys"))["keys"][0]["id"]}

        async def invitation() -> dict[str, str]:
            made = await world.call("POST", "/teams/lab/invitations", {})
            return {"invitation_id": made["invitation"]["id"], "secret": urlsplit(made["url"]).fragment}

        async def key() -> dict[str, str]:
            return {"key_id": (await world.call("POST", "/keys", {"name": "k"}))["key"]["id"]}

        async def artifact() -> dict[str, str]:
            again = {**ARTIFACT, "name": name}
            await world.call("POST", f"{place}/artifacts", again)
            ids = {"artifact": ("Artifact", f"{name}:v0"), "collection": ("Collection", name)}
            return {key: opaque(kind, "lab", "demo", one) for key, (kind, one) in ids.items()}  # type: ignore[arg-type]

        return {
            f"DELETE {SWEEP}/link": nothing,
            f"DELETE {SWEEP}": sweep,
            f"DELETE {RUN}/files": file,
            f"GET {RUN}/files/": file,
            "Mutation.deleteFiles": file,
            f"DELETE {RUN}": run,
            "Mutation.deleteRun": run,
            f"GET {PROJECT}/documents/": document,
            f"PUT {PROJECT}/documents/": document,
            f"DELETE {PROJECT}/documents": document,
            "DELETE /api/v1/agents": agent,
            f"DELETE {TEAM}/members": member,
            "PATCH /api/v1/users": user,
            "POST /api/v1/users/{name}": user,
            "GET /api/v1/users/{name}": user,
            "DELETE /api/v1/users/{name}": key_of_user,
            f"DELETE {TEAM}/invitations": invitation,
            "POST /api/v1/invitations": invitation,
            "DELETE /api/v1/keys": key,
            "Mutation.deleteArtifact": artifact,
        }


def _selection(request: str) -> tuple[str, ...]:
    return ("{ edges { __typename } }",) if request in _SEEN else ()


def _is_object(kind: Any) -> bool:
    return not is_leaf_type(get_named_type(kind))


def filled(value: Any, known: dict[str, str]) -> Any:
    """The value with names in braces replaced by what they stand for."""
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], found[0]), value)
    if isinstance(value, dict):
        return {key: filled(item, known) for key, item in value.items()}
    return [filled(item, known) for item in value] if isinstance(value, list) else value
