"""The learning problems behind the tables: scikit-learn models, their usual hyperparameters, and data sets.

Each configuration is judged by three-fold cross-validation, the same folds for all. Two numbers come out: ``loss``
(log loss; the error rate where a model gives no probabilities, and for nearest neighbours) and ``error`` (the error
rate). On diabetes both are the root mean square error in units of the target's standard deviation.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from benchmarks.search.parameters import Entry, choice, integer, log_integer, log_real, real
from benchmarks.search.space import Values

DATA = ("digits", "breast_cancer", "wine", "diabetes")
_SCALE = choice("none", "standard", "minmax")
PARAMETERS: dict[str, dict[str, Entry]] = {
    "knn": {
        "n_neighbors": log_integer(1, 50),
        "weights": choice("uniform", "distance"),
        "p": real(1, 5),
        "scale": _SCALE,
        "components": real(0.1, 1),
    },
    "svm": {
        "C": log_real(1e-3, 1e4),
        "kernel": choice("linear", "poly", "rbf"),
        "gamma": log_real(1e-5, 10, when={"kernel": ["poly", "rbf"]}),
        "degree": integer(2, 5, when={"kernel": "poly"}),
        "coef0": real(0, 1, when={"kernel": "poly"}),
        "scale": choice("standard", "minmax"),
    },
    "logistic": {
        "penalty": choice("l1", "l2", "elasticnet"),
        "alpha": log_real(1e-7, 1),
        "l1_ratio": real(0, 1, when={"penalty": "elasticnet"}),
        "learning_rate": choice("constant", "invscaling", "adaptive"),
        "eta0": log_real(1e-4, 1),
        "epochs": log_integer(3, 60),
        "average": choice(False, True),
        "scale": _SCALE,
    },
    "forest": {
        "n_estimators": log_integer(5, 100),
        "max_features": real(0.05, 1),
        "max_depth": integer(1, 16),
        "min_samples_leaf": log_integer(1, 30),
        "bootstrap": choice(False, True),
        "max_samples": real(0.2, 1, when={"bootstrap": True}),
    },
    "boosting": {
        "learning_rate": log_real(0.01, 1),
        "max_iter": log_integer(5, 60),
        "max_leaf_nodes": log_integer(2, 32),
        "min_samples_leaf": log_integer(1, 60),
        "l2_regularization": log_real(1e-4, 100),
        "max_features": real(0.1, 1),
        "max_bins": log_integer(4, 255),
    },
    "mlp": {
        "layers": integer(1, 3),
        "width_1": log_integer(4, 128),
        "width_2": log_integer(4, 128, when={"layers": [2, 3]}),
        "width_3": log_integer(4, 128, when={"layers": 3}),
        "activation": choice("relu", "tanh", "logistic"),
        "solver": choice("adam", "sgd"),
        "learning_rate": log_real(1e-4, 0.3),
        "momentum": real(0, 0.99, when={"solver": "sgd"}),
        "alpha": log_real(1e-6, 10),
        "batch_size": log_integer(16, 128),
    },
}
"""The parameters of each model, as a sweep configuration writes them."""
MODELS = tuple(PARAMETERS)
_EPOCHS_OF_MLP = 20
_SMALLEST_PROBABILITY = 1e-4
_OVERFLOW = ("NaN", "infinity", "finite", "overflow")
"""Words of scikit-learn's errors when weights have grown without bounds."""


def scorer(model: str, data: str) -> Callable[[Values], tuple[float, float]]:
    """What computes (loss, error) of a configuration, both to be minimised; NaN where training breaks down."""
    from sklearn.model_selection import KFold, StratifiedKFold

    x, y = _data(data)
    classes = data != "diabetes"
    folds = list((StratifiedKFold if classes else KFold)(3, shuffle=True, random_state=0).split(x, y))

    def score(values: Values) -> tuple[float, float]:
        scores = []
        for train, test in folds:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    estimator = _pipeline(model, classes, values, x.shape[1]).fit(x[train], y[train])
                    scores.append(_score(model, estimator, x[test], y[test], classes))
            except ValueError as error:
                if any(word in str(error) for word in _OVERFLOW):
                    return np.nan, np.nan
                raise
        loss, error = np.mean(scores, axis=0)
        return float(loss), float(error)

    return score


def _data(name: str) -> tuple[np.ndarray, np.ndarray]:
    from sklearn import datasets

    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    if name == "digits":  # a third of it is as hard and three times as quick
        x, y = x[:600], y[:600]
    if name == "diabetes":
        y = (y - y.mean()) / y.std()
    return x, y


def _score(model: str, estimator: Any, x: np.ndarray, y: np.ndarray, classes: bool) -> tuple[float, float]:
    predicted = estimator.predict(x)
    if not classes:
        rmse = float(np.sqrt(np.mean((predicted - y) ** 2)))
        return rmse, rmse
    error = float(np.mean(predicted != y))
    if model in ("svm", "knn"):
        return error, error
    probabilities = estimator.predict_proba(x)
    if not np.isfinite(probabilities).all():
        return np.nan, np.nan
    own = probabilities[np.arange(len(y)), np.searchsorted(estimator.classes_, y)]
    return float(-np.log(np.maximum(own, _SMALLEST_PROBABILITY)).mean()), error


def _pipeline(model: str, classes: bool, values: Values, features: int) -> Any:
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    own = dict(values)
    steps: list[Any] = []
    scale = own.pop("scale", "standard" if model == "mlp" else "none")
    if scale != "none":
        steps.append(StandardScaler() if scale == "standard" else MinMaxScaler())
    if model == "knn":
        steps.append(PCA(max(1, round(own.pop("components") * features)), svd_solver="full"))
    return make_pipeline(*steps, _estimator(model, classes, own))


def _estimator(model: str, classes: bool, own: Values) -> Any:
    from sklearn import ensemble, linear_model, neighbors, neural_network, svm

    kind = "Classifier" if classes else "Regressor"
    match model:
        case "knn":
            return getattr(neighbors, f"KNeighbors{kind}")(**own)
        case "svm":
            return (svm.SVC if classes else svm.SVR)(**own, max_iter=20_000)
        case "logistic":
            loss = "log_loss" if classes else "squared_error"
            epochs = own.pop("epochs")
            return getattr(linear_model, f"SGD{kind}")(loss=loss, max_iter=epochs, tol=None, random_state=0, **own)
        case "forest":
            return getattr(ensemble, f"RandomForest{kind}")(**own, random_state=0)
        case "boosting":
            return getattr(ensemble, f"HistGradientBoosting{kind}")(**own, early_stopping=False, random_state=0)
        case _:
            widths = [own.pop(name) for name in ("width_1", "width_2", "width_3") if name in own]
            own["learning_rate_init"] = own.pop("learning_rate")
            del own["layers"]
            return getattr(neural_network, f"MLP{kind}")(
                hidden_layer_sizes=widths,
                **own,
                max_iter=_EPOCHS_OF_MLP,
                tol=0,
                n_iter_no_change=_EPOCHS_OF_MLP,
                random_state=0,
            )
