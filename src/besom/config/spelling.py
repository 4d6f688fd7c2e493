"""Guesses which known word a user meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_ALIASES = {
    "choice": "categorical",
    "choices": "values",
    "options": "values",
    "randint": "int_uniform",
    "integer": "int_uniform",
    "int": "int_uniform",
    "float": "uniform",
    "real": "uniform",
    "loguniform": "log_uniform_values",
    "gaussian": "normal",
    "mean": "mu",
    "std": "sigma",
    "step": "q",
    "low": "min",
    "high": "max",
    "lower": "min",
    "upper": "max",
    "default": "value",
    "tpe": "bayes",
    "bo": "bayes",
    "max_runs": "run_cap",
    "num_trials": "run_cap",
    "direction": "goal",
    "mode": "goal",
    "min": "minimize",
    "lowest": "minimize",
    "lower_is_better": "minimize",
    "max": "maximize",
    "shuffled": "random",
    "shuffle": "random",
    "highest": "maximize",
    "higher_is_better": "maximize",
}


def nearest(word: object, known: Iterable[str]) -> str | None:
    """Return the known word that ``word`` most probably stands for, if there is one close enough."""
    if not isinstance(word, str):
        return None
    candidates = list(known)
    lowered = word.strip().lower().replace("-", "_").replace(" ", "_")
    if lowered in candidates:
        return lowered
    if _ALIASES.get(lowered) in candidates:
        return _ALIASES[lowered]
    by_letters = {candidate.replace("_", ""): candidate for candidate in candidates}
    close = difflib.get_close_matches(lowered.replace("_", ""), by_letters, n=1, cutoff=0.65)
    return by_letters[close[0]] if close else None


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return `` Did you mean `min`?`` with its leading space, or nothing."""
    guess = nearest(word, known)
    return f" Did you mean `{guess}`?" if guess else ""
