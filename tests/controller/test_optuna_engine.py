"""Optuna as the search of a sweep, with the real package."""

import textwrap

import pytest

from besom.config import load_mapping
from besom.controller.engines.info import info_of
from besom.controller.engines.optuna_engine import OptunaEngine
from besom.controller.engines.user_file import UserFile
from besom.controller.failures import SearchFailed
from besom.controller.loop import Ahead
from besom.errors import UsageError
from besom.protocol import NextExit
from late_import import LateImport

optuna = LateImport("optuna")

SPACE = {
    "lr": {"min": 1e-4, "max": 1e-1, "distribution": "log_uniform_values"},
    "layers": {"min": 1, "max": 4},
    "dropout": {"min": 0.1, "max": 0.5, "q": 0.1, "distribution": "q_uniform"},
    "batch": {"min": 16, "max": 64, "q": 16, "distribution": "q_uniform"},
    "units": {"min": 8, "max": 512, "q": 8, "distribution": "q_log_uniform_values"},
    "model": {"values": ["a", None, [1, 2], {"k": 1}, True, 1]},
    "opt": {"parameters": {"name": {"values": ["sgd", "adam"]}, "eps": {"value": 1e-8}}},
}
CONFIG = {
    "method": "custom",
    "scheduler": {"engine": "optuna"},
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": SPACE,
}
LINE = {**CONFIG, "parameters": {"x": {"min": 0.0, "max": 1.0}}}
BATCH = Ahead(at_once=3)


def source(tmp_path, text: str, **scheduler) -> dict:
    """A scheduler block whose functions are in a file of that text."""
    (tmp_path / "engine.py").write_text(textwrap.dedent(text))
    return {"engine": "optuna", "source": "engine.py", **scheduler}


def engine(world, sweep, tmp_path) -> OptunaEngine:
    config = load_mapping(sweep.config).config
    return OptunaEngine(config, info_of(sweep, config), UserFile(config.engine, tmp_path))


def trials(made: OptunaEngine) -> list:
    return made._study.get_trials(deepcopy=False)


def states(made: OptunaEngine) -> list[str]:
    return [trial.state.name for trial in trials(made)]


def test_every_kind_of_parameter_that_optuna_knows_is_searched_and_accepted(world, tmp_path):
    sweep = world.sweep({**CONFIG, "seed": 1})  # without, fewer than five models are drawn once in 1,500 times
    made = engine(world, sweep, tmp_path)
    world.loop(sweep, made, ahead=Ahead(at_once=25)).step()
    runs = world.runs(sweep)
    assert len(runs) == 25
    assert {type(run.params["batch"]) for run in runs} == {int}
    assert all(run.params["units"] % 8 == 0 for run in runs)
    assert all(run.params["opt"]["eps"] == 1e-8 for run in runs)
    assert len({str(run.params["model"]) for run in runs}) >= 5
    spaces = trials(made)[0].distributions
    assert spaces["lr"] == optuna.distributions.FloatDistribution(1e-4, 1e-1, log=True)
    assert spaces["layers"] == optuna.distributions.IntDistribution(1, 4)
    assert spaces["dropout"] == optuna.distributions.FloatDistribution(0.1, 0.5, step=0.1)
    assert spaces["batch"] == optuna.distributions.IntDistribution(16, 64, step=16)
    assert "opt.name" in spaces


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        ({"distribution": "normal", "mu": 0, "sigma": 1}, "`normal`"),
        ({"values": ["a", "b"], "probabilities": [0.2, 0.8]}, "`categorical_w_probabilities`"),
    ],
)
def test_what_optuna_cannot_search_is_refused_by_name(world, tmp_path, parameter, said):
    sweep = world.sweep({**CONFIG, "parameters": {"x": parameter}})
    with pytest.raises(UsageError, match=f"cannot search `x`: its distribution is {said}"):
        engine(world, sweep, tmp_path)


def test_parameters_that_exist_only_sometimes_are_absent_elsewhere_for_optuna_too(world, tmp_path):
    parameters = {
        "opt": {"values": ["sgd", "adam"]},
        "momentum": {"min": 0.0, "max": 0.9, "when": {"opt": "sgd"}},
        "twice": {"expr": "2 * momentum"},
    }
    sweep = world.sweep({**CONFIG, "parameters": parameters})
    made = engine(world, sweep, tmp_path)
    world.loop(sweep, made, ahead=Ahead(at_once=20)).step()
    for run, trial in zip(world.runs(sweep), trials(made), strict=True):
        assert ("momentum" in run.params) == ("momentum" in trial.params) == (run.params["opt"] == "sgd")
        assert run.params.get("twice") == (2 * run.params["momentum"] if "momentum" in run.params else None)


def test_the_study_hears_how_each_run_ended(world, tmp_path):
    sweep = world.sweep(LINE)
    made = engine(world, sweep, tmp_path)
    loop = world.loop(sweep, made, ahead=BATCH)
    agent = world.agent(sweep)
    loop.step()
    agent.run(0.9, 0.3)
    agent.run(0.2, exit_code=1)
    agent.run()
    loop.step()
    assert states(made)[:3] == ["COMPLETE", "FAIL", "FAIL"]
    assert trials(made)[0].value == 0.3
    assert [run.why["trial"] for run in world.runs(sweep)] == [0, 1, 2, 3, 4, 5]
    assert world.runs(sweep)[0].params == trials(made)[0].params
    assert "TPESampler" in world.runs(sweep)[0].why["reason"]


def test_a_restart_learns_from_the_runs_that_exist_and_adopts_those_at_work(world, tmp_path):
    sweep = world.sweep(CONFIG)
    first = world.loop(sweep, engine(world, sweep, tmp_path), ahead=Ahead(at_once=4))
    agent = world.agent(sweep)
    first.step()
    agent.run(0.5)
    agent.run(0.1, exit_code=1)
    running = agent.begin(0.7)
    again = engine(world, sweep, tmp_path)
    loop = world.loop(sweep, again, ahead=Ahead(at_once=2))
    loop.step()
    assert states(again) == ["COMPLETE", "FAIL", "RUNNING", "RUNNING"]
    assert len(world.runs(sweep)) == 4, "the two that are in flight are enough"
    assert trials(again)[0].params["lr"] == world.runs(sweep)[0].params["lr"]
    agent.end(running)
    loop.step()
    assert states(again)[2:4] == ["COMPLETE", "RUNNING"]
    assert trials(again)[2].value == 0.7


def test_a_run_that_a_person_queued_teaches_too_and_one_that_does_not_fit_is_passed_over(world, tmp_path):
    config = {**LINE, "scheduler": {"engine": "optuna"}}
    sweep = world.sweep(config)
    world.api.sweep(sweep.id).enqueue_run({"x": 0.25})
    made = engine(world, sweep, tmp_path)
    world.loop(sweep, made, ahead=Ahead(at_once=1)).step()
    assert [trial.params for trial in trials(made)] == [{"x": 0.25}]


STUDY = """
    import optuna

    def study(sweep):
        return optuna.create_study(
            study_name=sweep.id, storage="sqlite:///study.db", load_if_exists=True,
            directions=[metric.goal for metric in sweep.metrics],
        )
"""


def test_a_study_that_outlives_the_scheduler_holds_each_run_once(world, tmp_path):
    sweep = world.sweep({**LINE, "scheduler": source(tmp_path, STUDY, optimizer="study")})
    agent = world.agent(sweep)
    for value in (0.4, 0.3):
        world.loop(sweep, engine(world, sweep, tmp_path), ahead=BATCH).step()
        agent.run(value)
    made = engine(world, sweep, tmp_path)
    world.loop(sweep, made, ahead=BATCH).step()
    assert states(made) == ["COMPLETE", "COMPLETE", "RUNNING", "RUNNING", "RUNNING"]
    assert sorted(trial.user_attrs["besom_run"] for trial in trials(made)) == sorted(
        run.id for run in world.runs(sweep)
    )


def test_a_trial_whose_run_never_reached_the_server_is_proposed_again(world, tmp_path):
    sweep = world.sweep({**LINE, "scheduler": source(tmp_path, STUDY, optimizer="study")})
    (asked,) = engine(world, sweep, tmp_path).propose([], 1)
    made = engine(world, sweep, tmp_path)
    world.loop(sweep, made, ahead=Ahead(at_once=1)).step()
    assert [run.params for run in world.runs(sweep)] == [asked.params]
    assert states(made) == ["RUNNING"]


def test_a_search_space_of_the_users_own_needs_no_parameters(world, tmp_path):
    text = """
        def space(trial):
            depth = trial.suggest_int("depth", 1, 3)
            return {"depth": depth, "widths": [trial.suggest_int(f"width{i}", 8, 16) for i in range(depth)]}
    """
    block = source(tmp_path, text, search_space="space")
    config = {"method": "custom", "metric": {"name": "loss"}, "scheduler": block}
    sweep = world.sweep(config)
    agent = world.agent(sweep)
    world.loop(sweep, engine(world, sweep, tmp_path), ahead=BATCH).step()
    agent.run(0.5)
    assert all(len(run.params["widths"]) == run.params["depth"] for run in world.runs(sweep))
    again = engine(world, sweep, tmp_path)
    world.loop(sweep, again, ahead=BATCH).step()
    assert states(again) == ["COMPLETE", "RUNNING", "RUNNING", "RUNNING"], "warm start by the trial's own parameters"
    assert "width0" in trials(again)[0].params


PRUNING = """
    import optuna

    def study(sweep):
        return optuna.create_study(pruner=optuna.pruners.MedianPruner(n_startup_trials=2, n_warmup_steps=2))
"""


def test_the_pruner_of_the_study_stops_runs_and_they_count_as_pruned(world, tmp_path):
    sweep = world.sweep({**LINE, "scheduler": source(tmp_path, PRUNING, optimizer="study")})
    made = engine(world, sweep, tmp_path)
    loop = world.loop(sweep, made, ahead=BATCH)
    agent = world.agent(sweep)
    loop.step()
    for _ in range(2):
        run_id = agent.begin(0.5, 0.2, 0.1)
        loop.step()
        assert loop.last.stopped == []
        agent.end(run_id)
    loop.step()
    bad = agent.begin(0.9)
    loop.step()
    assert loop.last.stopped == []
    agent.log(bad, {"loss": 0.9}, {"loss": 0.9})
    loop.step()
    (stop,) = loop.last.stopped
    assert (stop.run.id, stop.record.rule, stop.record.rung, stop.record.value) == (bad, "optuna MedianPruner", 3, 0.9)
    agent.end(bad, 143)
    loop.step()
    assert states(made)[:3] == ["COMPLETE", "COMPLETE", "PRUNED"]
    assert trials(made)[2].intermediate_values == {1: 0.9, 2: 0.9, 3: 0.9}
    again = engine(world, sweep, tmp_path)
    world.loop(sweep, again, ahead=BATCH).refresh()
    assert states(again)[:3] == ["COMPLETE", "COMPLETE", "PRUNED"]


METRICS = [{"name": "loss", "goal": "minimize"}, {"name": "acc", "goal": "maximize"}]


def test_several_objectives_are_told_together(world, tmp_path):
    sweep = world.sweep({**{k: v for k, v in LINE.items() if k != "metric"}, "metrics": METRICS})
    made = engine(world, sweep, tmp_path)
    loop = world.loop(sweep, made, ahead=BATCH)
    agent = world.agent(sweep)
    loop.step()
    run_id = agent.begin()
    agent.log(run_id, {"loss": 0.5, "acc": 0.7}, {"loss": 0.4, "acc": 0.6})
    agent.end(run_id)
    agent.run(0.5)
    loop.step()
    assert [direction.name for direction in made._study.directions] == ["MINIMIZE", "MAXIMIZE"]
    assert trials(made)[0].values == [0.4, 0.6]
    assert states(made)[:2] == ["COMPLETE", "FAIL"]


def test_a_study_whose_directions_are_not_the_sweeps_is_refused(world, tmp_path):
    text = "import optuna\ndef study(sweep):\n    return optuna.create_study(direction='maximize')\n"
    sweep = world.sweep({**LINE, "scheduler": source(tmp_path, text, optimizer="study")})
    with pytest.raises(UsageError, match="directions are maximize, but the sweep's metrics say: minimize loss"):
        engine(world, sweep, tmp_path)


def test_a_terminator_ends_the_sweep(world, tmp_path):
    text = """
        import optuna

        def study(sweep):
            return optuna.create_study(), lambda study: any(trial.value is not None for trial in study.trials)
    """
    sweep = world.sweep({**LINE, "scheduler": source(tmp_path, text, optimizer="study")})
    loop = world.loop(sweep, engine(world, sweep, tmp_path), ahead=BATCH)
    loop.step()
    agent = world.agent(sweep)
    agent.run(0.5)
    loop.step()
    assert world.now(sweep).state == "FINISHED"
    assert "terminator" in world.now(sweep).state_reason
    assert isinstance(agent.next(), NextExit)


def test_a_sampler_that_has_been_everywhere_ends_the_sweep(world, tmp_path):
    text = """
        import optuna

        def study(sweep):
            return optuna.create_study(sampler=optuna.samplers.GridSampler({"x": [0.1, 0.2, 0.3]}))
    """
    sweep = world.sweep({**LINE, "scheduler": source(tmp_path, text, optimizer="study")})
    loop = world.loop(sweep, engine(world, sweep, tmp_path), ahead=Ahead(at_once=1))
    agent = world.agent(sweep)
    for _ in range(3):
        loop.step()
        agent.run(0.5)
    loop.step()
    assert sorted(run.params["x"] for run in world.runs(sweep)) == [0.1, 0.2, 0.3]
    assert world.now(sweep).state == "FINISHED"


def test_the_study_hears_of_runs_that_end_after_the_sweep(world, tmp_path):
    sweep = world.sweep({**LINE, "run_cap": 1})
    made = engine(world, sweep, tmp_path)
    agent = world.agent(sweep)
    running = []

    def after(loop):
        if not running:
            running.append(agent.begin(0.5))
        elif not loop.is_done():
            assert isinstance(agent.next(), NextExit)
        elif agent.holding:
            agent.end(running[0])

    world.loop(sweep, made, ahead=BATCH).run(poll=0.01, after=after)
    assert sorted(states(made)) == ["COMPLETE", "FAIL", "FAIL"]


@pytest.mark.parametrize(
    ("text", "scheduler", "error", "said"),
    [
        ("x = 1", {"optimizer": "study"}, UsageError, "no function of that name"),
        ("def study(sweep):\n    return 7", {"optimizer": "study"}, UsageError, "returned 7"),
        ("def study(sweep):\n    return sweep.nothing", {"optimizer": "study"}, SearchFailed, "engine.py, line 2"),
        ("1 / 0", {}, SearchFailed, "ZeroDivisionError"),
    ],
)
def test_mistakes_in_the_users_file_are_told_with_their_place(world, tmp_path, text, scheduler, error, said):
    sweep = world.sweep({**LINE, "scheduler": source(tmp_path, text, **scheduler)})
    with pytest.raises(error, match=said):
        engine(world, sweep, tmp_path)


def test_a_file_that_is_not_here_is_named(world, tmp_path):
    sweep = world.sweep({**LINE, "scheduler": {"engine": "optuna", "source": "nowhere.py", "optimizer": "study"}})
    with pytest.raises(UsageError, match="there is no file nowhere"):
        engine(world, sweep, tmp_path)
