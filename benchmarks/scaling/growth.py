"""How a cost grows: the exponent of the power of a size that fits it best."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

_WORDS = ((0.25, "none"), (0.8, "less than its share"), (1.2, "as it"), (math.inf, "**more than its share**"))


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Slope of the costs over the sizes, both as logarithms, by least squares: 0 for no growth, 1 for twice the cost at
    twice the size, 2 for four times."""
    xs, ys = [math.log(size) for size in sizes], [math.log(max(cost, 1e-9)) for cost in costs]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((a - x) ** 2 for a in xs)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / spread


def word(slope: float) -> str:
    """What an exponent means."""
    return next(said for limit, said in _WORDS if slope < limit)


def table(title: str, names: Sequence[str], sizes: Sequence[float], rows: Mapping[str, Sequence[float]]) -> str:
    """Costs by size, and how each grows if there is more than one size, as Markdown."""
    grows = len(sizes) > 1
    heads = [*names, "exponent", "grows"] if grows else names
    lines = [f"### {title}", "", f"| | {' | '.join(heads)} |", f"|---|{'---:|' * len(names)}{'---:|---|' * grows}"]
    for name, costs in rows.items():
        cells = [f"{cost:,.0f}" if cost >= 100 else f"{cost:.3g}" for cost in costs]
        if grows:
            slope = exponent(sizes, costs)
            cells += [f"{slope:.2f}", word(slope)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])
