"""How much script the page is: what must be there before a sweep's table stands, and all of it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

import besom.server

pytestmark = pytest.mark.browser
STATIC = Path(besom.server.__file__).parent / "static"
FIRST, ALL = 150_000, 350_000
"""Bytes, packed as they are sent."""


@pytest.mark.usefixtures("built_page")
def test_a_sweeps_table_needs_little_script_and_all_pages_together_not_much_more():
    sizes = {file.name: len(gzip.compress(file.read_bytes())) for file in STATIC.glob("**/*.js")}
    page = (STATIC / "index.html").read_text()
    assert 0 < sum(size for name, size in sizes.items() if f'/{name}"' in page) <= FIRST
    assert sum(sizes.values()) <= ALL
