"""Runs of one configuration: when there is another, what the search makes of them."""

import math
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_configs import flat

from besom.config import load_mapping
from besom.config.model import Metric, Repeat
from besom.search import Space, Trial, configuration_hash, suggest
from besom.search.observation import outcomes_of
from besom.search.repeats import Repeats

X = ("x",)
SEED = ("seed",)


def loaded(method, times=3, parameter="seed", **blocks):
    repeat = {"times": times} | ({"parameter": parameter} if parameter else {})
    parameters = {"x": {"min": 0.0, "max": 1.0}, "c": {"values": ["a", "b"]}}
    blocks = {"method": method, "metric": {"name": "loss"}, "parameters": parameters, "repeat": repeat} | blocks
    return load_mapping(blocks).config


def sweep(swept, n, outcome, trials=(), workers=1, seed=0):
    """``n`` runs, ``workers`` at a time; ``outcome(values, number of the run)`` -> (state, value)."""
    trials, suggestions = list(trials), []
    for index in range(n):
        new = suggest(swept, trials, index=index, seed=seed)
        if not new:
            break
        suggestions += new
        trials.append(Trial(new[0].values, "running", id=str(index)))
        if (done := len(trials) - workers) >= 0 and trials[done].state == "running":
            state, y = outcome(flat(trials[done].values), done)
            trials[done] = replace(trials[done], state=state, best=y, last=y, worst=y)
    return suggestions


def steady(values, _):
    return "finished", (values["x"] - 0.3) ** 2


def configurations(swept, suggestions):
    return Counter(configuration_hash(swept, s.values) for s in suggestions)


def test_random_runs_each_configuration_as_often_as_asked_at_once():
    swept = loaded("random")
    suggestions = sweep(swept, 12, steady)
    assert [s.repeat for s in suggestions] == [0, 1, 2] * 4
    assert [s.values[SEED] for s in suggestions] == [0, 1, 2] * 4
    assert sorted(configurations(swept, suggestions).values()) == [3, 3, 3, 3]
    assert [s.values[X] for s in suggestions[::3]] == [s.values[X] for s in suggestions[2::3]]


@pytest.mark.parametrize("method", ["random", "grid"])
def test_listed_values_tell_the_repeats_apart(method):
    parameters = {"a": {"values": [1, 2]}, "seed": {"values": ["x", "y", "z"]}}
    swept = loaded(method, times=2, parameters=parameters)
    found = [tuple(flat(s.values).values()) for s in sweep(swept, 4, lambda *_: ("finished", 1.0))]
    assert set(found) == {(1, "x"), (1, "y"), (2, "x"), (2, "y")}


def test_a_grid_is_gone_through_once_before_it_is_gone_through_again():
    swept = loaded("grid", times=2, parameters={"a": {"values": [1, 2, 3]}})
    suggestions = sweep(swept, 99, lambda *_: ("failed", None))
    assert [(s.values[("a",)], s.values[SEED], s.repeat) for s in suggestions] == [
        (1, 0, 0), (2, 0, 0), (3, 0, 0), (1, 1, 1), (2, 1, 1), (3, 1, 1),
    ]  # fmt: skip
    assert [s.why["kind"] for s in suggestions] == ["grid"] * 3 + ["repeat"] * 3
    assert suggestions[4].why["reason"] == "repeat 2 of 2 of configuration 2 of 3 of the grid"


def test_a_grids_repeats_need_no_parameter():
    swept = loaded("grid", times=3, parameter=None, parameters={"a": {"values": [1, 2]}})
    suggestions = sweep(swept, 99, lambda *_: ("finished", 1.0))
    assert [s.values[("a",)] for s in suggestions] == [1, 2, 1, 2, 1, 2]


@pytest.mark.parametrize("parameter", ["seed", None])
def test_bad_configurations_are_run_once_and_the_best_as_often_as_asked(parameter):
    swept = loaded("bayes", parameter=parameter)
    rng = random.Random(0)

    def outcome(values, _):
        return "finished", (values["c"] == "a") + (values["x"] - 0.3) ** 2 + rng.gauss(0, 0.01)

    suggestions = sweep(swept, 40, outcome)
    times = configurations(swept, suggestions)
    assert max(times.values()) == 3
    bad = [s for s in suggestions if s.values[("c",)] == "a"]
    assert all(times[configuration_hash(swept, s.values)] == 1 for s in bad)
    repeated = [s for s in suggestions if s.repeat]
    assert 5 <= len(repeated) <= 30
    for s in repeated:
        assert (s.why["kind"], s.why["repeat"], s.why["times"]) == ("repeat", s.repeat + 1, 3)
    assert all(s.why["repeat"] == 1 for s in suggestions if s.repeat == 0)


def test_without_noise_only_the_best_is_run_again():
    swept = loaded("bayes", times=2)
    trials = [Trial({X: i / 10, ("c",): "a", SEED: 0}, "finished", y, y, y) for i, y in enumerate([5, 1, 2, 1.1, 3])]
    trials.append(Trial({X: 0.1, ("c",): "a", SEED: 1}, "finished", 1, 1, 1))
    (suggestion,) = suggest(swept, trials, index=6)
    assert suggestion.repeat == 0
    (suggestion,) = suggest(swept, [*trials, Trial({X: 0.7, ("c",): "b", SEED: 0}, "finished", 0.9, 0.9)], index=7)
    assert (suggestion.repeat, suggestion.values[X]) == (1, 0.7)
    assert suggestion.why["reason"] == "repeat 2 of 2 of a configuration, which has the best mean so far"


def test_no_configuration_is_repeated_before_a_few_have_results():
    swept = loaded("bayes")
    assert [s.repeat for s in sweep(swept, 4, steady)] == [0, 0, 0, 0]


def test_repeats_under_way_count_and_leave_room_for_new_configurations():
    swept = loaded("bayes", times=20)
    trials = [Trial({X: i / 10, ("c",): "a", SEED: 0}, "finished", i, i, i) for i in range(6)]
    waiting = []
    for index in range(12):
        (suggestion,) = suggest(swept, [*trials, *waiting], index=6 + index)
        waiting.append(Trial(suggestion.values, "pending"))
    again = [t.values for t in waiting if (t.values[X], t.values[("c",)]) == (0.0, "a")]
    assert 4 <= len(again) <= 8
    assert [values[SEED] for values in again] == list(range(1, len(again) + 1))


def test_a_batch_is_as_good_as_one_after_the_other():
    swept = loaded("random")
    together = suggest(swept, [], index=0, count=7)
    trials = []
    for index in range(7):
        (one,) = suggest(swept, trials, index=index)
        assert one == together[index]
        trials.append(Trial(one.values, "pending"))


def test_a_missing_repeat_is_handed_out_again_with_its_own_number():
    swept = loaded("random")
    trials = [Trial({X: 0.5, ("c",): "a", SEED: k}, "finished", 1.0) for k in (0, 2)]
    (suggestion,) = suggest(swept, trials, index=2)
    assert (suggestion.repeat, suggestion.values[SEED]) == (1, 1)


def test_failed_repeats_count_as_runs_and_broken_configurations_are_not_repeated():
    swept = loaded("random")
    suggestions = sweep(swept, 6, lambda *_: ("crashed", None))
    assert sorted(configurations(swept, suggestions).values()) == [3, 3]
    suggestions = sweep(loaded("bayes"), 12, lambda values, _: ("crashed", None))
    assert max(configurations(loaded("bayes"), suggestions).values()) == 1


def test_runs_of_other_sweeps_are_not_repeated():
    swept = loaded("random")
    prior = Trial({X: 0.5, ("c",): "a"}, "finished", 1.0, prior=True)
    (suggestion,) = suggest(swept, [prior], index=0)
    assert suggestion.values[X] != 0.5


def test_runs_that_lack_parameters_are_learnt_from_one_by_one():
    swept = loaded("bayes")
    trials = [Trial({X: 0.47}, "finished", 1.0), Trial({}, "crashed"), Trial({X: 0.47}, "running")]
    for index in range(8):
        (suggestion,) = suggest(swept, trials, index=index)
        assert suggestion.values[X] != 0.47
        trials.append(Trial(suggestion.values, "finished", (suggestion.values[X] - 0.2) ** 2))


def test_a_used_up_space_begins_another_round():
    swept = loaded("random", times=2, parameters={"a": {"values": [1, 2]}})
    found = [(s.values[("a",)], s.repeat) for s in sweep(swept, 8, lambda *_: ("finished", 1.0))]
    assert [number for _, number in found] == [0, 1] * 4
    assert Counter(a for a, _ in found[:4]) == Counter(a for a, _ in found[4:]) == {1: 2, 2: 2}


def observed(ys, goal="minimize", times=3, states=None):
    """The observations of configurations x = 0, 0.1, ... with these values of their runs."""
    metric = Metric("loss", goal)
    swept = replace(loaded("bayes", times=times), metric=metric)
    trials = []
    for i, group in enumerate(ys):
        for k, y in enumerate(group):
            state = states[i][k] if states else "finished"
            trials.append(Trial({X: i / 10, ("c",): "a", SEED: k}, state, y, y, y, id=f"{i}-{k}"))
    space = Space.of(swept)
    repeats = Repeats(
        Repeat(times, SEED, tuple(range(times))),
        space,
        goal,
        trials,
        outcomes_of(metric, trials, reading="separate", blank=None),
        space.encode([t.values for t in trials]),
        hopeful=True,
    )
    return repeats.observations(), repeats.pending()


def test_repeats_are_one_observation_with_their_mean_and_its_error():
    observations, _ = observed([[1.0, 2.0, 3.0], [4.0], [5.0, 7.0]])
    assert [o.y for o in observations] == [2.0, 4.0, 6.0]
    assert [o.id for o in observations] == ["0-0", "1-0", "2-0"]
    pooled = (2.0 + 2.0) / 3
    assert observations[1].error == pytest.approx(math.sqrt(pooled))
    assert observations[0].error == pytest.approx(math.sqrt((4 * pooled + 2.0) / 6 / 3))


def test_without_a_second_run_there_is_no_error_to_tell():
    observations, _ = observed([[1.0], [4.0]])
    assert [o.error for o in observations] == [None, None]


def test_a_configuration_is_pending_until_its_first_result():
    states = [["finished", "running"], ["running", "running"]]
    observations, pending = observed([[1.0, None], [None, None]], states=states)
    assert ([o.y for o in observations], [p[X] for p in pending]) == ([1.0], [0.1])


def test_stopped_and_broken_repeats_do_not_bend_the_mean():
    states = [["finished", "killed", "crashed"], ["killed", "killed"], ["crashed", "finished"], ["failed", "failed"]]
    observations, _ = observed([[1.0, 9.0, 50.0], [6.0, 7.0], [None, 3.0], [None, None]], states=states)
    assert [(o.y, o.stopped, o.failed) for o in observations] == [
        (1.0, False, False), (6.0, True, False), (3.0, False, True), (None, False, True),
    ]  # fmt: skip


def test_a_repeat_that_diverged_beyond_squaring_leaves_a_mean_and_an_error():
    observations, _ = observed([[1e308, 1e308, 1.0], [1.0, -1e308], [2.0]])
    assert all(math.isfinite(o.y) and math.isfinite(o.error) for o in observations)
    swept = loaded("bayes", times=2)
    trials = [Trial({X: i / 10, ("c",): "a", SEED: 0}, "finished", y, y, y) for i, y in enumerate([5, 1, 2, 3, 1e308])]
    (suggestion,) = suggest(swept, [*trials, Trial({X: 0.4, ("c",): "a", SEED: 1}, "finished", 1, 1, 1)], index=6)
    assert (suggestion.values[X], suggestion.repeat) == (0.1, 1)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=3), min_size=1, max_size=6),
    st.sampled_from([-5.0, 0.0, 7.0]),
)
def test_shifting_all_values_shifts_the_means_alone(groups, shift):
    plain, _ = observed(groups)
    moved, _ = observed([[y + shift for y in group] for group in groups])
    for one, other in zip(plain, moved, strict=True):
        assert other.y == pytest.approx(one.y + shift, abs=1e-6)
        assert (one.error is None) == (other.error is None)
        if one.error is not None:
            assert other.error == pytest.approx(one.error, rel=1e-6, abs=1e-6)


def test_maximising_repeats_the_highest():
    swept = replace(loaded("bayes"), metric=Metric("acc", "maximize"))
    trials = [Trial({X: i / 10, ("c",): "a", SEED: 0}, "finished", y, y, y) for i, y in enumerate([5, 1, 9, 2, 3])]
    (suggestion,) = suggest(swept, trials, index=5)
    assert (suggestion.values[X], suggestion.repeat) == (0.2, 1)
    assert suggestion.why["incumbent"] == 9
