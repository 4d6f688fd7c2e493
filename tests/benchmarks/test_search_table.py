"""The surrogate of the tuning tables."""

import numpy as np
import pytest
from benchmarks.search import table
from benchmarks.search.parameters import choice, real
from benchmarks.search.space import Space

SPACE = Space(
    {
        "parameters": {
            "kind": choice("a", "b"),
            "x": real(0, 1),
            "depth": real(0, 1, when={"kind": "b"}),
            "idle": real(0, 1),
        }
    }
)


def measured(function, n=300):
    rng = np.random.default_rng(0)
    points = [SPACE.sample(rng) for _ in range(n)]
    scores = np.array([[function(p), 0.0] for p in points])
    return np.stack([SPACE.positions(p) for p in points]), scores


def steep(point):
    return 5.0 * (point["x"] - 0.3) ** 2 + (1.0 if point["kind"] == "a" else point["depth"])


def test_it_predicts_configurations_that_were_not_measured():
    fitted, explained = table.fit(SPACE, *measured(steep))
    assert explained > 0.8
    for point in ({"kind": "a", "x": 0.9, "idle": 0.5}, {"kind": "b", "x": 0.2, "depth": 0.4, "idle": 0.1}):
        assert fitted.predict(point, 0) == pytest.approx(steep(point), abs=0.25)


def test_a_parameter_without_effect_counts_little():
    fitted, _ = table.fit(SPACE, *measured(steep))
    weights = dict(zip((p.name for p in SPACE), fitted.weights, strict=True))
    assert weights["idle"] < 0.2 * weights["x"]


def test_prediction_is_continuous():
    fitted, _ = table.fit(SPACE, *measured(steep))
    line = [fitted.predict({"kind": "a", "x": x, "idle": 0.5}, 0) for x in np.linspace(0.2, 0.8, 2001)]
    assert np.abs(np.diff(line)).max() < 0.02


def test_where_training_broke_down_the_surrogate_breaks_down_too():
    positions, scores = measured(steep)
    scores[positions[:, 1] > 0.8] = np.nan
    fitted, _ = table.fit(SPACE, positions, scores)
    assert np.isnan(fitted.predict({"kind": "a", "x": 0.97, "idle": 0.5}, 0))
    assert np.isfinite(fitted.predict({"kind": "a", "x": 0.4, "idle": 0.5}, 0))


def test_one_diverged_training_does_not_decide_its_neighbourhood():
    positions, scores = measured(steep)
    scores[7, 0] = 1e9
    fitted, _ = table.fit(SPACE, positions, scores)
    assert np.nanmax(fitted.scores[:, 0]) < 20


def test_a_table_comes_back_from_its_file_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "FOLDER", tmp_path)
    fitted, _ = table.fit(SPACE, *measured(steep))
    fitted.save("mine")
    point = {"kind": "b", "x": 0.5, "depth": 0.5, "idle": 0.5}
    assert table.load(SPACE, "mine").predict(point, 0) == pytest.approx(fitted.predict(point, 0), abs=1e-4)
