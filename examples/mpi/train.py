"""Estimates pi on several ranks, and ends in good order when its machine is taken away.

    besom sweep sweep.yaml              # prints the agent's command; needs mpirun

A real MPI program would combine the ranks' results with mpi4py; here each samples for itself, and rank 0 logs.
"""

import argparse
import os
import random
import signal
import sys

import besom

told_to_leave = False


def leave_soon(*_: object) -> None:
    """Handles SIGTERM."""
    global told_to_leave  # noqa: PLW0603  (a signal handler has nothing else)
    told_to_leave = True


def main() -> None:
    signal.signal(signal.SIGTERM, leave_soon)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--points", type=int, default=10_000, help="points per round")
    with besom.init(project="mpi", config=parser.parse_args()) as run:
        source = random.Random(int(os.environ.get("RANK", "0")))
        inside = total = 0
        for _ in range(run.config.rounds):
            inside += sum(source.random() ** 2 + source.random() ** 2 < 1 for _ in range(run.config.points))
            total += run.config.points
            run.log({"pi": 4 * inside / total, "points": total})
            if told_to_leave:
                run.mark_preempting()
                sys.exit(1)


if __name__ == "__main__":
    main()
