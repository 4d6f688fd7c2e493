"""k-fold cross-validation: one run of the sweep per point, one run per fold beside it, the mean as the sweep's metric.

    besom sweep sweep.yaml              # prints the agent's command

Each fold is a process of its own that has left the sweep: it sees none of the agent's variables, so its ``init`` begins
a run of its own. The group, named after the sweep's run, holds the folds of one point together.
"""

import argparse
import multiprocessing
import os
from typing import NamedTuple

from sklearn.datasets import load_wine
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import besom

OF_THE_SWEEP = ("SWEEP_ID", "RUN_ID", "SWEEP_PARAM_PATH", "AGENT_ID")
"""Variables by which an agent says which run of which sweep a program is."""


class Fold(NamedTuple):
    """What a fold's process needs to know."""

    number: int
    folds: int
    group: str
    config: dict


def leave_sweep() -> None:
    """Makes the next ``init`` of this process begin a run outside the sweep."""
    for name in OF_THE_SWEEP:
        os.environ.pop(f"BESOM_{name}", None)
        os.environ.pop(f"WANDB_{name}", None)


def train_fold(fold: Fold) -> float:
    """Trains and logs one fold; returns its accuracy."""
    data, labels = load_wine(return_X_y=True)
    splits = StratifiedKFold(fold.folds, shuffle=True, random_state=0).split(data, labels)
    train, val = list(splits)[fold.number]
    name = f"{fold.group}-fold-{fold.number}"
    with besom.init(group=fold.group, name=name, job_type="fold", config=fold.config) as run:
        neighbors = KNeighborsClassifier(run.config.neighbors, weights=run.config.weights)
        model = make_pipeline(StandardScaler(), neighbors).fit(data[train], labels[train])
        accuracy = model.score(data[val], labels[val])
        run.log({"accuracy": accuracy})
    return accuracy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--neighbors", type=int, default=5)
    parser.add_argument("--weights", choices=["uniform", "distance"], default="uniform")
    parser.add_argument("--folds", type=int, default=4)
    with besom.init(project="cross-validation", job_type="mean", config=parser.parse_args()) as run:
        group, config = f"cv-{run.id}", dict(run.config)
        folds = [Fold(number, config["folds"], group, config) for number in range(config["folds"])]
        # Spawned, not forked: a fold is a fresh program, as if started by hand.
        with multiprocessing.get_context("spawn").Pool(2, initializer=leave_sweep) as pool:
            accuracies = pool.map(train_fold, folds)
        run.log({"mean_accuracy": sum(accuracies) / len(accuracies), "worst_accuracy": min(accuracies)})


if __name__ == "__main__":
    main()
