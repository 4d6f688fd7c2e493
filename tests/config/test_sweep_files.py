"""Each file in ``sweeps`` says in its first lines what becomes of it.

``# loads``; or ``# warns LINE PATH: WORDS`` or ``# refused LINE PATH: WORDS``, once for each problem.
"""

import pathlib
import re

import pytest

from besom.config import ConfigError, load_file

FILES = sorted((pathlib.Path(__file__).parent / "sweeps").glob("*.yaml"))
EXPECTATION = re.compile(r"# (loads|warns|refused)(?: (\d+) (.*?): (.*))?")


def expectations(path):
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    matches = [match for line in lines if (match := EXPECTATION.fullmatch(line))]
    assert matches, "the file does not say what becomes of it"
    return matches[0][1], [(int(match[2]), match[3], match[4]) for match in matches if match[2]]


def met(problems, expected):
    assert [(problem.line, problem.where) for problem in problems] == [(line, where) for line, where, _ in expected]
    for problem, (_, _, words) in zip(problems, expected, strict=True):
        assert words in problem.render()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_meets_the_expectation_it_states(path):
    outcome, expected = expectations(path)
    if outcome == "refused":
        with pytest.raises(ConfigError) as caught:
            load_file(path)
        met(caught.value.problems, expected)
        assert str(path) in str(caught.value)
    else:
        loaded = load_file(path)
        met(loaded.warnings, expected)
        assert {parameter.path[0] for parameter in loaded.config.parameters} == set(loaded.config.stored["parameters"])
