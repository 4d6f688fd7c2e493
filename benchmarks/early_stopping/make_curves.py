"""Trains networks and boosted trees with random settings and keeps their validation curves in ``curves.npz``.

python benchmarks/early_stopping/make_curves.py [--configs 200] [--epochs 81] [--jobs 2]

Each problem gives an array (configs, epochs) of a loss to be minimised, measured after each epoch on data that was
not trained on; NaN from the epoch on in which the training diverged. Settings are drawn as a random search draws them,
bad ones included. The table is what ``compare.py`` replays; it takes about a quarter of an hour of one core to make.
"""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

FILE = Path(__file__).with_name("curves.npz")
DATASETS: dict[str, Callable[..., Any]] = {
    "digits": load_digits,
    "breast_cancer": load_breast_cancer,
    "wine": load_wine,
    "diabetes": load_diabetes,
}
MODELS = ("mlp", "boosting")
Data = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]


def data(name: str) -> Data:
    """Standardised inputs and targets, trained on and held out."""
    inputs, targets = DATASETS[name](return_X_y=True)
    if name == "diabetes":
        targets = (targets - targets.mean()) / targets.std()
    train, held, train_targets, held_targets = train_test_split(inputs, targets, test_size=0.4, random_state=0)
    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(held), train_targets, held_targets


def network(rng: np.random.Generator, seed: int, *, classifies: bool) -> MLPClassifier | MLPRegressor:
    """A network with random settings."""
    kind = MLPClassifier if classifies else MLPRegressor
    return kind(
        hidden_layer_sizes=(int(rng.choice([8, 16, 32, 64])),) * int(rng.integers(1, 3)),
        activation=str(rng.choice(["relu", "tanh"])),
        solver=str(rng.choice(["adam", "sgd"])),
        learning_rate_init=float(10 ** rng.uniform(-4, 0)),
        alpha=float(10 ** rng.uniform(-6, 0)),
        batch_size=int(rng.choice([32, 64, 100])),
        momentum=float(rng.uniform(0.5, 0.99)),
        random_state=seed,
    )


def trees(
    rng: np.random.Generator, seed: int, epochs: int, *, classifies: bool
) -> GradientBoostingClassifier | GradientBoostingRegressor:
    """Boosted trees with random settings; an epoch is one more tree (per class)."""
    kind = GradientBoostingClassifier if classifies else GradientBoostingRegressor
    return kind(
        n_estimators=epochs,
        learning_rate=float(10 ** rng.uniform(-2.3, 0)),
        max_depth=int(rng.integers(1, 7)),
        subsample=float(rng.uniform(0.2, 1.0)),
        max_features=float(rng.uniform(0.1, 1.0)),
        min_samples_leaf=int(rng.integers(1, 30)),
        random_state=seed,
    )


def losses(model: str, of: Data, rng: np.random.Generator, seed: int, epochs: int) -> Iterator[float]:
    """The loss on the held-out data after each epoch; ends early where the training diverges."""
    train, held, train_targets, held_targets = of
    classifies = train_targets.dtype.kind == "i"
    classes = np.unique(train_targets)

    def loss(predicted: NDArray[Any]) -> float:
        if classifies:
            return float(log_loss(held_targets, np.clip(predicted, 1e-7, 1), labels=classes))
        return float(np.sqrt(np.mean((predicted - held_targets) ** 2)))

    if model == "boosting":
        fitted = trees(rng, seed, epochs, classifies=classifies).fit(train, train_targets)
        staged = fitted.staged_predict_proba(held) if classifies else fitted.staged_predict(held)
        yield from map(loss, staged)
        return
    net = network(rng, seed, classifies=classifies)
    for _ in range(epochs):
        try:
            net.partial_fit(train, train_targets, **({"classes": classes} if classifies else {}))
            value = loss(net.predict_proba(held) if classifies else net.predict(held))
        except ValueError:  # weights that are no longer finite
            return
        if not value < 1e6:
            return
        yield value


def table(problem: str, configs: int, epochs: int) -> NDArray[np.float32]:
    """The curves of a problem."""
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    model, _, name = problem.partition("-")
    of = data(name)
    if problem == "boosting-digits":  # ten trees per epoch: a third of the data is enough of a problem
        train, held, train_targets, held_targets = of
        of = train[::3], held, train_targets[::3], held_targets
    curves = np.full((configs, epochs), np.nan, dtype=np.float32)
    for config in range(configs):
        rng = np.random.default_rng([config, *problem.encode()])
        values = list(losses(model, of, rng, config, epochs))
        curves[config, : len(values)] = values
    print(f"{problem}: {configs} curves, {int(np.isnan(curves[:, -1]).sum())} diverged", flush=True)
    return curves


def main() -> None:
    """Writes the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--configs", type=int, default=200)
    parser.add_argument("--epochs", type=int, default=81)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    problems = [f"{model}-{name}" for model in MODELS for name in DATASETS]
    with ProcessPoolExecutor(asked.jobs) as pool:
        found = pool.map(table, problems, [asked.configs] * len(problems), [asked.epochs] * len(problems))
        np.savez_compressed(FILE, **dict(zip(problems, found, strict=True)))


if __name__ == "__main__":
    main()
