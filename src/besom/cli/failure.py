"""Turns whatever went wrong into one message and an exit code."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator

import click

from besom.cli import INTERRUPTED
from besom.cli.terminal import note, paint, paint_problems, wrap
from besom.errors import BesomError


@contextlib.contextmanager
def server_packages() -> Iterator[None]:
    """For imports of the server's modules: says how to install what they need.

    Raises:
        BesomError: a package is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise BesomError(
            f"A server's data needs {error.name}, which is not installed.",
            "Install it with: pip install 'besom[server]'",
        ) from None


def report(error: Exception, *, as_json: bool = False) -> int:
    """Prints what went wrong, without a traceback unless BESOM_DEBUG is set; returns the exit code.

    Args:
        error: what was raised.
        as_json: print one JSON object ``{"error": {"message", "hint", "code"}}`` instead of lines for people.
    """
    if os.environ.get("BESOM_DEBUG"):
        import traceback  # slow to load

        traceback.print_exception(error)
    if isinstance(error, BrokenPipeError):
        # The reader left. Standard output must not be flushed into the broken pipe when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        note(error.format_message())
        return error.exit_code
    if isinstance(error, click.Abort):
        return INTERRUPTED
    message, hint = _explain(error)
    code = error.exit_code if isinstance(error, click.ClickException) else 1
    if as_json:
        import json  # slow to load

        kind = getattr(error, "code", None) or type(error).__name__
        note(json.dumps({"error": {"code": kind, "message": click.unstyle(message), "hint": hint}}, ensure_ascii=False))
        return code
    label = "besom: error: "
    if "\n" not in message:
        message = wrap(message, " " * len(label), sys.stderr).removeprefix(" " * len(label))
    note(paint(label, sys.stderr, fg="red", bold=True) + message)
    if hint:
        note(wrap(hint, "  ", sys.stderr))
    return code


def _explain(error: Exception) -> tuple[str, str | None]:
    """What to tell the user, and what to do about it."""
    if type(error).__module__.startswith("besom.config"):  # ConfigError, without loading its module for every command
        return paint_problems(str(error), sys.stderr), None
    if isinstance(error, BesomError):
        return error.message, error.hint
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "besom"
        return error.format_message(), f"See: {command} --help"
    if isinstance(error, click.ClickException):
        return error.format_message(), None
    if isinstance(error, OSError):
        return _explain_system(error)
    return (
        f"besom itself failed: {type(error).__name__}: {error}",
        "This is a mistake in besom. BESOM_DEBUG=1 shows where; please report it with that output.",
    )


def _explain_system(error: OSError) -> tuple[str, str | None]:
    place = f"{error.filename}: " if error.filename else ""
    if error.errno == errno.ENOSPC:
        return f"{place}the disk is full.", "Free some space, or set BESOM_HOME and BESOM_DIR to another disk."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{place}{error.strerror}.",
            "Check the permissions, or set BESOM_HOME and BESOM_DIR to folders of yours.",
        )
    return f"{place}{error.strerror or error}.", None
