"""The search as an object that is asked and told."""

import math
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from besom.config import ConfigError, load
from besom.search import Search

LINE = {"x": {"min": 0.0, "max": 1.0}}
GRID = {"method": "grid", "parameters": {"a": {"values": [1, 2]}, "b": {"values": ["u", "v"]}}}


def parabola(point) -> float:
    return (point["x"] - 0.3) ** 2


def minimum(search: Search, trials: int) -> float:
    for _ in range(trials):
        point = search.ask()
        search.tell(point, parabola(point))
    return search.best.value


def test_five_lines_find_a_minimum():
    assert minimum(Search(LINE), 15) < 1e-3


def test_the_best_point_is_the_one_with_the_best_value_in_the_direction_of_the_goal():
    for goal, best in (("minimize", 0.1), ("maximize", 0.9)):
        search = Search(LINE, goal=goal)
        for value in (0.5, 0.1, 0.9):
            search.tell(search.ask(), value)
        assert search.best.value == best


def test_before_anything_was_told_there_is_no_best_point():
    search = Search(LINE)
    search.ask()
    assert search.best is None


def test_the_goal_of_a_configuration_counts():
    search = Search({"method": "random", "metric": {"name": "acc", "goal": "maximize"}, "parameters": LINE})
    for value in (0.2, 0.8):
        search.tell(search.ask(), value)
    assert search.best.value == 0.8


@pytest.mark.parametrize("method", ["random", "bayes"])
def test_the_same_seed_gives_the_same_points_and_another_one_gives_others(method):
    def points(seed):
        search = Search(LINE, method=method, seed=seed)
        asked = []
        for _ in range(6):
            asked.append(search.ask())
            search.tell(asked[-1], parabola(asked[-1]))
        return asked

    assert points(1) == points(1)
    assert points(1) != points(2)


def test_points_asked_for_together_differ_and_say_why_they_were_chosen():
    search = Search(LINE)
    points = search.ask(count=8)
    assert len({point["x"] for point in points}) == 8
    assert [point.number for point in points] == list(range(8))
    assert all(point.why["method"] == "bayes" for point in points)


def test_results_may_come_in_any_order():
    search = Search(LINE)
    for _ in range(5):
        first, second = search.ask(), search.ask()
        search.tell(second, parabola(second))
        search.tell(first, parabola(first))
    assert [trial.state for trial in search.trials] == ["finished"] * 10


def test_a_used_up_grid_gives_none_and_shorter_lists():
    search = Search(GRID)
    assert len(search.ask(count=3)) == 3
    assert search.ask() == {"a": 2, "b": "v"}
    assert search.ask() is None
    assert search.ask(count=2) == []


def test_nested_groups_come_nested_and_constants_come_too():
    search = Search({"opt": {"parameters": {"lr": {"min": 0.0, "max": 1.0}, "name": {"value": "sgd"}}}})
    point = search.ask()
    assert point["opt"]["name"] == "sgd"
    assert 0 <= point["opt"]["lr"] <= 1


def test_what_the_configuration_starts_with_is_asked_first():
    search = Search({**GRID, "method": "random", "start_with": [{"a": 2, "b": "u"}]})
    point = search.ask()
    assert (point, point.why["kind"]) == ({"a": 2, "b": "u"}, "start_with")
    assert search.ask().why["method"] == "random"


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_a_point_without_a_usable_value_has_failed(value):
    search = Search(LINE)
    search.tell(search.ask(), value)
    assert [trial.state for trial in search.trials] == ["failed"]
    assert search.best is None


def test_a_failed_point_never_is_the_best_one_whatever_it_had_reached():
    search = Search(LINE)
    search.tell(search.ask(), 0.0, failed=True)
    search.tell(search.ask(), 0.5)
    assert search.best.value == 0.5


def test_failures_do_not_keep_the_search_from_the_best_of_what_works():
    search = Search(LINE)
    for _ in range(25):
        point = search.ask()
        search.tell(point, None if point["x"] < 0.5 else abs(point["x"] - 0.8))
    assert search.best.value < 0.01


def test_a_configuration_tried_elsewhere_teaches_too():
    search = Search(LINE)
    search.tell({"x": 0.31}, parabola({"x": 0.31}))
    search.tell({"x": 0.9}, parabola({"x": 0.9}))
    assert (search.best.point, len(search.trials)) == ({"x": 0.31}, 2)
    assert search.ask()["x"] != 0.31


def test_a_point_that_went_to_another_process_is_known_again():
    search = Search(LINE)
    search.tell(pickle.loads(pickle.dumps(search.ask())), 0.5)
    search.tell(dict(search.ask()), 0.4)
    assert [trial.state for trial in search.trials] == ["finished", "finished"]


def test_told_again_the_later_value_counts():
    search = Search(LINE)
    point = search.ask()
    search.tell(point, 0.9)
    search.tell(point, 0.1)
    assert (search.best.value, len(search.trials)) == (0.1, 1)


STOPPING = {
    "method": "random",
    "metric": {"name": "loss"},
    "parameters": LINE,
    "early_terminate": {"type": "hyperband", "min_iter": 2, "eta": 2},
}


def test_a_hopeless_point_should_stop_and_what_it_reached_still_teaches():
    search = Search(STOPPING)
    *good, bad = search.ask(count=4)
    for point in good:
        assert not search.should_stop(point, [0.5])
        assert not search.should_stop(point, [0.5, 0.1])
        search.tell(point, 0.1)
    assert not search.should_stop(bad, [0.9])
    assert search.should_stop(bad, [0.9, 0.8])
    search.tell(bad, 0.8)
    assert [trial.state for trial in search.trials] == ["finished"] * 3 + ["killed"]


def test_stopping_without_a_rule_says_what_is_missing():
    search = Search(LINE)
    with pytest.raises(ValueError, match="early_terminate"):
        search.should_stop(search.ask(), [1.0])


def test_a_checked_configuration_is_taken_as_it_is_and_custom_means_bayes():
    loaded = load({"method": "custom", "controller": {"type": "local"}, "parameters": LINE}).config
    assert Search(loaded).ask().why["method"] == "bayes"
    assert Search(loaded, method="random").ask().why["method"] == "random"


def test_the_configuration_of_a_sweep_that_others_search_may_be_searched_here():
    sweep = {"method": "custom", "search": "mine:propose", "metric": {"name": "acc", "goal": "maximize"}}
    search = Search({**sweep, "parameters": LINE}, method="random")
    assert search.ask().why["method"] == "random"
    assert search.config.metric.goal == "maximize"


def test_the_importance_of_parameters_is_that_of_what_was_told():
    search = Search({**LINE, "noise": {"min": 0.0, "max": 1.0}, "fixed": {"value": 1}}, method="random")
    for point in search.ask(count=60):
        search.tell(point, parabola(point))
    for method in ("forest", "ped_anova"):
        assert search.importance(method).parameters[0].name == "x"
    assert {found.name for found in search.importance().parameters} == {"x", "noise"}


def test_before_enough_is_known_the_importance_says_why_it_is_empty():
    report = Search(LINE).importance()
    assert (report.parameters, bool(report.reason)) == ((), True)


def test_a_mistake_in_the_space_is_named():
    with pytest.raises(ConfigError, match="min"):
        Search({"x": {"min": 2.0, "max": 1.0}})


def test_threads_share_a_search():
    search = Search(GRID)
    with ThreadPoolExecutor(4) as pool:
        points = list(pool.map(lambda _: search.ask(), range(8)))
    found = [tuple(point.values()) for point in points if point is not None]
    assert sorted(found) == [(1, "u"), (1, "v"), (2, "u"), (2, "v")]


def test_a_repeated_point_to_start_with_is_the_first_of_its_repeats():
    search = Search(
        {
            "method": "random",
            "parameters": {"a": {"values": [1, 2]}},
            "start_with": [{"a": 2}],
            "repeat": {"times": 2, "parameter": "seed"},
        }
    )
    first, second = search.ask(2)
    assert (first, first.why["reason"]) == ({"a": 2, "seed": 0}, "point 1 of 1 of start_with")
    assert (second, second.why["reason"]) == ({"a": 2, "seed": 1}, "repeat 2 of 2 of a configuration")


def test_a_kind_of_importance_that_does_not_exist_is_named():
    search = Search(LINE)
    search.tell(search.ask(), 1.0)
    with pytest.raises(ValueError, match="no such method: 'shapley'"):
        search.importance("shapley")


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ({"x": 3.0, "opt": "sgd"}, ["x = 3.0", "from 0 to 1"]),
        ({"x": 0.5, "opt": "sdg"}, ['opt = "sdg"', '"sgd", "adam"']),
        ({"x": 0.5}, ["opt", "has no value here"]),
    ],
)
def test_a_point_of_ones_own_outside_the_space_is_refused(point, said):
    search = Search({"x": {"min": 0.0, "max": 1.0}, "opt": {"values": ["sgd", "adam"]}})
    with pytest.raises(ValueError, match="The point cannot be used") as caught:
        search.tell(point, 0.5)
    assert [word for word in said if word not in str(caught.value)] == []
    assert search.trials == []


def test_derived_values_of_a_point_of_ones_own_are_computed_and_its_repeat_is_kept():
    parameters = {"x": {"values": [1, 2]}, "twice": {"expr": "2 * x"}, "seed": {"values": [7, 8]}}
    search = Search({"method": "random", "parameters": parameters, "repeat": {"times": 2, "parameter": "seed"}})
    search.tell({"x": 1, "seed": 8}, 0.5)
    (trial,) = search.trials
    assert trial.values == {("x",): 1, ("twice",): 2, ("seed",): 8}


def test_fewer_than_no_points_cannot_be_asked_for():
    search = Search(LINE)
    with pytest.raises(ValueError, match=r"ask\(count=-1\)"):
        search.ask(count=-1)
    assert search.ask(count=0) == []
