"""How a cost grows: the exponent of the power of a size that fits it best."""

from __future__ import annotations

import math
from collections.abc import Sequence

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


def table(title: str, names: Sequence[str], sizes: Sequence[float], rows: dict[str, Sequence[float]]) -> str:
    """Costs by size, and how each grows, as Markdown."""
    lines = [
        f"### {title}",
        "",
        f"| | {' | '.join(names)} | exponent | grows |",
        f"|---|{'---:|' * (len(names) + 1)}---|",
    ]
    for name, costs in rows.items():
        slope = exponent(sizes, costs)
        cells = " | ".join(f"{cost:,.0f}" if cost >= 100 else f"{cost:.3g}" for cost in costs)
        lines.append(f"| {name} | {cells} | {slope:.2f} | {word(slope)} |")
    return "\n".join([*lines, ""])
