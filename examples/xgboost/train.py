"""Boosted trees on the breast cancer data of scikit-learn (569 patients, 30 measurements), with a row per round.

    besom sweep sweep.yaml              # prints the agent's command

The callback is all that XGBoost needs: it logs each metric of each evaluation set as ``<set>_<metric>``.
"""

import argparse

import xgboost
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

import besom


class LogRounds(xgboost.callback.TrainingCallback):
    """Logs what XGBoost evaluated after each round."""

    def __init__(self, run: besom.Run) -> None:
        self.run = run

    def after_iteration(self, model: xgboost.Booster, epoch: int, evals_log: dict) -> bool:  # noqa: ARG002  (XGBoost's)
        """Returns False: goes on training."""
        latest = {f"{name}_{metric}": values[-1] for name, log in evals_log.items() for metric, values in log.items()}
        self.run.log({"round": epoch, **latest})
        return False


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learning_rate", type=float, default=0.3)
    parser.add_argument("--max_depth", type=int, default=6)
    parser.add_argument("--subsample", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=50)
    return parser.parse_args()


def main() -> None:
    with besom.init(project="xgboost", config=parse_arguments()) as run:
        config = run.config
        features, labels = load_breast_cancer(return_X_y=True)
        x_train, x_val, y_train, y_val = train_test_split(features, labels, random_state=0, stratify=labels)
        train, val = xgboost.DMatrix(x_train, y_train), xgboost.DMatrix(x_val, y_val)
        xgboost.train(
            {
                "objective": "binary:logistic",
                "eval_metric": ["logloss", "error"],
                "learning_rate": config.learning_rate,
                "max_depth": config.max_depth,
                "subsample": config.subsample,
                "nthread": 1,
            },
            train,
            num_boost_round=config.rounds,
            evals=[(train, "train"), (val, "val")],
            verbose_eval=False,
            callbacks=[LogRounds(run)],
        )


if __name__ == "__main__":
    main()
