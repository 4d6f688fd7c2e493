"""Checks the ``parameters`` block: forms, names, nesting, and the distribution that a short form stands for."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from besom.config.distributions import FORMS
from besom.config.entry import Entry, as_number
from besom.config.model import Parameter
from besom.config.problem import Path, show
from besom.config.report import Report
from besom.config.spelling import nearest

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NOT_YET = ("when", "expr")
_KEYS = ("value", "values", "probabilities", "distribution", "min", "max", "q", "mu", "sigma", "a", "b", "parameters")


def check_parameters(block: Any, path: Path, report: Report) -> tuple[Parameter, ...]:
    """Return all leaves in search order: level by level alphabetically, a group's name deciding for its leaves.

    Fills the inferred ``distribution`` of each leaf into ``block``.
    """
    leaves = sorted(_level(block, path, (), report), key=lambda parameter: parameter.path)
    for name, count in Counter(parameter.name for parameter in leaves).items():
        if count > 1:
            report.warning(
                path,
                f"{count} parameters are shown as `{name}`: a dot in a name and a nested group look the same.",
                "rename one of them.",
            )
    return tuple(leaves)


def _level(block: Any, path: Path, group: tuple[str, ...], report: Report) -> list[Parameter]:
    if not isinstance(block, dict) or not block:
        state = "is empty" if not block else "is not a mapping"
        report.error(
            path,
            f"`parameters` must map each parameter's name to what it can be, but it {state}.",
            "write, for example, `parameters: {lr: {min: 0.001, max: 0.1}}`.",
        )
        return []
    leaves: list[Parameter] = []
    for name, body in block.items():
        here = (*path, name)
        if not _NAME.fullmatch(name):
            report.warning(
                here,
                f"The name {show(name)} may not survive command lines and filters.",
                "use letters, digits, `_`, `-` and `.`, starting with a letter or `_`.",
            )
        if isinstance(body, dict) and "parameters" in body:
            leaves += _group(body, here, (*group, name), report)
        elif leaf := _leaf(name, body, here, (*group, name), report):
            leaves.append(leaf)
    return leaves


def _group(body: dict[str, Any], path: Path, group: tuple[str, ...], report: Report) -> list[Parameter]:
    for key, item in body.items():
        if key != "parameters":
            report.error(
                (*path, key),
                "A nested group has no key but `parameters`.",
                f"indent `{key}` under `parameters`, or remove it.",
                item,
            )
    return _level(body["parameters"], (*path, "parameters"), group, report)


def _leaf(name: str, body: Any, path: Path, group: tuple[str, ...], report: Report) -> Parameter | None:
    if not isinstance(body, dict):
        _bare_value(name, body, path, report)
        return None
    entry = Entry(body, path, report)
    if not any(key in _KEYS or key in _NOT_YET for key in body):
        if body and all(isinstance(item, dict) for item in body.values()):
            report.error(
                path,
                "This looks like a nested group, but the key `parameters` is missing.",
                f"write `{name}: {{parameters: {{...}}}}`, with the members of the group inside.",
            )
            return None
        if not body:
            report.error(path, "The parameter does not say which values it can take.", _HOW_TO)
            return None
    foreign = _foreign_keys(entry)
    label = _label(entry)
    if label is None:
        return None
    form = FORMS[label]
    sound = not foreign
    for key in body:
        if key in _KEYS and key not in (*form.required, *form.optional, "distribution"):
            _misplaced(entry, key, label)
            sound = False
    missing = [key for key in form.required if key not in body and key not in foreign.values()]
    if missing:
        keys = " and ".join(f"`{key}`" for key in missing)
        report.error(path, f"{_subject(entry, label)} needs {keys}.", f"add {keys}.")
    if any(key not in body for key in form.required):
        return None
    if "distribution" not in body:
        body["distribution"] = label
        _sort(body)
    distribution = form.build(entry)
    if distribution is None or not sound:
        return None
    if label == "categorical" and "probabilities" in body:
        label = "categorical_w_probabilities"
    return Parameter(group, distribution, label)


_HOW_TO = "give it a `value`, a list of `values`, or `min` and `max`."


def _sort(body: dict[str, Any]) -> None:
    """Put the keys back in order, since a stored configuration has them sorted."""
    items = sorted(body.items())
    body.clear()
    body.update(items)


def _bare_value(name: str, body: Any, path: Path, report: Report) -> None:
    if body is None:
        report.error(path, "The parameter does not say which values it can take.", _HOW_TO)
        return
    key = "values" if isinstance(body, list) else "value"
    text = json.dumps(body, ensure_ascii=False)
    example = text if len(text) <= 40 else "..."
    report.error(
        path,
        "A parameter is described by a mapping, not by a bare value.",
        f"write `{name}: {{{key}: {example}}}`.",
        body,
    )


def _foreign_keys(entry: Entry) -> dict[str, str | None]:
    """Report the keys that no form has; return each with the key that was probably meant."""
    found: dict[str, str | None] = {}
    for key, item in entry.data.items():
        if key in _KEYS:
            continue
        found[key] = None
        if key in _NOT_YET:
            entry.error(
                key,
                f"`{key}` is not supported by this version of besom.",
                "remove it, and skip unwanted combinations in your program.",
            )
        elif isinstance(item, dict):
            entry.report.error(
                entry.at(key),
                f"A parameter has no key `{key}`; this looks like a parameter of its own.",
                f"indent `{key}` as far as `{entry.path[-1]}`.",
            )
        elif guess := nearest(key, _KEYS):
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
    if not any(key in _KEYS for key in body) and not any(nearest(key, _KEYS) for key in body):
        entry.report.error(entry.path, "The parameter does not say which values it can take.", _HOW_TO)
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
