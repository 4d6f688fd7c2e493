"""What a server's work costs as projects, runs and agents grow, and what more servers bring.

    make scaling                                       # all of it, some minutes; or: make scaling ONLY=replicas
    python benchmarks/scaling runs --runs 1000,10000   # by runs, each of 1,000 points, or so many --points
    python benchmarks/scaling points                   # by points of a run
    python benchmarks/scaling visit --runs 100000      # until Chromium shows a sweep of so many runs
    python benchmarks/scaling deletion --runs 100000   # of a sweep and a project with so many runs
    python benchmarks/scaling agents --agents 10,100   # by agents of a server
    python benchmarks/scaling replicas --replicas 1,2,4   # by servers on one PostgreSQL

Costs are CPU time of the server's process, so that other work on the machine does not count. Projects are made for
real; ``--folder`` keeps them for the next time. With ``--postgresql`` runs, points and deletions have a PostgreSQL of
the benchmark's own; its CPU has a table of its own for the first two.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # beside `harness`, where all benchmarks lie
sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))  # a private PostgreSQL is there

from load.served import serving

from scaling import cost, crowd, deletion, growth, visit
from scaling.project import Size, make, open_at

_ALL = ("runs", "points", "visit", "deletion", "agents", "replicas")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", help=f"{', '.join(_ALL)}; all of them unless said")
    parser.add_argument("--runs", default="1000,10000,100000", help="how many runs the projects have")
    parser.add_argument("--points", type=int, default=1_000, help="how many points each of these has, in ten metrics")
    parser.add_argument("--steps", default="100,1000,10000", help="how many rows each of 1,000 runs has")
    parser.add_argument("--method", default="random", help="by which the sweeps of these projects search")
    parser.add_argument("--agents", default="10,100,1000", help="how many agents a server has")
    parser.add_argument("--replicas", default="1,2,4", help="how many servers share a PostgreSQL")
    parser.add_argument("--folder", type=Path, help="where the projects are kept")
    parser.add_argument("--postgresql", action="store_true", help="all of it in PostgreSQL, not in SQLite")
    asked = parser.parse_args()
    what = asked.what or _ALL
    with tempfile.TemporaryDirectory(prefix="scaling-") as scratch:
        folder = asked.folder or Path(scratch)
        folder.mkdir(exist_ok=True)
        by_runs = [Size(runs, asked.points // 10, method=asked.method) for runs in _numbers(asked.runs)]
        if "runs" in what:
            title = f"By runs of a project, each of {asked.points:,} points"
            print(_tables(title, [size.runs for size in by_runs], _costs(folder, by_runs, asked.postgresql)))
        if "points" in what:
            sizes = [Size(1_000, steps, method=asked.method) for steps in _numbers(asked.steps)]
            title = "By points of a project, of 1,000 runs"
            print(_tables(title, [size.points for size in sizes], _costs(folder, sizes, asked.postgresql)))
        if "visit" in what:
            with _database(folder, asked.postgresql) as (url, _):
                rows = visit.measure(folder, url, by_runs)
            names = [f"{size.runs:,}" for size in by_runs]
            title = f"A sweep's page by runs, each of {asked.points:,} points (ms)"
            print(growth.table(title, names, [size.runs for size in by_runs], rows))
        if "deletion" in what:
            with _database(Path(scratch), asked.postgresql) as (url, _):
                print(deletion.measure(url, by_runs))
        if "agents" in what:
            counts = _numbers(asked.agents)
            print(_tables("By agents", counts, _costs_of_crowds(Path(scratch), counts, asked.postgresql)))
        if "replicas" in what:
            from scaling import replicas  # wants PostgreSQL

            print(replicas.measure(Path(scratch), _numbers(asked.replicas)))


def _costs(folder: Path, sizes: Sequence[Size], postgresql: bool) -> list[dict[str, cost.Cost]]:
    with _database(folder, postgresql) as (url, process):
        sweeps = make(url, sizes)
        if postgresql:
            _settle(url)
        found = []
        for size in sizes:
            with serving(folder, options=("--db", url)) as server:
                found.append(cost.measure(server, cost.Clock(server, process), size, sweeps[size]))
        return found


def _costs_of_crowds(folder: Path, counts: Sequence[int], postgresql: bool) -> list[dict[str, cost.Cost]]:
    found = []
    for count in counts:
        own = folder / f"agents-{count}"
        own.mkdir()
        with _database(own, postgresql) as (url, process):
            found.append(crowd.measure(own, count, url, process))
    return found


def _tables(title: str, counted: Sequence[int], costs: Sequence[dict[str, cost.Cost]]) -> str:
    """The server's, and where there is one the table of PostgreSQL."""
    names = [f"{count:,}" for count in counted]
    tables = []
    for of, who in (("server", "the server"), ("database", "PostgreSQL")):
        rows = {name: [getattr(one[name], of) for one in costs] for name in costs[0]}
        if any(map(any, rows.values())):
            tables.append(growth.table(f"{title} (ms of CPU of {who})", names, counted, rows))
    return "\n".join(tables)


@contextlib.contextmanager
def _database(folder: Path, postgresql: bool) -> Iterator[tuple[str, int | None]]:
    """The address of the database that holds the projects, and its process where it has one."""
    if not postgresql:
        yield open_at(folder), None
        return
    from postgresql import server  # wants PostgreSQL

    with server() as database, database.database() as url:
        yield url, database.pid


def _settle(url: str) -> None:
    """Does at once what PostgreSQL does by itself some time after so many rows have come."""
    from sqlalchemy import create_engine, text

    with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


if __name__ == "__main__":
    main()
