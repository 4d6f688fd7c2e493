"""Time between the end of one run's program and the start of the next, under one agent.

    python benchmarks/run_gap.py

The program is a shell that writes the time when it starts and when it ends, so its own start is hardly counted.
The limit starts the same program again and again from a loop without any server. W&B's agent asks every five seconds
(`wandb/agents` polls), and needs a server that cannot be started here; it is not in the table.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

from harness import Table, median, percentile, python, server

RUNS = 100
PROGRAM = """\
#!/bin/sh
date +%s.%N >> times
date +%s.%N >> times
"""
SWEEP = """\
program: program.sh
method: random
metric: {name: loss, goal: minimize}
parameters: {x: {min: 0.0, max: 1.0}}
command: [sh, "${program}"]
"""
PATIENT = {"BESOM_AGENT_DISABLE_FLAPPING": "true", "BESOM_AGENT_MAX_INITIAL_FAILURES": "1000"}
"""The program never calls init, so each of its runs counts as failed."""


def gaps(folder: Path) -> list[float]:
    """Milliseconds between an end and the next start."""
    times = [float(line) * 1000 for line in (folder / "times").read_text().split()]
    return [start - end for end, start in itertools.pairwise(times)][1::2]


def measure() -> Table:
    table = Table("Gap between two runs of an agent", ["median", "95 %", "longest"], "milliseconds", "below 50 ms")
    besom = str(Path(sys.executable).parent / "besom")
    with server() as home:
        for name in ("limit", "besom"):
            folder = home / name
            folder.mkdir()
            (folder / "program.sh").write_text(PROGRAM)
            (folder / "sweep.yaml").write_text(SWEEP)
            if name == "limit":
                for _ in range(RUNS):
                    subprocess.run(["sh", "program.sh"], cwd=folder, check=True)
            else:
                code = f"import os, sys; os.chdir({str(folder)!r}); os.execv({besom!r}, ['besom', *sys.argv[1:]])"
                python(code, "sweep", "-p", "gap", "sweep.yaml")
                (sweep,) = python(
                    "import besom; print(*[s.id for s in besom.Api().project('gap').sweeps()])"
                ).output.split()
                python(code, "agent", "--count", str(RUNS), sweep, **PATIENT)
            found = gaps(folder)
            table.add({"limit": "subprocess.run"}.get(name, name), median(found), percentile(found, 95), max(found))
    return table


if __name__ == "__main__":
    print(measure())
