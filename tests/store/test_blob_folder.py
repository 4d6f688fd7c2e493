"""The folder of blobs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from besom.server.store.blob_folder import BlobFolder
from besom.server.store.errors import StoreError


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("")
    with pytest.raises(StoreError, match=rf"{tmp_path}/blobs cannot be used"):
        BlobFolder(tmp_path / "blobs")


def test_what_an_interrupted_upload_left_is_gone_after_a_start(tmp_path: Path) -> None:
    BlobFolder(tmp_path).write().append(b"half a fi")
    BlobFolder(tmp_path)
    assert [name for _, _, names in os.walk(tmp_path) for name in names] == []


def test_only_a_digest_becomes_a_path(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no digest"):
        BlobFolder(tmp_path).open(1, "../../key")
