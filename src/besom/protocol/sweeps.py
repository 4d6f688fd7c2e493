"""Sweeps, their states and what happened to them."""

from __future__ import annotations

from typing import Any, Literal

from besom.protocol.base import Message
from besom.protocol.files import CodeSnapshot

SweepState = Literal["PENDING", "RUNNING", "PAUSED", "FINISHED", "CANCELED"]
SweepAction = Literal["pause", "resume", "stop", "cancel"]


class MetricGoal(Message, kw_only=True):
    """What a sweep optimises."""

    name: str
    goal: Literal["minimize", "maximize"]
    target: float | None = None
    use: str = "best"
    """How a run's curve becomes the number that it counts with: ``best``, ``last`` or e.g. ``mean_last_5``."""


class BestRun(Message, kw_only=True):
    """The run with the best number so far; ``value`` is the number that it counts with (``MetricGoal.use``)."""

    id: str
    name: str
    value: float


class BudgetUse(Message, kw_only=True):
    """A limit of a sweep's budget, and how much of it is used."""

    key: str
    """``hours``, ``gpu_hours`` or ``no_improvement_in``: runs that ended since the best one."""
    used: float
    limit: float


class NewSweep(Message, kw_only=True):
    """Creates a sweep, or replaces the configuration of one that is still PENDING."""

    config: dict[str, Any] | None = None
    """Without one: what ``text`` says. A browser cannot send it, for to it 1.0 is 1 and large integers are rounded."""
    text: str | None = None
    """The YAML as the user wrote it, kept for the page; made from ``config`` where there is none."""
    display_name: str | None = None
    prior_runs: list[str] = []
    """Ids of runs of the same project."""
    prior_sweeps: list[str] = []
    """Ids of sweeps of the same project, all of whose ended runs become prior runs."""
    prior_filter: dict[str, Any] | None = None
    """Runs of the same project that match it become prior runs."""
    code: CodeSnapshot | None = None


class Sweep(Message, kw_only=True):
    """A sweep as the API shows it."""

    id: str
    entity: str
    project: str
    name: str
    """Edited display name, else the configuration's name, else the id."""
    description: str | None
    state: SweepState
    state_reason: str
    """Why it is in that state, as a sentence for people."""
    method: str
    metric: MetricGoal | None
    config: dict[str, Any]
    text: str
    creator: str
    created: float
    updated: float
    run_count: int
    runs_by_state: dict[str, int]
    stopped_early: dict[str, int] = {}
    """By state, how many of these runs ended because early stopping told them to: *killed*, or *finished*."""
    expected_runs: int | None
    """Its ``run_count`` in the end: prior runs that became its own, and what they leave to be run. None: no end."""
    budget: list[BudgetUse] = []
    """What else ends it: the limits besides its number of runs."""
    compute_seconds: float
    """Sum of the durations of its runs."""
    best: BestRun | None
    agent_count: int
    """Agents that are alive now."""
    slots: int = 0
    """Runs that they can work on at the same time."""
    controller: str | None = None
    """Name of the process that chooses the runs now, where that is not the server."""
    version: int
    url: str


class SweepCreated(Message, kw_only=True):
    """The new sweep, and what the check of its configuration warned about."""

    sweep: Sweep
    warnings: list[str] = []


class SweepPage(Message, kw_only=True):
    """Sweeps of a project, the newest first."""

    sweeps: list[Sweep]


class SweepChange(Message, kw_only=True):
    """Fields to change; None leaves a field alone."""

    display_name: str | None = None
    description: str | None = None


class SweepCommand(Message, kw_only=True):
    """Changes a sweep's state."""

    action: SweepAction
    reason: str | None = None
    """As a sentence; by default it says who did it."""


class NewPoint(Message, kw_only=True):
    """A configuration to be run before anything that search suggests."""

    params: dict[str, Any]
    """Nested; parameters that are left out take their fixed value, else they are refused."""
    display_name: str | None = None
    why: dict[str, Any] | None = None
    """How the search that chose it came to it; ``kind`` says what chose it. None where a person did."""
    id: str | None = None
    """For the run, drawn by who asks: asking again with it changes nothing. Without one the server draws it."""


class Event(Message, kw_only=True):
    """Something that happened, with its reason."""

    id: int
    time: float
    kind: str
    """e.g. sweep.created, sweep.paused, run.started, run.stopped, run.finished, run.alert, agent.joined, agent.lost"""
    sweep_id: str | None
    run_id: str | None
    agent_id: str | None
    actor: str
    reason: str
    level: Literal["INFO", "WARN", "ERROR"] | None = None
    """Of an alert."""


class EventPage(Message, kw_only=True):
    """Events, the newest first."""

    events: list[Event]


class Rung(Message, kw_only=True):
    """A place on the curves at which early stopping compares runs."""

    position: int
    """It judges by the position-th finite value of the metric, counted from 1."""
    step: int | None
    """Of the run that logged the most: its step there."""
    threshold: float | None
    """What a run must not be worse than there, as things are now; None while no run would be stopped."""
    reached: int
    """Runs that have a value there."""
    stopped: int
    """Runs that ended there."""


class RungPage(Message, kw_only=True):
    """The rungs that a run has reached, in their order; none without early stopping."""

    rule: str | None
    """As in ``early_terminate.type``."""
    compares_best: bool
    """Whether a run is judged by its best value so far; else by its value at the rung."""
    rungs: list[Rung]
