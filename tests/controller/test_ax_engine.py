"""Ax as the search of a sweep, where the package is installed: it brings PyTorch, which the tests do not need else."""

import textwrap

import pytest

pytest.importorskip("ax.api.client")

from besom.config import load_mapping
from besom.controller.engines.ax_engine import AxEngine
from besom.controller.engines.info import info_of
from besom.controller.engines.user_file import UserFile
from besom.controller.loop import Ahead
from besom.errors import UsageError

SPACE = {
    "lr": {"min": 1e-4, "max": 1e-1, "distribution": "log_uniform_values"},
    "layers": {"min": 1, "max": 4},
    "dropout": {"min": 0.1, "max": 0.5, "q": 0.1, "distribution": "q_uniform"},
    "batch": {"min": 16, "max": 64, "q": 16, "distribution": "q_uniform"},
    "width": {"min": 8, "max": 512, "q": 1, "distribution": "q_log_uniform_values"},
    "model": {"values": ["a", "b", "c"]},
    "flag": {"values": [True, False]},
    "shape": {"values": [[1, 2], {"k": 1}]},
    "opt": {"parameters": {"name": {"values": ["sgd", "adam"]}, "eps": {"value": 1e-8}}},
}
CONFIG = {
    "method": "custom",
    "seed": 1,
    "scheduler": {"engine": "ax"},
    "metric": {"name": "val/loss", "goal": "minimize"},
    "parameters": SPACE,
}
LINE = {**CONFIG, "parameters": {"x": {"min": 0.0, "max": 1.0}}}
BATCH = Ahead(at_once=3)


def engine(world, sweep, tmp_path, token="one") -> AxEngine:
    config = load_mapping(sweep.config).config
    return AxEngine(config, info_of(sweep, config), UserFile(config.engine, tmp_path), token=token)


def states(made: AxEngine) -> list[str]:
    return [trial.status.name for trial in made._client._experiment.trials.values()]


def test_every_kind_of_parameter_that_ax_knows_is_searched_and_accepted(world, tmp_path):
    sweep = world.sweep(CONFIG)
    world.loop(sweep, engine(world, sweep, tmp_path), ahead=Ahead(at_once=5)).step()
    runs = world.runs(sweep)
    assert len(runs) == 5
    assert {type(run.params["batch"]) for run in runs} == {int}
    assert {type(run.params["flag"]) for run in runs} == {bool}
    assert all(run.params["shape"] in ([1, 2], {"k": 1}) for run in runs)
    assert all(run.params["opt"]["eps"] == 1e-8 for run in runs)


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        ({"distribution": "normal", "mu": 0, "sigma": 1}, "its distribution is `normal`"),
        ({"min": 8, "max": 64, "q": 8, "distribution": "q_log_uniform_values"}, "`q_log_uniform_values`"),
        ({"values": ["a", 1]}, "several kinds"),
        ({"values": ["a", None]}, "several kinds"),
    ],
)
def test_what_ax_cannot_search_is_refused_by_name(world, tmp_path, parameter, said):
    sweep = world.sweep({**CONFIG, "parameters": {"y": parameter}})
    with pytest.raises(UsageError, match=f"cannot search `y`.*{said}"):
        engine(world, sweep, tmp_path)


def test_conditions_are_refused(world, tmp_path):
    parameters = {"a": {"values": ["u", "v"]}, "b": {"min": 0.0, "max": 1.0, "when": {"a": "u"}}}
    sweep = world.sweep({**CONFIG, "parameters": parameters})
    with pytest.raises(UsageError, match="cannot search `b`: it exists only where its `when` holds"):
        engine(world, sweep, tmp_path)


def test_the_client_hears_how_each_run_ended_and_a_restart_learns_and_adopts(world, tmp_path):
    sweep = world.sweep(LINE)
    made = engine(world, sweep, tmp_path)
    loop = world.loop(sweep, made, ahead=BATCH)
    agent = world.agent(sweep)
    loop.step()
    agent.run(0.9, 0.3, metric="val/loss")
    agent.run(0.2, exit_code=1, metric="val/loss")
    running = agent.begin(0.7, metric="val/loss")
    loop.refresh()
    assert states(made) == ["COMPLETED", "FAILED", "RUNNING"]
    again = engine(world, sweep, tmp_path, token="two")
    loop = world.loop(sweep, again, ahead=Ahead(at_once=2))
    loop.step()
    assert states(again) == ["COMPLETED", "FAILED", "RUNNING", "RUNNING"]
    agent.end(running)
    loop.step()
    assert states(again)[2] == "COMPLETED"
    best, _, _, _ = again._client.get_best_parameterization(use_model_predictions=False)
    assert best == pytest.approx({"x": world.runs(sweep)[0].params["x"]})


def test_several_objectives_are_told_together(world, tmp_path):
    metrics = [{"name": "loss", "goal": "minimize"}, {"name": "acc", "goal": "maximize"}]
    sweep = world.sweep({**{k: v for k, v in LINE.items() if k != "metric"}, "metrics": metrics})
    made = engine(world, sweep, tmp_path)
    loop = world.loop(sweep, made, ahead=BATCH)
    agent = world.agent(sweep)
    loop.step()
    run_id = agent.begin()
    agent.log(run_id, {"loss": 0.5, "acc": 0.7})
    agent.end(run_id)
    loop.step()
    assert states(made)[0] == "COMPLETED"


CLIENT = """
    from ax.api.client import Client
    from ax.api.configs import RangeParameterConfig

    def client(sweep):
        made = Client(random_seed=sweep.seed)
        made.configure_experiment([RangeParameterConfig("x", (0.0, 1.0), "float")])
        made.configure_optimization("{objective}")
        return made, lambda client: len(client._experiment.trials) > 3
"""


def write(tmp_path, text: str, **scheduler) -> dict:
    (tmp_path / "engine.py").write_text(textwrap.dedent(text))
    return {"engine": "ax", "source": "engine.py", **scheduler}


def test_a_client_of_the_users_own_and_its_terminator_are_used(world, tmp_path):
    text = CLIENT.replace("{objective}", "-val_loss")
    sweep = world.sweep({**LINE, "scheduler": write(tmp_path, text, optimizer="client")})
    loop = world.loop(sweep, engine(world, sweep, tmp_path), ahead=BATCH)
    agent = world.agent(sweep)
    for _ in range(2):
        loop.step()
        agent.run(0.5, metric="val/loss")
    loop.step()
    loop.step()
    assert world.now(sweep).state == "FINISHED"


def test_a_client_with_another_goal_is_refused(world, tmp_path):
    text = CLIENT.replace("{objective}", "val_loss")
    sweep = world.sweep({**LINE, "scheduler": write(tmp_path, text, optimizer="client")})
    with pytest.raises(UsageError, match="optimises maximize val_loss, but the sweep says minimize val_loss"):
        engine(world, sweep, tmp_path)
