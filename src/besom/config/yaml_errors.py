"""Says in plain words why text is not YAML."""

from __future__ import annotations

import re
from typing import Any

from besom.config.problem import Problem

_TEMPLATE_BRACES = (("{{", "}}"), ("{%", "%}"), ("<%", "%>"))
_LONGEST_SHOWN = 80

_MACRO_IN_BRACKETS = re.compile(r"[\[,]\s*\$\{")


def template_problem(text: str) -> Problem | None:
    """Find a placeholder of Jinja, cookiecutter or ERB: the usual reason why a sweep file is not YAML."""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _placeholder(line.partition("#")[0]):
            column, written = found
            return Problem(
                (),
                f"The template placeholder {written} is not YAML.",
                "run the template tool first and use the file it writes.",
                line=number,
                column=column + 1,
            )
    return None


def _placeholder(line: str) -> tuple[int, str] | None:
    """The first placeholder of a line and where it begins. Not by a pattern: one would look for the end of each of a
    million opened braces up to the end of the line."""
    found = []
    for opening, closing in _TEMPLATE_BRACES:
        begin = line.find(opening)
        end = line.find(closing, begin + len(opening)) if begin >= 0 else -1
        if end >= 0:
            found.append((begin, line[begin : end + len(closing)][:_LONGEST_SHOWN]))
    return min(found, default=None)


def syntax_problem(text: str, error: Any) -> Problem:
    """Retell an error of ruamel.yaml, with the line and what stands there."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        position = getattr(error, "position", None)
        if not isinstance(position, int):
            return Problem((), "This is not valid YAML.", "check quotes, brackets and indentation.")
        line = text.count("\n", 0, position) + 1
        character = text[position : position + 1]
        return Problem((), f"The character {character!a} cannot stand in YAML.", "remove it.", line=line)
    line, column = mark.line + 1, mark.column + 1
    written = text.splitlines()[mark.line].strip() if mark.line < len(text.splitlines()) else ""
    detail = str(getattr(error, "problem", None) or "unreadable").strip()
    if "'\\t'" in detail:
        return Problem(
            (), "A tab stands where YAML wants spaces.", "indent with spaces only.", line=line, column=column
        )
    if _MACRO_IN_BRACKETS.search(written):
        rule = "The braces of a macro inside brackets need quotes."
        return Problem((), rule, 'write, for example, `["${env}", "python", "${args}"]`.', line=line, column=column)
    rule = f"This is not valid YAML: {detail}" + (f", at {written[:60]!r}." if written else ".")
    return Problem((), rule, "check quotes, brackets and indentation here and just above.", line=line, column=column)
