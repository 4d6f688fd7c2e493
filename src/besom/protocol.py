"""The messages that SDK, agent, client, page and server exchange. One definition serves all of them.

The server builds its OpenAPI description from these types, and the page's types are generated from that.
Times are Unix seconds (float), durations seconds. JSON has no NaN and no infinities: inside ``data``, ``config``,
``summary`` and history values they travel as the strings "NaN", "Infinity" and "-Infinity" (see ``encode_number``).
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import msgspec

API_VERSION = 1
API_PREFIX = f"/api/v{API_VERSION}"

SweepState = Literal["PENDING", "RUNNING", "PAUSED", "FINISHED", "CANCELED"]
RunState = Literal["pending", "running", "finished", "failed", "crashed", "killed", "preempting", "preempted"]
SweepAction = Literal["pause", "resume", "stop", "cancel"]
AgentState = Literal["running", "gone"]


class Message(msgspec.Struct):
    """Base of every message; unknown fields are ignored, so that old and new can talk to each other."""


# Spool records: one JSON line each, told apart by "type". The stream endpoint takes them as they are.


class Record(Message, tag_field="type"):
    """A line of a run's spool."""


class InitRecord(Record, kw_only=True, tag="init"):
    """Always the first line: all that ``besom sync`` needs to create the run."""

    run: NewRun
    entity: str | None = None
    """None until a server has said which entity is the caller's."""
    project: str


class HistoryRecord(Record, kw_only=True, tag="history"):
    """One ``log()`` call."""

    step: Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
    """Within what JSON readers and 64-bit columns hold exactly."""
    time: float
    data: dict[str, Any]


class SummaryRecord(Record, kw_only=True, tag="summary"):
    """Values set on ``run.summary`` by hand; they win over the last logged value until that key is logged again."""

    data: dict[str, Any]


class ConfigRecord(Record, kw_only=True, tag="config"):
    """Keys of ``run.config`` that were added or changed."""

    data: dict[str, Any]


class ExitRecord(Record, kw_only=True, tag="exit"):
    """The run ended by itself; 0 is success."""

    code: int
    time: float


SpoolRecord = InitRecord | HistoryRecord | SummaryRecord | ConfigRecord | ExitRecord


# Errors: one shape for every failure.


class ErrorBody(Message, kw_only=True):
    """What went wrong, for a person (``message``, ``hint``) and for a program (``code``, ``field``)."""

    code: str
    message: str
    hint: str | None = None
    field: str | None = None
    offset: int | None = None
    """With code ``offset_gap``: the offset that the server has, from which the client must send again."""


class ErrorReply(Message, kw_only=True):
    """Body of every answer with a status of 400 or more."""

    error: ErrorBody


# Who and where


class Viewer(Message, kw_only=True):
    """The caller, as the key or the browser session tells."""

    name: str
    entity: str
    """The entity that is meant when none is named."""
    role: Literal["viewer", "member", "admin"]
    server_version: str


class Ticket(Message, kw_only=True):
    """A one-time address that signs a browser in and leads on to ``path``."""

    url: str


class NewTicket(Message, kw_only=True):
    """Asks for a Ticket."""

    path: str = "/"
    """Path of the page to show, starting with one slash."""


class Project(Message, kw_only=True):
    """A project with its live counts."""

    entity: str
    name: str
    created: float
    last_activity: float
    run_count: int
    running: int
    sweep_count: int


class ProjectPage(Message, kw_only=True):
    """All projects that the caller may see, the most recently active first."""

    projects: list[Project]


# Sweeps


class MetricGoal(Message, kw_only=True):
    """What a sweep optimises."""

    name: str
    goal: Literal["minimize", "maximize"]
    target: float | None = None


class BestRun(Message, kw_only=True):
    """The run with the best value of the sweep's metric so far."""

    id: str
    name: str
    value: float


class NewSweep(Message, kw_only=True):
    """Creates a sweep, or replaces the configuration of one that is still PENDING."""

    config: dict[str, Any]
    text: str | None = None
    """The YAML as the user wrote it, kept for the page; made from ``config`` where there is none."""
    display_name: str | None = None
    prior_runs: list[str] = []
    """Ids of runs of the same project."""


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
    expected_runs: int | None
    compute_seconds: float
    """Sum of the durations of its runs."""
    best: BestRun | None
    agent_count: int
    """Agents that are alive now."""
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


class Event(Message, kw_only=True):
    """Something that happened, with its reason."""

    id: int
    time: float
    kind: str
    """e.g. sweep.created, sweep.paused, run.started, run.stopped, run.finished, agent.joined, agent.lost"""
    sweep_id: str | None
    run_id: str | None
    agent_id: str | None
    actor: str
    reason: str


class EventPage(Message, kw_only=True):
    """Events, the newest first."""

    events: list[Event]


# Runs


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
    """How search came to this point."""
    config: dict[str, Any]
    summary: dict[str, Any]
    best: float | None
    """Best value of the sweep's metric so far."""
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


class StreamAck(Message, kw_only=True):
    """Answer to a piece of spool."""

    offset: int
    """Bytes of the spool that are safe on the server."""
    stop: str | None = None
    """Why the run should end now; None to go on."""


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


# Agents


class NewAgent(Message, kw_only=True):
    """An agent that joins a sweep."""

    host: str
    pid: int
    name: str | None = None


class AgentJoined(Message, kw_only=True):
    """The agent's identity and the pace that the server expects."""

    agent_id: str
    sweep: Sweep
    heartbeat_seconds: float
    lease_seconds: float
    """Silence after which the agent counts as lost and its run as crashed."""


class Agent(Message, kw_only=True):
    """An agent as the API shows it."""

    id: str
    name: str
    host: str
    pid: int
    state: AgentState
    created: float
    heartbeat: float
    run_id: str | None
    run_count: int
    failed_count: int


class AgentPage(Message, kw_only=True):
    """Agents of a sweep, the newest first."""

    agents: list[Agent]


class NextRequest(Message, kw_only=True):
    """Asks for work. A run leased to this agent that it does not list in ``holding`` is handed out again, so an answer
    that got lost on the way costs nothing."""

    holding: list[str] = []
    wait: float = 20.0
    """Longest time to hold the answer back while there is nothing to do; at most 30."""


class NextRun(Message, kw_only=True, tag_field="command", tag="run"):
    """Run this."""

    run_id: str
    run_name: str
    params: dict[str, Any]
    """Nested parameter values."""
    why: dict[str, Any]


class NextWait(Message, kw_only=True, tag_field="command", tag="wait"):
    """Nothing to do now; ask again."""

    reason: str


class NextExit(Message, kw_only=True, tag_field="command", tag="exit"):
    """The sweep has ended."""

    reason: str
    sweep_state: SweepState


NextReply = NextRun | NextWait | NextExit


class Heartbeat(Message, kw_only=True):
    """The agent and the runs that it holds are alive. Held back up to ``wait`` while there is nothing to stop."""

    holding: list[str] = []
    wait: float = 0.0


class StopOrder(Message, kw_only=True):
    """End this run: SIGTERM first, unless ``kill``."""

    run_id: str
    reason: str
    kill: bool = False


class HeartbeatReply(Message, kw_only=True):
    """Runs to stop."""

    stop: list[StopOrder] = []


class RunExit(Message, kw_only=True):
    """How a run's process ended, as its agent saw it."""

    exit_code: int
    """As the operating system says: negative for a signal."""
    message: str | None = None
    """e.g. the exception of a function run."""
    stopped: str | None = None
    """Why its agent ended it, if it did, e.g. after Ctrl-C."""


def encode_number(value: float) -> float | str:
    """A float as JSON can carry it: NaN and the infinities as strings."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def decode_number(value: object) -> object:
    """The inverse of ``encode_number``; everything else is returned as it is."""
    return NON_FINITE.get(value, value) if isinstance(value, str) else value
