"""docs/reference.md tells of everything that is public, with its arguments. `make reference` writes it."""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[1]


def names(page: str) -> list[str]:
    """Headings, how things are called, and what is listed: all but the sentences."""
    return re.findall(r"^(?:#.*|- (?:raises )?`[^`]+`|[\w.]+\(.*)", page, re.MULTILINE)


def test_the_reference_names_everything_that_is_public():
    made = runpy.run_path(str(ROOT / "scripts" / "make-reference.py"))["page"]()
    assert names((ROOT / "docs" / "reference.md").read_text(encoding="utf-8")) == names(made)
