"""Capture at the level of file descriptors: what C code, subprocesses and forked workers print is captured too."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from besom.errors import BesomError
from besom.protocol import UNREADABLE, OutputRecord
from besom.sdk.capture import tee

FINISH_SECONDS = 5.0
"""How long the end of a run waits for its last lines."""
_STEP_SECONDS = 0.1
_PROGRAM = f"""
import sys
package = type(sys)("besom")
package.__path__ = [{str(Path(__file__).resolve().parent)!r}]
for name in ("besom", "besom.sdk", "besom.sdk.capture"):
    sys.modules[name] = package
from besom.sdk.capture.tee import start
start()
"""
"""Imports ``besom.sdk.capture.tee`` alone: without the packages around it, it starts twice as fast."""

_decode = msgspec.json.Decoder(OutputRecord).decode


class Redirect:
    """Stands between the file descriptors 1 and 2 and where they led, until ``stop``."""

    def __init__(self, folder: Path, write: Callable[[OutputRecord], object]) -> None:
        """Starts at once.

        Raises:
            OSError: too many processes or files.
        """
        self._folder = folder
        self._write = write
        self._saved: dict[int, int] = {}
        self._copied = 0
        self._lock = threading.Lock()
        self._reading: list[int] = []
        """Our copies of what the process reads, until it works."""
        opened: list[int] = []
        try:
            self._begin(opened)
        except BaseException:
            self._put_back()
            self._close_reading()
            raise
        finally:
            for number in opened:
                os.close(number)
        self._thread = threading.Thread(target=self._copy_records, name="besom-console", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Puts everything back, after the last line has been kept."""
        _flush()
        self._put_back()
        if self._untouched():  # a run of a few milliseconds does not wait for a process that has nothing to say
            with self._lock:
                self._close_reading()
        else:
            with contextlib.suppress(OSError):
                os.write(self._control, b"f")
            # In steps, so that time in which this process is stopped (Ctrl-Z, say) does not count.
            for _ in range(round(FINISH_SECONDS / _STEP_SECONDS)):
                self._thread.join(_STEP_SECONDS)
        os.close(self._control)
        if not self._thread.is_alive():
            (self._folder / tee.RECORDS_NAME).unlink(missing_ok=True)

    def _begin(self, opened: list[int]) -> None:
        """Starts the process and turns the descriptors. ``opened`` gets those that are of no use afterwards."""
        pairs: list[tuple[int, int]] = []
        ends: dict[int, int] = {}
        for number in (1, 2):
            self._saved[number] = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 3)
        for number in (1, 2):
            if number == 2 and _same(1, 2):  # one channel keeps the order of what goes to one place
                ends[2] = ends[1]
                continue
            reading, ends[number] = _channel(number)
            self._reading.append(reading)
            opened.append(ends[number])
            pairs.append((reading, self._saved[number]))
        control_end, self._control = os.pipe()
        self._news, news_end = os.pipe()
        opened += [control_end, news_end]
        _flush()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _PROGRAM, str(self._folder), *(f"{a}:{b}" for a, b in pairs)],
            stdin=control_end,
            stdout=news_end,
            stderr=subprocess.DEVNULL,
            pass_fds=[number for pair in pairs for number in pair],
            cwd="/",
            env=_environment(os.environ),
            start_new_session=True,
        )
        for number, end in ends.items():
            os.dup2(end, number)

    def _copy_records(self) -> None:
        """Brings the lines into the spool; until the process says that there are no more, or is gone."""
        self._process.wait()  # it has split in two by then
        with os.fdopen(self._news, "rb", buffering=0) as news:
            word = b"\n"
            while word and not word.endswith(b"."):
                select.select([news], [], [])
                with self._lock:
                    word = news.read(4096)
                    self._close_reading()
                # A full disk; log() says so. What did not fit is brought with the next lines.
                with contextlib.suppress(BesomError, OSError):
                    self._copy()
            if not word:  # somebody killed it; nobody else reads what the program prints
                self._put_back()

    def _copy(self) -> None:
        with (self._folder / tee.RECORDS_NAME).open("rb") as file:
            file.seek(self._copied)
            for line in file:
                if not line.endswith(b"\n"):
                    return
                with contextlib.suppress(*UNREADABLE):
                    self._write(_decode(line))
                self._copied += len(line)

    def _untouched(self) -> bool:
        """Whether nothing was printed, and the process does not read yet: it says so first."""
        with self._lock:
            numbers = [*self._reading, self._news]
            # A terminal's kernel side passes on what was written to it with a delay.
            return bool(self._reading) and not any(os.isatty(number) or _waiting(number) for number in numbers)

    def _close_reading(self) -> None:
        while self._reading:
            os.close(self._reading.pop())

    def _put_back(self) -> None:
        while self._saved:
            with contextlib.suppress(KeyError):  # the other thread did it
                number, saved = self._saved.popitem()
                os.dup2(saved, number)
                os.close(saved)


def _flush() -> None:
    """What was printed before goes where it went before."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):  # closed, or none
            stream.flush()
    if "ctypes" in sys.modules:  # with NumPy or PyTorch it is; without, hardly anything prints from C
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).fflush(None)


def _channel(number: int) -> tuple[int, int]:
    """Ends to read and to write, of the kind that the descriptor is: to a terminal programs print differently."""
    if not os.isatty(number):
        return os.pipe()
    reading, writing = os.openpty()
    with contextlib.suppress(termios.error, OSError):
        modes = termios.tcgetattr(writing)
        modes[1] &= ~termios.OPOST  # the real one does that
        termios.tcsetattr(writing, termios.TCSANOW, modes)
        fcntl.ioctl(writing, termios.TIOCSWINSZ, fcntl.ioctl(number, termios.TIOCGWINSZ, bytes(8)))
    return reading, writing


def _waiting(number: int) -> int:
    """Bytes that can be read."""
    return int.from_bytes(fcntl.ioctl(number, termios.FIONREAD, bytes(4)), sys.byteorder)


def _same(one: int, other: int) -> bool:
    first, second = os.fstat(one), os.fstat(other)
    return (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Without the marks by which an agent finds what to end: this process ends by itself, after the last word."""
    return {name: value for name, value in environ.items() if not name.startswith(("BESOM_", "WANDB_"))}
