"""Load of graphics processors: NVIDIA's by its library or its program, AMD's from Linux's /sys."""

from __future__ import annotations

import contextlib
import importlib
import shutil
import subprocess
from pathlib import Path
from typing import Any, Protocol

PROGRAM_SECONDS = 10.0
_FIELDS = {
    "utilization.gpu": "gpu",
    "utilization.memory": "memory",
    "memory.used": "memoryAllocatedMB",
    "memory.total": "memoryTotalMB",
    "temperature.gpu": "temp",
    "power.draw": "powerWatts",
    "enforced.power.limit": "enforcedPowerLimitWatts",
}
"""What ``nvidia-smi`` calls it, and what a run calls it after ``gpu.N.``."""
_MB = 2**20


class Gpus(Protocol):
    """Processors of one maker."""

    names: list[str]

    def sample(self) -> dict[str, float]:
        """Values named ``gpu.N.WHAT``."""


def find(drm: Path = Path("/sys/class/drm")) -> Gpus | None:
    """The machine's processors; None when it has none that can be asked."""
    with contextlib.suppress(Exception):  # no such module, or no driver: its errors are classes of its own
        return NvidiaLibrary(importlib.import_module("pynvml"))
    if program := shutil.which("nvidia-smi"):
        with contextlib.suppress(OSError, subprocess.SubprocessError, ValueError):
            return NvidiaProgram(program)
    cards = sorted(path.parent for path in drm.glob("card*/device/gpu_busy_percent"))
    return Amd(cards) if cards else None


class NvidiaLibrary:
    """By NVML, as the package ``nvidia-ml-py`` gives it."""

    def __init__(self, nvml: Any) -> None:
        nvml.nvmlInit()
        self._nvml = nvml
        self._handles = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
        self.names = [_text(nvml.nvmlDeviceGetName(handle)) for handle in self._handles]

    def sample(self) -> dict[str, float]:
        """Values named ``gpu.N.WHAT``; those that a processor does not tell are left out."""
        values: dict[str, float] = {}
        for index, handle in enumerate(self._handles):
            for part in (self._use, self._memory, self._heat):
                with contextlib.suppress(self._nvml.NVMLError):
                    values.update({f"gpu.{index}.{name}": value for name, value in part(handle).items()})
        return _with_shares(values)

    def _use(self, handle: Any) -> dict[str, float]:
        use = self._nvml.nvmlDeviceGetUtilizationRates(handle)
        return {"gpu": use.gpu, "memory": use.memory}

    def _memory(self, handle: Any) -> dict[str, float]:
        memory = self._nvml.nvmlDeviceGetMemoryInfo(handle)
        return {"memoryAllocatedMB": memory.used / _MB, "memoryTotalMB": memory.total / _MB}

    def _heat(self, handle: Any) -> dict[str, float]:
        nvml = self._nvml
        return {
            "temp": nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU),
            "powerWatts": nvml.nvmlDeviceGetPowerUsage(handle) / 1000,
            "enforcedPowerLimitWatts": nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / 1000,
        }


class NvidiaProgram:
    """By the program ``nvidia-smi``, which comes with every driver."""

    def __init__(self, program: str) -> None:
        self._program = program
        self.names = [row[0] for row in self._ask("name")]
        if not self.names:
            raise ValueError("no processors")

    def sample(self) -> dict[str, float]:
        """Values named ``gpu.N.WHAT``; those that a processor does not tell are left out."""
        values: dict[str, float] = {}
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            for index, row in enumerate(self._ask(",".join(_FIELDS))):
                for name, word in zip(_FIELDS.values(), row, strict=False):
                    with contextlib.suppress(ValueError):  # [N/A]
                        values[f"gpu.{index}.{name}"] = float(word)
        return _with_shares(values)

    def _ask(self, fields: str) -> list[list[str]]:
        done = subprocess.run(
            [self._program, f"--query-gpu={fields}", "--format=csv,noheader,nounits"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PROGRAM_SECONDS,
            check=True,
            start_new_session=True,  # Ctrl-C is not meant for it
        )
        return [[word.strip() for word in line.split(",")] for line in done.stdout.splitlines() if line.strip()]


class Amd:
    """By the files of the driver ``amdgpu``."""

    def __init__(self, devices: list[Path]) -> None:
        """``devices``: folders as ``/sys/class/drm/card0/device``."""
        self._devices = devices
        self.names = [_read(device / "product_name") or "AMD GPU" for device in devices]

    def sample(self) -> dict[str, float]:
        """Values named ``gpu.N.WHAT``."""
        values: dict[str, float] = {}
        for index, device in enumerate(self._devices):
            heat = next(iter(sorted(device.glob("hwmon/hwmon*"))), device)
            for name, file, unit in (
                ("gpu", device / "gpu_busy_percent", 1.0),
                ("memory", device / "mem_busy_percent", 1.0),
                ("memoryAllocatedMB", device / "mem_info_vram_used", float(_MB)),
                ("memoryTotalMB", device / "mem_info_vram_total", float(_MB)),
                ("temp", heat / "temp1_input", 1000.0),
                ("powerWatts", heat / "power1_average", 1e6),
            ):
                with contextlib.suppress(ValueError):
                    values[f"gpu.{index}.{name}"] = float(_read(file)) / unit
        return _with_shares(values)


def _with_shares(values: dict[str, float]) -> dict[str, float]:
    """Memory as W&B's charts name it: percent and bytes; power in percent of its limit."""
    named: dict[str, float] = {}
    for name, value in values.items():
        prefix = name.rpartition(".")[0]
        if name.endswith(".memoryAllocatedMB"):
            named[f"{prefix}.memoryAllocatedBytes"] = value * _MB
            if total := values.get(f"{prefix}.memoryTotalMB"):
                named[f"{prefix}.memoryAllocated"] = 100 * value / total
        elif not name.endswith(".memoryTotalMB"):
            named[name] = value
        if name.endswith(".powerWatts") and (limit := values.get(f"{prefix}.enforcedPowerLimitWatts")):
            named[f"{prefix}.powerPercent"] = 100 * value / limit
    return named


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
