"""Links that let anyone read one sweep, or one report."""

from __future__ import annotations

from besom.protocol.base import Message


class SweepLink(Message, kw_only=True):
    """Whether a link lets anyone read the sweep, or the report, without an account."""

    url: str | None
    """The link; None while there is none."""
    creator: str | None
    """Who switched it on. What this user may see is what readers may see of it."""
    created: float | None
