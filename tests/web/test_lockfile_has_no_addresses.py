"""The lock file must work with any registry: it names versions and hashes, never a place to download from."""

from __future__ import annotations

import json
from pathlib import Path

LOCK = Path(__file__).parents[2] / "web/package-lock.json"


def test_no_package_says_where_it_was_downloaded():
    packages = json.loads(LOCK.read_text())["packages"]
    assert len(packages) > 50
    assert [name for name, package in packages.items() if "resolved" in package] == []
