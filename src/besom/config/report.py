"""Collects problems while a configuration is checked, so that the user hears of all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from besom.config.problem import LONGEST_NAME, NOTHING, ConfigError, Path, Problem, Severity, too_long

Position = tuple[int, int]
"""Line and column, both counted from 1."""


class Report:
    """The problems found so far; knows at which line each key path stands."""

    def __init__(
        self, positions: Mapping[Path, Position] | None = None, source: str | None = None, *, bounded: bool = True
    ) -> None:
        self.bounded = bounded
        """Whether sizes have bounds. Those hold for what comes in: what was taken before they were stays readable."""
        self._positions = positions or {}
        self._source = source
        self._problems: list[Problem] = []

    def error(self, path: Path, rule: str, fix: str = "", value: Any = NOTHING) -> None:
        """Note something that makes the configuration unusable."""
        self._add("error", path, rule, fix, value)

    def too_long(self, path: Path, name: str, longest: int = LONGEST_NAME) -> bool:
        """Whether nothing can have this name, which is noted."""
        broken = too_long(name, longest) if self.bounded else None
        if broken:
            self.error(path, *broken)
        return broken is not None

    def warning(self, path: Path, rule: str, fix: str = "", value: Any = NOTHING) -> None:
        """Note something that works, but probably not as meant."""
        self._add("warning", path, rule, fix, value)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take over problems that were found before the check began."""
        self._problems.extend(problems)

    def position(self, path: Path) -> Position | tuple[None, None]:
        """Where ``path`` stands, or else the nearest level above it that has a place."""
        for length in range(len(path), 0, -1):
            if position := self._positions.get(path[:length]):
                return position
        return None, None

    def has_errors(self) -> bool:
        """Whether any problem so far is an error."""
        return any(problem.severity == "error" for problem in self._problems)

    def close(self) -> list[Problem]:
        """Return the warnings, or raise ConfigError with everything that was found."""
        ordered = sorted(self._problems, key=lambda problem: (problem.line or 0, problem.column or 0))
        errors = [problem for problem in ordered if problem.severity == "error"]
        warnings = [problem for problem in ordered if problem.severity == "warning"]
        if errors:
            told = [warning for warning in warnings if not any(_covers(error, warning) for error in errors)]
            raise ConfigError(errors, told, self._source)
        return warnings

    def _add(self, severity: Severity, path: Path, rule: str, fix: str, value: Any) -> None:
        line, column = self.position(path)
        self._problems.append(Problem(path, rule, fix, value, line, column, severity))


def _covers(error: Problem, warning: Problem) -> bool:
    """Whether the error is about the same thing or a part of it, so that the warning would only add noise."""
    return bool(warning.path) and error.path[: len(warning.path)] == warning.path
