"""The options of commands that choose a sweep's runs in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from besom.cli.menu import Option

_OPTIONS = (
    click.argument("path", metavar="SWEEP"),
    click.option("-p", "--project", help="Project of the sweep, where SWEEP does not say it."),
    click.option("-e", "--entity", help="User or team of the sweep, likewise."),
    click.option(
        "--poll-interval", "poll", cls=Option, type=click.FloatRange(min=0.05), default=1.0, metavar="SECONDS",
        help="Time between two looks at the runs. [default: 1]",
    ),
    click.option("-v", "--verbose", is_flag=True, help="Show each run that is queued or stopped, and why."),
)  # fmt: skip


def of_a_controller(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the arguments of ``besom.controller.work`` that a user chooses."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function
