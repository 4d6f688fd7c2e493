"""A storm over a sweep, and what it must not have broken.

``python tests/faults/storm.py --seed 7 --points 13020 --seconds 3600`` is what ``make faults`` calls.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
if __name__ == "__main__":  # as pytest finds them
    sys.path[:0] = [str(HERE.parent), str(HERE), str(HERE.parent / "agent")]

import journal  # noqa: E402
from agent_world import until  # noqa: E402
from blows import KINDS, plan  # noqa: E402
from checker import TRIES, Checker, Kind, Verdict  # noqa: E402
from disturber import Disturber  # noqa: E402
from fault_world import FaultWorld, fault_world  # noqa: E402
from weather import Weather  # noqa: E402

from besom.protocol import Sweep  # noqa: E402


@dataclass(frozen=True, kw_only=True)
class Storm:
    """How large, how long, how wild. The same storm with the same seed has the same misfortunes."""

    seed: int
    points: int
    capped: int = 0
    """Runs of a random sweep with a ``run_cap`` that goes on beside the grid."""
    retried: int = 0
    """Points of a second grid, whose crashed runs are tried again."""
    programs: int = 1
    """Agents that start programs."""
    functions: int = 2
    """Agents that call a function."""
    blows: int
    """Misfortunes, spread over the points; after the last one everything is put right."""
    lease: float = 3.0
    pause: float = 0.02
    """Seconds between two values of a run, at most."""
    away: float = 0.0
    """Seconds that the server is away in the middle."""
    patience: float = 120.0
    """Seconds that the sweeps may take to end in the calm after it."""
    megabytes: int = 64
    """Of the disks."""
    command: str
    """What calls it up again."""


def small(seed: int) -> Storm:
    """Half a minute, in which every kind of fault comes once."""
    command = f"python tests/faults/storm.py --small --seed {seed}"
    return Storm(seed=seed, points=48, capped=10, retried=8, blows=len(KINDS), lease=2.0, pause=0.08, command=command)


def large(seed: int, points: int, away: float) -> Storm:
    """The whole of it, with a server that is away for ``away`` seconds in the middle."""
    return Storm(
        seed=seed,
        points=points,
        capped=max(1, points // 10),
        retried=max(1, points // 10),
        programs=2,
        functions=4,
        blows=min(500, points // 8),
        lease=8.0,
        away=away,
        patience=max(600.0, points),
        megabytes=1024,
        command=f"make faults SEED={seed} POINTS={points} SECONDS={6 * away:.0f}",
    )


@dataclass(frozen=True)
class Report:
    """What happened, and what was found."""

    seen: Counter[str]
    requests: Counter[str]
    verdict: Verdict

    def __str__(self) -> str:
        verdict = self.verdict
        return "\n".join(
            [
                *(f"{count:8}  {kind}" for kind, count in sorted((self.seen + self.requests).items())),
                f"{verdict.runs} runs, {verdict.begun} begun, {verdict.values} values that log() returned for",
                *(f"BROKEN: {fault}" for fault in verdict.faults),
            ]
        )


def rage(storm: Storm, folder: Path) -> Report:
    """The storm, in a folder of its own; returns what was found when it was over."""
    weather = Weather(storm.seed)
    with fault_world(folder, weather, lease=storm.lease, pause=storm.pause, megabytes=storm.megabytes) as world:
        grid = world.sweep(method="grid", parameters={"x": {"min": 0, "max": storm.points - 1}})
        sweeps: list[tuple[Sweep, int, Kind]] = [(grid, storm.points, "grid")]
        for kind, count in (("program", storm.programs), ("function", storm.functions)):
            for _ in range(count):
                world.add(grid, kind)
        if storm.capped:
            capped = world.sweep(method="random", run_cap=storm.capped, parameters={"x": {"min": 0.0, "max": 1.0}})
            sweeps.append((capped, storm.capped, "capped"))
            world.add(capped, "function")
            world.add(capped, "function")
        if storm.retried:
            points = {"x": {"min": 0, "max": storm.retried - 1}}
            retried = world.sweep(method="grid", parameters=points, retry={"max": TRIES - 1, "on": ["crashed"]})
            sweeps.append((retried, storm.retried, "retried"))
            world.add(retried, "function")
        disturber = Disturber(world, weather)
        _blow(storm, world, weather, disturber)
        faults = list(_reach_the_end(storm, world, disturber))
        said = world.sync()
        connection = world.connection
        deadline = time.monotonic() + storm.patience  # whoever was killed is missed by now
        while _living(world, [sweep for sweep, *_ in sweeps]) and time.monotonic() < deadline:
            time.sleep(0.05)
        checker = Checker(connection, world.journals, world.killed, disturber.full)
        checker.verdict.faults += faults
        for sweep, count, kind in sweeps:
            checker.check_sweep(sweep.id, count, kind)
        checker.check_rest()
        never = checker.verdict.runs - checker.verdict.begun
        most = 2 * sum(count for kind, count in disturber.seen.items() if kind == "kill an agent")
        if never > most:
            checker.verdict.faults.append(f"{never} runs never began, and only {most} slots of agents were killed")
        world.server.stop()
        checker.check_file(world.server.home / "besom.db")
        for place, backup in world.backups.items():
            if backup.wait(storm.patience) == 0:
                checker.check_file(place / "besom.db")
            else:
                checker.verdict.faults.append(f"no {place.name}: {place.with_suffix('.log').read_text()}")
        if checker.verdict.faults:
            checker.verdict.faults.append(f"besom sync said: {said}")
        return Report(disturber.seen, weather.seen, checker.verdict)


def _blow(storm: Storm, world: FaultWorld, weather: Weather, disturber: Disturber) -> None:
    """Blow after blow. They wait for runs to begin, or the server and the disks would hardly ever be well together."""
    between = storm.points // (storm.blows + 1)
    until(lambda: journal.begun(world.journals) > between, "the first runs")
    weather.is_calm = False
    for number, blow in enumerate(plan(storm.seed, storm.blows, between, storm.lease)):
        enough = journal.begun(world.journals) + blow.after
        impatient = time.monotonic() + 2 * storm.lease
        while journal.begun(world.journals) < enough and time.monotonic() < impatient:
            disturber.go_on()
            time.sleep(0.02)
        if all(worker.has_ended() for worker in world.workers):
            break
        disturber.strike(blow)
        if storm.away and number == storm.blows // 2:
            disturber.leave(storm.away)
    disturber.calm()


def _reach_the_end(storm: Storm, world: FaultWorld, disturber: Disturber) -> Iterator[str]:
    """Waits until all agents have left by themselves; yields what they should not have done."""
    deadline = time.monotonic() + storm.patience
    while not all(worker.has_ended() for worker in world.workers) and time.monotonic() < deadline:
        disturber.go_on()
        time.sleep(0.05)
    for worker in world.workers:
        code = worker.process.poll() if worker.process else None
        if code != 0:
            how = "does not end" if code is None else f"ended with {code}"
            yield f"{worker.kind} agent {worker.log.stem} {how}:\n{_tail(worker.log)}"


def _living(world: FaultWorld, sweeps: list[Sweep]) -> int:
    """How many runs have not ended, as the server sees it."""
    states = [world.connection.request("GET", f"/sweeps/{sweep.id}", reply=Sweep).runs_by_state for sweep in sweeps]
    return sum(counts.get(state, 0) for counts in states for state in ("pending", "running", "preempting"))


def _tail(log: Path) -> str:
    return "\n".join(log.read_text().splitlines()[-25:])


def main() -> int:
    """Storms, each with the next seed, until the time is over. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="of the first storm")
    parser.add_argument("--seconds", type=float, default=3600.0, help="no storm begins after that")
    parser.add_argument("--points", type=int, default=13_020, help="of the grid")
    parser.add_argument("--small", action="store_true", help="as among the tests")
    asked = parser.parse_args()
    end, seed = time.monotonic() + asked.seconds, asked.seed
    while True:
        storm = small(seed) if asked.small else large(seed, asked.points, min(600.0, asked.seconds / 6))
        print(storm, flush=True)
        with tempfile.TemporaryDirectory(prefix="besom-faults-") as folder:
            report = rage(storm, Path(folder))
        print(report, flush=True)
        if report.verdict.faults:
            print(f"Again: {storm.command}")
            return 1
        seed += 1
        if time.monotonic() > end:
            return 0


if __name__ == "__main__":
    sys.exit(main())
