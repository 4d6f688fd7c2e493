"""Which files a sweep's code is."""

import os
from pathlib import Path

import pytest

from besom.client import code
from besom.errors import UsageError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path in ("train.py", "models/net.py", "conf/base.yaml", "data.csv", ".hidden/a.py", "besom/run-1/x.py"):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {path}\n")
    return tmp_path


def paths(root: Path, program: str | None = "train.py") -> list[str]:
    return [file.path for file in code.snapshot(root, program).files]


def test_source_files_below_the_programs_folder_and_nothing_else(root: Path) -> None:
    assert paths(root) == ["conf/base.yaml", "models/net.py", "train.py"]


def test_a_source_file_whose_name_cannot_be_told_is_left_out(root: Path) -> None:
    (root / os.fsdecode(b"caf\xe9.json")).touch()
    assert paths(root) == ["conf/base.yaml", "models/net.py", "train.py"]


def test_only_the_programs_own_folder_counts(root: Path) -> None:
    assert paths(root, "models/net.py") == ["models/net.py"]


def test_virtual_environments_are_no_source(root: Path) -> None:
    (root / "env").mkdir()
    (root / "env" / "pyvenv.cfg").touch()
    (root / "env" / "x.py").touch()
    assert paths(root) == ["conf/base.yaml", "models/net.py", "train.py"]


def test_the_program_counts_whatever_it_is_called(root: Path) -> None:
    (root / "trainer").write_text("#!/bin/sh\n")
    assert "trainer" in paths(root, "trainer")


def test_digests_tell_contents_apart(root: Path) -> None:
    before = code.snapshot(root, "train.py")
    (root / "train.py").write_text("changed")
    after = code.snapshot(root, "train.py")
    changed = [new.path for old, new in zip(before.files, after.files, strict=True) if old != new]
    assert changed == ["train.py"]


@pytest.mark.parametrize("program", [None, "nowhere.py", "../elsewhere.py", "/bin/sh"])
def test_without_a_program_below_the_folder_there_is_nothing_to_watch_or_to_freeze(
    root: Path, program: str | None
) -> None:
    assert paths(root, program) == []
    with pytest.raises(UsageError, match="cannot be frozen"):
        code.snapshot(root, program, frozen=True)


def test_of_a_folder_with_thousands_of_sources_only_the_program_is_watched(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code, "MOST_FILES", 2)
    assert paths(root) == ["train.py"]
    with pytest.raises(UsageError, match="more than 2 source files"):
        code.snapshot(root, "train.py", frozen=True)


def test_data_in_a_source_format_is_left_out(root: Path) -> None:
    (root / "data.json").write_bytes(b"0" * (code.LARGEST_FILE + 1))
    assert "data.json" not in paths(root)
