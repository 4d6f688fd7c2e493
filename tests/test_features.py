"""docs/features.md names a test for every feature. A row without one, or with one that is gone, fails."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "features.md"
# Left out: I6, an integration that its maker has given up; L19, never given.
ROWS = {
    "S": range(1, 32),
    "F": range(1, 15),
    "L": [number for number in range(1, 37) if number != 19],
    "P": range(1, 13),
    "A": range(1, 21),
    "K": range(1, 18),
    "D": [
        *range(1, 7),
        *range(10, 24),
        *range(30, 39),
        *range(40, 47),
        *range(50, 57),
        *range(60, 65),
        *range(70, 94),
    ],
    "G": [6],
    "T": range(1, 16),
    "N": [*range(1, 16), *range(20, 27), *range(30, 41)],
    "B": range(1, 9),
    "I": [number for number in range(1, 9) if number != 6],
    "X": range(1, 10),
    "Q": range(1, 14),
    "E": range(1, 6),
}
IDS = [f"{section}{number}" for section, numbers in ROWS.items() for number in numbers]
ROW = re.compile(r"^\| ([A-Z]\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\(\.\./(tests/[^)]+|web/[^)]+)\)")


def rows() -> dict[str, str]:
    """What the page says of each feature's test."""
    return {match[1]: match[3] for match in ROW.finditer(PAGE.read_text())}


def test_every_feature_has_exactly_one_row():
    found = [match[1] for match in ROW.finditer(PAGE.read_text())]
    assert found == IDS


@cache
def text_of(path: str) -> str:
    return (ROOT / path).read_text()


def test_every_feature_is_shown_by_tests_that_exist():
    wrong = []
    for feature, told in rows().items():
        links = LINK.findall(told)
        if not links:
            wrong.append(f"{feature} names no test")
        for name, path in links:
            if f"def {name}(" not in text_of(path) and f'"{name}"' not in text_of(path):
                wrong.append(f"{feature}: {path} has no test {name}")
    assert not wrong, "\n".join(wrong)
