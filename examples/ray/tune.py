"""A Ray program that has besom choose the hyperparameters and record the runs.

    pip install 'ray[default]'
    python tune.py

Each task is an agent: it asks for a point, calls the function, and asks again until the sweep has ended. Ray decides
where tasks run and what each of them gets.
"""

import os

import ray
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split

import besom

SWEEP = {
    "method": "bayes",
    "metric": {"name": "accuracy", "goal": "maximize"},
    "parameters": {
        "learning_rate": {"min": 0.01, "max": 1.0, "distribution": "log_uniform_values"},
        "max_leaf_nodes": {"min": 2, "max": 31},
    },
    "run_cap": 8,
}


def train():
    """One run."""
    with besom.init() as run:
        x, test_x, y, test_y = train_test_split(*load_breast_cancer(return_X_y=True), random_state=0)
        model = HistGradientBoostingClassifier(**run.config, max_iter=20).fit(x, y)
        for predicted in model.staged_predict(test_x):
            run.log({"accuracy": float((predicted == test_y).mean())})


@ray.remote(num_cpus=1)
def work(sweep):
    """An agent, wherever Ray has a processor for it."""
    besom.agent(sweep, train)


if __name__ == "__main__":
    # On other nodes the agents need to know where the server is.
    known = {name: value for name, value in os.environ.items() if name.startswith("BESOM_")}
    ray.init(runtime_env={"env_vars": known})
    sweep = besom.sweep(SWEEP, project="ray")
    ray.get([work.remote(sweep) for _ in range(2)])
    best = besom.Api().sweep(f"ray/{sweep}").best_run()
    print(f"Best: {best.name} with {best.summary['accuracy']:.3f}, {dict(best.config)}")
