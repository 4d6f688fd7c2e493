"""Storms against a real server on loopback; ends with 1 when a promise is broken.

    make load                      # ten minutes each
    make load MINUTES=60           # memory over an hour
    make load MINUTES=0.5 AGENTS=100 RUNS=50 ONLY=agents

All clients share one process, which takes its part of the machine's cores: the figures are those of server and clients
on the same machine. ``next`` is measured as agents see it, from before they send their request until they have the
run; where the clients' own process is late, that counts, too.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).parents[1]))  # beside `harness`, where all benchmarks lie

from load import agents, overload, streams
from load.promises import Storm
from load.served import serving

STORMS = ("agents", "streams", "overload")
_FILES = 8192
"""Two connections of each agent, and some."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--agents", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--only", choices=["", *STORMS], default="")
    asked = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES if most == resource.RLIM_INFINITY else min(_FILES, most), most))
    results = []
    for name in STORMS:
        if asked.only in ("", name):
            print(f"The storm of {name} goes on for up to {asked.minutes:g} minutes ...", file=sys.stderr)
            results.append(storm(name, asked))
            print(results[-1], flush=True)
    return 0 if all(result.is_kept for result in results) else 1


def storm(name: str, asked: argparse.Namespace) -> Storm:
    """One of them, with a server of its own."""
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        limits = overload.LIMITS if name == "overload" else ()
        with serving(Path(folder) / "home", *limits) as server:
            if name == "agents":
                return uvloop.run(agents.storm(server, asked.agents, 60 * asked.minutes))
            if name == "streams":
                return uvloop.run(streams.storm(server, asked.runs, 60 * asked.minutes))
            return uvloop.run(overload.storm(server, min(60 * asked.minutes, 60)))


if __name__ == "__main__":
    sys.exit(main())
