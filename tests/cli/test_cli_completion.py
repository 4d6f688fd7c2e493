"""`besom completion`: shells complete commands and options."""

import pytest


@pytest.mark.parametrize(
    ("shell", "mark"), [("bash", "complete -o"), ("zsh", "#compdef besom"), ("fish", "complete --no-files")]
)
def test_each_shell_gets_its_own_lines(newcomer, shell, mark):
    result = newcomer.besom("completion", shell)
    assert result.code == 0
    assert mark in result.out


def test_bash_completes_commands_and_options(newcomer):
    script = """
    eval "$(besom completion bash)"
    COMP_WORDS=(besom stat) COMP_CWORD=1; _besom_completion besom; echo "${COMPREPLY[@]}"
    COMPREPLY=() COMP_WORDS=(besom sweep --prior-) COMP_CWORD=2; _besom_completion besom; echo "${COMPREPLY[@]}"
    """
    first, second = newcomer.shell(script).out.splitlines()
    assert first == "status"
    assert set(second.split()) == {"--prior-run", "--prior-sweep", "--prior-filter"}
