"""Connects parameters: when each exists, and what derived ones are computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from besom.config.condition_check import check_condition, check_formula
from besom.config.existence import circle
from besom.config.model import Condition, Derived, Distribution, Method, Parameter
from besom.config.model import Path as ParameterPath
from besom.config.problem import Path
from besom.config.report import Report
from besom.config.scope import Scope


@dataclass(frozen=True, slots=True)
class Leaf:
    """A parameter as it stands in the configuration, before anyone asked what others say of it."""

    path: ParameterPath
    place: Path
    """Where it stands."""
    distribution: Distribution | None
    """None when something about it was reported."""
    label: str
    whens: tuple[tuple[Path, Any], ...]
    """Its conditions and those of its groups, with their places, as they were written."""
    formula: Any = None


def connect(leaves: Sequence[Leaf], method: Method, report: Report) -> Scope:
    """The parameters, with their conditions and formulas; reports what those get wrong, circles among them."""
    sound = [Parameter(leaf.path, leaf.distribution, leaf.label) for leaf in leaves if leaf.distribution is not None]
    scope = Scope(sound, [leaf.path for leaf in leaves if leaf.distribution is None], method)
    read: dict[Path, Condition | None] = {}
    connected = []
    for leaf in leaves:
        for place, block in leaf.whens:
            if place not in read:
                read[place] = check_condition(block, place, scope, report)
        conditions = [read[place] for place, _ in leaf.whens]
        distribution = leaf.distribution
        if leaf.label == "expr" and distribution is not None:
            formula = check_formula(leaf.formula, (*leaf.place, "expr"), scope, report)
            distribution = None if formula is None else Derived(formula)
        if distribution is not None:
            held = tuple(condition for condition in conditions if condition is not None)
            connected.append(Parameter(leaf.path, distribution, leaf.label, held))
    if found := circle(connected):
        place = next(leaf.place for leaf in leaves if leaf.path == found[0])
        names = " needs ".join(f"`{'.'.join(path)}`" for path in (*found, found[0]))
        report.error(place, f"Parameters go round in a circle: {names}.", "remove one of these `when` or `expr`.")
    sound_paths = {parameter.path for parameter in connected}
    return Scope(connected, [leaf.path for leaf in leaves if leaf.path not in sound_paths], method)
