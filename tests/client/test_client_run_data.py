"""What runs keep besides their metrics: output, load, facts, files, artifacts."""

import hashlib
import time
from pathlib import Path

import pytest

from besom.client import blobs
from besom.errors import CommError, NotFound, UsageError
from besom.protocol import AboutRecord, ArtifactRecord, FileEntry, NewArtifact, OutputRecord, SystemRecord


def put(lab, folder, content: bytes) -> tuple[str, int]:
    """Stores bytes on the server; returns their digest and size."""
    file = folder / "content"
    file.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    lab.api.create_project(lab.project)
    blobs.put(lab.connection, lab.route, digest, file)
    return digest, len(content)


def artifact(lab, folder, content: bytes, **fields):
    digest, size = put(lab, folder, content)
    entry = FileEntry(path="data/points.csv", digest=digest, size=size)
    new = NewArtifact(**{"name": "points", "type": "dataset", "files": [entry], **fields})
    return lab.records(ArtifactRecord(artifact=new))


def test_printed_lines_are_read_page_by_page(api, lab):
    made = lab.records(OutputRecord(line=0, lines=[f"line {n}" for n in range(2500)], time=time.time()))
    assert list(api.run(f"{lab.path}/{made}").output()) == [f"line {n}" for n in range(2500)]


def test_the_system_stream_of_history_is_the_machines_load(api, lab):
    made = lab.records(
        SystemRecord(time=100.0, data={"cpu": 10.0, "memory": 1.0}),
        SystemRecord(time=115.0, data={"cpu": 20.0}),
    )
    run = api.run(f"{lab.path}/{made}")
    rows = run.history(stream="system", pandas=False)
    assert rows == [{"_timestamp": 100.0, "cpu": 10.0, "memory": 1.0}, {"_timestamp": 115.0, "cpu": 20.0}]
    assert run.history(stream="system", keys=["memory"], pandas=False) == [{"_timestamp": 100.0, "memory": 1.0}]
    assert run.system_metrics == {"cpu": 20.0, "memory": 1.0}


def test_an_unknown_stream_is_named(api, lab):
    with pytest.raises(UsageError, match="'events'"):
        api.run(f"{lab.path}/{lab.records()}").history(stream="events")


def test_metadata_are_the_facts_about_program_and_machine(api, lab):
    made = lab.records(AboutRecord(data={"git": {"commit": "abc"}}), AboutRecord(data={"host": "box"}))
    assert api.run(f"{lab.path}/{made}").metadata == {"git": {"commit": "abc"}, "host": "box"}


def test_a_file_is_uploaded_listed_and_downloaded(api, lab, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "model.txt").write_text("weights")
    run = api.run(f"{lab.path}/{lab.records()}")
    run.upload_file("out/model.txt", root=tmp_path)
    assert [file.name for file in run.files()] == ["out/model.txt"]
    with run.file("out/model.txt").download(tmp_path / "back") as opened:
        assert opened.read() == "weights"
    assert (tmp_path / "back" / "out" / "model.txt").read_text() == "weights"


def test_a_file_that_is_there_already_is_not_lost(api, lab, tmp_path):
    (tmp_path / "model.txt").write_text("weights")
    run = api.run(f"{lab.path}/{lab.records()}")
    file = run.upload_file("model.txt", root=tmp_path)
    (tmp_path / "model.txt").write_text("mine")
    with pytest.raises(UsageError, match="replace=True"):
        file.download(tmp_path)
    with file.download(tmp_path, exist_ok=True) as opened:
        assert opened.read() == "mine"
    with file.download(tmp_path, replace=True) as opened:
        assert opened.read() == "weights"


def test_a_file_outside_of_its_root_is_refused(api, lab, tmp_path):
    (tmp_path / "secret").write_text("x")
    (tmp_path / "root").mkdir()
    with pytest.raises(UsageError, match="outside"):
        api.run(f"{lab.path}/{lab.records()}").upload_file("../secret", root=tmp_path / "root")
    (tmp_path / "root" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(UsageError, match="outside"):
        api.run(f"{lab.path}/{lab.records()}").upload_file("link", root=tmp_path / "root")


def test_a_download_follows_no_link_out_of_its_folder(api, lab, tmp_path):
    """Whoever can write in the folder, as on a machine of many, could have files of others overwritten."""
    artifact(lab, tmp_path, b"one")
    found = api.artifact(f"{lab.path}/points")
    theirs, root = tmp_path / "theirs", tmp_path / "root"
    theirs.mkdir()
    root.mkdir()
    (root / "data").symlink_to(theirs)
    with pytest.raises(UsageError, match="leads out of"):
        found.download(root)
    with pytest.raises(UsageError, match="leads out of"):
        found.files()[0].download(root)
    assert not list(theirs.iterdir())
    (root / "data").unlink()
    (root / "data").symlink_to(root / "data")
    with pytest.raises(UsageError, match="leads out of"):
        found.files()[0].download(root)
    (root / "data").unlink()
    (root / "data").mkdir()
    part = f".points.csv.{found.files()[0].digest[:16]}.part"  # while it is on its way
    (theirs / "diary").write_text("mine")
    (root / "data" / part).symlink_to(theirs / "diary")
    with pytest.raises(OSError, match=r"points\.csv"):
        found.download(root)
    (root / "data" / part).unlink()
    (root / "data" / "points.csv").symlink_to(theirs / "diary")
    found.download(root)
    assert (root / "data" / "points.csv").read_bytes() == b"one"
    assert (theirs / "diary").read_text() == "mine"
    (tmp_path / "disk").symlink_to(theirs)  # the folder itself may be one: that is where the user wants it
    assert (Path(found.download(tmp_path / "disk")) / "data" / "points.csv").read_bytes() == b"one"


def test_a_file_that_a_run_does_not_have_is_named(api, lab):
    with pytest.raises(NotFound, match="model\\.pt"):
        api.run(f"{lab.path}/{lab.records()}").file("model.pt")


def test_an_artifact_is_found_by_name_version_and_alias(api, lab, tmp_path):
    artifact(lab, tmp_path, b"one", aliases=["checked"])
    artifact(lab, tmp_path, b"two")
    assert api.artifact(f"{lab.path}/points").version == "v1"
    assert api.artifact(f"{lab.path}/points:latest").name == "points:v1"
    assert api.artifact(f"{lab.path}/points:checked").qualified_name == f"{lab.path}/points:v0"
    assert api.artifact(f"{lab.path}/points:v0", type="dataset").files()[0].read_bytes() == b"one"
    assert [version.version for version in api.artifact_versions("dataset", f"{lab.path}/points")] == ["v1", "v0"]
    assert api.artifact_exists(f"{lab.path}/points:v1")
    assert not api.artifact_exists(f"{lab.path}/points:v7")


def test_an_unknown_version_is_named_with_the_known_ones(api, lab, tmp_path):
    artifact(lab, tmp_path, b"one", aliases=["checked"])
    with pytest.raises(NotFound) as caught:
        api.artifact(f"{lab.path}/points:v9")
    assert "points:v9" in caught.value.message
    assert {"v0", "checked", "latest"} <= set(caught.value.hint.replace(",", "").split())


def test_an_artifact_of_another_type_is_refused(api, lab, tmp_path):
    artifact(lab, tmp_path, b"one")
    with pytest.raises(UsageError, match="type dataset, not model"):
        api.artifact(f"{lab.path}/points", type="model")


def test_an_artifact_is_downloaded_as_a_folder(api, lab, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    artifact(lab, tmp_path, b"one")
    found = api.artifact(f"{lab.path}/points")
    assert found.download() == "artifacts/points:v0"
    assert (tmp_path / "artifacts" / "points:v0" / "data" / "points.csv").read_bytes() == b"one"
    assert found.file(tmp_path / "other") == str(tmp_path / "other" / "data" / "points.csv")
    with pytest.raises(UsageError, match=r"data/points\.csv"):
        found.get_path("points.csv")


def test_a_runs_artifacts_and_a_projects_types_are_listed(api, lab, tmp_path):
    made = artifact(lab, tmp_path, b"one")
    artifact(lab, tmp_path, b"weights", name="net", type="model")
    run = api.run(f"{lab.path}/{made}")
    assert [found.name for found in run.logged_artifacts()] == ["points:v0"]
    assert [kind.name for kind in api.artifact_types(lab.path)] == ["dataset", "model"]
    (collection,) = api.artifact_type("model", lab.path).collections()
    assert [found.name for found in collection.artifacts()] == ["net:v0"]
    with pytest.raises(UsageError, match="dataset, model"):
        api.artifact_type("code", lab.path)


def test_a_run_is_waited_for(api, lab):
    ended, running = lab.run({"loss": 1.0}), lab.run({"loss": 1.0}, exit_code=None)
    api.run(f"{lab.path}/{ended.id}").wait_until_finished()
    with pytest.raises(CommError, match="is running after"):
        api.run(f"{lab.path}/{running.id}").wait_until_finished(timeout=0)
