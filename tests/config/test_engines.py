"""Who chooses the runs when the server does not: a local controller, a function, Optuna, Ax."""

import copy

import pytest

from besom.config import ConfigError, load, read_point
from besom.config.model import Engine, Metric

BASE = {
    "method": "custom",
    "metric": {"name": "loss"},
    "parameters": {"lr": {"min": 0.0, "max": 1.0}, "n": {"values": [1, 2], "when": "lr > 0.5"}},
}
OPTUNA = {"engine": "optuna", "source": "study.py", "optimizer": "make_study"}
TWO = [{"name": "loss"}, {"name": "acc", "goal": "maximize"}]


def configuration(change):
    config = copy.deepcopy(BASE) | copy.deepcopy(change)
    return {key: value for key, value in config.items() if value is not None}


def loaded(**change):
    return load(configuration(change))


def test_a_function_of_ones_own_proposes_and_a_controller_has_to_run():
    found = loaded(search="my_search.methods:propose")
    assert (found.config.search, found.config.controller) == ("my_search.methods:propose", "cloud")
    (warning,) = found.warnings
    assert (warning.where, "besom controller ID" in warning.rule) == ("search", True)


def test_a_local_controller_needs_no_function():
    found = loaded(controller={"type": "local"})
    assert found.config.controller == "local"
    assert "besom controller ID" in found.warnings[0].rule


def test_a_local_controller_may_stop_runs_by_a_function_of_its_own():
    found = loaded(method="random", controller={"type": "local"}, early_terminate={"type": "custom"})
    assert found.config.early_terminate is None
    with pytest.raises(ConfigError, match="no such stopping rule"):
        loaded(method="random", early_terminate={"type": "custom"})


def test_an_engine_is_read_and_its_scheduler_has_to_run():
    found = loaded(scheduler=OPTUNA)
    assert found.config.engine == Engine("optuna", "study.py", "make_study")
    (warning,) = found.warnings
    assert (warning.where, "besom sweep-scheduler ID" in warning.rule) == ("scheduler", True)


def test_an_engine_may_have_several_objectives():
    config = loaded(scheduler={"engine": "ax"}, metrics=TWO, metric=None).config
    assert config.engine == Engine("ax", metrics=(Metric("loss"), Metric("acc", "maximize")))
    assert config.metric is None
    assert config.stored["metrics"] == TWO


def test_an_engine_may_make_up_the_parameters():
    scheduler = {"engine": "optuna", "source": "study.py", "search_space": "suggest"}
    for parameters in (None, {}):
        config = loaded(scheduler=scheduler, parameters=parameters).config
        assert config.parameters == ()
        assert read_point({"lr": 1, "net": {"a": [2]}}, config) == {("lr",): 1, ("net",): {"a": [2]}}


def test_besoms_own_engine_runs_where_the_user_starts_it():
    found = loaded(method="bayes", scheduler={"engine": "wandb", "source": "x.py"})
    assert (found.config.engine, found.config.controller) == (None, "local")
    assert {warning.where for warning in found.warnings} == {"scheduler", "scheduler.source"}


def test_a_scheduler_without_an_engine_belongs_to_launch_and_has_no_effect():
    found = loaded(method="random", scheduler={"job": "x"})
    assert (found.config.engine, found.config.controller) == (None, "cloud")
    assert "no effect" in found.warnings[0].rule


@pytest.mark.parametrize(
    ("change", "where", "words"),
    [
        ({}, "method", "nothing would choose the runs"),
        ({"scheduler": {"job": "x"}}, "method", "nothing would choose the runs"),
        ({"search": "find.py"}, "search", "`module:function`"),
        ({"search": "find.py:propose"}, "search", "`search: find:propose`"),
        ({"search": "find:propose", "method": "random"}, "search", "`method: custom`"),
        ({"search": "find:propose", "repeat": {"times": 2}}, "repeat", "as often"),
        ({"scheduler": "optuna"}, "scheduler", "a mapping"),
        ({"scheduler": {"engine": "hyperopt"}}, "scheduler.engine", "`wandb`, `optuna`, `ax`"),
        ({"scheduler": {"engine": "optuna", "optimiser": "x"}}, "scheduler.optimiser", "`optimizer`"),
        ({"scheduler": {"engine": "optuna"}, "method": "bayes"}, "scheduler.engine", "`method: custom`"),
        ({"scheduler": {"engine": "wandb"}}, "scheduler.engine", "grid, random and bayes"),
        ({"scheduler": {"engine": "optuna", "optimizer": "f"}}, "scheduler", "`source`"),
        ({"scheduler": OPTUNA | {"optimizer": "a.b"}}, "scheduler.optimizer", "name of a function"),
        ({"scheduler": OPTUNA, "forbid": ["lr > 0.9"]}, "forbid", "`optuna` does not know"),
        ({"scheduler": OPTUNA, "controller": {"type": "local"}}, "controller.type", "another engine"),
        (
            {"scheduler": {"engine": "wandb"}, "controller": {"type": "local"}, "method": "random"},
            "controller.type",
            "another engine",
        ),
        (
            {"scheduler": OPTUNA, "early_terminate": {"type": "hyperband", "min_iter": 3}},
            "early_terminate",
            "a matter of its engine",
        ),
        ({"scheduler": OPTUNA, "metrics": TWO}, "metrics", "not both"),
        ({"scheduler": OPTUNA, "metrics": TWO[:1], "metric": None}, "metrics", "at least two"),
        ({"scheduler": OPTUNA, "metrics": [*TWO, TWO[0]], "metric": None}, "metrics", "twice"),
        ({"scheduler": OPTUNA, "metrics": [TWO[0], {"goal": "maximize"}], "metric": None}, "metrics[1]", "`name`"),
        ({"scheduler": OPTUNA, "parameters": None}, "config", "`parameters` is missing"),
        ({"method": "random", "metrics": TWO}, "metrics", "one objective"),
    ],
)
def test_what_does_not_fit_together_is_refused(change, where, words):
    with pytest.raises(ConfigError) as caught:
        loaded(**change)
    (problem,) = caught.value.problems
    assert problem.where == where.removeprefix("config")
    assert words in problem.rule.replace("key `parameters`", "`parameters`") + problem.fix
