"""docs/importance.md: its code runs, and the numbers in it are those of the code."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

from besom.search.importance import LEAST_RUNS, forest, ped_anova

PAGE = (Path(__file__).parents[2] / "docs" / "importance.md").read_text(encoding="utf-8")


def test_the_example_runs_and_finds_what_it_was_made_of():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})
    first, second, fit = printed.getvalue().splitlines()
    assert first.startswith("lr ")
    assert second.startswith("optimizer ")
    assert second.endswith("None")
    assert float(fit) > 0.8


def test_the_numbers_are_those_of_the_code():
    for words in (
        f"{forest.TREES} trees",
        f"fewer than {LEAST_RUNS} runs",
        f"best tenth of the runs (at least {ped_anova.LEAST_BEST})",
        f"shuffling the runs {ped_anova.SHUFFLES} times",
    ):
        assert words in PAGE
    assert ped_anova.QUANTILE == 0.1
    trust = (Path(__file__).parents[2] / "web/src/pages/importance/words.ts").read_text()
    assert 'fit >= 0.6 ? "high" : fit >= 0.25 ? "fair"' in trust
