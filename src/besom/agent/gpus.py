"""Which GPUs an agent may hand to its runs."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from besom.errors import UsageError

VISIBLE = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES")
"""Variables that say to NVIDIA's and AMD's libraries which devices there are."""
_ID = re.compile(r"\d+|(GPU|MIG)-[\w/-]+")


def chosen(
    devices: str | Sequence[str | int] | int, environ: Mapping[str, str], here: Callable[[], list[str]]
) -> list[str]:
    """The ids of the GPUs that ``devices`` means (see ``slots.read_slots``), each once.

    Raises:
        UsageError: it makes no sense, or there are not so many.
    """
    if isinstance(devices, str):
        words = [word.strip() for word in devices.split(",")]
        if words == ["all"]:
            return _visible(environ, here)
        if len(words) == 1 and words[0].isdigit():
            devices = int(words[0])
    else:
        words = [] if isinstance(devices, int) else [str(device) for device in devices]
    if isinstance(devices, int):
        visible = _visible(environ, here)
        if not 1 <= devices <= len(visible):
            raise UsageError(
                f"There are {len(visible)} GPUs ({', '.join(visible)}), so {devices} of them cannot be used.",
                "A number alone is how many; to name one device: --gpus 3,",
            )
        return visible[:devices]
    ids = [word for word in words if word]
    wrong = [word for word in ids if not _ID.fullmatch(word)]
    if wrong or not ids or len(set(ids)) < len(ids):
        what = f"{wrong[0]!r} is no GPU" if wrong else "a GPU is named twice" if ids else "it names none"
        raise UsageError(f"gpus is {devices!r}: {what}.", "Give ids such as 0,1,3, how many, or all.")
    return ids


def of_this_machine() -> list[str]:
    """Ids of the GPUs here: NVIDIA's, else AMD's; empty where there are none."""
    try:
        answer = subprocess.run(
            ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        found = answer.stdout.split()
    except (OSError, subprocess.SubprocessError):
        found = []
    return found or _amd(Path("/sys/class/kfd/kfd/topology/nodes"))


def _amd(nodes: Path) -> list[str]:
    """The kernel lists processors too; their gpu_id is 0."""
    count = 0
    for node in nodes.glob("*/gpu_id"):
        try:
            count += node.read_text().strip() not in ("", "0")
        except OSError:  # a GPU of another container
            continue
    return [str(number) for number in range(count)]


def _visible(environ: Mapping[str, str], here: Callable[[], list[str]]) -> list[str]:
    for name in VISIBLE:
        if name in environ:
            found = [word.strip() for word in environ[name].split(",") if word.strip()]
            break
    else:
        found = here()
    if not found:
        raise UsageError("No GPU can be seen here.", "Name them if they are there: --gpus 0,1; or leave --gpus out.")
    return found
