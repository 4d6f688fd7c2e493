"""Trains scikit-learn models with random configurations and writes the tables that the tuning problems rest on.

    python -m benchmarks.search.make_tables [NAME ...]

Which configurations are drawn follows from the name; how many are trained, from the CPU seconds of each table.
The tables in the repository were made once and stay: made anew, they would be other problems.
"""

from __future__ import annotations

import argparse
import time
import zlib

import numpy as np
from benchmarks.search import models, table
from benchmarks.search.space import Space

NAMES = tuple(f"{model}-{data}" for data in models.DATA for model in models.MODELS)
_LARGEST = 1000


def make(name: str, seconds: float) -> str:
    """Makes one table; returns a line about it."""
    model, data = name.split("-")
    space = Space({"parameters": models.PARAMETERS[model]})
    score = models.scorer(model, data)
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    positions, scores, begin = [], [], time.process_time()
    while len(scores) < _LARGEST and time.process_time() - begin < seconds:
        values = space.sample(rng)
        positions.append(space.positions(values))
        scores.append(score(values))
    found, explained = table.fit(space, np.array(positions), np.array(scores))
    found.save(name)
    broken = int(np.isnan(found.scores[:, 0]).sum())
    best, middle = np.nanmin(found.scores[:, 0]), np.nanmedian(found.scores[:, 0])
    return (
        f"{name}: {len(scores)} configurations, {broken} broke down, best {best:.4f}, median {middle:.4f}, "
        f"{explained:.0%} of the variance explained"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", default=NAMES, help="tables; all by default")
    parser.add_argument("--seconds", type=float, default=30.0, help="CPU time for each table")
    arguments = parser.parse_args()
    for name in arguments.names:
        print(make(name, arguments.seconds), flush=True)


if __name__ == "__main__":
    main()
