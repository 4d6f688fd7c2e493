"""Searches texts for a regular expression in time that grows with the text alone.

Python's ``re`` tries one way after the other, so ``a*a*a*b`` takes seconds in five hundred letters, and no other thread
runs meanwhile. Here all ways are followed at once: states of a nondeterministic automaton, whose sets become the states
of a deterministic one as texts need them (Thompson's construction).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

MOST_STATES = 250
"""``(ab){50}`` has a hundred."""
_MOST_STEPS = 10_000
"""What is remembered of one expression: a few megabytes at the most."""

Token = tuple[str, str]
States = int
"""A set of states: a bit for each."""


class TooManyStates(ValueError):
    """What is repeated is too much, or too often."""


@dataclass(slots=True)
class _State:
    accepts: re.Pattern[str] | None = None
    """Whether a character leads to the state after this one."""
    anchor: str = ""
    """``^`` or ``$``: the state is only passed there."""
    then: list[int] = field(default_factory=list)
    """States that are reached from here without a character, or after the one that is accepted."""


class Automaton:
    """One expression, made from its tokens (see ``patterns``), which are known to be well formed."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        """Raises TooManyStates."""
        self._tokens = tokens
        self._states: list[_State] = []
        first, last, _ = self._choice(0)
        self._end = self._add()
        self._states[last].then.append(self._end)
        self._accepted = 1 << self._end
        self._beginning = self._closure([first], at_start=True)
        self._anywhere = self._closure([first], at_start=False)
        self._after = [
            0 if state.accepts is None else self._closure(state.then, at_start=False) for state in self._states
        ]
        self._after += [0] * (-len(self._after) % 8)
        self._accepting: dict[str, States] = {}
        self._after_eight: dict[tuple[int, int], States] = {}
        self._steps: dict[tuple[States, str], States] = {}

    def occurs_in(self, text: str) -> bool:
        """Whether a part of the text fits."""
        now = self._beginning
        for character in text:
            if now & self._accepted:
                return True
            now = self._steps.get((now, character)) or self._step(now, character)
        if now & self._accepted:
            return True
        reached = [number for number in range(len(self._states)) if now >> number & 1]
        return bool(self._closure(reached, at_start=not text, at_end=True) & self._accepted)

    def _step(self, now: States, character: str) -> States:
        after = self._anywhere
        moved = now & self._accepting_of(character)
        for place, eight in enumerate(moved.to_bytes(len(self._after) // 8, "little")):
            if eight:
                after |= self._after_eight.get((place, eight)) or self._after_eight_of(place, eight)
        if len(self._steps) >= _MOST_STEPS:
            self._steps.clear()
        self._steps[now, character] = after
        return after

    def _accepting_of(self, character: str) -> States:
        """The states from which this character leads on."""
        found = self._accepting.get(character)
        if found is None:
            found = sum(
                1 << number
                for number, state in enumerate(self._states)
                if state.accepts is not None and state.accepts.match(character)
            )
            if len(self._accepting) >= _MOST_STEPS:
                self._accepting.clear()
            self._accepting[character] = found
        return found

    def _after_eight_of(self, place: int, eight: int) -> States:
        """What is reached from those of eight neighbouring states whose bits are set."""
        found = 0
        for bit in range(8):
            if eight >> bit & 1:
                found |= self._after[8 * place + bit]
        self._after_eight[place, eight] = found
        return found

    def _closure(self, reached: Iterable[int], *, at_start: bool, at_end: bool = False) -> States:
        """All that can be reached without a character."""
        found: set[int] = set()
        waiting = list(reached)
        while waiting:
            number = waiting.pop()
            if number in found:
                continue
            found.add(number)
            state = self._states[number]
            if state.accepts is None and (not state.anchor or (at_start if state.anchor == "^" else at_end)):
                waiting += state.then
        return sum(1 << number for number in found)

    def _add(self, accepts: re.Pattern[str] | None = None, anchor: str = "") -> int:
        if len(self._states) >= MOST_STATES:
            raise TooManyStates
        self._states.append(_State(accepts, anchor))
        return len(self._states) - 1

    # Each of these makes the states of what begins at the token `at`; the first, the last, and the token behind it.

    def _choice(self, at: int) -> tuple[int, int, int]:
        first, last = self._add(), self._add()
        while True:
            begin, end, at = self._sequence(at)
            self._states[first].then.append(begin)
            self._states[end].then.append(last)
            if self._kind(at) != "or":
                return first, last, at
            at += 1

    def _sequence(self, at: int) -> tuple[int, int, int]:
        first = last = self._add()
        while self._kind(at) not in ("", "or", "close"):
            begin, end, at = self._repeated(at)
            self._states[last].then.append(begin)
            last = end
        return first, last, at

    def _repeated(self, at: int) -> tuple[int, int, int]:
        begin, end, behind = self._one(at)
        if self._kind(behind) != "repeat":
            return begin, end, behind
        least, most = _times(self._tokens[behind][1])
        first = last = self._add()
        for number in range(max(least, most or 1)):
            if number:
                begin, end, _ = self._one(at)
            self._states[last].then.append(begin)
            if number >= least:
                self._states[last].then.append(skip := self._add())
                self._states[end].then.append(skip)
                end = skip
            last = end
        if most is None:
            self._states[last].then.append(begin)
        if most == 0:
            first = last = self._add()
        return first, last, behind + 1

    def _one(self, at: int) -> tuple[int, int, int]:
        kind, part = self._tokens[at]
        if kind == "open":
            begin, end, at = self._choice(at + 1)
            return begin, end, at + 1
        is_anchor = kind == "anchor"
        number = self._add(anchor=part) if is_anchor else self._add(re.compile(part, re.ASCII | re.DOTALL))
        return number, number, at + 1

    def _kind(self, at: int) -> str:
        return self._tokens[at][0] if at < len(self._tokens) else ""


def _times(repeat: str) -> tuple[int, int | None]:
    """How often at least and at most, None without an end."""
    signs: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
    if repeat[0] in signs:
        return signs[repeat[0]]
    least, comma, most = repeat.rstrip("?").strip("{}").partition(",")
    return int(least), int(most) if most else None if comma else int(least)
