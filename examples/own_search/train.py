"""Runs that are chosen by a function in ``evolution.py``, or by Optuna with the study of ``study.py``.

    besom up sweep.yaml                 # the function; `besom up` runs it beside the agent
    besom up optuna.yaml                # pip install 'besom[optuna]'

On several machines: ``besom sweep FILE``, then ``besom controller ID`` (or ``besom sweep-scheduler ID``) once and
``besom agent ID`` wherever there is room.
"""

from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split

import besom

EPOCHS = 15


def main() -> None:
    with besom.init(project="own-search") as run:
        data, labels = load_digits(return_X_y=True)
        train, test, train_labels, test_labels = train_test_split(data / 16, labels, random_state=0)
        model = SGDClassifier(
            alpha=run.config.alpha,
            penalty=run.config.penalty,
            learning_rate="constant",
            eta0=run.config.learning_rate,
            random_state=0,
        )
        for _ in range(EPOCHS):
            model.partial_fit(train, train_labels, classes=range(10))
            run.log({"accuracy": model.score(test, test_labels)})


if __name__ == "__main__":
    main()
