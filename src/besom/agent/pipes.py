"""What programs print while several run side by side: whole lines, each begun with its run's name."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from typing import Any

LONGEST_LINE = 64 * 1024
"""Bytes; a longer line is cut into several."""
CLOSING_SECONDS = 1.0
"""How long a program's end waits for its last lines, should somebody who left its group still hold the pipe."""

_TARGETS = (1, 2)
"""The agent's own output and errors."""
_whole_lines = threading.Lock()


class Pipes:
    """Copies the output of one program to the agent's own, line by line.

    Of a progress bar, which draws over one line again and again, only its last state is shown.
    """

    def __init__(self, name: str) -> None:
        self._begin = f"{name} | ".encode()
        self._threads: list[threading.Thread] = []

    @contextlib.contextmanager
    def opened(self) -> Iterator[dict[str, Any]]:
        """The arguments of ``Popen`` for a program that prints into these pipes. Once the block, which starts it, has
        ended well, what it prints is copied.

        The program gets the ends that are read, too: if its agent is killed the guard ends it, and it does not fail at
        its next word because nobody listens (for as much as a pipe holds: 64 KiB).

        Raises:
            OSError: too many files are open.
        """
        sources: list[int] = []
        sinks: list[int] = []
        try:
            for _ in _TARGETS:
                source, sink = os.pipe()
                sources.append(source)
                sinks.append(sink)
            stdout, stderr = sinks
            yield {"stdout": stdout, "stderr": stderr, "pass_fds": sources}
        except BaseException:
            for end in sources:
                os.close(end)
            raise
        finally:
            for end in sinks:
                os.close(end)
        for source, target in zip(sources, _TARGETS, strict=True):
            thread = threading.Thread(target=self._copy, args=(source, target), name="besom-output", daemon=True)
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        """Waits for the last lines."""
        for thread in self._threads:
            thread.join(CLOSING_SECONDS)

    def _copy(self, source: int, target: int) -> None:
        rest = b""
        while piece := os.read(source, LONGEST_LINE):
            *lines, rest = (rest + piece).split(b"\n")
            rest = _drawn(rest) + b"\r" * rest.endswith(b"\r")
            if len(rest) > LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            self._write(lines, target)
        os.close(source)
        self._write([rest] if rest else [], target)

    def _write(self, lines: list[bytes], target: int) -> None:
        text = b"".join(b"%s%s\n" % (self._begin, _drawn(line)) for line in lines)
        with _whole_lines, contextlib.suppress(OSError):  # nobody reads any more; the program goes on in silence
            while text:
                text = text[os.write(target, text) :]


def _drawn(line: bytes) -> bytes:
    """What is left of a line on a terminal, roughly: what was printed after the last carriage return with text."""
    return line.rstrip(b"\r").rpartition(b"\r")[2]
