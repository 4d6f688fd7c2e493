"""Real sweep files from public repositories. They belong to their authors, so they are not part of this repository."""

import json
import os
import pathlib

import pytest

from besom.config import ConfigError, load_file

CORPUS = pathlib.Path(os.environ.get("BESOM_CORPUS") or pathlib.Path(__file__).parents[2].parent / "shared" / "corpus")
pytestmark = pytest.mark.skipif(
    not (CORPUS / "verdicts.json").is_file(), reason="no corpus: BESOM_CORPUS names no folder with verdicts.json"
)

REFUSED = {
    "009.yaml": (3, "", "a template placeholder, not yet filled in"),
    "024.yaml": (19, "parameters.coeff_rigidity.values", "`values` holds one number, not a list"),
    "035.yaml": (5, "config.method", "the whole sweep is wrapped in `config`"),
    "036.yaml": (2, "sweep_config.method", "`method` is wrapped in `sweep_config`"),
    "038.yaml": (31, "parameters.similarity.n_conv_layers", "two parameters are indented into a third"),
    "060.yaml": (5, "metric.goal", "`goal: maximum` would be taken for minimize"),
    "068.yaml": (16, "early_terminate.type", "the stopping rule `envelope` was removed years ago"),
    "077.yaml": (4, "metric.method", "`method` is indented into `metric`"),
}
"""Every file that besom refuses: the line and key of its first problem, and why there is no way to guess."""


def verdicts():
    path = CORPUS / "verdicts.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


@pytest.mark.parametrize("verdict", verdicts(), ids=lambda verdict: verdict["file"])
def test_a_real_file_loads_unless_it_cannot_mean_anything(verdict):
    name = verdict["file"]
    if name not in REFUSED:
        assert load_file(CORPUS / name).config.method == verdict["method"]
        return
    with pytest.raises(ConfigError) as caught:
        load_file(CORPUS / name)
    line, where, _why = REFUSED[name]
    first = caught.value.problems[0]
    assert (first.line, first.where) == (line, where)
    assert first.fix


def test_everything_that_the_reference_accepts_loads():
    accepted = {verdict["file"] for verdict in verdicts() if verdict["schema"] == "accepts"}
    assert len(accepted) == 60
    assert not accepted & REFUSED.keys()
