"""Artifacts: sets of files that a run makes and others use."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from faulty_proxy import Fate, FaultyProxy

import besom
from besom.client.api import Api
from besom.client.connection import Connection
from besom.errors import CommError, NotFound, SettingsError, UsageError
from besom.protocol import ArtifactRuns
from besom.sdk import artifact_contents
from besom.sdk.parallel import in_parallel


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Runs that capture nothing by themselves, in a folder of the test's with two files."""
    monkeypatch.setenv("BESOM_CONSOLE", "off")
    monkeypatch.setenv("BESOM_DISABLE_META", "true")
    monkeypatch.setenv("BESOM_DISABLE_STATS", "true")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "a.txt").write_text("a")
    (tmp_path / "data" / "deep" / "b.txt").write_text("bb")


@pytest.fixture
def project(request: pytest.FixtureRequest) -> str:
    """A project of the test's own."""
    return f"p-{abs(hash(request.node.name)) % 10**8}"


@pytest.fixture
def run(project: str, online: None) -> Any:
    with besom.init(project=project) as run:
        yield run


# Making one


def test_files_and_folders_have_their_path_in_the_artifact() -> None:
    artifact = besom.Artifact("set", "dataset", metadata={"rows": 3})
    artifact.add_file("data/a.txt")
    artifact.add_file("data/a.txt", "renamed/first.txt")
    Path("data/deep/up").symlink_to(Path.cwd())  # a folder elsewhere is not followed to
    artifact.add_dir("data", "copy")
    assert sorted(artifact.entries) == ["a.txt", "copy/a.txt", "copy/deep/b.txt", "renamed/first.txt"]
    assert artifact.size == 5


def test_new_file_adds_what_was_written_when_it_is_closed() -> None:
    artifact = besom.Artifact("set", "dataset")
    with artifact.new_file("notes/n.txt") as file:
        file.write("é")
    with artifact.new_file("raw", "wb") as file:
        file.write(b"123")
    assert {path: entry.size for path, entry in artifact.entries.items()} == {"notes/n.txt": 2, "raw": 3}


def test_a_new_file_that_fails_is_not_added() -> None:
    artifact = besom.Artifact("set", "dataset")

    def fail() -> None:
        with artifact.new_file("n.txt") as file:
            file.write("half")
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        fail()
    assert not artifact.entries


def test_another_file_of_the_same_path_is_refused_unless_told_to_replace_it() -> None:
    artifact = besom.Artifact("set", "dataset")
    artifact.add_file("data/a.txt", "x")
    artifact.add_file("data/a.txt", "x")
    with pytest.raises(UsageError, match="another file 'x'"):
        artifact.add_file("data/deep/b.txt", "x")
    artifact.add_file("data/deep/b.txt", "x", overwrite=True)
    assert artifact.entries["x"].size == 2


def test_too_many_files_are_refused_with_the_limit_and_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifact_contents, "MOST_FILES", 2)
    artifact = besom.Artifact("set", "dataset")
    artifact.add_dir("data")
    artifact.add_file("data/a.txt")  # it is there already
    with pytest.raises(UsageError, match=r"set has 2 files, as many as are possible.*'c\.txt'.*\n?.*into archives"):
        artifact.add_file("data/a.txt", "c.txt")


def test_files_may_be_taken_out_again() -> None:
    artifact = besom.Artifact("set", "dataset")
    artifact.add_dir("data")
    artifact.remove("deep")
    assert list(artifact.entries) == ["a.txt"]
    with pytest.raises(UsageError, match="no file 'deep'"):
        artifact.remove("deep")


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a\\b", "a\nb", ""])
def test_a_path_that_leads_out_of_the_artifact_is_refused(path: str) -> None:
    with pytest.raises(UsageError):
        besom.Artifact("set", "dataset").put(path, b"")


@pytest.mark.parametrize("name", ["", "a/b", "a:b", "a b", "x" * 129])
def test_a_name_that_cannot_stand_in_an_address_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="letters, digits"):
        besom.Artifact(name, "dataset")


@pytest.mark.parametrize("type", ["", "job", "a\nb", 5])
def test_a_type_that_is_none_is_refused(type: Any) -> None:
    with pytest.raises(UsageError, match="cannot be of type"):
        besom.Artifact("set", type)


def test_references_are_refused_with_what_to_do_instead() -> None:
    with pytest.raises(UsageError, match="cannot refer to 's3://bucket/x'"):
        besom.Artifact("set", "dataset").add_reference("s3://bucket/x")


def test_files_that_are_missing_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"none\.txt is not a file"):
        besom.Artifact("set", "dataset").add_file("none.txt")
    with pytest.raises(UsageError, match="none is not a folder"):
        besom.Artifact("set", "dataset").add_dir("none")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BESOM_DIR", str(tmp_path / "data" / "a.txt"))
    with pytest.raises(SettingsError, match=r"a\.txt/besom cannot be written"):
        besom.Artifact("set", "dataset").add_file("data/deep/b.txt")


def test_what_was_added_but_not_logged_leaves_nothing_behind(tmp_path: Path) -> None:
    code = "import besom; besom.Artifact('set', 'dataset').add_file('data/a.txt')"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
    assert not (tmp_path / "besom").exists()


# Logging one


def test_a_logged_artifact_has_versions_aliases_and_a_maker(run: Any, connection: Connection) -> None:
    artifact = besom.Artifact("set", "dataset", description="numbers", metadata={"rows": 3, "nan": float("nan")})
    artifact.add_dir("data")
    run.log_artifact(artifact, aliases=["best", "latest"])
    artifact.wait(30)
    assert (artifact.version, artifact.aliases) == ("v0", ["latest", "best"])
    assert artifact.qualified_name == f"{run.entity}/{run.project}/set:v0"
    seen = Api(base_url=connection.url, api_key=connection.key).artifact(f"{run.entity}/{run.project}/set:best")
    assert (seen.description, seen.metadata["rows"], seen.run_id) == ("numbers", 3, run.id)


def test_the_same_files_again_make_no_new_version_and_other_files_do(run: Any, tmp_path: Path) -> None:
    versions = []
    for text in ("one", "one", "two"):
        (tmp_path / "f").write_text(text)
        versions.append(run.log_artifact("f", name="set", type="dataset").wait(30).version)
    assert versions == ["v0", "v0", "v1"]


def test_after_wait_the_aliases_are_there_also_when_no_new_version_was_made(run: Any) -> None:
    for alias in ("first", "second"):
        assert alias in run.log_artifact("data", name="set", type="dataset", aliases=[alias]).wait(30).aliases
    assert run.use_artifact("set:second").aliases == ["latest", "first", "second"]


def test_a_file_is_kept_as_it_was_when_it_was_added(run: Any, tmp_path: Path) -> None:
    artifact = besom.Artifact("checkpoints", "model")
    for epoch in range(3):
        (tmp_path / "model.pt").write_text(f"epoch {epoch}")
        artifact.add_file("model.pt", f"{epoch}.pt")
    (tmp_path / "model.pt").unlink()
    run.log_artifact(artifact)
    folder = Path(artifact.wait(30).download(tmp_path / "got"))
    assert [(folder / f"{epoch}.pt").read_text() for epoch in range(3)] == ["epoch 0", "epoch 1", "epoch 2"]


def test_an_immutable_file_is_sent_without_a_copy(run: Any, tmp_path: Path) -> None:
    (tmp_path / "large").write_text("content")
    artifact = besom.Artifact("set", "dataset")
    artifact.add_file("large", policy="immutable")
    run.log_artifact(artifact)
    assert artifact.wait(30).logged.get_path("large").read_bytes() == b"content"
    assert (tmp_path / "large").read_text() == "content"


def test_a_path_is_logged_under_a_name_made_of_run_and_file(run: Any) -> None:
    assert run.log_artifact("data").name == f"run-{run.id}-data"
    assert run.log_artifact("data/a.txt", type="text").type == "text"


def test_one_word_is_one_alias_and_a_number_a_description(run: Any) -> None:
    artifact = besom.Artifact("set", "dataset", description=5)  # type: ignore[arg-type]
    artifact.add_file("data/a.txt")
    assert set(run.log_artifact(artifact, aliases="best").wait(30).aliases) == {"best", "latest"}
    assert artifact.logged.description == "5"


def test_no_staged_bytes_remain_when_the_server_has_them(run: Any) -> None:
    run.log_artifact("data", name="set", type="dataset")
    run.finish()
    assert not list((run.folder / "blobs").iterdir())


def test_another_type_for_a_known_name_is_told_by_wait(run: Any) -> None:
    run.log_artifact("data", name="set", type="dataset").wait(30)
    with pytest.raises(UsageError, match="is of type 'dataset', not 'model'"):
        run.log_artifact("data", name="set", type="model").wait(30)


def test_wait_says_when_there_is_nothing_to_wait_for() -> None:
    artifact = besom.Artifact("set", "dataset")
    with pytest.raises(UsageError, match="was not logged"):
        artifact.wait()
    with besom.init(mode="offline") as run:
        run.log_artifact(artifact)
        with pytest.raises(UsageError, match="needs a server"):
            artifact.wait()


def test_wait_ends_when_its_time_is_over(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    artifact = besom.Artifact("set", "dataset")
    run.log_artifact(artifact).wait(30)
    artifact.spooled = 10**9  # a record that is still to be written
    artifact._logged = None
    with pytest.raises(CommError, match=r"in 0\.2 seconds"):
        artifact.wait(0.2)


def test_wait_ends_when_nobody_sends_the_artifact_any_more(run: Any, connection: Connection, tmp_path: Path) -> None:
    changed = besom.Artifact("changed", "dataset")
    (tmp_path / "mine").write_text("before")
    changed.add_file("mine", policy="immutable")
    (tmp_path / "mine").write_text("after!")
    with pytest.raises(CommError, match=r"Artifact changed did not arrive .*not sent any more: 1 file was not sent"):
        run.log_artifact(changed).wait(30)
    connection.request("DELETE", f"/projects/{run.entity}/{run.project}/runs/{run.id}")
    with pytest.raises(CommError, match=r"is not sent any more: .*deleted(.|\n)*besom sync --project NAME"):
        run.log_artifact("data", name="set", type="dataset").wait(30)


@pytest.mark.parametrize("alias", ["v3", "a b", "a/b"])
def test_an_alias_that_cannot_be_used_is_refused(alias: str) -> None:
    with besom.init(mode="offline") as run, pytest.raises(UsageError, match="alias"):
        run.log_artifact("data", aliases=[alias])


def test_one_that_is_too_long_to_be_told_of_is_refused_and_none_of_its_files_handed_over() -> None:
    artifact = besom.Artifact("set", "dataset", metadata={"all": "x" * (16 << 20)})
    artifact.add_dir("data")
    with (
        besom.init(mode="offline") as run,
        pytest.raises(UsageError, match=r" 2 files .* 16\.0 MiB.*\n.*archive"),
    ):
        run.log_artifact(artifact)
    assert list(Path(run.settings.folder, "blobs").glob("*")) == []


# Using one


def test_a_table_in_an_artifact_comes_back_with_its_media(run: Any) -> None:
    artifact = besom.Artifact("predictions", "evaluation")
    artifact.add(besom.Table(["id", "image"], [[1, besom.Image(np.eye(4), caption="one")]]), "table")
    artifact.add(besom.Image(np.eye(5)), "cover")
    artifact.add(besom.Histogram([1, 2, 3], num_bins=2), "ages")
    run.log_artifact(artifact).wait(30)
    used = run.use_artifact("predictions:latest")
    table = used.get("table")
    assert (table.columns, table.data[0][0], table.data[0][1]._about["caption"]) == (["id", "image"], 1, "one")
    assert used.get("cover")._data == besom.Image(np.eye(5))._data
    assert used.get("ages").histogram == [1, 2]
    with pytest.raises(UsageError, match="no media 'other'"):
        used.get("other")


def run_ids_of(run: Any, version: str) -> tuple[list[str], list[str]]:
    """Ids of the runs that the server knows to have logged and to have used a version."""
    route = f"/projects/{run.entity}/{run.project}/artifacts/{version}/runs"
    lineage = run._sender.stream.connection.request("GET", route, reply=ArtifactRuns)
    return [one.id for one in lineage.logged], [one.id for one in lineage.used]


def test_another_run_downloads_what_one_logged(run: Any, tmp_path: Path, until: Any) -> None:
    run.log_artifact("data", name="set", type="dataset").wait(30)
    run.finish()
    with besom.init(project=run.project) as user:
        used = user.use_artifact("set:v0", type="dataset")
        folder = Path(used.download())
        assert folder == Path("artifacts/set:v0")
        assert (folder / "deep" / "b.txt").read_text() == "bb"
        until(lambda: run_ids_of(user, "set:v0") == ([run.id], [user.id]))
        with pytest.raises(UsageError, match="is of type 'dataset', not 'model'"):
            user.use_artifact("set", type="model")
        with pytest.raises(NotFound):
            user.use_artifact("unknown:latest")


def test_a_program_does_not_wait_until_it_is_noted_what_it_uses(
    server: Any, project: str, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, goes_on = threading.Event(), threading.Event()

    def hold(method: str, path: str, _: bytes) -> Fate:
        if (method, path.rpartition("/")[2]) == ("POST", "used"):
            asked.set()
            goes_on.wait(30)
        return Fate()

    with FaultyProxy(server.url, hold) as proxy:
        monkeypatch.setenv("BESOM_BASE_URL", proxy.url)
        monkeypatch.setenv("BESOM_API_KEY", server.key)
        with besom.init(project=project) as run:
            run.log_artifact("data", name="set", type="dataset").wait(30)
            run.use_artifact("set:v0")
            assert asked.wait(30)
            assert run_ids_of(run, "set:v0") == ([run.id], [])
            goes_on.set()
        assert run_ids_of(run, "set:v0") == ([run.id], [run.id]), "the run's end waits for it"


def test_an_artifact_that_is_not_logged_yet_is_logged_when_it_is_used(run: Any) -> None:
    artifact = besom.Artifact("set", "dataset")
    artifact.add_dir("data")
    assert run.use_artifact(artifact).version == "v0"


def test_the_other_processes_of_a_distributed_training_use_artifacts_too(run: Any) -> None:
    run.log_artifact("data", name="set", type="dataset").wait(30)
    run.finish()
    with besom.init(project=run.project, mode="disabled") as other:
        mine = other.log_artifact("data", name="set", type="dataset").wait()
        with pytest.raises(UsageError, match="its run is disabled"):
            mine.version  # noqa: B018
        assert Path(other.use_artifact("set").download(), "a.txt").read_text() == "a"


def test_processes_that_download_into_one_folder_at_once_do_not_disturb_each_other(run: Any, tmp_path: Path) -> None:
    data = os.urandom(1 << 20) * 8
    (tmp_path / "large").write_bytes(data)
    artifact = run.log_artifact("large", name="large", type="dataset").wait(30)
    in_parallel(lambda _: artifact.download(tmp_path / "got"), range(6))
    assert (tmp_path / "got" / "large").read_bytes() == data
    assert os.listdir(tmp_path / "got") == ["large"]


def test_artifacts_cannot_be_used_offline() -> None:
    with besom.init(mode="offline") as run, pytest.raises(UsageError, match="offline"):
        run.use_artifact("set:latest")


# Models


def test_a_model_is_logged_linked_and_used(run: Any, tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_text("weights")
    logged = run.log_model("model.pt", name="mnist-cnn", aliases=["epoch-3"])
    assert logged.type == "model"
    linked = run.link_model("model.pt", "registry/best-models", name="mnist-cnn")
    linked.wait(30)
    assert Path(run.use_model("mnist-cnn:epoch-3")).read_text() == "weights"
    assert Path(run.use_model("best-models:latest")).read_text() == "weights"


def test_a_model_of_several_files_is_used_as_a_folder(run: Any) -> None:
    run.log_model("data", name="model").wait(30)
    assert (Path(run.use_model("model")) / "deep" / "b.txt").read_text() == "bb"


def test_use_model_refuses_what_is_no_model(run: Any) -> None:
    run.log_artifact("data", name="set", type="dataset").wait(30)
    with pytest.raises(UsageError, match="no model"):
        run.use_model("set")


@pytest.mark.usefixtures("online")
def test_the_best_model_of_a_sweep_is_found_through_its_best_run(project: str, tmp_path: Path) -> None:
    def train() -> None:
        with besom.init() as run:
            file = tmp_path / "model.txt"
            file.write_text(f"trained with {run.config.lr}")
            run.log({"loss": abs(run.config.lr - 2)})
            run.log_model(file, name=f"model-{run.id}")

    config = {
        "method": "grid",
        "metric": {"name": "loss", "goal": "minimize"},
        "parameters": {"lr": {"values": [1, 2, 3]}},
    }
    sweep_id = besom.sweep(config, project=project)
    besom.agent(sweep_id, function=train, project=project)
    best = Api().sweep(f"{project}/{sweep_id}").best_run()
    (model,) = [artifact for artifact in best.logged_artifacts() if artifact.type == "model"]
    assert Path(model.file(tmp_path / "best")).read_text() == "trained with 2"
    assert os.listdir(tmp_path / "best") == ["model.txt"]
