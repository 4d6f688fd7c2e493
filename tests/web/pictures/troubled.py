"""A sweep under budgets with an agent whose machine breaks what it is given."""

from __future__ import annotations

import random
import time

from filling import Filler, Place


def troubled_sweep(filler: Filler, project: str) -> Place:
    """Two agents do well, the third is in quarantine, a fourth has left."""
    budget = {"runs": 200, "hours": 12, "gpu_hours": 40, "no_improvement_in": 60}
    place = filler.sweep(project, "over night, with one broken machine", budget=budget)
    rng = random.Random(3)
    good, better, bad, gone = (filler.join(place, f"gpu-{i}.cluster.example", 900 + i) for i in range(4))
    for agent in (good, better, gone) * 3:
        filler.whole_run(place, agent, rng)
    filler.ask("DELETE", f"/agents/{gone}")
    for _ in range(3):
        _breaks(filler, place, bad)
        filler.whole_run(place, good, rng)
    filler.running_run(place, good, rng)
    return place


def _breaks(filler: Filler, place: Place, agent: str) -> None:
    run = str(filler.take_run(agent, [])["run_id"])
    filler.begin(place, run, agent_id=agent)
    printed = ["RuntimeError: CUDA error: an illegal memory access was encountered"]
    filler.report(place, run, [{"type": "output", "line": 0, "lines": printed, "time": time.time()}])
    filler.ask("POST", f"/agents/{agent}/runs/{run}/exit", {"exit_code": 1})
