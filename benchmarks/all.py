"""Runs every benchmark and writes docs/benchmarks.md.

    make peers
    .venv-peers/bin/python benchmarks/all.py

Takes about half an hour, and needs Chromium. Nothing else should run meanwhile.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
from datetime import date
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
NAMES = (
    "import_time",
    "help_time",
    "empty_run",
    "log_call",
    "kept_rows",
    "points_per_second",
    "bytes_per_point",
    "list_and_curves",
    "function_runs",
    "run_gap",
    "suggestion_cpu",
    "importance_time",
    "wandb_client",
    "page_load",
    "page_work",
    "page_table",
)
HEAD = """\
# Benchmarks

Speed and size of besom beside its peers and beside a *limit*: the least Python code that does the same job on the same
disk. All rows of a table come from one run on one machine ({cores} cores, Python {python}, {system}; {day}); the ratio
to the limit, in brackets, says more than the figure. Each table is made by one file in `benchmarks/`:
`python benchmarks/import_time.py`. This page is made by `make bench`, which installs the peers first.
How costs grow with runs, points, agents and servers: [scaling](scaling.md), `make scaling`.

"""


def main() -> None:
    facts = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "day": date.today().isoformat(),
    }
    text = HEAD.format(**facts)
    for number, name in enumerate(NAMES, 1):
        print(f"{number} of {len(NAMES)}: {name}", file=sys.stderr)
        table = str(importlib.import_module(name).measure())
        print(table, flush=True)
        text += f"{table}\n`python benchmarks/{name}.py`\n\n"
    PAGE.write_text(text.rstrip() + "\n")


if __name__ == "__main__":
    main()
