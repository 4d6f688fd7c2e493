"""Facts about the program, its repository and its packages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

import pytest

from besom.sdk.capture import about, git, packages


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs git in a repository without the user's own settings."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "A")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@example.com")

    def run(*words: str, **others: Any) -> str:
        done = subprocess.run(["git", "-C", tmp_path, *words], check=True, capture_output=True, text=True, **others)
        return done.stdout.strip()

    run("init", "-q", "-b", "main")
    (tmp_path / "train.py").write_text("print(1)\n")
    run("add", ".")
    return run


def test_a_clean_repository_is_its_commit_and_branch(repository: Callable[..., str], tmp_path: Path) -> None:
    repository("commit", "-q", "-m", "one")
    (tmp_path / "untracked.txt").write_text("x")
    state = git.read(tmp_path)
    assert state is not None
    assert state.about() == {"commit": repository("rev-parse", "HEAD"), "branch": "main", "dirty": False}
    assert state.diff is None


def test_the_difference_gives_back_what_the_program_ran_with(repository: Callable[..., str], tmp_path: Path) -> None:
    repository("commit", "-q", "-m", "one")
    (tmp_path / "train.py").write_text("print(2)\n")
    (tmp_path / "data.bin").write_bytes(bytes(range(256)))
    repository("add", "data.bin")
    repository("config", "color.ui", "always")
    (tmp_path / "sub").mkdir()
    state = git.read(tmp_path / "sub")
    assert state is not None
    assert state.dirty
    repository("checkout", "-q", "-f", "HEAD")
    repository("rm", "-q", "-f", "--ignore-unmatch", "data.bin")
    subprocess.run(["git", "-C", tmp_path, "apply", "-"], input=state.diff, check=True)
    assert (tmp_path / "train.py").read_text() == "print(2)\n"
    assert (tmp_path / "data.bin").read_bytes() == bytes(range(256))


def test_a_difference_that_is_too_large_is_left_out(
    repository: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository("commit", "-q", "-m", "one")
    (tmp_path / "train.py").write_text("print(2)\n" * 100)
    monkeypatch.setattr(git, "LARGEST_DIFF", 100)
    state = git.read(tmp_path)
    assert state is not None
    assert (state.dirty, state.diff) == (True, None)


def test_a_repository_without_commits_and_one_on_no_branch(repository: Callable[..., str], tmp_path: Path) -> None:
    state = git.read(tmp_path)
    assert state is not None
    assert (state.commit, state.branch, state.diff) == (None, "main", None)
    repository("commit", "-q", "-m", "one")
    repository("checkout", "-q", "--detach")
    state = git.read(tmp_path)
    assert state is not None
    assert state.branch is None
    assert state.commit == repository("rev-parse", "HEAD")


@pytest.mark.parametrize(
    ("remote", "shown"),
    [
        ("https://user:secret@example.com:8443/a/b.git", "https://example.com:8443/a/b.git"),
        ("https://token@example.com/a.git?x=secret", "https://example.com/a.git"),
        ("git@example.com:a/b.git", "git@example.com:a/b.git"),
        ("ssh://git:secret@example.com/a.git", "ssh://git@example.com/a.git"),
        ("/srv/git/a.git", "/srv/git/a.git"),
        ("https://user:secret@[broken/a", None),
    ],
)
def test_the_remote_is_shown_without_passwords(
    remote: str, shown: str | None, repository: Callable[..., str], tmp_path: Path
) -> None:
    repository("remote", "add", "origin", remote)
    state = git.read(tmp_path)
    assert state is not None
    assert state.remote == shown


def test_outside_of_repositories_there_is_nothing(tmp_path: Path) -> None:
    assert git.read(tmp_path) is None


def test_packages_are_those_that_python_itself_finds() -> None:
    found = packages.installed()
    named = {entry.name.lower().replace("_", "-").replace(".", "-"): entry.version for entry in distributions()}
    assert found["besom"] == version("besom")
    assert {name: found[name] for name in named if name in found} == {n: v for n, v in named.items() if n in found}
    assert len(named) - len(found) in range(-3, 3)


def test_the_first_of_a_package_on_the_path_is_the_one(tmp_path: Path) -> None:
    for folder, number in (("a", "2.0"), ("b", "1.0")):
        (tmp_path / folder / f"Some_Package-{number}.dist-info").mkdir(parents=True)
    path = [str(tmp_path / "missing"), str(tmp_path / "a"), str(tmp_path / "b")]
    assert packages.installed(path) == {"some-package": "2.0"}


def test_facts_tell_how_to_run_the_program_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["train.py", "--name", "two words"])
    monkeypatch.setattr(sys, "orig_argv", ["/usr/bin/python", "train.py", "--name", "two words"])
    monkeypatch.setenv("SLURM_JOB_ID", "77")
    facts = about.program()
    assert facts["command"] == "python train.py --name 'two words'"
    assert facts["args"] == ["--name", "two words"]
    assert facts["directory"] == str(tmp_path)
    assert facts["slurm"] == {"job": "77"}
    assert facts["executable"] == sys.executable


def test_facts_of_the_machine_name_its_parts() -> None:
    facts = about.machine()
    assert facts["besom"] == version("besom")
    assert facts["cpu_count"] >= 1
    assert facts["memory"] > 2**20
    assert set(facts["disk"]) == {"total", "used"}
