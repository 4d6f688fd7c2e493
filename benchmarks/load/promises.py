"""What a storm showed beside what was promised."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Promise:
    """One figure and its bound."""

    what: str
    measured: float
    bound: float
    unit: str = ""
    at_least: bool = False

    @property
    def is_kept(self) -> bool:
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    def row(self) -> str:
        sign = "≥" if self.at_least else "≤"
        kept = "yes" if self.is_kept else "**no**"
        return f"| {self.what} | {self.measured:,.4g} {self.unit} | {sign} {self.bound:,.4g} {self.unit} | {kept} |"


@dataclass
class Storm:
    """A table of promises."""

    title: str
    promises: list[Promise] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    """Figures that nothing was promised of."""

    def at_most(self, what: str, measured: float, bound: float, unit: str = "") -> None:
        self.promises.append(Promise(what, measured, bound, unit))

    def at_least(self, what: str, measured: float, bound: float, unit: str = "") -> None:
        self.promises.append(Promise(what, measured, bound, unit, at_least=True))

    @property
    def is_kept(self) -> bool:
        return all(promise.is_kept for promise in self.promises)

    def __str__(self) -> str:
        head = [f"### {self.title}", "", "| | measured | promised | kept |", "|---|---:|---:|---|"]
        facts = ["", "Also: " + "; ".join(self.facts) + "."] if self.facts else []
        return "\n".join([*head, *(promise.row() for promise in self.promises), *facts, ""])


def growth(samples: list[float]) -> float:
    """How many times as much memory at the end as after a third of the time, when everything has been loaded."""
    tenth = max(1, len(samples) // 10)
    third = len(samples) // 3
    early, late = sorted(samples[third : third + tenth]), sorted(samples[-tenth:])
    return late[len(late) // 2] / early[len(early) // 2]
