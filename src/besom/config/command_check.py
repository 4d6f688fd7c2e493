"""Checks ``command`` when a sweep is created: wrong types, unknown macros, arguments that were meant to be two."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

from besom.config.command_macros import ABSENT, ENVIRONMENT_VARIABLE, MACRO, MACROS, find_value
from besom.config.model import Path as ParameterPath
from besom.config.nesting import nest
from besom.config.problem import Path
from besom.config.report import Report
from besom.config.spelling import nearest

_FLAG_AND_VALUE = re.compile(r"--?[A-Za-z][\w-]*\s+\S.*")
_FLAG = re.compile(r"--?[A-Za-z][\w-]*")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_OLD_MACROS = {"json": "args_json", "json_file": "args_json_file"}


def check_command(
    block: Any, names: Mapping[ParameterPath, bool], literals: dict[Path, str], report: Report
) -> tuple[str, ...] | None:
    """Return the elements as text, macros unexpanded; None for the default command.

    ``names`` are the paths of what a run is given, and whether every run is; ``literals`` keeps arguments such as
    ``1e-4`` as they were written.
    """
    if block is None or block == []:
        return None
    if not isinstance(block, list):
        report.error(
            ("command",), "`command` must be a list with one argument in each element.", _as_list(block), block
        )
        return None
    tree = nest(dict.fromkeys(names))
    elements: list[str] = []
    for index, item in enumerate(block):
        path = ("command", index)
        if isinstance(item, dict):
            report.warning(
                path,
                "This argument is a mapping; the program gets its Python text.",
                "quote the argument if it holds `: `.",
                item,
            )
        text = literals.get(path, str(item))
        _check_macros(text, path, tree, report)
        if index == 0 and _ASSIGNMENT.match(text):
            report.warning(
                path,
                "No shell reads this command, so the assignment is taken for the program to run.",
                "put `${env}` before it.",
                text,
            )
        if _FLAG_AND_VALUE.fullmatch(text):
            report.warning(
                path,
                "A flag and its value in one element reach the program as one argument with a space.",
                "write two elements, or join them with `=`.",
                text,
            )
        if elements and _FLAG.fullmatch(elements[-1]) and not names.get(_whole_path(text, names), True):
            report.warning(
                path,
                f"Where `{text[2:-1]}` does not exist, `{elements[-1]}` would stand alone.",
                f"write `{elements[-1]}={text}` as one element, which is left out there.",
                text,
            )
        elements.append(text)
    return tuple(elements)


def _whole_path(text: str, names: Mapping[ParameterPath, bool]) -> ParameterPath:
    """The parameter that an element names and holds nothing else; an empty path where there is none."""
    return next((path for path in names if text == f"${{{'.'.join(path)}}}"), ())


def _as_list(block: Any) -> str:
    if not isinstance(block, str):
        return "write `command: [...]`."
    try:
        words = shlex.split(block)
    except ValueError:
        words = block.split()
    return f"write `command: {json.dumps(words, ensure_ascii=False)}`."


def _check_macros(text: str, path: Path, tree: dict[str, Any], report: Report) -> None:
    for match in MACRO.finditer(text):
        name = match[1]
        if ENVIRONMENT_VARIABLE.fullmatch(name) or find_value(tree, name) is not ABSENT:
            continue
        whole = match[0] == text
        if name in MACROS:
            if not whole:
                report.warning(
                    path,
                    f"`{match[0]}` is replaced only where it is a whole element.",
                    f"make `{match[0]}` an element of its own.",
                    text,
                )
            continue
        fate = "is left out" if whole else "stays as it is"
        guess = _OLD_MACROS.get(name) or _nearest(name, tree)
        report.warning(
            path,
            f"`{match[0]}` is neither a macro nor a parameter, so it {fate}.",
            f"write `${{{guess}}}`." if guess else f"use one of {', '.join(MACROS)}, or a parameter's name.",
            text,
        )


def _nearest(name: str, tree: dict[str, Any]) -> str | None:
    if name.strip().startswith("envvar:"):
        return "envvar:" + re.sub(r"[^A-Z0-9_]", "", name.partition(":")[2].upper())
    return name.strip() if name.strip() in tree else nearest(name, (*MACROS, *tree))
