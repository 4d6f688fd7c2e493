"""Trains a small neural network on scikit-learn's handwritten digits: 1,797 real images of 8 x 8 pixels.

Runs by itself (`python train.py --learning_rate 0.01`) or under `besom agent`, which passes the same flags.
"""

import argparse

import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

import besom


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learning_rate", type=float, default=0.001)
    parser.add_argument("--batch_size", type=int, default=64)
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--alpha", type=float, default=1e-4, help="L2 penalty")
    parser.add_argument("--optimizer", choices=["adam", "sgd"], default="adam")
    parser.add_argument("--epochs", type=int, default=60)
    return parser.parse_args()


def main() -> None:
    run = besom.init(project="digits", config=parse_arguments())
    config = run.config

    images, labels = load_digits(return_X_y=True)
    x_train, x_val, y_train, y_val = train_test_split(
        images / 16.0, labels, test_size=0.25, random_state=0, stratify=labels
    )
    classes = np.unique(labels)
    network = MLPClassifier(
        hidden_layer_sizes=(config.hidden,),
        solver=config.optimizer,
        learning_rate_init=config.learning_rate,
        batch_size=config.batch_size,
        alpha=config.alpha,
        random_state=0,
    )
    best = float("inf")
    for epoch in range(config.epochs):
        network.partial_fit(x_train, y_train, classes=classes)
        train, val = network.predict_proba(x_train), network.predict_proba(x_val)
        val_loss = log_loss(y_val, val, labels=classes)
        best = min(best, val_loss)
        run.log(
            {
                "epoch": epoch,
                "train_loss": log_loss(y_train, train, labels=classes),
                "train_accuracy": accuracy_score(y_train, classes[train.argmax(axis=1)]),
                "val_loss": val_loss,
                "val_accuracy": accuracy_score(y_val, classes[val.argmax(axis=1)]),
            }
        )
    run.summary["val_loss"] = best  # the best epoch counts, not the last


if __name__ == "__main__":
    main()
