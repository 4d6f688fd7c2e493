"""docs/early-stopping.md: its examples load, and its defaults are those of the rules."""

import dataclasses
import re
from pathlib import Path

from besom.cli.replay import command
from besom.config import load
from besom.config.early_terminate import KEYS
from besom.config.model import Asha, Hyperband, Median

PAGE = (Path(__file__).parents[2] / "docs" / "early-stopping.md").read_text(encoding="utf-8")
RULES = {"hyperband": Hyperband, "asha": Asha, "median": Median}


def settings():
    """(rule, key, default) of the page's table."""
    rows = re.findall(r"^\|\s*(`\w+`)?\s*\| (`.*?`) \|\s*(\S*)\s*\|", PAGE, re.MULTILINE)
    rule = None
    for name, keys, default in rows:
        rule = name.strip("`") or rule
        for key in re.findall(r"`(\w+)`", keys):
            yield rule, key, default


def test_the_example_loads_without_a_word():
    (text,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    loaded = load(text)
    assert loaded.warnings == []
    assert loaded.config.early_terminate == Asha()


def test_every_setting_of_every_rule_is_there_with_its_default():
    defaults = {(rule, field.name): field.default for rule, kind in RULES.items() for field in dataclasses.fields(kind)}
    told = {(rule, key): default for rule, key, default in settings()}
    assert told.keys() == defaults.keys()
    assert told.keys() == {(rule, key) for rule, keys in KEYS.items() for key in keys if key != "type"}
    for place, default in told.items():
        known = defaults[place]
        assert default == ("" if known is None else str(known).lower().removesuffix(".0")), place


def test_the_commands_of_the_page_are_understood():
    lines = re.findall(r"^\$ besom replay (.*)$", PAGE, re.MULTILINE)
    assert len(lines) == 3
    for line in lines:
        words = line.split()
        assert {word for word in words if word.startswith("-")} <= {flag for p in command.params for flag in p.opts}
