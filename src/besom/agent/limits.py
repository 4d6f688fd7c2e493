"""When an agent gives up because its runs keep failing. Pure: the clock is passed in.

A run counts as the server sees it: failed is an exit code above 0, or an end without ever having called ``init``.
Runs that were stopped or died from a signal count as ended, and neither as failed nor as a success.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from besom.client import settings
from besom.errors import SettingsError

FLAPPING_FAILURES = 3
FLAPPING_SECONDS = 60.0
INITIAL_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """The rules in force."""

    flapping: bool = True
    """Whether three failures in the agent's first minute end it."""
    initial: int = INITIAL_FAILURES
    """Failures that end an agent of which not more runs ended well."""
    consecutive: int | None = None
    """Failures in a row that end it."""
    until_success: bool = False
    """Whether ``initial`` may be reached, and counts only while no run has ended well: so it is for functions."""

    def are_broken_initially(self, states: Counter[str]) -> bool:
        """Whether too many runs failed, compared with those that did not."""
        failed = states["failed"]
        if self.until_success:
            return failed > self.initial and not states["finished"]
        return failed >= self.initial and failed >= states.total() - 1


def from_environment(consecutive: int | None = None, environ: Mapping[str, str] | None = None) -> Limits:
    """The rules as the environment and the command line set them.

    Raises:
        SettingsError: a limit is not a whole number above 0.
    """
    if consecutive is not None and consecutive < 1:
        raise SettingsError(f"max_consecutive_failed_runs is {consecutive}.", "Give a whole number of at least 1.")
    disabled = (settings.variable("AGENT_DISABLE_FLAPPING", environ) or "").lower() in ("true", "1", "yes")
    initial = whole_number("AGENT_MAX_INITIAL_FAILURES", INITIAL_FAILURES, environ, least=1)
    return Limits(flapping=not disabled, initial=initial, consecutive=consecutive)


def whole_number(name: str, default: int, environ: Mapping[str, str] | None = None, *, least: int = 0) -> int:
    """The whole number in ``BESOM_<name>`` (else ``WANDB_<name>``).

    Raises:
        SettingsError: it is something else, or below ``least``.
    """
    text = settings.variable(name, environ)
    if text is None:
        return default
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise SettingsError(f"BESOM_{name} is {text!r}.", f"Set it to a whole number of at least {least}, or unset it.")
    return number


@dataclass(slots=True)
class Record:
    """How the agent's runs have ended so far."""

    states: Counter[str] = field(default_factory=Counter)
    """Runs by the state in which the server sees them."""
    in_a_row: int = 0
    """Failed runs since the last one that finished."""
    began: float = 0.0
    """By the monotonic clock."""

    @property
    def ended(self) -> int:
        """Runs that are over."""
        return self.states.total()

    @property
    def failed(self) -> int:
        """Runs that failed."""
        return self.states["failed"]

    def add(self, state: str) -> None:
        """Counts a run that ended; killed and crashed ones are neither failures nor successes."""
        self.states[state] += 1
        if state == "failed":
            self.in_a_row += 1
        elif state == "finished":
            self.in_a_row = 0

    def broken(self, limits: Limits, age: float) -> str | None:
        """The rule that the latest run, a failed one, broke, as a sentence that names what changes it; None if none.

        Args:
            limits: the rules.
            age: seconds since the agent started.
        """
        if not self.in_a_row:
            return None
        if limits.flapping and self.failed >= FLAPPING_FAILURES and age < FLAPPING_SECONDS:
            return (
                f"{self.failed} of {self.ended} runs failed in the first {FLAPPING_SECONDS:.0f} seconds. "
                "Set BESOM_AGENT_DISABLE_FLAPPING=true to go on all the same."
            )
        if limits.are_broken_initially(self.states):
            return (
                f"{self.failed} of {self.ended} runs failed. "
                f"Set BESOM_AGENT_MAX_INITIAL_FAILURES (now {limits.initial}) higher to try longer."
            )
        if limits.consecutive is not None and self.in_a_row >= limits.consecutive:
            return (
                f"{self.in_a_row} runs in a row failed. "
                f"Set --max-consecutive-failed-runs (now {limits.consecutive}) higher to try longer."
            )
        return None
