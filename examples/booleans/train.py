"""Flags that are given or left out: ``store_true`` in argparse, ``${args_no_boolean_flags}`` in the sweep file.

    python train.py --scale             # by hand
    besom sweep sweep.yaml              # prints the agent's command

With plain ``${args}`` the program would get ``--scale=False``, which ``store_true`` refuses and ``type=bool`` reads
as true.
"""

import argparse

from sklearn.datasets import load_wine
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, PolynomialFeatures, StandardScaler

import besom


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alpha", type=float, default=1.0)
    parser.add_argument("--scale", action="store_true", help="bring all measurements to the same scale")
    parser.add_argument("--squares", action="store_true", help="add squares and products of the measurements")
    with besom.init(project="booleans", config=parser.parse_args()) as run:
        data, labels = load_wine(return_X_y=True)
        model = make_pipeline(
            StandardScaler() if run.config.scale else FunctionTransformer(),
            PolynomialFeatures(degree=2 if run.config.squares else 1),
            RidgeClassifier(run.config.alpha),
        )
        run.log({"accuracy": cross_val_score(model, data, labels, cv=5).mean()})


if __name__ == "__main__":
    main()
