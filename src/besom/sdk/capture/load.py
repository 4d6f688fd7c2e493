"""Load of the machine and of this process, read from Linux's /proc; elsewhere what Python itself can tell.

Names are those that W&B's users know from its charts; ``system.cpu`` and ``load.1m`` are besom's.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_SECTOR = 512
_MB = 2**20
_PROC = Path("/proc")


class Load:
    """Takes samples. Rates are means since the sample before, bytes sent and received count from the first."""

    def __init__(self, folder: Path, proc: Path = _PROC) -> None:
        """``folder``: the run's, on whose file system space may run out."""
        self._folder = folder
        self._proc = proc
        self._cpus = os.cpu_count() or 1
        self._time = time.monotonic()
        self._process = _process_seconds()
        self._busy = self._total = 0.0
        self._first: dict[str, float] = {}
        self.sample()

    def sample(self) -> dict[str, float]:
        """One value for each thing that can be read here."""
        values: dict[str, float] = {}
        parts: tuple[Callable[[], Mapping[str, float]], ...] = (
            self._processor, self._memory, self._process_memory, self._space, self._disk, self._network, _load_average,
        )  # fmt: skip
        for part in parts:
            with contextlib.suppress(OSError, ValueError, LookupError, ZeroDivisionError):  # not told on this system
                values.update(part())
        return values

    def _processor(self) -> dict[str, float]:
        now, seconds = time.monotonic(), _process_seconds()
        share = (seconds - self._process) / max(now - self._time, 1e-3)
        self._time, self._process = now, seconds
        values = {"cpu": min(100.0, 100 * share / self._cpus), "proc.cpu": 100 * share}
        with contextlib.suppress(OSError):
            times = [float(word) for word in self._read("stat").split("\n", 1)[0].split()[1:9]]
            total, busy = sum(times), sum(times) - times[3] - times[4]  # less idle and waiting for disks
            if total > self._total:
                share = (busy - self._busy) / (total - self._total)
                values["system.cpu"] = min(100.0, max(0.0, 100 * share))  # time that a disk is waited for may shrink
            self._total, self._busy = total, busy
        return values

    def _memory(self) -> dict[str, float]:
        kilobytes = {name: float(rest.split()[0]) for name, rest in _pairs(self._read("meminfo")) if rest.strip()}
        total, available = kilobytes["MemTotal"], kilobytes["MemAvailable"]
        return {"memory_percent": 100 * (1 - available / total), "proc.memory.availableMB": available / 1024}

    def _process_memory(self) -> dict[str, float]:
        if not (self._proc / "self/statm").exists():
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # kilobytes; on macOS bytes
            return {"proc.memory.rssMB": peak / (_MB if sys.platform == "darwin" else 1024)}
        resident = int(self._read("self/statm").split()[1]) * _PAGE
        # The name in the second field may hold blanks and parentheses.
        threads = int(self._read("self/stat").rpartition(")")[2].split()[17])
        return {
            "proc.memory.rssMB": resident / _MB,
            "proc.memory.percent": 100 * resident / total_memory(),
            "proc.cpu.threads": threads,
        }

    def _space(self) -> dict[str, float]:
        values = {}
        for name, folder in {"/": Path("/"), "run": self._folder}.items():
            usage = shutil.disk_usage(folder)
            values[f"disk.{name}.usagePercent"] = 100 * usage.used / (usage.used + usage.free)
            values[f"disk.{name}.usageGB"] = usage.used / 2**30
        return values

    def _disk(self) -> dict[str, float]:
        read = written = 0.0
        for line in self._read("diskstats").splitlines():
            words = line.split()
            if (self._proc.parent / "sys/block" / words[2]).exists():  # else a part of a disk that is counted already
                read, written = read + float(words[5]), written + float(words[9])
        return self._since_first({"disk.in": read * _SECTOR / _MB, "disk.out": written * _SECTOR / _MB})

    def _network(self) -> dict[str, float]:
        received = sent = 0.0
        for name, rest in _pairs(self._read("net/dev")):
            words = rest.split()
            if name != "lo" and len(words) >= 16 and words[0].isdigit():
                received, sent = received + float(words[0]), sent + float(words[8])
        return self._since_first({"network.recv": received, "network.sent": sent})

    def _since_first(self, counts: Mapping[str, float]) -> dict[str, float]:
        return {name: max(0.0, value - self._first.setdefault(name, value)) for name, value in counts.items()}

    def _read(self, name: str) -> str:
        return (self._proc / name).read_text()


def total_memory() -> int:
    """Bytes of the machine's memory."""
    return os.sysconf("SC_PHYS_PAGES") * _PAGE


def _load_average() -> dict[str, float]:
    return {"load.1m": os.getloadavg()[0]}


def _process_seconds() -> float:
    times = os.times()
    return times.user + times.system


def _pairs(text: str) -> list[tuple[str, str]]:
    found = [line.partition(":") for line in text.splitlines()]
    return [(name.strip(), rest) for name, colon, rest in found if colon]
