"""Corners of the protocol of artifacts that no script reaches by intent: requests that come again, files that lack."""

import base64
import hashlib
import json

import pytest
import urllib3

from besom.protocol import Artifact, ArtifactPage, Viewer

CREATE = """
mutation CreateArtifact($input: CreateArtifactInput!) {
  createArtifact(input: $input) { artifact { id state artifactSequence { latestArtifact { id } } } }
}
"""
MANIFEST = """
mutation CreateArtifactManifest($input: CreateArtifactManifestInput!) {
  createArtifactManifest(input: $input) { artifactManifest { id file { id uploadUrl uploadHeaders } } }
}
"""
FILES = """
mutation CreateArtifactFiles($input: CreateArtifactFilesInput!) {
  createArtifactFiles(input: $input) { files { edges { node { storagePath uploadUrl artifact { id } } } } }
}
"""
IN_PARTS = """
mutation CreateArtifactFiles($input: CreateArtifactFilesInput!) {
  createArtifactFiles(input: $input) {
    files { edges { node { uploadUrl uploadMultipartUrls { uploadID uploadUrlParts { partNumber uploadUrl } } } } }
  }
}
"""
JOIN = """
mutation Join($parts: [UploadPartsInput!]!, $artifact: ID!, $upload: ID!) {
  completeMultipartUploadArtifact(
    input: {completeMultipartAction: Complete, completedParts: $parts, artifactID: $artifact,
            storagePath: "big", uploadID: $upload}
  ) { digest }
}
"""
COMMIT = "mutation C($id: ID!) { commitArtifact(input: {artifactID: $id}) { artifact { id digest state } } }"
SHOW = "query A($id: ID!) { artifact(id: $id) { versionIndex digest currentManifest { file { directUrl } } } }"
UPSERT = 'mutation M($n: String) { upsertBucket(input: {modelName: "wire", name: $n, host: "h"}) { bucket { id } } }'


class Wire:
    """Sends what the client sends, into a project of the caller's."""

    def __init__(self, server, connection):
        self.server, self.connection = server, connection
        self.entity = connection.request("GET", "/viewer", reply=Viewer).entity
        self.headers = urllib3.make_headers(basic_auth=f"api:{server.key}")
        for run in ("one", "two"):
            self.ask(UPSERT, n=run)

    def ask(self, query, status=200, **variables):
        body = {"query": query, "variables": variables}
        answer = urllib3.request("POST", f"{self.server.url}/graphql", json=body, headers=self.headers)
        assert answer.status == status, answer.data
        return answer.json()["data"] if status == 200 else answer.json()["errors"][0]["message"]

    def create(self, name, digest="d1", run="one", **more):
        asked = {"entityName": "", "projectName": "wire", "artifactTypeName": "t", "artifactCollectionName": name}
        asked |= {"runName": run, "digest": digest, "enableDigestDeduplication": True, **more}
        return self.ask(CREATE, input=asked)["createArtifact"]["artifact"]

    def manifest(self, draft, run="one", **more):
        asked = {"artifactID": draft, "name": "m", "digest": "", "runName": run, "type": "FULL", **more}
        return self.ask(MANIFEST, input=asked)["createArtifactManifest"]["artifactManifest"]

    def send_files(self, draft, **contents):
        asked = [{"artifactID": draft, "name": name, "md5": md5(text)} for name, text in contents.items()]
        edges = self.ask(FILES, input={"artifactFiles": asked})["createArtifactFiles"]["files"]["edges"]
        assert [edge["node"]["storagePath"] for edge in edges] == list(contents)
        for edge, text in zip(edges, contents.values(), strict=True):
            if edge["node"]["uploadUrl"]:
                assert urllib3.request("PUT", edge["node"]["uploadUrl"], body=text.encode()).status == 200
        return [name for name, edge in zip(contents, edges, strict=True) if edge["node"]["uploadUrl"]]

    def send_manifest(self, address, **contents):
        entries = {name: {"digest": md5(text), "size": len(text)} for name, text in contents.items()}
        body = json.dumps({"version": 1, "contents": entries}).encode()
        assert urllib3.request("PUT", address, body=body).status == 200

    def log(self, name, digest="d1", run="one", **contents):
        draft = self.create(name, digest, run)["id"]
        self.send_files(draft, **contents)
        self.send_manifest(self.manifest(draft)["file"]["uploadUrl"], **contents)
        self.ask(COMMIT, id=draft)
        return draft

    def versions(self, name):
        page = f"/projects/{self.entity}/wire/artifacts"
        found = self.connection.request("GET", page, query={"name": name}, reply=ArtifactPage).artifacts
        return [(one.version, {file.path for file in one.files}) for one in found]


def md5(text):
    return base64.b64encode(hashlib.md5(text.encode(), usedforsecurity=False).digest()).decode()


@pytest.fixture
def wire(server, connection):
    return Wire(server, connection)


def test_each_request_may_come_twice(wire):
    draft = wire.create("twice", clientID="c1")
    assert (draft["state"], draft["artifactSequence"]["latestArtifact"]) == ("PENDING", None)
    assert wire.create("twice", clientID="c1")["id"] == draft["id"]
    manifest = wire.manifest(draft["id"])
    assert wire.manifest(draft["id"])["id"] == manifest["id"]
    assert wire.send_files(draft["id"], a="alpha twice") == ["a"]
    assert wire.send_files(draft["id"], a="alpha twice") == []
    wire.send_manifest(manifest["file"]["uploadUrl"], a="alpha twice")
    for _ in range(2):
        assert wire.ask(COMMIT, id=draft["id"])["commitArtifact"]["artifact"]["state"] == "COMMITTED"
    assert wire.create("twice", clientID="c1") == {
        "id": draft["id"],
        "state": "COMMITTED",
        "artifactSequence": {"latestArtifact": wire.create("twice")["artifactSequence"]["latestArtifact"]},
    }
    assert wire.versions("twice") == [(0, {"a"})]
    mapping = wire.ask('query C { clientIDMapping(clientID: "c1") { serverID } }')["clientIDMapping"]
    shown = wire.ask(SHOW, id=mapping["serverID"])["artifact"]
    assert (shown["versionIndex"], shown["digest"]) == (0, "d1")
    listed = urllib3.request("GET", shown["currentManifest"]["file"]["directUrl"]).json()["contents"]
    assert listed["a"]["digest"] == md5("alpha twice")


def test_a_version_is_not_made_before_all_of_it_has_arrived(wire):
    draft = wire.create("late")["id"]
    assert "No list of the files" in wire.ask(COMMIT, 400, id=draft)
    address = wire.manifest(draft)["file"]["uploadUrl"]
    wire.send_manifest(address, a="never sent")
    assert "1 files of late have not arrived, e.g. 'a'" in wire.ask(COMMIT, 400, id=draft)
    assert wire.ask(SHOW, id=draft)["artifact"] is None
    assert urllib3.request("PUT", address, body=b"no json").status == 200
    assert "cannot be read" in wire.ask(COMMIT, 422, id=draft)
    assert wire.versions("late") == []


def test_bytes_must_have_the_md5_that_they_were_announced_with(wire):
    draft = wire.create("damaged")["id"]
    asked = {"artifactFiles": [{"artifactID": draft, "name": "a", "md5": md5("the right ones")}]}
    address = wire.ask(FILES, input=asked)["createArtifactFiles"]["files"]["edges"][0]["node"]["uploadUrl"]
    assert urllib3.request("PUT", address, body=b"others").status == 422
    assert urllib3.request("PUT", address, body=b"the right ones").status == 200


def test_paths_of_a_manifest_that_lead_out_of_the_artifact_are_refused(wire):
    draft = wire.create("outside")["id"]
    wire.send_files(draft, a="alpha")
    wire.send_manifest(wire.manifest(draft)["file"]["uploadUrl"], **{"../a": "alpha"})
    assert "'..'" in wire.ask(COMMIT, 422, id=draft)


def test_several_processes_send_one_version_together(wire):
    drafts = {wire.create("shared", run=run, distributedID="group")["id"] for run in ("one", "two")}
    assert len(drafts) == 1
    draft = drafts.pop()
    for run, text in (("one", "first part"), ("two", "second part")):
        wire.send_files(draft, **{run: text})
        manifest = wire.manifest(draft, run=run, type="PATCH")
        wire.send_manifest(manifest["file"]["uploadUrl"], **{run: text})
    wire.ask(COMMIT, id=draft)
    assert wire.versions("shared") == [(0, {"one", "two"})]


def test_a_deleted_version_leaves_its_number_and_can_be_logged_again(wire):
    wire.log("gone", "d1", a="alpha")
    last = wire.log("gone", "d2", a="beta")
    wire.ask("mutation D($id: ID!) { deleteArtifact(input: {artifactID: $id}) { artifact { id } } }", id=last)
    assert wire.versions("gone") == [(0, {"a"})]
    wire.log("gone", "d2", a="beta")
    assert [version for version, _ in wire.versions("gone")] == [2, 0]


def test_latest_is_always_the_newest_version(wire):
    old, _ = wire.log("moved", "d1", a="alpha"), wire.log("moved", "d2", a="beta")
    alias = {"entityName": wire.entity, "projectName": "wire", "artifactCollectionName": "moved", "alias": "latest"}
    add = "mutation A($input: AddAliasesInput!) { addAliases(input: $input) { success } }"
    assert "newest version" in wire.ask(add, 400, input={"artifactID": old, "aliases": [alias]})


def test_a_run_of_another_project_uses_a_version_and_each_tells_of_the_other(wire):
    used = wire.log("travelling", "d1", a="alpha")
    wire.log("travelling", "d2", a="beta")
    wire.ask(UPSERT.replace('"wire"', '"elsewhere"'), n="user")
    use = "mutation U($input: UseArtifactInput!) { useArtifact(input: $input) { artifact { id } } }"
    for _ in range(2):
        wire.ask(use, input={"artifactID": used, "entityName": "", "projectName": "elsewhere", "runName": "user"})
    inputs = wire.ask(
        """query I { project(name: "elsewhere") { run(name: "user") { inputArtifacts(first: 5) { totalCount edges {
        version node { aliases { alias } artifactSequence { name project { name } } } } } } } }"""
    )["project"]["run"]["inputArtifacts"]
    node = {"aliases": [], "artifactSequence": {"name": "travelling", "project": {"name": "wire"}}}
    assert inputs == {"totalCount": 1, "edges": [{"version": "v0", "node": node}]}
    users = wire.ask(
        "query B($id: ID!) { artifact(id: $id) { usedBy { edges { node { name project { name } } } } } }", id=used
    )
    assert users["artifact"]["usedBy"]["edges"] == [{"node": {"name": "user", "project": {"name": "elsewhere"}}}]


def test_a_run_may_be_deleted_with_what_it_made(wire):
    run = wire.ask(UPSERT, n="doomed")["upsertBucket"]["bucket"]["id"]
    for name in ("doomed", "kept"):
        wire.log(name, run="doomed" if name == "doomed" else "one", a="alpha")
    delete = "mutation D($id: ID!) { deleteRun(input: {id: $id, deleteArtifacts: true}) { clientMutationId } }"
    for _ in range(2):
        wire.ask(delete, id=run)
    assert (wire.versions("doomed"), wire.versions("kept")) == ([], [(0, {"a"})])


def test_a_file_is_sent_in_parts_that_become_one_whatever_comes_twice(wire):
    texts = ["first" * 9000, "second" * 9000, "first" * 9000]
    whole = "".join(texts)
    sums = [hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for text in texts]
    parts = [{"partNumber": number, "hexMD5": found} for number, found in enumerate(sums, 1)]
    draft = wire.create("parts")["id"]
    asked = {"artifactID": draft, "name": "big", "md5": md5(whole), "uploadPartsInput": parts}
    node = wire.ask(IN_PARTS, input={"artifactFiles": [asked]})["createArtifactFiles"]["files"]["edges"][0]["node"]
    upload = node["uploadMultipartUrls"]
    join = {"parts": parts[::-1], "artifact": draft, "upload": upload["uploadID"]}
    assert node["uploadUrl"], "without it the client takes the file for known"

    def put(address, text):
        return urllib3.request("PUT", address["uploadUrl"], body=text.encode())

    first, second, third = upload["uploadUrlParts"]
    tags = [put(first, texts[0]).headers["ETag"], put(third, texts[2]).headers["ETag"]]
    assert tags == [f'"{sums[0]}"', f'"{sums[2]}"']
    assert "1 of 3 parts have not arrived, e.g. part 2" in wire.ask(JOIN, 400, **join)
    assert put(second, texts[1]).status == 200
    for _ in range(2):
        assert wire.ask(JOIN, **join)["completeMultipartUploadArtifact"]["digest"] == md5(whole)
    wire.send_manifest(wire.manifest(draft)["file"]["uploadUrl"], big=whole)
    wire.ask(COMMIT, id=draft)
    [entry] = wire.connection.request("GET", f"/projects/{wire.entity}/wire/artifacts/parts:v0", reply=Artifact).files
    assert (entry.size, entry.digest) == (len(whole), hashlib.sha256(whole.encode()).hexdigest())
    wrong = [parts[0], parts[2], parts[1]]
    numbered = [{**part, "partNumber": number} for number, part in enumerate(wrong, 1)]
    other = hashlib.md5(b"other", usedforsecurity=False).hexdigest()
    assert "The parts together have the MD5" in wire.ask(JOIN, 422, parts=numbered, artifact=draft, upload=other)
