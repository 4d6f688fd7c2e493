"""Importance: what matters comes first, what does not gets nothing, and the report says how sure it is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from besom.config import load
from besom.search.importance import ABSENT, Column, Method, Report, columns_of, importance

METHODS: list[Method] = ["forest", "ped_anova"]
both_methods = pytest.mark.parametrize("method", METHODS)


def table(rng: np.random.Generator, n: int) -> tuple[list[Column], dict[str, np.ndarray]]:
    """A space as people have them: a log scale, an integer, a category, a list, a condition, and nothing but noise."""
    values = {
        "lr": 10 ** rng.uniform(-4, -1, n),
        "depth": rng.integers(1, 9, n),
        "optimizer": rng.choice(["adam", "sgd", "rmsprop"], n),
        "momentum": rng.random(n),
        "noise": rng.random(n),
    }
    lists = [[32], [64, 64], None, True]
    momentum = [
        m if o == "sgd" else ABSENT for m, o in zip(values["momentum"].tolist(), values["optimizer"], strict=True)
    ]
    columns = [
        Column("lr", values["lr"].tolist()),
        Column("depth", values["depth"].tolist()),
        Column("optimizer", values["optimizer"].tolist()),
        Column("layers", [lists[i] for i in rng.integers(0, 4, n)]),
        Column("momentum", momentum, conditional=True),
        Column("noise", values["noise"].tolist()),
    ]
    return columns, values


def shares(report: Report) -> dict[str, float]:
    return {each.name: each.importance for each in report.parameters}


@both_methods
def test_shares_sum_to_one_the_largest_first_and_noise_gets_next_to_nothing(method):
    rng = np.random.default_rng(1)
    columns, v = table(rng, 400)
    loss = (np.log10(v["lr"]) + 2.5) ** 2 + 0.1 * abs(v["depth"] - 5) + 0.05 * rng.normal(size=400)
    report = importance(columns, loss, method=method)
    found = shares(report)
    assert sum(found.values()) == pytest.approx(1)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert [each.name for each in report.parameters][:2] == ["lr", "depth"]
    assert found["noise"] + found["layers"] < 0.05


def test_the_forest_agrees_with_scikit_learns_on_what_matters_and_how_well_it_can_be_predicted():
    from sklearn.ensemble import RandomForestRegressor  # late: each worker collects all tests

    rng = np.random.default_rng(2)
    x = rng.random((500, 6))
    y = np.sin(5 * x[:, 0]) + 2 * x[:, 1] * x[:, 2] + 0.1 * rng.normal(size=500)
    theirs = RandomForestRegressor(100, min_samples_leaf=5, oob_score=True, random_state=0).fit(x, y)
    report = importance([Column(str(j), x[:, j].tolist()) for j in range(6)], y)
    assert report.fit == pytest.approx(theirs.oob_score_, abs=0.05)
    ours = shares(report)
    assert [ours[str(j)] for j in range(6)] == pytest.approx(theirs.feature_importances_.tolist(), abs=0.08)


def test_the_forest_sees_an_interaction_that_no_correlation_shows():
    rng = np.random.default_rng(3)
    a, b, c = rng.random((3, 400)) - 0.5
    columns = [Column(name, values.tolist()) for name, values in (("a", a), ("b", b), ("c", c))]
    report = importance(columns, np.sign(a * b) + 0.1 * rng.normal(size=400))
    found = {each.name: each for each in report.parameters}
    assert abs(found["a"].correlation or 0) < 0.2
    assert found["a"].importance + found["b"].importance > 0.95
    assert report.fit is not None
    assert report.fit > 0.5


def test_ped_anova_ignores_a_bad_region_that_outweighs_all_else_for_the_forest():
    rng = np.random.default_rng(4)
    columns, v = table(rng, 600)
    diverges = (v["optimizer"] == "sgd") * 100 * (1 + v["momentum"])
    loss = diverges + (np.log10(v["lr"]) + 2.5) ** 2
    assert shares(importance(columns, loss))["lr"] < 0.05
    assert shares(importance(columns, loss, method="ped_anova"))["lr"] > 0.6


def test_ped_anova_asks_which_end_is_the_good_one():
    rng = np.random.default_rng(5)
    a, b = rng.random((2, 500))
    columns = [Column("a", a.tolist()), Column("b", b.tolist())]
    score = np.where(a > 0.8, 1 + b, -a)  # among the good ones b decides, among the bad ones a
    most = {
        goal: importance(columns, score, method="ped_anova", goal=goal).parameters[0].name
        for goal in ("minimize", "maximize")
    }
    assert most == {"minimize": "a", "maximize": "a"}
    good = shares(importance(columns, score, method="ped_anova", goal="maximize"))
    bad = shares(importance(columns, score, method="ped_anova", goal="minimize"))
    assert good["b"] > 0.2 > 0.05 > bad["b"]


@both_methods
def test_a_conditional_parameter_is_judged_only_where_it_exists(method):
    rng = np.random.default_rng(6)
    columns, v = table(rng, 900)
    sgd = v["optimizer"] == "sgd"
    only_the_choice = np.where(sgd, 1.0, 0.0) + 0.1 * rng.normal(size=900)
    found = {
        each.name: each for each in importance(columns, only_the_choice, method=method, goal="maximize").parameters
    }
    assert found["optimizer"].importance > 0.9, "what the choice explains is not credited to what it brings along"
    assert found["momentum"].importance < 0.05
    assert found["momentum"].runs == sgd.sum()
    inside = np.where(sgd, -((v["momentum"] - 0.9) ** 2), -0.5) + 0.01 * rng.normal(size=900)
    assert shares(importance(columns, inside, method=method, goal="maximize"))["momentum"] > 0.1


def test_a_parameter_that_some_runs_lack_for_no_known_reason_has_absence_as_a_value():
    rng = np.random.default_rng(7)
    has = rng.random(300) < 0.5
    columns = [Column("dropout", [0.1 if h else ABSENT for h in has]), Column("noise", rng.random(300).tolist())]
    found = shares(importance(columns, has + 0.1 * rng.normal(size=300)))
    assert found["dropout"] > 0.95


def test_correlation_is_pearsons_for_numbers_and_one_row_per_value_for_categories():
    rng = np.random.default_rng(8)
    columns, v = table(rng, 200)
    loss = v["depth"] * 0.5 + (v["optimizer"] == "sgd") + rng.normal(size=200)
    found = {each.name: each for each in importance(columns, loss).parameters}
    assert found["depth"].correlation == pytest.approx(np.corrcoef(v["depth"], loss)[0, 1])
    assert found["depth"].values == ()
    sgd = v["optimizer"] == "sgd"
    rows = {each.value: each for each in found["optimizer"].values}
    assert found["optimizer"].correlation is None
    assert set(rows) == {"adam", "sgd", "rmsprop"}
    assert rows["sgd"].correlation == pytest.approx(np.corrcoef(sgd, loss)[0, 1])
    assert rows["sgd"].runs == sgd.sum()
    momentum = v["momentum"][sgd]
    assert found["momentum"].correlation == pytest.approx(np.corrcoef(momentum, loss[sgd])[0, 1])
    for runs in (2, 3):
        rare = [*range(runs), *[ABSENT] * (200 - runs)]
        found = {each.name: each for each in importance([*columns, Column("rare", rare)], loss).parameters}
        assert (found["rare"].correlation is None, found["rare"].rank_correlation is None) == (runs < 3, runs < 3)


def test_a_steady_curve_has_a_full_rank_correlation_whatever_its_scale():
    x = np.logspace(-6, 0, 60)
    (only,) = importance([Column("x", x.tolist())], np.log(x)).parameters
    assert only.rank_correlation == pytest.approx(1)
    assert 0 < (only.correlation or 0) < 0.7


def test_one_diverged_run_does_not_outweigh_all_others():
    rng = np.random.default_rng(9)
    a, b = rng.random((2, 200))
    loss = a.copy()
    loss[17] = 1e30
    report = importance([Column("a", a.tolist()), Column("b", b.tolist())], loss)
    assert shares(report)["a"] > 0.95
    assert report.fit is not None
    assert report.fit > 0.5


def test_an_unknown_cause_is_admitted():
    rng = np.random.default_rng(10)
    report = importance([Column(name, rng.random(60).tolist()) for name in "abc"], rng.normal(size=60))
    assert report.fit is not None
    assert report.fit < 0.1
    assert "chance" in report.reason


def test_only_choices_become_columns_and_what_advances_together_is_one():
    config = load(
        """
        method: random
        parameters:
          lr: {min: 0.0, max: 1.0}
          model: {values: [a, b]}
          tokenizer: {values: [x, y]}
          momentum: {min: 0.0, max: 1.0, when: {model: a}}
          warmup: {expr: 2 * lr}
          epochs: {value: 3}
          seed: {values: [1, 2]}
        zip: [[model, tokenizer]]
        repeat: {times: 2, parameter: seed}
        """
    ).config
    point = {("lr",): 0.5, ("model",): "b", ("tokenizer",): "y", ("warmup",): 1.0, ("epochs",): 3, ("seed",): 1}
    columns = {column.name: column for column in columns_of(config, [point])}
    assert set(columns) == {"lr", "model + tokenizer", "momentum"}
    assert columns["model + tokenizer"].values == ["b"]
    assert columns["momentum"].values == [ABSENT]
    assert columns["momentum"].conditional


@both_methods
@pytest.mark.parametrize(
    ("columns", "metric", "reason"),
    [
        ([Column("a", [1, 2, 3])], [1.0, 2.0, 3.0], "needs at least 5 runs"),
        ([Column("a", [1] * 6)], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "No parameter differs"),
        ([Column("a", [1, 2, 3, 4, 5, 6])], [1.0] * 6, "the same value"),
        ([], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "no parameters"),
    ],
)
def test_an_empty_answer_says_why(method, columns, metric, reason):
    report = importance(columns, np.array(metric), method=method)
    assert report.parameters == ()
    assert reason in report.reason


def test_text_that_every_run_has_differently_is_no_parameter():
    rng = np.random.default_rng(11)
    columns = [Column("path", [f"/out/{i}" for i in range(50)]), Column("a", rng.random(50).tolist())]
    assert set(shares(importance(columns, rng.random(50)))) == {"a"}


JSON = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=3),
    st.lists(st.integers(0, 2), max_size=2),
    st.dictionaries(st.text(max_size=1), st.integers(0, 1), max_size=1),
    st.just(ABSENT),
)


@pytest.mark.filterwarnings("error")
@settings(max_examples=60, deadline=None)
@given(data=st.data(), method=st.sampled_from(METHODS))
def test_any_values_give_a_sound_report_and_the_same_one_again(data, method):
    n = data.draw(st.integers(5, 12))
    columns = [
        Column(str(j), data.draw(st.lists(JSON, min_size=n, max_size=n)), conditional=data.draw(st.booleans()))
        for j in range(data.draw(st.integers(1, 3)))
    ]
    finite = st.floats(allow_nan=False, allow_infinity=False)
    metric = np.array(data.draw(st.lists(finite, min_size=n, max_size=n)))
    report = importance(columns, metric, method=method)
    total = sum(each.importance for each in report.parameters)
    assert total == pytest.approx(1) or (total == 0 and report.reason)
    for each in report.parameters:
        assert math.isfinite(each.importance)
        assert math.isfinite(each.spread)
        numbers = [each.correlation, each.rank_correlation, *(value.correlation for value in each.values)]
        assert all(number is None or -1 <= number <= 1 for number in numbers)
    assert importance(columns, metric, method=method) == report
