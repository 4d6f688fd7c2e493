"""Service keys: for the agents and programs of one sweep, and good for nothing else."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

import pytest
from account_world import refusal, with_key
from server_world import RANDOM, World, exit_record, history, line

from besom.server.wandb.ids import opaque

pytestmark = pytest.mark.anyio


async def test_a_service_key_runs_the_agents_and_programs_of_its_sweep_and_is_good_for_nothing_else(
    world: World,
) -> None:
    code = b"print()"

    digest = hashlib.sha256(code).hexdigest()
    await world.call("PUT", "/projects/ann/demo")
    for body in (code, b"hidden"):
        await world.client.put(f"/api/v1/projects/ann/demo/blobs/{hashlib.sha256(body).hexdigest()}", content=body)
    files = {"files": [{"path": "train.py", "digest": digest, "size": len(code)}]}
    sweep, other = await world.sweep(RANDOM, code=files), await world.sweep(RANDOM)
    theirs = await world.next(await world.join(other))
    made = await world.call("POST", "/keys", {"name": "cluster", "sweep_id": sweep})
    service = with_key(world, made["secret"])
    assert (await service.call("GET", "/viewer"))["service"] == sweep
    await service.call("GET", f"/sweeps/{sweep}/code")
    blobs = "/api/v1/projects/ann/demo/blobs"
    assert (await service.client.get(f"{blobs}/{digest}")).content == code
    hidden = hashlib.sha256(b"hidden").hexdigest()
    assert (await service.client.get(f"{blobs}/{hidden}")).status_code == 403
    agent = await service.join(sweep)
    work = await service.next(agent)
    run = work["run_id"]
    at = (await service.begin(run, sweep, agent_id=agent))["offset"]
    sent = hashlib.sha256(b"weights").hexdigest()
    assert (await service.client.put(f"{blobs}/{sent}", content=b"weights")).status_code == 204
    await service.send(run, history(0, {"loss": 0.5}) + exit_record(0), at)
    assert (await service.exit(agent, run))["state"] == "finished"
    artifact = {"name": "model", "type": "model", "files": [{"path": "w", "digest": sent, "size": 7}]}
    await service.call("POST", service.runs_path(f"{run}/artifacts"), artifact)
    assert (await service.runs(sweep=sweep))["total"] == 1
    await service.call("DELETE", f"/agents/{agent}")
    for method, path, body in (
        ("POST", service.runs_path(), {"id": "mine", "started": 1.0}),
        ("POST", service.runs_path(), {"id": "mine", "started": 1.0, "sweep_id": other}),
        ("POST", service.runs_path(), {"id": theirs["run_id"], "started": 1.0, "sweep_id": sweep, "resume": "allow"}),
        ("GET", service.runs_path(theirs["run_id"]), None),
        ("POST", f"/sweeps/{other}/agents", {"host": "box", "pid": 1}),
        ("POST", f"/sweeps/{sweep}/state", {"action": "stop"}),
        ("GET", "/projects", None),
        ("GET", "/keys", None),
        ("POST", "/keys", {"name": "more"}),
        ("POST", "/tickets", {}),
        ("GET", service.runs_path(), None),
    ):
        status, _ = await refusal(service, method, path, body)
        assert status in (403, 404), (method, path)
    reply = await world.client_with({}).post("/api/v1/session", json={"key": made["secret"]})
    assert reply.json()["error"]["code"] == "beyond_key"
    await world.call("DELETE", f"/sweeps/{sweep}")
    world.clock.advance(31)
    assert await refusal(service, "GET", "/viewer") == (401, "unknown_key")


async def test_a_service_key_ends_with_the_rights_of_its_maker(world: World) -> None:
    bob = await world.member("bob", "lab", "member")
    sweep = (await bob.call("POST", "/projects/lab/x/sweeps", {"config": RANDOM}))["sweep"]["id"]
    made = await bob.call("POST", "/keys", {"name": "cluster", "sweep_id": sweep})
    service = with_key(world, made["secret"])
    agent = await service.join(sweep)
    await world.call("PUT", "/teams/lab/members/bob", {"role": "viewer"})
    assert await refusal(service, "POST", f"/agents/{agent}/next", {}) == (403, "read_only")
    assert await refusal(bob, "POST", "/keys", {"name": "cluster", "sweep_id": sweep}) == (403, "read_only")
    await world.call("DELETE", "/teams/lab/members/bob")
    assert await refusal(service, "GET", f"/sweeps/{sweep}") == (404, "sweep_not_found")


async def test_a_service_key_takes_no_alias_from_what_others_have_logged(world: World) -> None:
    sweep, runs = await world.sweep(RANDOM), "/projects/ann/demo/runs"
    await world.begin("theirs")
    run = (await world.next(await world.join(sweep)))["run_id"]
    at = (await world.begin(run, sweep))["offset"]
    digest = hashlib.sha256(b"weights").hexdigest()
    await world.client.put(f"/api/v1/projects/ann/demo/blobs/{digest}", content=b"weights")
    model = {"name": "model", "type": "model", "aliases": ["production"], "files": []}
    await world.call("POST", f"{runs}/theirs/artifacts", model)
    made = await world.call("POST", "/keys", {"name": "cluster", "sweep_id": sweep})
    service = with_key(world, made["secret"])
    for number, alias in enumerate(("production", "mine", "mine")):
        files = [{"path": f"w{number}", "digest": digest, "size": 7}]
        mine = {**model, "aliases": [alias], "files": files}
        if number == 2:
            logged = {"type": "artifact", "artifact": {**mine, "aliases": ["production", "mine"]}}
            await service.send(run, line(logged), at)
        else:
            await service.call("POST", f"{runs}/{run}/artifacts", mine)
    kept = (await world.call("GET", "/projects/ann/demo/artifacts"))["artifacts"]
    found = {version["version"]: sorted(version["aliases"]) for version in kept}
    assert found == {0: ["production"], 1: [], 2: [], 3: ["latest", "mine"]}


async def test_a_service_key_reads_the_artifacts_of_its_project_if_it_was_made_for_that(world: World) -> None:
    sweep, runs = await world.sweep(RANDOM), "/projects/ann/demo/runs"
    await world.begin("theirs")
    run = (await world.next(await world.join(sweep)))["run_id"]
    await world.begin(run, sweep)
    digests = {body: hashlib.sha256(body).hexdigest() for body in (b"data", b"hidden")}
    for body, digest in digests.items():
        await world.client.put(f"/api/v1/projects/ann/demo/blobs/{digest}", content=body)
    files = [{"path": "a.csv", "digest": digests[b"data"], "size": 4}]
    await world.call("POST", f"{runs}/theirs/artifacts", {"name": "data", "type": "dataset", "files": files})
    assert await refusal(world, "POST", "/keys", {"name": "x", "read_artifacts": True}) == (422, "not_a_service_key")
    asked = {"name": "cluster", "sweep_id": sweep}
    plain = with_key(world, (await world.call("POST", "/keys", asked))["secret"])
    made = await world.call("POST", "/keys", {**asked, "read_artifacts": True})
    assert made["key"]["read_artifacts"] is True
    reader = with_key(world, made["secret"])
    blob = f"/projects/ann/demo/blobs/{digests[b'data']}"
    for path in ("/projects/ann/demo/artifacts/data:latest", "/projects/ann/demo/artifacts?name=data", blob):
        assert (await reader.client.get(f"/api/v1{path}")).status_code == 200, path
        assert await refusal(plain, "GET", path) == (403, "beyond_key")
    name = (await world.call("GET", "/projects/ann/demo/artifacts/data"))["run_name"]
    told = (await reader.call("GET", "/projects/ann/demo/artifacts/data"))["run_name"]
    assert (name is None, told) == (False, None), "what the project's runs are called is for its users"
    noted = {"entity": "ann", "project": "demo", "name": "data:latest"}
    assert await refusal(plain, "POST", f"{runs}/{run}/artifacts/used", noted) == (403, "beyond_key")
    assert await refusal(reader, "POST", f"{runs}/theirs/artifacts/used", noted) == (404, "run_not_found")
    assert (await reader.client.post(f"/api/v1{runs}/{run}/artifacts/used", json=noted)).status_code == 204
    # What the other client needs: the same by GraphQL and by signed addresses, and the note that a run used it.
    version, input = opaque("Artifact", "ann", "demo", "data:v0"), {"projectName": "demo", "runName": run}
    use = {
        "query": "mutation($input: UseArtifactInput!) { useArtifact(input: $input) "
        "{ artifact { id createdBy { name } currentManifest { file { directUrl } } } } }",
        "variables": {"input": {"artifactID": version, "entityName": "ann", **input}},
    }
    assert (await plain.client.post("/graphql", json=use)).status_code == 403
    used = (await reader.client.post("/graphql", json=use)).json()["data"]["useArtifact"]["artifact"]
    manifest = urlsplit(used["currentManifest"]["file"]["directUrl"])
    kept = (await world.client_with({}).get(f"{manifest.path}?{manifest.query}")).json()
    assert list(kept["contents"]) == ["a.csv"]
    caller = await world.services.sessions.caller(made["secret"], "key")
    for body, status in ((b"data", 200), (b"hidden", 403)):
        path = f"/storage/blobs/ann/demo/{digests[body]}/a.csv"
        address = await world.services.signer.sign(caller, "GET", path)
        assert (await world.client_with({}).get(address)).status_code == status
        assert (await reader.client.get(f"/api/v1/projects/ann/demo/blobs/{digests[body]}")).status_code == status
    await world.call("PUT", "/projects/ann/other")
    for method, path in (
        ("GET", f"{runs}/theirs"),
        ("GET", "/projects/ann/demo"),
        ("GET", "/projects/ann/other/artifacts"),
        ("POST", "/projects/ann/demo/artifacts"),
    ):
        body = {"name": "data", "type": "dataset", "files": []} if method == "POST" else None
        assert (await refusal(reader, method, path, body))[0] in (403, 404), path
    gone = {"query": "mutation($id: ID!) { deleteArtifact(input: {artifactID: $id}) { artifact { id } } }"}
    assert (await reader.client.post("/graphql", json={**gone, "variables": {"id": version}})).status_code == 403
