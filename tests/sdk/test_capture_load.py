"""Load of machine, process and graphics processors."""

from __future__ import annotations

import math
import sys
import time
import types
from pathlib import Path

import pytest

from besom.sdk.capture import gpu
from besom.sdk.capture.load import Load

SMI = """#!/bin/sh
case "$1" in
  --query-gpu=name) echo "NVIDIA A100"; echo "NVIDIA A100";;
  *) echo "87, 40, 20480, 40960, 61, 250.5, 400.00"; echo "0, 0, 0, 40960, 30, [N/A], 400.00";;
esac
"""


def test_a_sample_has_processor_memory_disk_and_network(tmp_path: Path) -> None:
    load = Load(tmp_path)
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    sample = load.sample()
    expected = {"cpu", "proc.cpu", "system.cpu", "memory_percent", "proc.memory.availableMB", "proc.memory.rssMB",
                "proc.memory.percent", "proc.cpu.threads", "disk./.usagePercent", "disk./.usageGB",
                "disk.in", "disk.out", "network.sent", "network.recv", "load.1m"}  # fmt: skip
    assert expected <= set(sample)
    assert all(math.isfinite(value) and value >= 0 for value in sample.values())
    assert all(sample[name] <= 100 for name in ("cpu", "system.cpu", "memory_percent", "disk./.usagePercent"))
    assert sample["proc.cpu"] > 0


def test_rates_are_of_the_time_since_the_sample_before(tmp_path: Path) -> None:
    proc = fake_proc(tmp_path, busy=100, idle=900, received=5000, sectors=0)
    load = Load(tmp_path, proc)
    fake_proc(tmp_path, busy=160, idle=940, received=8000, sectors=4096)
    sample = load.sample()
    assert sample["system.cpu"] == 60
    assert sample["network.recv"] == 3000
    assert sample["disk.in"] == 2
    assert sample["memory_percent"] == 75


def test_a_machine_is_never_busier_than_it_can_be(tmp_path: Path) -> None:
    proc = fake_proc(tmp_path, busy=100, idle=900, received=0, sectors=0)
    load = Load(tmp_path, proc)
    fake_proc(tmp_path, busy=160, idle=880, received=0, sectors=0)  # Linux counts waiting for disks back at times
    assert load.sample()["system.cpu"] == 100


def test_what_a_system_does_not_tell_is_left_out(tmp_path: Path) -> None:
    sample = Load(tmp_path, tmp_path / "none").sample()
    assert {"cpu", "proc.memory.rssMB", "disk./.usagePercent"} <= set(sample)
    assert "system.cpu" not in sample


def fake_proc(folder: Path, *, busy: int, idle: int, received: int, sectors: int) -> Path:
    proc = folder / "proc"
    (proc / "net").mkdir(parents=True, exist_ok=True)
    (folder / "sys/block/sda").mkdir(parents=True, exist_ok=True)
    (proc / "stat").write_text(f"cpu  {busy} 0 0 {idle} 0 0 0 0 0 0\ncpu0 1 1 1 1 1 1 1 1\n")
    (proc / "meminfo").write_text("MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 250 kB\nHugePages_Total: 0\n")
    counts = f"{received} 1 0 0 0 0 0 0 77 1 0 0 0 0 0 0"
    (proc / "net/dev").write_text(f"Inter-| Receive\n face |bytes\n  lo: {counts}\neth0: {counts}\n")
    line = f"8 {{}} {{}} 1 0 {sectors} 0 1 0 0 0 0 0 0\n"
    (proc / "diskstats").write_text(line.format(0, "sda") + line.format(1, "sda1"))
    return proc


def test_nvidias_program_is_asked_where_its_library_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(SMI)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setitem(sys.modules, "pynvml", None)
    found = gpu.find()
    assert found is not None
    assert found.names == ["NVIDIA A100", "NVIDIA A100"]
    sample = found.sample()
    assert sample["gpu.0.gpu"] == 87
    assert sample["gpu.0.memoryAllocated"] == 50
    assert sample["gpu.0.memoryAllocatedBytes"] == 20480 * 2**20
    assert sample["gpu.0.powerPercent"] == pytest.approx(62.625)
    assert sample["gpu.1.temp"] == 30
    assert "gpu.1.powerWatts" not in sample


def test_nvidias_library_is_asked_where_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    class NVMLError(Exception):
        pass

    def refuse(handle: int) -> int:
        raise NVMLError

    library = types.SimpleNamespace(
        NVMLError=NVMLError,
        NVML_TEMPERATURE_GPU=0,
        nvmlInit=lambda: None,
        nvmlDeviceGetCount=lambda: 1,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetName=lambda handle: b"NVIDIA H100",
        nvmlDeviceGetUtilizationRates=lambda handle: types.SimpleNamespace(gpu=50, memory=25),
        nvmlDeviceGetMemoryInfo=lambda handle: types.SimpleNamespace(used=2**30, total=2**32),
        nvmlDeviceGetTemperature=lambda handle, kind: 70,
        nvmlDeviceGetPowerUsage=refuse,
    )
    monkeypatch.setitem(sys.modules, "pynvml", library)
    found = gpu.find()
    assert found is not None
    assert found.names == ["NVIDIA H100"]
    sample = found.sample()
    assert (sample["gpu.0.gpu"], sample["gpu.0.memory"], sample["gpu.0.memoryAllocated"]) == (50, 25, 25)
    assert "gpu.0.temp" not in sample


def test_amds_processors_are_found_in_the_kernels_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = tmp_path / "card0/device"
    (device / "hwmon/hwmon3").mkdir(parents=True)
    for name, text in {
        "gpu_busy_percent": "33", "mem_info_vram_used": str(2**30), "mem_info_vram_total": str(2**32),
        "product_name": "Instinct MI300X",
        "hwmon/hwmon3/temp1_input": "55000", "hwmon/hwmon3/power1_average": "300000000",
    }.items():  # fmt: skip
        (device / name).write_text(f"{text}\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "pynvml", None)
    found = gpu.find(tmp_path)
    assert found is not None
    assert found.names == ["Instinct MI300X"]
    sample = found.sample()
    assert (sample["gpu.0.gpu"], sample["gpu.0.memoryAllocated"], sample["gpu.0.temp"]) == (33, 25, 55)
    assert sample["gpu.0.powerWatts"] == 300


def test_a_machine_without_them_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert gpu.find(tmp_path) is None
