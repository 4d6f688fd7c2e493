"""Where the bytes of files lie: a folder and an object store keep the same promises."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from besom.cli.migrate import command as migrate
from besom.server.store import Store
from besom.server.store.blob_folder import BlobFolder
from besom.server.store.blob_objects import BlobObjects
from besom.server.store.blob_store import BlobStore, open_blobs
from besom.server.store.errors import StoreError
from besom.server.store.tables import projects
from object_store import BUCKET, object_store, objects
from server_process import ServerProcess

LARGE = bytes(range(256)) * (68 << 10)  # 17 MiB: three parts


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, str]]:
    with object_store() as environment:
        yield environment


@pytest.fixture(params=["folder", "objects"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return str(tmp_path / "blobs")
    monkeypatch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    for name, value in request.getfixturevalue("bucket").items():
        monkeypatch.setenv(name, value)
    return f"s3://{BUCKET}/{tmp_path.name}/"


@pytest.fixture
def blobs(place: str, tmp_path: Path) -> BlobStore:
    return open_blobs(place, tmp_path / "scratch")


def put(blobs: BlobStore, project: int, content: bytes) -> str:
    writer = blobs.write()
    for start in range(0, len(content), 1 << 20):
        writer.append(content[start : start + (1 << 20)])
    assert (writer.size, writer.digest) == (len(content), hashlib.sha256(content).hexdigest())
    blobs.keep(writer, project)
    writer.discard()
    return writer.digest


def get(blobs: BlobStore, project: int, digest: str) -> bytes | None:
    file = blobs.open(project, digest)
    if file is None:
        return None
    with file:
        pieces = []
        while piece := file.read(1 << 20):
            pieces.append(piece)
        return b"".join(pieces)


def left_behind(folder: Path) -> list[str]:
    return [name for _, _, names in os.walk(folder) for name in names]


def test_bytes_come_back_as_they_were_from_any_place_in_them_and_only_in_their_project(
    blobs: BlobStore, tmp_path: Path
) -> None:
    blobs.check()
    digests = {content: put(blobs, 1, content) for content in (b"", b"short", LARGE)}
    for content, digest in digests.items():
        assert blobs.size(1, digest) == len(content)
        assert get(blobs, 1, digest) == content
        assert (blobs.size(2, digest), blobs.open(2, digest)) == (None, None)
    file = blobs.open(1, digests[LARGE])
    assert file is not None
    file.seek(9 << 20)
    assert file.read(300) == LARGE[9 << 20 :][:300]
    file.seek(len(LARGE) - 5)
    assert (file.read(100), file.read(100)) == (LARGE[-5:], b"")
    file.close()
    file.close()
    assert get(blobs, 1, put(blobs, 1, b"short")) == b"short", "the same again"
    assert left_behind(tmp_path / "scratch") == []


def test_what_was_begun_and_not_kept_is_nowhere(blobs: BlobStore, place: str, tmp_path: Path) -> None:
    before = left_behind(tmp_path)
    begun = blobs.write()
    begun.append(b"half a fi")
    assert blobs.size(1, begun.digest) is None
    if isinstance(blobs, BlobObjects):
        assert left_behind(tmp_path) == before, "nothing is left behind by a server that is killed now"
    begun.discard()
    begun.discard()
    assert left_behind(tmp_path) == before


def test_blobs_are_shared_and_deleted_with_many_at_once(blobs: BlobStore) -> None:
    digests = [put(blobs, 1, f"content {i}".encode()) for i in range(3)]
    put(blobs, 2, b"content 0")
    gone = hashlib.sha256(b"never sent").hexdigest()
    blobs.share([*digests, gone], 1, 2)
    assert [get(blobs, 2, digest) for digest in digests] == [b"content 0", b"content 1", b"content 2"]
    assert blobs.size(2, gone) is None
    blobs.remove([(1, digests[0]), (2, digests[1]), (1, gone)])
    assert [blobs.size(project, digest) for project in (1, 2) for digest in digests] == [None, 9, 9, 9, None, 9]
    blobs.remove([])
    put(blobs, 11, b"of another project")
    blobs.remove_project(1)
    blobs.remove_project(3)
    assert [blobs.size(1, digest) for digest in digests] == [None, None, None]
    assert blobs.size(2, digests[0]) == 9
    assert blobs.size(11, hashlib.sha256(b"of another project").hexdigest()) == 18


def test_only_a_digest_becomes_a_path(blobs: BlobStore) -> None:
    for use in (blobs.size, blobs.open):
        with pytest.raises(ValueError, match="is no digest"):
            use(1, "../../key")


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("")
    with pytest.raises(StoreError, match=rf"{tmp_path}/blobs cannot be used"):
        BlobFolder(tmp_path / "blobs")


def test_what_an_interrupted_upload_left_in_a_folder_is_gone_after_a_start(tmp_path: Path) -> None:
    BlobFolder(tmp_path).write().append(b"half a fi")
    BlobFolder(tmp_path)
    assert left_behind(tmp_path) == []


def test_an_object_store_that_cannot_be_used_is_told_at_the_start_and_later_without_its_secrets(
    bucket: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bucket.items():
        monkeypatch.setenv(name, value)
    for place, said in (
        ("s3://", "no place for files"),
        (f"s3://key:{bucket['AWS_SECRET_ACCESS_KEY']}@{BUCKET}/x", "no place for files"),
        ("s3://besom-nowhere/x", r"s3://besom-nowhere/x cannot be used: .*\(NoSuchBucket\)"),
    ):
        with pytest.raises(StoreError, match=said) as refused:
            open_blobs(place, tmp_path)
        assert bucket["AWS_SECRET_ACCESS_KEY"] not in str(refused.value)
    blobs = open_blobs(f"s3://{BUCKET}", tmp_path)
    digest = put(blobs, 5, b"at the root of the bucket")
    assert f"5/{digest[:2]}/{digest}" in objects(bucket)


def test_a_server_keeps_its_files_in_an_object_store_and_they_move_to_another(
    bucket: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    migrated_file: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in bucket.items():
        monkeypatch.setenv(name, value)
    home, copy, place = tmp_path / "home", tmp_path / "copy", f"s3://{BUCKET}/{tmp_path.name}"
    for folder in (home, copy):
        folder.mkdir()
        shutil.copyfile(migrated_file, folder / "besom.db")
    content = b"the weights of a model" * 100_000
    digest = hashlib.sha256(content).hexdigest()
    server = ServerProcess(home, "--data", str(home), "--port", "0", "--files", place, "--log-requests")
    try:
        with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {server.key}"}, timeout=60) as client:
            project = f"/api/v1/projects/{client.get('/api/v1/viewer').json()['name']}/demo"
            run = {"id": "r", "started": 1.0, "spool": "s"}
            assert client.post(f"{project}/runs", json=run).is_success
            address = f"{project}/blobs/{digest}"
            assert client.put(address, content=content[:-1]).json()["error"]["code"] == "wrong_digest"
            assert not any(digest in name for name in objects(bucket))
            assert client.put(address, content=content).is_success
            entry = {"path": "weights", "digest": digest, "size": len(content)}
            assert client.post(f"{project}/runs/r/files", json=entry).is_success
            assert client.get(f"{project}/runs/r/files/weights").content == content
            part = client.get(address, headers={"Range": "bytes=1000000-1000009"})
            assert (part.status_code, part.content) == (206, content[1_000_000:1_000_010])
            assert client.get("/readyz").status_code == 200
        assert bucket["AWS_SECRET_ACCESS_KEY"] not in server.log.read_text()
    finally:
        server.stop()
    assert not (home / "blobs").exists()

    monkeypatch.setattr("os.umask", lambda _: 0)  # this process goes on with other tests
    moved = f"{place}-moved"
    migrate.main([str(home), str(copy), "--files-from", place, "--files-to", moved], standalone_mode=False)
    said = capsys.readouterr().out
    assert said.endswith(f"Next: besom server --data {copy} --files {moved}\n")
    store = Store.open(f"sqlite:///{copy}/besom.db")
    project_id = store.read_sync(lambda conn: conn.execute(select(projects.c.id)).scalar_one())
    store.close()
    assert get(open_blobs(moved, tmp_path), project_id, digest) == content
    assert not (copy / "blobs").exists()
