"""Places for runs side by side in one agent, each with its GPUs. Pure but for the count of this machine's GPUs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from besom.agent import gpus
from besom.errors import UsageError


@dataclass(frozen=True, slots=True)
class Slot:
    """Room for one run."""

    number: int
    """Counts from 0."""
    gpus: tuple[str, ...] | None = None
    """As CUDA_VISIBLE_DEVICES names them; None: the run sees what the agent sees."""

    @property
    def environment(self) -> dict[str, str]:
        """What its runs find besides the agent's environment."""
        found = {"BESOM_AGENT_SLOT": str(self.number)}
        if self.gpus is not None:
            found |= dict.fromkeys(gpus.VISIBLE, ",".join(self.gpus))
        return found


def read_slots(
    environ: Mapping[str, str],
    *,
    slots: int | None = None,
    devices: str | Sequence[str | int] | int | None = None,
    per_run: int | None = None,
    here: Callable[[], list[str]] = gpus.of_this_machine,
) -> list[Slot]:
    """The slots of an agent.

    Args:
        environ: its environment; GPUs that are hidden there are not handed out by number or with "all".
        slots: how many; by default one per ``per_run`` GPUs, or one. With more slots than groups of GPUs they share.
        devices: ids ("0,1,3", or a list of them), how many ("2"), or "all".
        per_run: GPUs of each run, 1 by default.
        here: finds the GPUs of this machine.

    Raises:
        UsageError: there are not so many, or they cannot be divided like that.
    """
    if slots is not None and slots < 1:
        raise UsageError(f"slots is {slots}.", "Give how many runs to work on at the same time, at least 1.")
    if devices is None:
        if per_run is not None:
            raise UsageError(f"gpus_per_run is {per_run}, and no GPUs are given.", "Add --gpus all, or --gpus 0,1.")
        return [Slot(number) for number in range(slots or 1)]
    found = gpus.chosen(devices, environ, here)
    each = 1 if per_run is None else per_run
    if each < 1 or each > len(found):
        raise UsageError(
            f"gpus_per_run is {each}, of {len(found)} GPUs: {', '.join(found)}.", f"Give 1 to {len(found)}."
        )
    if len(found) % each:
        raise UsageError(
            f"{len(found)} GPUs ({', '.join(found)}) cannot be divided by {each} per run.",
            f"Name those to use, e.g. --gpus {','.join(found[: len(found) // each * each])}.",
        )
    groups = [tuple(found[first : first + each]) for first in range(0, len(found), each)]
    return [Slot(number, groups[number % len(groups)]) for number in range(slots or len(groups))]
