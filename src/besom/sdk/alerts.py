"""``run.alert``: messages for people, not too many of them."""

from __future__ import annotations

import datetime
import enum

from besom.errors import UsageError
from besom.protocol import AlertRecord
from besom.sdk.values import as_text

DEFAULT_WAIT = 60.0
"""Seconds between two alerts of the same title."""


class AlertLevel(enum.Enum):
    """How bad it is."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


class Alerts:
    """The alerts of one run."""

    def __init__(self) -> None:
        self._sent: dict[str, float] = {}

    def new(
        self,
        title: str,
        text: str,
        level: str | AlertLevel | None,
        wait_duration: float | datetime.timedelta | None,
        now: float,
    ) -> AlertRecord | None:
        """The alert to send; None while the last one of the same title is too fresh.

        Raises:
            UsageError: an argument makes no sense; names it.
        """
        wait = DEFAULT_WAIT if wait_duration is None else wait_duration
        seconds = wait.total_seconds() if isinstance(wait, datetime.timedelta) else wait
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds >= 0:
            raise UsageError(f"alert(wait_duration={wait_duration!r}) makes no sense.", "Give seconds or a timedelta.")
        title, chosen = as_text(title), _level(level)
        if title in self._sent and 0 <= now - self._sent[title] < seconds:  # less: the clock was set back
            return None
        self._sent[title] = now
        return AlertRecord(title=title, text=as_text(text), level=chosen.value, time=now)


def _level(given: str | AlertLevel | None) -> AlertLevel:
    if given is None:
        return AlertLevel.INFO
    try:
        return given if isinstance(given, AlertLevel) else AlertLevel(str(given).upper())
    except ValueError:
        levels = ", ".join(level.value for level in AlertLevel)
        raise UsageError(f"alert(level={given!r}) makes no sense.", f"Use one of: {levels}.") from None
