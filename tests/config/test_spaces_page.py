"""docs/spaces.md: every example loads, and what the page says of it is so."""

import re
from pathlib import Path

import pytest

from besom.config import load
from besom.config.expression_functions import FUNCTIONS
from besom.search import Grid, check_feasible, suggest

PAGE = (Path(__file__).parents[2] / "docs" / "spaces.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^## (\S+)\n+```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))


def example(key):
    return load(EXAMPLES[key]).config


@pytest.mark.parametrize("key", EXAMPLES)
def test_every_example_loads_without_a_word_and_has_runs(key):
    assert load(EXAMPLES[key]).warnings == []
    config = example(key)
    check_feasible(config)
    assert len(suggest(config, [], index=0, count=3)) == 3


def test_every_key_has_a_section_with_an_example():
    table = re.findall(r"^\| \[`(.*?)`\]\(#(.*?)\)", PAGE, re.MULTILINE)
    assert {name for name, _ in table} == set(EXAMPLES)
    assert all(anchor == name.replace(".", "") for name, anchor in table)


@pytest.mark.parametrize(("key", "size"), [("forbid", 12), ("zip", 6), ("grid_order", 100)])
def test_grids_have_the_sizes_that_the_page_says(key, size):
    assert Grid.of(example(key)).size == size


def test_a_random_order_is_a_permutation_of_the_sorted_one():
    config = example("grid_order")
    grid, sorted_grid = Grid.of(config), Grid(config.parameters)
    seen = [sorted_grid.index(grid.point(index)) for index in range(grid.size)]
    assert sorted(seen) == list(range(100))
    assert seen != sorted(seen)


def test_all_functions_are_listed():
    (listed,) = re.findall(r"^\| functions \| `(.*?)`", PAGE, re.MULTILINE)
    assert listed.split() == sorted(FUNCTIONS)
