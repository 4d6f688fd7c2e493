"""A storm over a sweep, and what it must not have broken.

``python tests/faults/storm.py --seed 7 --points 13020 --seconds 3600`` is what ``make faults`` calls.
"""

from __future__ import annotations

import argparse
import os
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
    sys.path[:0] = [str(HERE.parent), *(str(HERE.parent / folder) for folder in ("faults", "agent", "replicas"))]

import journal  # noqa: E402
from backups import files_of_programs, restored  # noqa: E402
from blows import FILL_CLIENTS, FILL_SERVER, PULLED, Blow, plan  # noqa: E402
from checker import Checker  # noqa: E402
from disturber import Disturber  # noqa: E402
from fault_world import FaultWorld, fault_world  # noqa: E402
from machines import apart, available, is_apart  # noqa: E402
from run_checker import PREEMPTED  # noqa: E402
from storms import Storm, large, on_machines, parts, small, small_of_several  # noqa: E402
from verdict import Verdict  # noqa: E402
from weather import Weather  # noqa: E402

from besom.protocol import Sweep  # noqa: E402
from besom.sdk import spool  # noqa: E402
from waiting import until  # noqa: E402

FATAL = {
    "kill an agent": 2,
    "kill a program": 1,
    "take the machine of an agent away": 2,
    "warn the programs of an agent": 2,
    PULLED: 8,  # answers of a server to all agents are lost without a word, and they with their runs
}
"""How many programs each blow may end before they have noted that they begin."""
SERVED = 6
"""On so many backups of a storm a server is started that shows all that is in them; the others' files are looked at."""


MANY = 100
"""With so many blows a storm meets all that it looks for."""


@dataclass(frozen=True)
class Report:
    """What happened, and what was found."""

    seen: Counter[str]
    missed: list[str]
    """Kinds of misfortune, also of requests, that should have come, and found nobody until the sweeps were at their
    end."""
    requests: Counter[str]
    verdict: Verdict
    seconds: float
    """From the first agent's start until the last one's end."""

    def __str__(self) -> str:
        verdict = self.verdict
        rate = verdict.runs / self.seconds
        return "\n".join(
            [
                *(f"{count:8}  {kind}" for kind, count in sorted((self.seen + self.requests + verdict.seen).items())),
                f"{verdict.runs} runs, {verdict.begun} begun, {verdict.runs - verdict.begun} ended before they could, "
                f"{verdict.values} values that log() returned for",
                f"{self.seconds:.0f} s, {rate:.1f} runs each second",
                *(f"never happened: {kind}" for kind in self.missed),
                *(f"BROKEN: {fault}" for fault in verdict.faults),
            ]
        )


def rage(storm: Storm, folder: Path) -> Report:
    """The storm, in a folder of its own; returns what was found when it was over."""
    weather = Weather(storm.seed)
    pauses = dict(zip(("program", "function"), storm.pauses, strict=True))
    with fault_world(
        folder,
        weather,
        lease=storm.lease,
        pauses=pauses,
        megabytes=storm.megabytes,
        servers=storm.replicas,
        machines=storm.machines,
    ) as world:
        began = time.monotonic()
        sweeps = [(world.sweep(**part.config), part) for part in parts(storm)]
        for sweep, part in sweeps:
            for kind in part.agents:
                world.add(sweep, kind)
        disturber = Disturber(world, weather)
        missed = _blow(storm, world, weather, disturber)
        faults = list(_reach_the_end(storm, world, disturber))
        said = world.sync()
        deadline = time.monotonic() + storm.patience  # whoever was killed is missed by now
        for sweep, _ in sweeps:
            faults += _go_on_with_preempted(world, disturber, sweep, deadline)
        seconds = time.monotonic() - began
        checker = Checker(world.connection, world.journals, world.killed, disturber.full, disturber.away)
        checker.verdict.faults += [*faults, *disturber.surprises]
        for sweep, part in sweeps:
            checker.check_sweep(sweep.id, part.count, part.kind)
        checker.check_rest()
        never = checker.verdict.runs - checker.verdict.begun
        most = sum(disturber.seen[kind] * number for kind, number in FATAL.items())
        if never > most:
            checker.verdict.faults.append(f"{never} runs never began, and only {most} may have died before")
        for server in world.servers:
            server.stop()
        if storm.replicas == 1:
            checker.check_file(world.server.home / "besom.db")
        sent = set(files_of_programs(world.client_disk.folder / "besom"))
        for number, (place, backup) in enumerate(world.backups.items()):
            if backup.wait(storm.patience) == 0:
                checker.check_file(place / "besom.db")
                if number % (len(world.backups) // SERVED + 1) == 0:
                    copy = restored(place, [sweep for sweep, _ in sweeps], sent)
                    checker.verdict.seen += copy.seen
                    checker.verdict.faults += [f"{place.name}: {fault}" for fault in copy.faults]
                checker.check_modes([place, *place.rglob("*")])
            else:
                checker.verdict.faults.append(f"no {place.name}: {place.with_suffix('.log').read_text()}")
        checker.check_modes(spool.find_folders(world.client_disk.folder / "besom"))
        for place in world.private:
            checker.check_modes([place, *place.rglob("*")])
        if storm.blows >= MANY:
            looked_at = ["agents in quarantine", PREEMPTED, *(["files in backups"] if storm.replicas == 1 else [])]
            lacking = [what for what in looked_at if not checker.verdict.seen[what]]
            checker.verdict.faults += [f"there were no {what} to look at" for what in lacking]
        if checker.verdict.faults:
            checker.verdict.faults.append(f"besom sync said: {said}")
        return Report(disturber.seen, missed, weather.seen, checker.verdict, seconds)


def _blow(storm: Storm, world: FaultWorld, weather: Weather, disturber: Disturber) -> list[str]:
    """Blow after blow. They wait for runs to begin, or the server and the disks would hardly ever be well together; one
    that finds nobody waits for the next. Returns those that found nobody to the end."""
    until(lambda: journal.begun(world.journals) > storm.between, "the first runs")
    shown = [words for words in world.command_lines() if world.server.key in words]
    disturber.surprises += [f"all users of the machine can read the key: {words}" for words in shown]
    weather.is_calm = False
    disks = {FILL_SERVER: world.server_disk, FILL_CLIENTS: world.client_disk}
    kinds = {kind: often for kind, often in storm.kinds.items() if kind not in disks or disks[kind].can_be_filled}
    waiting: list[Blow] = []
    for number, blow in enumerate(plan(storm.seed, storm.blows, storm.between, storm.lease, kinds)):
        enough = journal.begun(world.journals) + blow.after
        impatient = time.monotonic() + 2 * storm.lease
        while journal.begun(world.journals) < enough and time.monotonic() < impatient:
            disturber.go_on()
            time.sleep(0.02)
        if all(worker.has_ended() for worker in world.workers):
            break
        waiting = [each for each in (*waiting, blow) if not disturber.strike(each)]
        if number and number % 25 == 0:
            print(f"{number} of {storm.blows} blows, {journal.begun(world.journals)} runs have begun", flush=True)
        if storm.away and number == storm.blows // 2:
            disturber.leave(storm.away)
    deadline = time.monotonic() + storm.patience
    while waiting and time.monotonic() < deadline and not all(worker.has_ended() for worker in world.workers):
        disturber.go_on()
        time.sleep(0.05)
        waiting = [each for each in waiting if not disturber.strike(each)]
    disturber.calm()
    print("The storm is over; agents come to their end, then everything is compared", flush=True)
    return [*(kind for kind in kinds if not disturber.seen[kind]), *weather.unseen()]


def _reach_the_end(storm: Storm, world: FaultWorld, disturber: Disturber) -> Iterator[str]:
    """Waits until all agents have left by themselves; yields what they should not have done."""
    deadline = time.monotonic() + storm.patience
    while not all(worker.has_ended() for worker in world.workers) and time.monotonic() < deadline:
        disturber.go_on()
        time.sleep(0.05)
    for worker in world.workers:
        code = worker.process.poll() if worker.process else None
        if code != 0 and not (code == 1 and worker.says("It was in quarantine")):
            how = "does not end" if code is None else f"ended with {code}"
            yield f"{worker.kind} agent {worker.log.stem} {how}:\n{_tail(worker.log)}"


def _go_on_with_preempted(world: FaultWorld, disturber: Disturber, sweep: Sweep, deadline: float) -> Iterator[str]:
    """Waits until no run lives. As people do, starts one more agent for runs that were preempted by the last ones."""
    while True:
        states = world.connection.request("GET", f"/sweeps/{sweep.id}", reply=Sweep).runs_by_state
        if not any(states.get(state) for state in ("pending", "running", "preempting", "preempted")):
            return
        if time.monotonic() > deadline:
            yield f"runs of sweep {sweep.id} do not end: {states}"
            return
        if states.get("preempted"):
            world.add(sweep, "function")
            disturber.seen["an agent for what was preempted in the end"] += 1
            while not world.workers[-1].has_ended() and time.monotonic() < deadline:
                disturber.go_on()
                time.sleep(0.05)
        time.sleep(0.05)


def _is_rich(report: Report, storm: Storm) -> bool:
    """Whether a small storm has met what it is there for."""
    looked_at = ["runs failed", PREEMPTED, "files in backups"] if storm.replicas == 1 else []
    return report.verdict.values > 6.25 * storm.points and all(report.verdict.seen[what] for what in looked_at)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text().splitlines()[-25:])


def main() -> int:
    """Storms, each with the next seed, until the time is over. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="of the first storm")
    parser.add_argument("--seconds", type=float, default=3600.0, help="no storm begins after that")
    parser.add_argument("--points", type=int, default=13_020, help="of the grid")
    parser.add_argument("--small", action="store_true", help="as among the tests")
    parser.add_argument("--replicas", type=int, default=1, help="servers; more than one share a PostgreSQL")
    parser.add_argument("--machines", action="store_true", help="each server and agent on one, with a cable to pull")
    asked = parser.parse_args()
    if not is_apart() and (asked.machines or available()):
        command = apart(Path(__file__), sys.argv[1:], network=asked.machines)
        os.execvp(command[0], command)
    end, seed = time.monotonic() + asked.seconds, asked.seed
    while True:
        if asked.small:
            storm = small(seed) if asked.replicas == 1 else small_of_several(seed)
        else:
            storm = large(seed, asked.points, min(600.0, asked.seconds / 6), asked.replicas)
        if asked.machines:
            storm = on_machines(storm)
        print(storm, flush=True)
        with tempfile.TemporaryDirectory(prefix="besom-faults-") as folder:
            report = rage(storm, Path(folder))
        print(report, flush=True)
        if report.verdict.faults or report.missed or (asked.small and not _is_rich(report, storm)):
            print(f"Again: {storm.command}")
            return 1
        seed += 1
        if time.monotonic() > end:
            return 0


if __name__ == "__main__":
    sys.exit(main())
