"""Checks the ``parameters`` block: names, nesting, and what parameters say of each other."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from besom.config.dependencies import Leaf, connect
from besom.config.entry import Entry
from besom.config.model import Distribution, Method
from besom.config.parameter_form import HOW_TO, KEYS, read_form
from besom.config.problem import Path, show
from besom.config.report import Report
from besom.config.scope import Scope

_MOST = 2500
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_Whens = tuple[tuple[Path, Any], ...]


def check_parameters(block: Any, path: Path, method: Method, report: Report) -> Scope:
    """Return all leaves in search order: level by level alphabetically, a group's name deciding for its leaves.

    Fills the inferred ``distribution`` of each leaf into ``block``. ``method`` decides which values a parameter with a
    step has, should a condition name one.
    """
    leaves = sorted(_level(block, path, (), (), report), key=lambda leaf: leaf.path)
    if len(leaves) > _MOST and report.bounded:
        rule = f"There are {len(leaves):,} parameters, and at most {_MOST:,} are allowed."
        report.error(path, rule, "leave what never changes to a file that your program reads.")
        return Scope((), (), method)
    for name, count in Counter(".".join(leaf.path) for leaf in leaves).items():
        if count > 1:
            report.warning(
                path,
                f"{count} parameters are shown as `{name}`: a dot in a name and a nested group look the same.",
                "rename one of them.",
            )
    return connect(leaves, method, report)


def _level(block: Any, path: Path, group: tuple[str, ...], whens: _Whens, report: Report) -> list[Leaf]:
    if not isinstance(block, dict) or not block:
        state = "is empty" if not block else "is not a mapping"
        report.error(
            path,
            f"`parameters` must map each parameter's name to what it can be, but it {state}.",
            "write, for example, `parameters: {lr: {min: 0.001, max: 0.1}}`.",
        )
        return []
    leaves: list[Leaf] = []
    for name, body in block.items():
        here = (*path, name)
        if report.too_long(here, ".".join((*group, name))):
            continue
        if not _NAME.fullmatch(name):
            report.warning(
                here,
                f"The name {show(name)} may not survive command lines and filters.",
                "use letters, digits, `_`, `-` and `.`, starting with a letter or `_`.",
            )
        if isinstance(body, dict) and "parameters" in body:
            leaves += _group(body, here, (*group, name), (*whens, *_when(body, here)), report)
        else:
            distribution, label = _described(name, body, here, report)
            formula = body.get("expr") if isinstance(body, dict) else None
            leaves.append(Leaf((*group, name), here, distribution, label, (*whens, *_when(body, here)), formula))
    return leaves


def _when(body: Any, path: Path) -> _Whens:
    return (((*path, "when"), body["when"]),) if isinstance(body, dict) and body.get("when") is not None else ()


def _group(body: dict[str, Any], path: Path, group: tuple[str, ...], whens: _Whens, report: Report) -> list[Leaf]:
    for key, item in body.items():
        if key not in ("parameters", "when"):
            report.error(
                (*path, key),
                "A nested group has no keys but `parameters` and `when`.",
                f"indent `{key}` under `parameters`, or remove it.",
                item,
            )
    return _level(body["parameters"], (*path, "parameters"), group, whens, report)


def _described(name: str, body: Any, path: Path, report: Report) -> tuple[Distribution | None, str]:
    """What a parameter can be, None when something was reported, and the name of its form."""
    if not isinstance(body, dict):
        _bare_value(name, body, path, report)
        return None, ""
    if not any(key in KEYS for key in body):
        if body and all(isinstance(item, dict) for item in body.values()):
            report.error(
                path,
                "This looks like a nested group, but the key `parameters` is missing.",
                f"write `{name}: {{parameters: {{...}}}}`, with the members of the group inside.",
            )
            return None, ""
        if not body:
            report.error(path, "The parameter does not say which values it can take.", HOW_TO)
            return None, ""
    return read_form(Entry(body, path, report))


def _bare_value(name: str, body: Any, path: Path, report: Report) -> None:
    if body is None:
        report.error(path, "The parameter does not say which values it can take.", HOW_TO)
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
