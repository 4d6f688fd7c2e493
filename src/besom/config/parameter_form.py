"""Reads one parameter: which of the forms it has, and the distribution that a short form stands for."""

from __future__ import annotations

from typing import Any

from besom.config.distributions import FORMS
from besom.config.entry import Entry, as_number
from besom.config.model import Derived, Distribution, Expression
from besom.config.spelling import nearest

KEYS = (
    "value", "values", "probabilities", "distribution", "min", "max", "q", "mu", "sigma", "a", "b", "parameters",
    "when", "expr",
)  # fmt: skip
HOW_TO = "give it a `value`, a list of `values`, or `min` and `max`."
_UNREAD = Derived(Expression("", ()))
"""Stands for a formula that will be read once all parameters are known."""


def read_form(entry: Entry) -> tuple[Distribution | None, str]:
    """What the parameter can be, None when something was reported, and the name of its form.

    Fills an inferred ``distribution`` into the data.
    """
    foreign = _foreign_keys(entry)
    if "expr" in entry.data:
        return (None if foreign or _beside_formula(entry) else _UNREAD), "expr"
    label = _label(entry)
    if label is None:
        return None, ""
    body, form = entry.data, FORMS[label]
    sound = not foreign
    for key in body:
        if key in KEYS and key not in (*form.required, *form.optional, "distribution", "when"):
            _misplaced(entry, key, label)
            sound = False
    missing = [key for key in form.required if key not in body and key not in foreign.values()]
    if missing:
        keys = " and ".join(f"`{key}`" for key in missing)
        entry.report.error(entry.path, f"{_subject(entry, label)} needs {keys}.", f"add {keys}.")
    if any(key not in body for key in form.required):
        return None, label
    if "distribution" not in body:
        body["distribution"] = label
        _sort(body)
    distribution = form.build(entry)
    if label == "categorical" and "probabilities" in body:
        label = "categorical_w_probabilities"
    return (distribution if sound else None), label


def _beside_formula(entry: Entry) -> bool:
    """Report every key that a computed value cannot have; whether there was one."""
    others = [key for key in entry.data if key in KEYS and key not in ("expr", "when")]
    for key in others:
        entry.error(key, f"A value that `expr` computes has no `{key}`.", f"remove `{key}` or `expr`.")
    return bool(others)


def _sort(body: dict[str, Any]) -> None:
    """Put the keys back in order, since a stored configuration has them sorted."""
    items = sorted(body.items())
    body.clear()
    body.update(items)


def _foreign_keys(entry: Entry) -> dict[str, str | None]:
    """Report the keys that no form has; return each with the key that was probably meant."""
    found: dict[str, str | None] = {}
    for key, item in entry.data.items():
        if key in KEYS:
            continue
        found[key] = None
        if isinstance(item, dict):
            entry.report.error(
                entry.at(key),
                f"A parameter has no key `{key}`; this looks like a parameter of its own.",
                f"indent `{key}` as far as `{entry.path[-1]}`.",
            )
        elif guess := nearest(key, KEYS):
            found[key] = guess
            entry.error(key, f"A parameter has no key `{key}`. Did you mean `{guess}`?", f"rename it to `{guess}`.")
        else:
            entry.error(key, f"A parameter has no key `{key}`.", "remove it; a comment (`# ...`) can hold notes.")
    return found


def _label(entry: Entry) -> str | None:
    """Return the distribution's name, given or inferred; report when there is none."""
    body = entry.data
    if "distribution" in body:
        label = body["distribution"]
        if isinstance(label, str) and label in FORMS:
            return label
        guess = nearest(label, FORMS)
        fix = f"write `distribution: {guess}`." if guess else f"use one of {', '.join(FORMS)}."
        entry.error("distribution", "This is not the name of a distribution.", fix)
        return None
    if "value" in body:
        return "constant"
    if "values" in body or "probabilities" in body:
        return "categorical_w_probabilities" if "probabilities" in body else "categorical"
    if "min" in body or "max" in body:
        integers = all(isinstance(as_number(body.get(key)), int) for key in ("min", "max"))
        return "int_uniform" if integers else "uniform"
    for key, label in (("mu", "normal"), ("sigma", "normal"), ("a", "beta"), ("b", "beta"), ("q", "q_uniform")):
        if key in body:
            entry.error(
                key,
                f"`{key}` alone does not say which distribution is meant.",
                f"add, for example, `distribution: {label}`.",
            )
            return None
    keys = [key for key in body if key != "when"]
    if not any(key in KEYS or nearest(key, KEYS) for key in keys):
        entry.report.error(entry.path, "The parameter does not say which values it can take.", HOW_TO)
    return None


def _subject(entry: Entry, label: str) -> str:
    if "distribution" in entry.data:
        return f"`distribution: {label}`"
    return "A weighted choice" if "probabilities" in entry.data else "A range"


def _misplaced(entry: Entry, key: str, label: str) -> None:
    """Report a key that exists, but not in the form that this parameter has."""
    fix = f"remove `{key}`."
    if key == "q" and label in ("uniform", "int_uniform"):
        fix = "add `distribution: q_uniform`, which takes a step."
    elif key == "q" and f"q_{label}" in FORMS:
        fix = f"write `distribution: q_{label}`, which takes a step."
    elif label == "int_uniform" and key in ("mu", "sigma"):
        fix = "remove `min` and `max` and write `distribution: normal`, or keep only the bounds."
    if "distribution" in entry.data:
        rule = f"`distribution: {label}` does not take `{key}`."
    else:
        basis = {"constant": "`value`", "categorical": "`values`", "categorical_w_probabilities": "`values`"}
        rule = f"`{key}` cannot be combined with {basis.get(label, '`min` and `max`')}."
    entry.error(key, rule, fix)
