"""The quickstart, word for word: its script, its YAML and its command lines."""

import re
from pathlib import Path

import pytest

# The quickstart's script. Only "Your model here" is filled in, and the metric that its YAML names is logged as it says.
SCRIPT = """\
import wandb

# Set up your default hyperparameters before wandb.init
# so they get properly set in the sweep
hyperparameter_defaults = dict(
    dropout = 0.5,
    channels_one = 16,
    channels_two = 32,
    batch_size = 100,
    learning_rate = 0.001,
    epochs = 2,
    )

# Pass your defaults to wandb.init
wandb.init(config=hyperparameter_defaults)
config = wandb.config

# Your model here ...
for epoch in range(config.epochs):
    loss = abs(config.learning_rate - 0.02) + config["dropout"] / (epoch + 1)
    accuracy = 1 / (1 + loss)
    validation_loss = loss * 1.5
    wandb.log({"val_loss": validation_loss})

    # Log metrics inside your training loop
    metrics = {'accuracy': accuracy, 'loss': loss}
    wandb.log(metrics)
"""

SWEEP = """\
program: train.py
method: bayes
metric:
  name: val_loss
  goal: minimize
parameters:
  learning_rate:
    min: 0.001
    max: 0.1
  optimizer:
    values: ["adam", "sgd"]
"""


def created(output: str) -> str:
    """The sweep's path, as `besom sweep` printed it for the agents."""
    match = re.search(r"besom agent (\S+/\S+/\S+)", output)
    assert match, output
    return match[1]


@pytest.mark.parametrize("line", ["import wandb", "import besom as wandb"])
def test_the_quickstart_finds_a_best_run(user, line):
    user.write("train.py", SCRIPT.replace("import wandb", line, 1))
    user.write("sweep.yaml", SWEEP)

    path = created(user.shell("alias wandb=besom\nwandb sweep sweep.yaml"))
    output = user.shell(f"alias wandb=besom\nwandb agent --count 3 {path}")

    assert "--learning_rate=" in output
    assert "--optimizer=" in output
    result = user.python(
        f"""
import besom
sweep = besom.Api().sweep({path!r})
best = sweep.best_run()
assert len(sweep.runs) == 3, sweep.runs
assert all(run.state == "finished" for run in sweep.runs)
assert best.summary["val_loss"] == min(run.summary["val_loss"] for run in sweep.runs)
assert 0.001 <= best.config["learning_rate"] <= 0.1
assert best.config["optimizer"] in ("adam", "sgd")
assert best.config["channels_one"] == 16
assert len(list(best.scan_history())) == 4
print("fine")
"""
    )
    assert result.endswith("fine\n")


@pytest.mark.parametrize("page", ["docs/quickstart.md", "README.md"])
def test_script_and_file_of_the_pages_run_as_they_stand_and_an_agent_needs_only_the_id(user, page):
    text = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
    for kind, name in (("python", "train.py"), ("yaml", "sweep.yaml")):
        user.write(name, re.search(rf"```{kind}\n(# {re.escape(name)}\n.*?)```", text, re.DOTALL)[1])
    output = user.run("besom", "sweep", "sweep.yaml")
    sweep_id = created(output).split("/")[-1]
    assert re.fullmatch(r"[a-z0-9]{8}", sweep_id)
    assert f"Sweep ID: {sweep_id}" in re.sub(r"\s+", " ", output)
    assert re.search(r"Best of the sweep: .+ with val_loss = ", user.run("besom", "agent", "--count", "1", sweep_id))


def test_a_function_in_one_process_is_a_sweep_too(user):
    output = user.python(
        """
import besom as wandb

def train():
    with wandb.init(config={"b": 2}) as run:
        run.log({"score": run.config.a * run.config.b})

sweep_id = wandb.sweep(
    {"method": "grid", "metric": {"name": "score", "goal": "maximize"}, "parameters": {"a": {"values": [1, 2, 3]}}},
    project="functions",
)
wandb.agent(sweep_id, function=train)
sweep = wandb.Api().sweep(f"functions/{sweep_id}")
print(sweep.state, sweep.best_run().summary["score"], len(sweep.runs))
"""
    )
    assert output.splitlines()[-1] == "FINISHED 6 3"


def test_one_logged_value_is_enough_to_learn_from_and_to_sort_by(user):
    output = user.python(
        """
import besom as wandb

def score():
    with wandb.init() as run:
        run.log({"score": -((run.config.x - 0.3) ** 2)})

sweep_id = wandb.sweep(
    {
        "method": "bayes",
        "seed": 1,
        "metric": {"name": "score", "goal": "maximize"},
        "parameters": {"x": {"min": 0.0, "max": 1.0}},
        "run_cap": 12,
    },
    project="functions",
)
wandb.agent(sweep_id, function=score)
sweep = wandb.Api().sweep(f"functions/{sweep_id}")
scores = sorted((run.summary["score"] for run in sweep.runs), reverse=True)
print(len(scores), sweep.best_run().summary["score"] == scores[0], scores[0] > -0.001)
"""
    )
    assert output.splitlines()[-1] == "12 True True"


def test_an_engine_outside_the_server_may_choose_the_runs(user):
    output = user.python(
        """
import threading
import besom as wandb

def train():
    with wandb.init() as run:
        run.log({"loss": (run.config.x - 3) ** 2})

sweep_id = wandb.sweep(
    {"method": "custom", "controller": {"type": "local"}, "parameters": {"x": {"min": 0, "max": 10}}},
    project="engines",
)
api = wandb.Api()
sweep = api.sweep(sweep_id)

def engine():
    low, high = 0, 10  # ternary search
    while high - low > 2:
        losses = []
        for x in (low + (high - low) // 3, high - (high - low) // 3):
            run_id = sweep.enqueue_run({"x": x})
            api.run(f"engines/{run_id}").wait_until_finished()
            losses.append(api.run(f"engines/{run_id}").summary["loss"])
        if losses[0] < losses[1]:
            high -= (high - low) // 3
        else:
            low += (high - low) // 3
    sweep.stop()

threading.Thread(target=engine).start()
wandb.agent(sweep_id, function=train)
print([run.config["x"] for run in api.sweep(sweep_id).runs])
"""
    )
    assert output.splitlines()[-1].startswith("[3, 7, ")
