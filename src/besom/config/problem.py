"""What is wrong with a configuration, told so that the reader can mend it at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from besom.errors import BesomError

Path = tuple[str | int, ...]
"""Where a value stands: keys and list indices from the top of the configuration."""

Severity = Literal["error", "warning"]

NOTHING: Final = object()
"""Stands for "no value to show": the problem is that something is missing."""

_PLAIN_NAME = re.compile(r"[\w-]+")
_SHOWN_LENGTH = 60
LONGEST_NAME = 250
"""Characters of a key or another name: the server's filters take it then, with what it stands below."""
LONGEST_PATH = 4096
"""Characters of a file's path, as Linux has it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a configuration: where, what was found, the rule, and what to write instead."""

    path: Path
    rule: str
    fix: str = ""
    value: Any = NOTHING
    line: int | None = None
    """Counted from 1; None when the configuration did not come from text."""
    column: int | None = None
    severity: Severity = "error"

    @property
    def where(self) -> str:
        """The key path as text, e.g. ``parameters.lr.min`` or ``command[2]``; empty for the whole configuration."""
        return format_path(self.path)

    def render(self, source: str | None = None) -> str:
        """Several lines for a terminal; ``source`` is the name of the file."""
        places = [source or "", "" if self.line is None else str(self.line)]
        if source is None and self.line is not None:
            places = [f"line {self.line}"]
        subject = self.where
        if self.value is not NOTHING:
            subject = f"{subject} = {show(self.value)}" if subject else show(self.value)
        head = " ".join(part for part in (":".join(filter(None, places)), subject) if part)
        kind = "warning: " if self.severity == "warning" else ""
        lines = [head] if head else []
        lines.append(f"  {kind}{self.rule}")
        if self.fix:
            lines.append(f"  Fix: {self.fix}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.render()


class ConfigError(BesomError, ValueError):
    """The configuration cannot be used. ``problems`` holds every error found, ``warnings`` the rest."""

    def __init__(self, problems: Iterable[Problem], warnings: Iterable[Problem] = (), source: str | None = None):
        self.problems = tuple(problems)
        self.warnings = tuple(warnings)
        self.source = source
        super().__init__(self.render())

    def render(self) -> str:
        """The whole message: a headline, then the errors, then the warnings."""
        count = "1 problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        blocks = [f"{self.source or 'The sweep configuration'} cannot be used: {count}."]
        blocks += [problem.render(self.source) for problem in (*self.problems, *self.warnings)]
        return "\n\n".join(blocks)


def format_path(path: Path) -> str:
    """Join a path with dots; a name that itself holds a dot or a space is quoted."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            name = step if _PLAIN_NAME.fullmatch(step) else json.dumps(step, ensure_ascii=False)
            text += f".{name}" if text else name
    return text


def too_long(name: str, longest: int = LONGEST_NAME) -> tuple[str, str] | None:
    """Why nothing can have this name, and what to do; None for one of a fitting length."""
    if len(name) <= longest:
        return None
    rule = f"The name {show(name)} has {len(name):,} characters, and at most {longest:,} are allowed."
    return rule, "choose a shorter one; long text can be a value."


def show(value: Any) -> str:
    """A value as the user would write it, shortened to fit a line."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    text = "".join(character if character.isprintable() else "�" for character in text)
    return text if len(text) <= _SHOWN_LENGTH else text[: _SHOWN_LENGTH - 1] + "…"
