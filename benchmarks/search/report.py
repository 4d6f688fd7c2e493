"""Writes docs/search-benchmark.md from the trajectories that ``run.py`` left.

python -m benchmarks.search.report --results search-results
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from benchmarks.search.comparison import RANDOM, Comparison, Place, load
from benchmarks.search.problems import GROUPS, select, suite
from benchmarks.search.run import DEFAULT_FOLDER
from benchmarks.search.statistics import bootstrap, mean_ranks

PAGE = Path(__file__).parents[2] / "docs" / "search-benchmark.md"
HEAD = Path(__file__).with_name("page.md")
BESOM = "besom"
BUDGET = 60
BUDGETS = (10, 20, 30, 60, 100)
FIELDS = (
    ("Quick methods", ("optuna-cmaes", "optuna-tpe", "optuna-tpe-group", "sweeps")),
    ("With slow methods", ("optuna-gp", "optuna-tpe", "smac", "sweeps")),
    ("With the slowest methods", ("hebo", "ax", "optuna-tpe")),
)
"""Which optimisers are set side by side: each table rests on the trajectories that all of its rows have."""


def page(comparison: Comparison) -> str:
    """The whole page."""
    parts = [HEAD.read_text().rstrip()]
    parts.append("## besom against each peer\n\n" + _paired(comparison))
    shown: list[list[str]] = []
    for title, peers in FIELDS:
        present = [name for name in peers if name in comparison.optimizers]
        if present in shown:
            continue
        shown.append(present)
        names = [BESOM, *present, RANDOM]
        for budget in (BUDGET, 30):
            places = _halves(comparison.common([BESOM, *present], budget))
            if places and present:
                parts.append(_field(comparison, title, names, places, budget))
                break
    parts.append("## besom alone\n\n" + _alone(comparison))
    parts.append("## Branin and Hartmann-6\n\n" + _classics(comparison))
    parts.append("## What was run\n\n" + _inventory(comparison))
    return "\n\n".join(parts) + "\n"


def _paired(comparison: Comparison) -> str:
    """Mean difference of normalised regret, besom less the peer, on the same problems, seeds and open evaluations."""
    rows = []
    for peer in comparison.optimizers:
        if peer == BESOM:
            continue
        cells: list[str] = []
        most: list[Place] = []
        for budget in BUDGETS:
            places = _halves(comparison.common([BESOM, peer], budget))
            if not places:
                cells.append("-")
                continue
            difference = comparison.regret(BESOM, places, budget) - comparison.regret(peer, places, budget)
            mean, low, high = bootstrap(_by_problem(places, difference))
            cells.append(f"{mean:+.2f} [{low:+.2f}, {high:+.2f}]")
            most = most or places
        rows.append([_named(comparison, peer), *cells, f"{len({p.problem for p in most})} / {len(most)}"])
    return _table(["peer", *(f"@{b}" for b in BUDGETS), "problems / trajectories"], rows)


def _field(comparison: Comparison, title: str, names: list[str], places: list[Place], budget: int) -> str:
    known = {b: len(comparison.common(names[:-1], b)) for b in BUDGETS}
    budgets = [b for b in BUDGETS if b <= budget or known[b] == known[budget]]
    shared = [p for p in comparison.common([RANDOM], budget) if p.problem in {place.problem for place in places}]
    ranked = [name for name in names if name != RANDOM]
    ranks = dict(zip(ranked, mean_ranks(np.stack([comparison.regret(n, places, budget) for n in ranked])), strict=True))
    rows = []
    for name in names:
        own = shared if name == RANDOM else places
        matched = comparison.evaluations_to_match(name, own, budget)
        rows.append(
            [
                _named(comparison, name),
                *(f"{_mean(own, comparison.regret(name, own, b)):.2f}" for b in budgets),
                f"{_mean(own, comparison.area(name, own, budget)):.2f}",
                f"{ranks[name]:.2f}" if name in ranks else "-",
                f"{np.mean(np.isfinite(matched)):.0%}",
                _count(float(np.median(matched))),
                f"{comparison.cpu_ms(name, own, budget):.3g}",
            ]
        )
    problems = len({place.problem for place in places})
    heads = ["", *(f"@{b}" for b in budgets), "area", f"rank @{budget}", "match", "after", "ms"]
    text = f"## {title}\n\n{problems} problems, {len(places)} trajectories each.\n\n" + _table(heads, rows)
    columns: list[tuple[str, Callable[[Place], bool]]] = [
        *((group, lambda p, g=group: suite()[p.problem].group == g) for group in GROUPS),
        *((half, lambda p, h=half: suite()[p.problem].half == h) for half in ("develop", "confirm")),
        *((f"{k} open", lambda p, k=k: p.pending == k) for k in (1, 4, 8)),
    ]
    return (
        text
        + f"\n\nNormalised regret @{budget} by group, half, and open evaluations:\n\n"
        + _split(comparison, {name: shared if name == RANDOM else places for name in names}, budget, columns)
    )


def _split(
    comparison: Comparison,
    places: dict[str, list[Place]],
    budget: int,
    columns: Sequence[tuple[str, Callable[[Place], bool]]],
) -> str:
    rows = []
    for name, own in places.items():
        row = [_named(comparison, name)]
        for _, belongs in columns:
            chosen = [p for p in own if belongs(p)]
            row.append(f"{_mean(chosen, comparison.regret(name, chosen, budget)):.2f}" if chosen else "-")
        rows.append(row)
    return _table(["", *(title for title, _ in columns)], rows)


def _alone(comparison: Comparison) -> str:
    rows = []
    for group in ("all", *GROUPS):
        names = {p.name for p in select(group)}
        row = [group]
        for budget in BUDGETS:
            places = [p for p in comparison.common([BESOM], budget) if p.problem in names]
            row.append(f"{_mean(places, comparison.regret(BESOM, places, budget)):.2f}" if places else "-")
        places = [p for p in comparison.common([BESOM], BUDGET) if p.problem in names]
        matched = comparison.evaluations_to_match(BESOM, places, BUDGET) if places else np.array([])
        rows.append([*row, f"{np.mean(np.isfinite(matched)):.0%}" if len(matched) else "-", str(len(places))])
    return _table(["group", *(f"@{b}" for b in BUDGETS), "match", "trajectories"], rows)


def _classics(comparison: Comparison) -> str:
    rows = []
    for name in comparison.optimizers:
        row = [_named(comparison, name)]
        for problem in ("branin", "hartmann-6"):
            values = [
                found[name].incumbents[24]
                for place, found in comparison.outcomes.items()
                if place.problem == problem and name in found and place.pending == 1
            ][:16]
            row.append(f"{np.mean(values):.3f} ({len(values)})" if values else "-")
        if row[1:] != ["-", "-"]:
            rows.append(row)
    return (
        "The mean of the best value after 25 trials (in brackets: repeats). The smallest values are 0.398 and -3.322; "
        "published for Ax are 0.442 and -2.835, for W&B 0.554 and -2.322.\n\n"
        + _table(["", "Branin", "Hartmann-6"], rows)
    )


def _inventory(comparison: Comparison) -> str:
    rows = []
    for name in comparison.optimizers:
        own = _halves(place for place, found in comparison.outcomes.items() if name in found)
        lengths = [len(comparison.outcomes[place][name].regret) for place in own]
        by_pending = ", ".join(f"{sum(p.pending == k for p in own)} with {k} open" for k in (1, 4, 8))
        problems = str(len({place.problem for place in own}))
        rows.append(
            [_named(comparison, name), problems, by_pending, f"{min(lengths)} to {max(lengths)}" if own else "-"]
        )
    return _table(["", "problems", "trajectories", "evaluations"], rows)


def _halves(places: Iterable[Place]) -> list[Place]:
    return [place for place in places if suite()[place.problem].half != "extra"]


def _mean(places: Sequence[Place], values: np.ndarray) -> float:
    """The mean over problems of the mean over each one's trajectories."""
    return float(np.mean([np.mean(found) for found in _by_problem(places, values).values()]))


def _by_problem(places: Sequence[Place], values: np.ndarray) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for place, value in zip(places, values, strict=True):
        found.setdefault(place.problem, []).append(float(value))
    return found


def _count(number: float) -> str:
    return f"{number:.0f}" if np.isfinite(number) else "never"


def _named(comparison: Comparison, name: str) -> str:
    if name == RANDOM:
        return name
    return f"**{name}**" if name == BESOM else f"{name} {comparison.versions.get(name, '')}".strip()


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|---|{'---:|' * (len(heads) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=DEFAULT_FOLDER, help="folder of trajectories")
    parser.add_argument("--print", action="store_true", help="print the page instead of writing it")
    arguments = parser.parse_args()
    comparison = load(arguments.results)
    if not comparison.outcomes:
        parser.error(
            f"{arguments.results} holds no problem that random search was run on: `make bench-search` makes them"
        )
    text = page(comparison)
    if arguments.print:
        print(text)
    else:
        PAGE.write_text(text)


if __name__ == "__main__":
    main()
