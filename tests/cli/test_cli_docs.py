"""docs/cli.md names every command, and no option that does not exist."""

import importlib
import re
from pathlib import Path

import pytest

from besom.cli.menu import COMMANDS, module_of
from besom.sdk.settings import _VARIABLES

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
NAMES = [name for section in COMMANDS.values() for name in section]


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_described(name):
    assert f"`besom {name}" in PAGE


@pytest.mark.parametrize(
    "line", sorted(set(re.findall(r"besom ([a-z]+[^`\n|)]* --?\w[^`\n|)]*)", PAGE))), ids=lambda line: line[:40]
)
def test_every_option_of_the_page_exists(line):
    name, *words = line.split()
    command = importlib.import_module(module_of(name)).command
    command = getattr(command, "commands", {}).get(words[0], command)
    options = {flag for option in command.params for flag in option.opts}
    assert {word for word in words if word.startswith("-")} <= options


def test_every_variable_of_the_sdk_is_described():
    settings = PAGE.partition("## Settings")[2]
    assert {name for name in _VARIABLES.values() if f"`BESOM_{name}`" not in settings} == set()


def test_the_commands_that_print_json_are_those_named():
    named = set(re.findall(r"`([\w ]+)`", re.search(r"`--json` \(on (.*?)\)", PAGE, re.DOTALL)[1]))
    have = set()
    for name in NAMES:
        command = importlib.import_module(module_of(name)).command
        subcommands = getattr(command, "commands", {})
        for words, part in [(name, command), *((f"{name} {sub}", part) for sub, part in subcommands.items())]:
            if any("--json" in option.opts for option in part.params):
                have.add(words)
    assert named == have
