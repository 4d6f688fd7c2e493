"""The problems, by group."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from benchmarks.search.problem import Problem
from benchmarks.search.problems import bbob, categorical, conditional, failing, integers, mixed, noisy, tuning

_GROUPS: dict[str, Callable[[], list[Problem]]] = {
    "bbob": bbob.problems,
    "tuning": tuning.problems,
    "mixed": mixed.problems,
    "categorical": categorical.problems,
    "conditional": conditional.problems,
    "integer": integers.problems,
    "noisy": noisy.problems,
    "failing": failing.problems,
}
GROUPS = tuple(_GROUPS)


@cache
def suite() -> dict[str, Problem]:
    """All problems by name."""
    return {problem.name: problem for make in _GROUPS.values() for problem in make()}


def select(names: str) -> list[Problem]:
    """Problems by a comma-separated list of names, groups, halves, or ``all``.

    Raises:
        KeyError: nothing is called so.
    """
    found: dict[str, Problem] = {}
    for name in names.split(","):
        chosen = {k: p for k, p in suite().items() if name in ("all", k, p.group, p.half)}
        if not chosen:
            raise KeyError(f"no problem, group or half is called {name!r}: {', '.join([*GROUPS, *suite()])}")
        found |= chosen
    return list(found.values())
