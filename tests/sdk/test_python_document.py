"""docs/python.md is true: its code runs, its settings exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import besom
from besom.sdk.settings import _VARIABLES

TEXT = (Path(__file__).parents[2] / "docs" / "python.md").read_text()

pytestmark = pytest.mark.usefixtures("offline")


def test_its_program_runs(start, records) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    process = start(program)
    assert process.communicate()[1].count("finished") == 1
    assert process.returncode == 0


def calls() -> list[str]:
    return re.findall(r"^\| .*?`(run\.[^`]+)`", TEXT, re.MULTILINE)


def test_its_tables_hold_calls() -> None:
    assert len(calls()) > 5


@pytest.mark.parametrize("call", calls())
def test_a_call_of_its_tables_can_be_made(call: str) -> None:
    exec(call.replace("{...}", "{'a': 1}"), {"run": besom.init(), "n": 7, "x": 1})


@pytest.mark.parametrize("variable", sorted(set(re.findall(r"BESOM_[A-Z_]+[A-Z]", TEXT))))
def test_a_variable_that_it_names_is_known(variable: str) -> None:
    assert variable.removeprefix("BESOM_") in {*_VARIABLES.values(), "CONFIG_PATHS", "X"}
