"""How an agent behaves, as its caller and the environment say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from besom.agent import limits
from besom.agent.limits import Limits
from besom.agent.slots import Slot, read_slots
from besom.errors import UsageError

KILL_DELAY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Options:
    """Checked, with the defaults filled in."""

    count: int = 0
    """Runs after which it ends; 0 for no limit."""
    limits: Limits = field(default_factory=Limits)
    kill_delay: float = KILL_DELAY_SECONDS
    """Seconds between SIGTERM and SIGKILL for a run that the server wants to end."""
    report_interval: int = 0
    """Seconds between lines that say what is running; 0 for none."""
    forward_signals: bool = False
    """Whether the first Ctrl-C reaches the run too."""
    term_timeout: float | None = None
    """With ``forward_signals``: seconds after which a run that was told to end by a signal is killed."""
    slots: Sequence[Slot] = (Slot(0),)
    """Where runs go on side by side."""

    def reached(self) -> str:
        """Why the agent ends after ``count`` runs."""
        return f"No more runs: {'1 run is' if self.count == 1 else f'{self.count} runs are'} done, as asked."


def read_options(
    environ: Mapping[str, str],
    *,
    count: int | None = None,
    max_consecutive_failed_runs: int | None = None,
    forward_signals: bool = False,
    term_timeout: float | None = None,
    slots: int | None = None,
    gpus: str | Sequence[str | int] | int | None = None,
    gpus_per_run: int | None = None,
) -> Options:
    """What the arguments and the environment say together.

    Raises:
        UsageError, SettingsError: one of them makes no sense.
    """
    if count is not None and (not isinstance(count, int) or count < 0):
        raise UsageError(f"count is {count!r}.", "Give the number of runs, or 0 for no limit.")
    return Options(
        count=count or 0,
        limits=limits.from_environment(max_consecutive_failed_runs, environ),
        kill_delay=limits.whole_number("AGENT_KILL_DELAY", KILL_DELAY_SECONDS, environ),
        report_interval=limits.whole_number("AGENT_REPORT_INTERVAL", 0, environ),
        forward_signals=forward_signals,
        term_timeout=term_timeout if forward_signals else None,
        slots=read_slots(environ, slots=slots, devices=gpus, per_run=gpus_per_run),
    )
