"""Files of runs of the real client: what is saved, logged as media or as code, is besom's own file; and back."""

import urllib3
from wandb_user import LISTS_PACKAGES

from besom.protocol import FilePage, HistoryPage, Viewer

PROGRAM = """
import pathlib, wave
import numpy as np
import wandb

for name, text in (("w.txt", "hello"), ("data/100% a b.txt", "percent"), ("data/empty", "")):
    pathlib.Path(name).parent.mkdir(exist_ok=True)
    pathlib.Path(name).write_text(text)
pathlib.Path("train.py").write_text("print(1)")
with wave.open("a.wav", "wb") as sound:
    sound.setnchannels(1), sound.setsampwidth(2), sound.setframerate(8000), sound.writeframes(bytes(1000))

run = wandb.init(project="stored", id="files")
run.log({
    "image": wandb.Image(np.zeros((4, 4, 3), dtype=np.uint8), caption="black"),
    "table": wandb.Table(columns=["a", "b"], data=[[1, "x"], [2, "y"]]),
    "html": wandb.Html("<b>x</b>"),
    "audio": wandb.Audio("a.wav"),
})
run.save("w.txt")
run.save("data/*", base_path=".")
run.log_code(".")
run.finish()

run = wandb.Api().run("stored/files")
names = [file.name for file in run.files(per_page=2)]
assert len(names) == len(set(names)) == len(run.files()), names
assert run.file("./w.txt").download(root="back").read() == "hello"
assert run.file("data/100% a b.txt").download(root="back").read() == "percent"
saved = run.files(pattern="data/%")
assert [(file.name, file.size) for file in saved] == [("data/100% a b.txt", 7), ("data/empty", 0)], list(saved)
assert run.file("w.txt").md5 == "XUFAKrxLKna5cZ2REBfFkg=="
pathlib.Path("w.txt").write_text("changed")
assert run.upload_file("w.txt").size == 7
run.file("data/empty").delete()
asked = run.files(names=["data/empty", "w.txt"])
assert [(file.name, file.md5 == "0") for file in asked] == [("w.txt", False), ("data/empty", True)], "0: not there"
for missing in ("data/empty", "nothing.txt"):
    try:
        wandb.restore(missing, run_path="stored/files", replace=True)
    except ValueError as error:
        assert f"File {missing} not found" in str(error)
    else:
        raise AssertionError("restored what is not there")
assert wandb.restore("w.txt", run_path="stored/files", root="back", replace=True).read() == "changed"
"""

CREATE = """
mutation CreateRunFiles($entity: String!, $project: String!, $run: String!, $files: [String!]!) {
  createRunFiles(input: {entityName: $entity, projectName: $project, runName: $run, files: $files}) {
    runID uploadHeaders files { name uploadUrl }
  }
}
"""
UPSERT = 'mutation M { upsertBucket(input: {modelName: "stored", name: "NAME", host: "h"}) { bucket { id } } }'


def ask(server, query, status=200, **variables):
    headers = urllib3.make_headers(basic_auth=f"api:{server.key}")
    body = {"query": query, "variables": variables}
    answer = urllib3.request("POST", f"{server.url}/graphql", json=body, headers=headers)
    assert answer.status == status, answer.data
    return answer.json()["data"]


def addresses(server, entity, run, *names):
    ask(server, UPSERT.replace("NAME", run))
    answer = ask(server, CREATE, entity=entity, project="stored", run=run, files=list(names))["createRunFiles"]
    assert [file["name"] for file in answer["files"]] == list(names)
    return [file["uploadUrl"] for file in answer["files"]]


def test_files_media_and_code_are_besoms_own_and_come_back(user, connection):
    user.python(PROGRAM, **LISTS_PACKAGES)
    entity = connection.request("GET", "/viewer", reply=Viewer).entity
    place = f"/projects/{entity}/stored/runs/files"
    files = {file.path: file for file in connection.request("GET", f"{place}/files", reply=FilePage).files}
    assert all(file.present for file in files.values())
    assert {"config.yaml", "output.log", "requirements.txt", "wandb-metadata.json", "wandb-summary.json"} <= set(files)
    assert files["w.txt"].size == 7
    row = connection.request("GET", f"{place}/history", reply=HistoryPage).rows[0]
    for key, kind in (("image", "image-file"), ("table", "table-file"), ("html", "html-file"), ("audio", "audio-file")):
        assert row[key]["_type"] == kind
        assert files[row[key]["path"]].digest == row[key]["sha256"]
        assert files[row[key]["path"]].size == row[key]["size"]
    assert row["image"]["caption"] == "black"


def test_an_address_is_good_for_what_it_was_given_for_and_the_last_bytes_count(server, connection):
    entity = connection.request("GET", "/viewer", reply=Viewer).entity
    first, other = addresses(server, entity, "signed", "a b%2F.txt", "sub/ü.bin")
    for content in (b"1", b"", b"the last"):
        assert urllib3.request("PUT", first, body=content).status == 200
    stored = f"{server.url}/api/v1/projects/{entity}/stored/runs/signed/files/a%20b%252F.txt"
    headers = {"Authorization": f"Bearer {server.key}"}
    assert urllib3.request("GET", stored, headers=headers).data == b"the last"
    signature = first.partition("?")[2]
    for method, address in (
        ("GET", first),
        ("PUT", f"{other.partition('?')[0]}?{signature}"),
        ("PUT", first.replace("expires=", "expires=9")),
        ("PUT", first.replace("user=", "user=1")),
        ("PUT", first.replace("signature=", "signature=0")),
        ("PUT", first.partition("?")[0]),
    ):
        assert urllib3.request(method, address, body=b"x").status == 403, (method, address)
    assert urllib3.request("GET", stored, headers=headers).data == b"the last"


def test_names_that_lead_out_of_the_run_get_no_address(server, connection):
    entity = connection.request("GET", "/viewer", reply=Viewer).entity
    assert addresses(server, entity, "inside", "../x", "/etc/passwd", "a//b", "") == [None] * 4
    ask(server, CREATE, status=404, entity=entity, project="stored", run="nobody", files=["x"])


def test_a_browser_runs_no_script_of_a_file(server, connection):
    entity = connection.request("GET", "/viewer", reply=Viewer).entity
    [put] = addresses(server, entity, "html", "x.html")
    assert urllib3.request("PUT", put, body=b"<script>1</script>").status == 200
    listed = ask(
        server,
        'query Q($e: String) { project(name: "stored", entityName: $e) { run(name: "html") {'
        ' files(names: ["x.html"], first: 5) { edges { node { directUrl mimetype sizeBytes } } } } } }',
        e=entity,
    )
    node = listed["project"]["run"]["files"]["edges"][0]["node"]
    assert (node["mimetype"], node["sizeBytes"]) == ("text/html", 18)
    answer = urllib3.request("GET", node["directUrl"], headers={"Range": "bytes=0-6"})
    assert (answer.status, answer.data) == (206, b"<script")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
