import importlib
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from besom.cli.menu import COMMANDS, ELSEWHERE, menu, module_of

NAMES = [name for section in COMMANDS.values() for name in section]


def subcommands() -> dict[str, click.Command]:
    """Those of all groups, by what is typed."""
    groups = {name: importlib.import_module(module_of(name)).command for name in NAMES}
    return {
        f"{name} {sub}": part
        for name, group in groups.items()
        if isinstance(group, click.Group)
        for sub, part in group.commands.items()
    }


def test_help_shows_every_command_with_its_line(newcomer):
    result = newcomer.besom("--help", COLUMNS="120")
    assert result.code == 0
    for section, commands in COMMANDS.items():
        assert f"\n{section}:\n" in result.out
        for name, line in commands.items():
            assert f"  {name}" in result.out
            assert line in result.out


@pytest.mark.parametrize("name", NAMES)
def test_the_help_of_each_command_says_how_it_is_used(name, newcomer):
    result = newcomer.besom(name, "-h")
    assert result.code == 0
    assert result.out.startswith(f"Usage: besom {name}")
    assert f"\nExamples:\n  {'eval' if name in ('env', 'completion') else 'besom'}" in result.out


def test_examples_stand_beside_what_they_do_only_where_all_fit_a_line():
    narrow, wide = (
        CliRunner().invoke(menu, ["sweep", "-h"], prog_name="besom", terminal_width=width).output for width in (80, 120)
    )
    assert "\n  besom sweep sweep.yaml\n      Create a sweep.\n" in narrow
    assert max(map(len, narrow.splitlines())) <= 80
    assert "\n  besom sweep sweep.yaml                         Create a sweep.\n" in wide


@pytest.mark.parametrize("words", subcommands())
def test_the_help_of_each_subcommand_says_how_it_is_used(words):
    said = CliRunner().invoke(menu, [*words.split(), "-h"], prog_name="besom").output
    assert said.startswith(f"Usage: besom {words}")
    assert f"\nExamples:\n  besom {words}" in said


def test_every_option_says_what_it_does():
    commands = {name: importlib.import_module(module_of(name)).command for name in NAMES} | subcommands()
    for words, command in commands.items():
        assert all(option.help for option in command.params if isinstance(option, click.Option)), words


def test_help_loads_no_command():
    script = "import sys; sys.argv = ['besom', '-h']; from besom.cli import main; main(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    heavy = {"msgspec", "urllib3", "rich", "numpy", "ruamel.yaml"}
    assert not {*heavy, *map(module_of, NAMES)} & {*done.stdout.split()}


def test_the_version_is_that_of_the_package(newcomer):
    from importlib.metadata import version

    assert newcomer.besom("--version").out == f"besom {version('besom')}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("swep", "besom has no command 'swep'. Did you mean sweep?"),
        ("user ad dora", "besom user has no command 'ad'. Did you mean add?"),
        ("server stpo", "besom server has no command 'stpo'. Did you mean stop?"),
        ("key new", "besom key has no command 'new'. It has: create, list, revoke."),
    ],
)
def test_an_unknown_command_is_named_with_the_nearest_or_all_there_are(words, said, newcomer):
    assert said in newcomer.fails(*words.split(), code=2)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_command_of_wandb_that_is_not_here_says_what_to_do(name, newcomer):
    assert ELSEWHERE[name] in newcomer.fails(name, code=2)


def test_an_unknown_option_is_named(newcomer):
    assert "--nmae" in newcomer.fails("sweep", "--nmae", "x", "sweep.yaml", code=2)


@pytest.mark.parametrize("name", ["sweep", "agent", "preview"])
def test_a_command_without_its_argument_shows_its_help(name, newcomer):
    result = newcomer.besom(name)
    assert (result.code, result.out) == (2, "")
    assert f"Usage: besom {name}" in result.err
