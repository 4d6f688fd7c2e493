"""The ``besom`` command: one file per command, loaded when it is used."""

from __future__ import annotations

import sys

from besom import standard_streams

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""


def main() -> int:
    """Runs the command line; returns the exit code. Every failure ends here, as one clear message."""
    standard_streams.hold()
    try:
        code = _run()
    except KeyboardInterrupt:
        code = INTERRUPTED
    if code == INTERRUPTED:
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)  # pressed again while Python ends: it is ending
    return code


def _run() -> int:
    import click  # here, so that Ctrl-C while it loads ends the command as quietly as later on

    from besom.cli.failure import report
    from besom.cli.menu import menu

    try:
        code = menu.main(prog_name="besom", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except Exception as error:
        return report(error, as_json="--json" in sys.argv)
    return code if isinstance(code, int) else 0
