"""Runs, and what they logged."""

from __future__ import annotations

from typing import Any, Literal

from besom.protocol.base import Message
from besom.protocol.sweeps import Sweep

RunState = Literal["pending", "running", "finished", "failed", "crashed", "killed", "preempting", "preempted"]


class NewRun(Message, kw_only=True):
    """What a starting program says of itself. ``sweep_id`` with a run id that an agent was given claims that lease."""

    id: str
    sweep_id: str | None = None
    agent_id: str | None = None
    name: str | None = None
    config: dict[str, Any] = {}
    tags: list[str] = []
    notes: str | None = None
    group: str | None = None
    job_type: str | None = None
    host: str | None = None
    program: str | None = None
    python: str | None = None
    started: float
    spool: str = ""
    """Identity of the spool that will bring its values. A second spool of the same run needs ``resume``."""
    resume: Literal["allow", "must", "never"] | None = None
    """Whether the run may, must or must not exist already; None: it must not, unless this spool made it."""


class RunLabels(Message, kw_only=True):
    """What people call a run; None leaves a field alone."""

    name: str | None = None
    notes: str | None = None
    tags: list[str] | None = None
    group: str | None = None
    job_type: str | None = None


class RunChange(RunLabels, kw_only=True):
    """Changes to a run from outside its program."""

    config: dict[str, Any] = {}
    """Keys to set. Those that its sweep handed out cannot be changed."""
    summary: dict[str, Any] = {}
    """Keys to set."""


class StopRecord(Message, kw_only=True):
    """Why early stopping ended a run."""

    rule: str
    """As in ``early_terminate.type``."""
    rung: int
    """The value of the metric at which it was judged, counted from 1."""
    value: float
    """What was compared."""
    threshold: float | None = None
    """What it was worse than; None where the rule does not tell."""
    rank: int | None = None
    """The threshold's place among the values at the rung, 1 for the best; None where it is none of them."""
    of: int | None = None
    """How many runs had a value at the rung."""


class RunStop(Message, kw_only=True):
    """Tells a run to end."""

    reason: str | None = None
    """As a sentence; by default it says who did it."""
    stopped: StopRecord | None = None
    """The decision of a rule of early stopping that is behind it."""


class Tries(Message, kw_only=True):
    """A run's place among the tries of its point, of which each is a run of its own."""

    attempt: int
    """Which one it is, from 1."""
    after: str | None
    """Id of the run that it tries again."""
    next: str | None
    """Id of the run that tries it again."""
    due: bool
    """Whether it is to be tried again, and waits for an agent that does."""


class Run(Message, kw_only=True):
    """A run as the API shows it."""

    id: str
    entity: str
    project: str
    name: str
    state: RunState
    reason: str
    """Why it is in that state; empty while there is nothing to say."""
    sweep_id: str | None
    agent_id: str | None
    params: dict[str, Any] | None
    """What the sweep handed out (nested); None outside a sweep."""
    why: dict[str, Any] | None
    """How search came to this point: ``method``, ``kind``, ``reason`` as a sentence, and what else is known."""
    tries: Tries | None = None
    """Its place among the tries of its point; None while there is only one."""
    stopped: StopRecord | None = None
    """Why early stopping ended it; None for every other end."""
    config: dict[str, Any]
    summary: dict[str, Any]
    best: float | None
    """The number that it counts with in its sweep, as ``metric.use`` says: the best value of the metric so far, the
    latest one, or the mean of the latest ones."""
    last: float | None
    """Latest value of the sweep's metric."""
    steps: int
    """Number of history rows."""
    created: float
    started: float | None
    heartbeat: float | None
    ended: float | None
    duration: float
    exit_code: int | None
    creator: str | None = None
    """Who began it: the user whose key its program had. None until it has begun."""
    host: str | None
    program: str | None
    python: str | None
    tags: list[str]
    notes: str | None
    group: str | None
    job_type: str | None
    version: int
    url: str


class RunClaimed(Message, kw_only=True):
    """Answer to NewRun: the run, and how much of its spool the server already has."""

    run: Run
    offset: int
    """Bytes of this spool that the server has."""
    resumed: bool = False
    """Whether an earlier process has logged to this run."""
    step: int = 0
    """The first step that was not logged yet."""


TableFormat = Literal["csv", "parquet"]
"""Of a table of runs to download."""


class RunPage(Message, kw_only=True):
    """A page of runs. ``cursor`` is None on the last one."""

    runs: list[Run]
    total: int
    """Number of runs that match, over all pages."""
    cursor: str | None
    version: int
    """Ask again with ``since=version`` for what changed after this answer."""
    deleted: list[str] = []
    """With ``since``: ids of runs deleted after it."""
    changed_sweep: Sweep | None = None
    """With ``since`` and ``sweep``: the sweep, if it changed after that too."""
    latest: list[LatestPoints] = []
    """With ``since`` and ``latest``: the ends of the curves of these runs."""


class LatestPoints(Message, kw_only=True):
    """All numbers of a key in the latest rows of a run: who has its curve up to there needs no other."""

    run_id: str
    key: str
    from_row: int
    """The first of these rows, counted from 0."""
    steps: list[int]
    values: list[float | str]
    """One per step; NaN and infinities as in ``Curve``."""


class StreamAck(Message, kw_only=True):
    """Answer to a piece of spool."""

    offset: int
    """Bytes of the spool that are safe on the server."""
    stop: str | None = None
    """Why the run should end now; None to go on."""
    run: Run | None = None
    """The run, when this piece began it."""


class HistoryPage(Message, kw_only=True):
    """History rows in order, each with ``_step`` and ``_timestamp`` and the keys that were logged."""

    rows: list[dict[str, Any]]
    next_row: int | None
    """Index of the first row of the next page, None on the last."""


class Curve(Message, kw_only=True):
    """One metric of one run. At most two points per bucket, its minimum and its maximum, so no spike is hidden."""

    run_id: str
    key: str
    steps: list[int]
    values: list[float | str]
    total: int
    """Number of logged values that these points stand for."""


class CurvePage(Message, kw_only=True):
    """Curves, one per run and key."""

    curves: list[Curve]
    version: int


class RunExtremes(Message, kw_only=True):
    """The least and the largest finite number that runs have logged under a key."""

    runs: dict[str, tuple[float, float]]
    """By run id; runs that logged none are left out."""


class MetricDefinition(Message, kw_only=True):
    """As ``records.MetricRecord``."""

    name: str
    step_metric: str | None
    summary: list[str]
    goal: str | None
    hidden: bool


class LoggedChart(Message, kw_only=True):
    """How a logged table is drawn."""

    name: str
    """Which chart, as W&B calls it: ``wandb/line/v0``."""
    fields: dict[str, str]
    """Column by what it is to the chart."""
    texts: dict[str, str]
    """Title and names of axes."""


class RunDetails(Message, kw_only=True):
    """What only the page of one run needs."""

    about: dict[str, Any]
    """Command, git state, versions, hardware: as its program told."""
    metrics: list[MetricDefinition]
    output_lines: int
    file_count: int
    charts: dict[str, LoggedChart] = {}
    """By the keys of their tables: those that the tables' own descriptions do not tell of."""
    agent: str | None = None
    """Name of the agent that works, or worked, on it."""
    lease: float | None = None
    """Without another sign of life until then it counts as crashed; None where nobody works on it."""


class OutputLine(Message, kw_only=True):
    """A line that the program printed."""

    number: int
    time: float
    text: str
    level: str | None = None
    """``error`` for what went to stderr, where that is known."""


class OutputPage(Message, kw_only=True):
    """Lines in order. ``next`` is the number to go on from, also when the program prints more later."""

    lines: list[OutputLine]
    total: int
    next: int


class SystemCurve(Message, kw_only=True):
    """One system metric, thinned so that its minimum and maximum per bucket are kept."""

    key: str
    times: list[float]
    values: list[float]


class SystemPage(Message, kw_only=True):
    """All system metrics of a run."""

    curves: list[SystemCurve]
