"""The problems, by group."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from benchmarks.search.problem import Problem
from benchmarks.search.problems import bbob, categorical, classics, conditional, failing, integers, mixed, noisy, tuning

_GROUPS: dict[str, Callable[[], list[Problem]]] = {
    "bbob": bbob.problems,
    "tuning": tuning.problems,
    "mixed": mixed.problems,
    "categorical": categorical.problems,
    "conditional": conditional.problems,
    "integer": integers.problems,
    "noisy": noisy.problems,
    "failing": failing.problems,
    "classics": classics.problems,
}
GROUPS = tuple(name for name in _GROUPS if name != "classics")


@cache
def suite() -> dict[str, Problem]:
    """All problems by name, the classics last."""
    return {problem.name: problem for make in _GROUPS.values() for problem in make()}


def select(names: str) -> list[Problem]:
    """Problems by a comma-separated list of names, groups, halves, or ``all``, which is both halves.

    Raises:
        KeyError: nothing is called so.
    """
    found: dict[str, Problem] = {}
    for name in names.split(","):
        wanted = ("develop", "confirm") if name == "all" else (name,)
        chosen = {k: p for k, p in suite().items() if {k, p.group, p.half} & {*wanted}}
        if not chosen:
            raise KeyError(f"no problem, group or half is called {name!r}: {', '.join([*GROUPS, *suite()])}")
        found |= chosen
    return list(found.values())
