"""Runs every benchmark and prints its table as docs/benchmarks.md has it, where words stand beside it.

    make bench

Takes about half an hour, and needs Chromium. Nothing else should run meanwhile.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys

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


def main() -> None:
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}\n")
    for number, name in enumerate(NAMES, 1):
        print(f"{number} of {len(NAMES)}: {name}", file=sys.stderr)
        print(f"{importlib.import_module(name).measure()}\n`python benchmarks/{name}.py`\n", flush=True)


if __name__ == "__main__":
    main()
