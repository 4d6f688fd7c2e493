"""Artifacts of the real client: sent, found, fetched, changed; they are besom's own, and besom's own are its."""

import hashlib

from besom.protocol import Artifact, ArtifactPage, FileEntry, NewArtifact, Viewer

LOGS = """
import os, pathlib
from datetime import timedelta
import wandb

quiet = wandb.Settings(silent=True)
pathlib.Path("d/sub").mkdir(parents=True)
pathlib.Path("d/a.txt").write_text("alpha")
pathlib.Path("d/sub/b 1%.txt").write_text("beta")

def data():
    artifact = wandb.Artifact("data", type="dataset", description="small", metadata={"rows": 2})
    artifact.add_dir("d")
    artifact.add_reference(os.environ["WANDB_BASE_URL"] + "/healthz", name="elsewhere", checksum=False)
    return artifact

with wandb.init(project="goods", id="maker", settings=quiet) as run:
    made = run.log_artifact(data(), aliases=["best"], tags=["raw"]).wait()
    assert (made.version, made.state, set(made.aliases)) == ("v0", "COMMITTED", {"best", "latest"})
    run.log({"loss": 1})
    run.log({"loss": 0})
    shown = wandb.Artifact("shown", type="table")
    shown.add(wandb.Table(columns=["a"], data=[[1], [2]]), "table")
    shown.ttl = timedelta(days=3)
    run.log_artifact(shown).wait()
    bad = wandb.Artifact("data", type="model")
    try:
        run.log_artifact(bad).wait()
    except ValueError as error:
        assert "dataset" in str(error)
    else:
        raise AssertionError("two types of one name")

with wandb.init(project="goods", id="changer", settings=quiet) as run:
    assert run.log_artifact(data(), aliases=["seen"]).wait().version == "v0"
    used = run.use_artifact("data:best")
    assert (used.metadata, used.description) == ({"rows": 2}, "small")
    draft = used.new_draft()
    with draft.new_file("c.txt") as file:
        file.write("gamma")
    draft.remove("a.txt")
    assert run.log_artifact(draft).wait().version == "v1"
    for name in ("one", "two"):
        part = wandb.Artifact("grown", type="parts", incremental=name == "two")
        with part.new_file(name) as file:
            file.write(name)
        run.log_artifact(part).wait()
"""

READS = """
import os, pathlib
from datetime import timedelta
import requests
import wandb

api = wandb.Api()
first = api.artifact("goods/data:seen")
assert (first.version, first.tags, first.file_count, first.size) == ("v0", ["raw"], 3, 9), first.size
assert sorted(first.manifest.entries) == ["a.txt", "elsewhere", "sub/b 1%.txt"]
assert first.logged_by().id == "maker" and [run.id for run in first.used_by()] == ["changer"]
assert api.artifact("goods/data:" + first.digest).version == "v0"
second = api.artifact("goods/data")
second.download(root="back", skip_cache=True)
second.verify(root="back")
texts = {str(path.relative_to("back")): path.read_text() for path in pathlib.Path("back").rglob("*.txt")}
assert texts == {"c.txt": "gamma", "sub/b 1%.txt": "beta"}, texts
assert '"ok"' in pathlib.Path("back/elsewhere").read_text()
assert api.artifact("goods/shown:v0").get("table").data == [[1], [2]]
assert sorted(api.artifact("goods/grown:v1").manifest.entries) == ["one", "two"]
assert len(first.files()) == 3
assert [file.name for file in first.files(per_page=1)] == ["a.txt", "elsewhere", "sub/b 1%.txt"]

shown = api.artifact("goods/shown:v0")
told = [(found.ttl, found.history_step) for found in (first, shown)]
assert told == [(None, None), (timedelta(days=3), 1)], told
shown.ttl = timedelta(days=5)
shown.save()
assert shown.ttl == wandb.Api().artifact("goods/shown:v0").ttl == timedelta(days=5)
shown.ttl = None
shown.save()
assert wandb.Api().artifact("goods/shown:v0").ttl is None

collections = api.project("goods").collections()
assert len(collections) == 4 and [found.name for found in collections] == ["data", "grown", "plain", "shown"]
collections = api.project("goods").collections(filters={"name": {"$regex": "o"}}, order="-name")
assert [found.name for found in collections] == ["shown", "grown"]
assert [kind.name for kind in api.artifact_types("goods")] == ["dataset", "model", "parts", "table"]
assert [found.name for found in api.artifact_type("dataset", "goods").collections()] == ["data"]
assert [found.name for found in api.artifacts("dataset", "goods/data")] == ["data:v1", "data:v0"]
assert set(api.artifact_collection("dataset", "goods/data").aliases) == {"latest", "best", "seen"}
assert api.artifact_exists("goods/data:v1") and not api.artifact_exists("goods/data:v2")
changer = api.run("goods/changer")
assert sorted(found.name for found in changer.logged_artifacts()) == ["data:v0", "data:v1", "grown:v0", "grown:v1"]
assert [found.name for found in changer.used_artifacts()] == ["data:v0"]

first.description, first.tags = "other", ["clean"]
first.metadata["rows"] = 3
first.aliases += ["prod", "the good one"]
first.aliases.remove("seen")
first.save()
assert api.run("goods/maker").use_artifact(wandb.Api().artifact("goods/grown:v0")).name == "grown:v0"
for name in ("grown:v0", "grown:v1"):
    wandb.Api().artifact(f"goods/{name}").delete()
assert len(wandb.Api().artifacts("parts", "goods/grown")) == 0

assert len(first.commit_hash) == 32 and first.linked_artifacts == []
by_key = first.manifest.storage_policy._file_url(first, first.manifest.entries["sub/b 1%.txt"])
assert requests.get(by_key, auth=("api", os.environ["WANDB_API_KEY"])).text == "beta"
assert requests.get(by_key).status_code == 401

collection = api.artifact_collection("dataset", "goods/data")
assert (collection.description, collection.tags) == (None, [])
collection.description, collection.tags, collection.type = "all of it", ["big", "old"], "tables"
collection.save()
collection.tags = ["big", "new"]
collection.save()
collection = wandb.Api().artifact_collection("tables", "goods/data")
assert (collection.description, sorted(collection.tags)) == ("all of it", ["big", "new"])
assert wandb.Api().artifact("goods/data").type == "tables"
collection.name = "other"
try:
    collection.save()
except wandb.errors.CommError as error:
    assert "The name data stays" in str(error), error
else:
    raise AssertionError("a name was changed")
wandb.Api().artifact_collection("table", "goods/shown").delete()
assert not wandb.Api().artifact_exists("goods/shown:v0")
made = wandb.Api().artifact("goods/plain:v0")
made.download(root="plain", skip_cache=True)
made.verify(root="plain")
assert pathlib.Path("plain/x.bin").read_bytes() == b"besom" and made.metadata == {"by": "besom"}
"""


def test_artifacts_are_sent_found_fetched_changed_and_the_same_on_both_faces(user, connection):
    entity = connection.request("GET", "/viewer", reply=Viewer).entity
    place = f"/projects/{entity}/goods"
    user.python(LOGS)
    digest = hashlib.sha256(b"besom").hexdigest()
    connection.exchange("PUT", f"{place}/blobs/{digest}", body=b"besom")
    entry = FileEntry(path="x.bin", digest=digest, size=5)
    new = NewArtifact(name="plain", type="model", metadata={"by": "besom"}, files=[entry])
    connection.request("POST", f"{place}/artifacts", body=new, reply=Artifact)
    user.python(READS)

    def show(address):
        return connection.request("GET", f"{place}/artifacts/{address}", reply=Artifact)

    first = show("data:prod")
    assert (first.version, first.aliases, first.tags) == (0, ["best", "prod", "the good one"], ["clean"])
    assert (first.description, first.metadata, first.run_id) == ("other", {"rows": 3}, "maker")
    files = {file.path: file.digest for file in first.files}
    assert files == {
        "a.txt": hashlib.sha256(b"alpha").hexdigest(),
        "sub/b 1%.txt": hashlib.sha256(b"beta").hexdigest(),
    }
    assert [found.path for found in first.references] == ["elsewhere"]
    assert first.references[0].uri.endswith("/healthz")
    logged = connection.request("GET", f"{place}/runs/changer/artifacts", reply=ArtifactPage).artifacts
    assert {(found.name, found.version) for found in logged} == {("data", 0), ("data", 1)}
