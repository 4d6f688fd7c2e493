"""Parameters that exist only where others have certain values."""

from __future__ import annotations

import math
from collections.abc import Callable

from benchmarks.search.models import PARAMETERS
from benchmarks.search.parameters import Entry, choice, integer, log_real, real
from benchmarks.search.problem import Problem
from benchmarks.search.problems.tuning import surrogate
from benchmarks.search.space import Values


def problems() -> list[Problem]:
    """Choosing a model together with its parameters, twice; a training with an optimiser's own settings; a tree."""
    digits, diabetes = ("knn", "svm", "forest", "boosting"), ("knn", "svm", "logistic", "forest", "mlp")
    return [
        Problem("conditional-model-digits", "conditional", "develop", *_choice_of_model(digits, "digits")),
        Problem("conditional-model-diabetes", "conditional", "confirm", *_choice_of_model(diabetes, "diabetes")),
        Problem("conditional-training", "conditional", "develop", _TRAINING, _training),
        Problem("conditional-tree", "conditional", "confirm", _TREE, _tree),
    ]


def _choice_of_model(models: tuple[str, ...], data: str) -> tuple[dict[str, Entry], Callable[[Values], float]]:
    """The error over all parameters of all models, each model's only where it is chosen."""
    parameters: dict[str, Entry] = {"model": choice(*models)}
    for model in models:
        for name, entry in PARAMETERS[model].items():
            when = {f"{model}_{parent}": allowed for parent, allowed in entry.get("when", {}).items()}
            parameters[f"{model}_{name}"] = {**entry, "when": {"model": model, **when}}
    functions = {model: surrogate(f"{model}-{data}", column=1) for model in models}

    def function(values: Values) -> float:
        model = values["model"]
        own = {name[len(model) + 1 :]: value for name, value in values.items() if name.startswith(f"{model}_")}
        return functions[model](own)

    return parameters, function


_TRAINING: dict[str, Entry] = {
    "optimizer": choice("sgd", "adam", "lbfgs"),
    "lr": log_real(1e-5, 1, when={"optimizer": ["sgd", "adam"]}),
    "momentum": real(0, 0.99, when={"optimizer": "sgd"}),
    "beta2": real(0.8, 0.9999, when={"optimizer": "adam"}),
    "history": integer(2, 30, when={"optimizer": "lbfgs"}),
    "schedule": choice("constant", "cosine", "step", when={"optimizer": ["sgd", "adam"]}),
    "gamma": real(0.1, 0.95, when={"optimizer": ["sgd", "adam"], "schedule": "step"}),
    "decay": log_real(1e-7, 1e-1),
    "batch_size": choice(16, 32, 64, 128, 256),
}


def _training(values: Values) -> float:
    """A loss with the usual shape: the best learning rate depends on momentum, batch size and optimiser."""
    batch, loss = math.log2(values["batch_size"] / 64), 0.25
    loss += 0.03 * (math.log10(values["decay"]) + 4.0) ** 2 + 0.01 * batch**2
    if values["optimizer"] == "lbfgs":
        return loss + 0.12 + 0.02 * abs(math.log(values["history"] / 12)) + 0.03 * abs(batch - 1)
    lr = math.log10(values["lr"])
    if values["optimizer"] == "sgd":
        lr -= math.log10(1.0 - values["momentum"])
        ideal, gain = -0.8 + 0.2 * batch, 0.10 * (values["momentum"] - 0.9) ** 2 - 0.03
    else:
        ideal, gain = -2.7 + 0.1 * batch, 0.5 * (values["beta2"] - 0.98) ** 2
    loss += gain + (0.25 * (lr - ideal) ** 2 if lr < ideal else 0.9 * (lr - ideal) ** 2)
    if values["schedule"] == "step":
        return loss - 0.03 + 0.15 * abs(values["gamma"] - 0.6)
    return loss - (0.04 if values["schedule"] == "cosine" else 0.0)


_TREE: dict[str, Entry] = {
    "a": choice("left", "middle", "right"),
    "b": choice("up", "down", when={"a": ["left", "right"]}),
    "x_middle": real(-1, 1, when={"a": "middle"}),
    "x_up": real(-1, 1, when={"b": "up"}),
    "y_up": real(-1, 1, when={"b": "up"}),
    "x_down": real(-1, 1, when={"b": "down"}),
    "n_down": integer(1, 20, when={"b": "down", "a": "right"}),
    "shift": real(-1, 1),
    "scale": log_real(0.1, 10),
}


def _tree(values: Values) -> float:
    """Each branch a valley of its own depth; ``shift`` and ``scale`` matter everywhere."""
    common = 0.5 * (values["shift"] - 0.3) ** 2 + 0.2 * math.log10(values["scale"]) ** 2
    if values["a"] == "middle":
        return common + 0.3 + abs(values["x_middle"] + 0.4)
    branch = 0.1 if values["a"] == "left" else 0.0
    if values["b"] == "up":
        x, y = values["x_up"], values["y_up"]
        return common + branch + 0.15 + (x - y) ** 2 + 0.5 * (x - 0.5) ** 2
    depth = 0.05 * abs(values["n_down"] - 13) if values["a"] == "right" else 0.3
    return common + branch + depth + (values["x_down"] - 0.6 * values["shift"]) ** 2
