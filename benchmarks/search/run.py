"""Runs optimisers on problems and keeps their trajectories.

    python -m benchmarks.search.run besom random --problems develop --seeds 0-5 --budget 60

What is there already is not computed again, so the command can be broken off and repeated; ``--jobs`` processes share
the work.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
import zlib
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core for everyone, before any library starts its threads

from benchmarks.search import peers, simulate
from benchmarks.search.problem import Problem
from benchmarks.search.problems import select, suite
from benchmarks.search.results import Cell

DEFAULT_FOLDER = Path("search-results")
PENDING = (1, 4, 8)


def main() -> None:
    arguments = _arguments()
    cells = [
        Cell(name, problem.name, pending, seed)
        for seed in arguments.seeds
        for problem in sorted(select(arguments.problems), key=_shuffled)
        for pending in arguments.pending or [_turn(problem, seed)]
        for name in arguments.optimizers
    ]
    if arguments.again:
        for cell in cells:
            cell.path(arguments.results).unlink(missing_ok=True)
    missing = [cell for cell in cells if cell.evaluations(arguments.results) < arguments.budget]
    begin, failed = time.monotonic(), 0
    with ProcessPoolExecutor(arguments.jobs) as pool:
        waiting = {pool.submit(compute, cell, arguments.budget, arguments.results): cell for cell in missing}
        for number, future in enumerate(as_completed(waiting), 1):
            complaint = future.result()
            failed += complaint is not None
            cell = waiting[future]
            line = f"{number}/{len(missing)} {time.monotonic() - begin:.0f} s  {cell.optimizer} {cell.problem}"
            print(f"{line} pending {cell.pending} seed {cell.seed}{f': {complaint}' if complaint else ''}", flush=True)
    if failed:
        sys.exit(f"{failed} of {len(missing)} trajectories are missing")


def compute(cell: Cell, budget: int, folder: Path) -> str | None:
    """Computes and stores one trajectory; returns what went wrong, if anything."""
    try:
        kind = peers.optimizer(cell.optimizer)
        trajectory = simulate.simulate(kind, suite()[cell.problem], cell.seed, cell.pending, budget)
    except peers.Unsupported as reason:
        return str(reason)
    except Exception as error:
        return "".join(traceback.format_exception_only(error)).strip() + _where(error)
    cell.write(folder, {"version": peers.version(cell.optimizer), **trajectory})
    return None


def _shuffled(problem: Problem) -> int:
    """An order without order, the same for all: what is there when a run is broken off is a fair sample."""
    return zlib.crc32(problem.name.encode())


def _turn(problem: Problem, seed: int) -> int:
    """How many evaluations are open: 1, 4 and 8 take turns over the seeds of a problem."""
    return PENDING[(_shuffled(problem) + seed) % len(PENDING)]


def _where(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f" ({Path(frame.filename).name}:{frame.lineno})"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("optimizers", nargs="+", choices=peers.NAMES, metavar="OPTIMIZER", help=", ".join(peers.NAMES))
    parser.add_argument("--problems", default="all", help="comma-separated names, groups, halves; default all")
    parser.add_argument("--seeds", type=_numbers, default="0-9", help="for instance 0-9 or 0,3,5")
    parser.add_argument(
        "--pending", type=_numbers, help="evaluations open at each moment, e.g. 1,4,8; default: they take turns"
    )
    parser.add_argument("--budget", type=int, default=60, help="evaluations per trajectory")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--results", type=Path, default=DEFAULT_FOLDER, help="folder of trajectories")
    parser.add_argument("--again", action="store_true", help="forget what these cells have")
    arguments = parser.parse_args()
    try:
        select(arguments.problems)
    except KeyError as error:
        parser.error(error.args[0])
    return arguments


def _numbers(text: str) -> list[int]:
    """``0-3,7`` as a list."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


if __name__ == "__main__":
    main()
