"""State of the git repository that a program lies in."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

SECONDS = 20.0
PLAIN = ("--no-ext-diff", "--no-textconv", "--no-color", "--binary", "--submodule=diff")
"""So that ``git apply`` understands the differences, whatever the user set up for reading them."""
LARGEST_DIFF = 10 * 2**20
"""Bytes of differences that are kept."""


@dataclass(frozen=True, slots=True)
class GitState:
    """What a program ran with."""

    commit: str | None
    """None before the first commit."""
    branch: str | None
    """None when a commit is checked out without one."""
    remote: str | None
    """Address of the remote ``origin``, without user names and passwords."""
    dirty: bool
    """Whether files that git knows were changed since the commit."""
    diff: bytes | None
    """The changes; None when there are none, or more than ``LARGEST_DIFF``."""

    def about(self) -> dict[str, object]:
        """As the page of a run shows it."""
        facts = {"commit": self.commit, "branch": self.branch, "remote": self.remote, "dirty": self.dirty}
        return {name: fact for name, fact in facts.items() if fact is not None}


def read(folder: Path) -> GitState | None:
    """State of the repository that ``folder`` is in; None where there is none, or no git."""
    if not any((above / ".git").exists() for above in (folder, *folder.parents)):
        return None  # mostly so on clusters; saves the processes
    status = _git(folder, "status", "--porcelain=v2", "--branch", "--untracked-files=no")
    if status is None:
        return None
    head = dict(re.findall(r"^# branch\.(oid|head) (.*)$", status.decode(errors="replace"), re.MULTILINE))
    commit = None if head.get("oid") == "(initial)" else head.get("oid")
    dirty = any(line and not line.startswith(b"#") for line in status.splitlines())
    diff = _git(folder, "diff", *PLAIN, "HEAD") if dirty and commit else None
    remote = _git(folder, "config", "--get", "remote.origin.url")
    return GitState(
        commit=commit,
        branch=None if head.get("head") == "(detached)" else head.get("head"),
        remote=without_password(remote.decode(errors="replace").strip()) if remote else None,
        dirty=dirty,
        diff=diff if diff and len(diff) <= LARGEST_DIFF else None,
    )


def without_password(remote: str) -> str | None:
    """An address without user and password; those of ssh name no secret and stay."""
    if "://" not in remote:
        return remote
    try:
        parts = urlsplit(remote)
        host = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:  # not an address that could be shown safely
        return None
    if parts.scheme.startswith(("ssh", "git+ssh")):
        host = f"{parts.username}@{host}" if parts.username else host
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def _git(folder: Path, *words: str) -> bytes | None:
    """Output of a git command that changes nothing; None when it fails."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"},
            start_new_session=True,  # Ctrl-C is not meant for it
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
