"""Storms: how large, how long and how wild they are, and over which sweeps they go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from blows import KINDS, KINDS_OF_SEVERAL, PULLED
from checker import TRIES, Kind
from fault_world import AgentKind


@dataclass(frozen=True, kw_only=True)
class Storm:
    """How large, how long, how wild. The same storm with the same seed has the same misfortunes."""

    seed: int
    points: int
    replicas: int = 1
    """Servers; more than one share a PostgreSQL."""
    machines: bool = False
    """Whether each server and each agent is on a machine of its own, whose cable can be pulled."""
    programs: int = 1
    """Agents of the grid that start programs."""
    pools: int = 0
    """Agents of all its sweeps that do."""
    functions: int = 2
    """Agents of the grid that call a function, which takes a twentieth of the work."""
    capped: int = 0
    """Runs of a random sweep with a ``run_cap`` that goes on beside the grid."""
    retried: int = 0
    """Points of a second grid, whose broken runs are tried again; the machine of one of its agents is broken."""
    stale: int = 0
    """Runs without a better one that end another random sweep; no run is better than its first."""
    seconds: int = 0
    """After which two more random sweeps end: one of its own time, one of that of its runs."""
    blows: int
    """Misfortunes; after the last one everything is put right."""
    between: int = 1
    """Runs that begin from one to the next, on average."""
    lease: float = 3.0
    pauses: tuple[float, float] = (0.02, 0.02)
    """Seconds between two values of a run, at most, of a program and of a function."""
    away: float = 0.0
    """Seconds that the server is away in the middle."""
    patience: float = 240.0
    """Seconds that the sweeps may take to end in the calm after it."""
    megabytes: int = 64
    """Of the disks."""
    command: str
    """What calls it up again."""

    @property
    def kinds(self) -> dict[str, int]:
        """What may happen, and how often relative to the others."""
        kinds = KINDS if self.replicas == 1 else KINDS_OF_SEVERAL
        return {**kinds, PULLED: 4} if self.machines else kinds


def small(seed: int) -> Storm:
    """Half a minute, in which every kind of fault comes once."""
    command = f"python tests/faults/storm.py --small --seed {seed}"
    return Storm(
        seed=seed,
        points=40,
        functions=1,
        capped=8,
        retried=8,
        stale=4,
        seconds=3,
        blows=len(KINDS),
        lease=2.0,
        pauses=(0.25, 0.1),
        command=command,
    )


def small_of_several(seed: int) -> Storm:
    """The same over three servers on one PostgreSQL."""
    return Storm(
        seed=seed,
        points=24,
        replicas=3,
        functions=2,
        capped=8,
        retried=8,
        stale=4,
        blows=len(KINDS_OF_SEVERAL),
        lease=2.0,
        pauses=(0.1, 0.05),
        command=f"python tests/faults/storm.py --small --replicas 3 --seed {seed}",
    )


def on_machines(storm: Storm) -> Storm:
    """The same, each server and each agent on a machine of its own."""
    more = 4 if storm.blows > 100 else 1
    again = "--machines" if "--small" in storm.command else "MACHINES=1"
    return replace(storm, machines=True, blows=storm.blows + more, command=f"{storm.command} {again}")


def large(seed: int, points: int, away: float, replicas: int = 1) -> Storm:
    """The whole of it, with servers that are away for ``away`` seconds in the middle."""
    return Storm(
        seed=seed,
        points=points,
        replicas=replicas,
        programs=1,
        pools=1,
        functions=4,
        capped=max(1, points // 20),
        retried=max(1, points // 20),
        stale=min(100, max(1, points // 20)),
        seconds=max(3, points // 20),
        blows=min(500, points // 8),
        between=points // (min(500, points // 8) + 1),
        lease=8.0,
        pauses=(1.0, 0.02),
        away=away,
        patience=max(600.0, points),
        megabytes=1024,
        command=f"make faults SEED={seed} POINTS={points} SECONDS={6 * away:.0f} REPLICAS={replicas}",
    )


@dataclass(frozen=True)
class Part:
    """One of the sweeps of a storm."""

    kind: Kind
    count: int
    """Its points, runs, runs without a better one, or seconds: what ends it."""
    config: dict[str, Any]
    agents: tuple[AgentKind, ...]


def parts(storm: Storm) -> Iterator[Part]:
    """The sweeps of a storm, which go on side by side."""
    real = {"x": {"min": 0.0, "max": 1.0}}
    grid = {"method": "grid", "parameters": {"x": {"min": 0, "max": storm.points - 1}}}
    yield Part(
        "grid",
        storm.points,
        grid,
        ("program",) * storm.programs + ("pool",) * storm.pools + ("function",) * storm.functions,
    )
    if storm.capped:
        capped = {"method": "random", "run_cap": storm.capped, "parameters": real}
        yield Part("capped", storm.capped, capped, ("function", "function"))
    if storm.retried:
        points = {"x": {"min": 0, "max": storm.retried - 1}}
        again = {"max": TRIES - 1, "on": ["crashed", "failed"]}
        yield Part(
            "retried",
            storm.retried,
            {"method": "grid", "parameters": points, "retry": again},
            ("function", "broken"),
        )
    if storm.stale:
        stale = {"metric": {"name": "loss"}, "budget": {"no_improvement_in": storm.stale}}
        yield Part("stale", storm.stale, {"method": "random", "parameters": real, **stale}, ("function",))
    kinds: tuple[Kind, ...] = ("hours", "gpu_hours") if storm.seconds else ()
    for kind in kinds:
        limit = {"budget": {kind: storm.seconds / 3600}}
        yield Part(kind, storm.seconds, {"method": "random", "parameters": real, **limit}, ("function",))
