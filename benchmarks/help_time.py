"""Wall time of `PROGRAM --help`.

    python benchmarks/help_time.py

The limit is an argparse program with as many subcommands as besom has.
"""

from __future__ import annotations

import sys
from pathlib import Path

from harness import Table, clean_home, installed, median, run

from besom.cli.menu import COMMANDS

ROUNDS = 5
LIMIT = """\
import argparse
parser = argparse.ArgumentParser(prog="limit")
commands = parser.add_subparsers()
for number in range({count}):
    commands.add_parser(f"command-{{number}}", help="does what its name says")
parser.parse_args(["--help"])
"""


def measure() -> Table:
    scripts = Path(sys.executable).parent
    commands = {"argparse": [sys.executable, "-c", LIMIT.format(count=sum(map(len, COMMANDS.values())))]}
    commands |= {
        name: [str(scripts / name), "--help"] for name in ["besom", *installed("wandb", "trackio", "swanlab", "mlflow")]
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    with clean_home():
        for command in commands.values():
            run(*command)
        for _ in range(ROUNDS):
            for name, command in commands.items():
                times[name].append(run(*command).wall * 1000)
    table = Table("Help", ["wall"], "milliseconds", "at most 2.2 x the limit")
    for name, values in times.items():
        table.add(name, median(values))
    return table


if __name__ == "__main__":
    print(measure())
