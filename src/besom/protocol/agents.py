"""Agents: how they ask for work, say what they hold, and report how it ended."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from besom.protocol.base import Message
from besom.protocol.files import CodeSnapshot
from besom.protocol.runs import Run
from besom.protocol.sweeps import Sweep, SweepState

AgentState = Literal["running", "gone"]

MOST_TOLD = 10_000
"""Runs, or sweeps, that an agent can name in one request: each of them takes the server time while others wait."""
Ids = Annotated[list[str], msgspec.Meta(max_length=MOST_TOLD)]


class NewAgent(Message, kw_only=True):
    """An agent that joins a sweep."""

    host: str
    pid: int  # 0 where it is not told
    name: str | None = None
    slots: int = 1
    """Runs that it works on at the same time; 0 for a controller, which chooses runs. A sweep has one at a time."""
    gpus: list[str] = []


class AgentJoined(Message, kw_only=True):
    """The agent's identity and the pace that the server expects."""

    agent_id: str
    sweep: Sweep
    heartbeat_seconds: float
    lease_seconds: float
    """Silence after which the agent counts as lost and its run as crashed."""
    code: CodeSnapshot | None = None
    """What the sweep was created with."""


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
    slots: int = 1
    gpus: list[str] = []
    run_ids: list[str] = []
    """All that it works on now; ``run_id`` is the first of them."""
    quarantined: float | None = None
    """Since when it gets no runs, because its runs broke where those of others did not."""
    quarantine_reason: str = ""
    """Why, as a sentence."""


class AgentPage(Message, kw_only=True):
    """Agents of a sweep, the newest first."""

    agents: list[Agent]


class AgentLoads(Message, kw_only=True):
    """How busy the machines of a sweep's agents are, by what the runs measured that they work on."""

    loads: dict[str, dict[str, float]]
    """By the agent's id, the latest value of each key, as in ``SystemRecord``. Agents without any are left out."""


class RunExit(Message, kw_only=True):
    """How a run's process ended, as its agent saw it."""

    exit_code: int
    """As the operating system says: negative for a signal."""
    message: str | None = None
    """e.g. the exception of a function run."""
    stopped: str | None = None
    """Why its agent ended it, if it did, e.g. after Ctrl-C."""
    hand_out: int | None = None
    """Of which hand-out it is the end, as ``NextRun`` said; None: of the latest. The end of an earlier one that comes
    late, or a second time, is not that of the process that goes on with the run."""


class EndedRun(RunExit, kw_only=True):
    """A run whose end is told together with the request for the next."""

    run_id: str


class NextRequest(Message, kw_only=True):
    """Asks for work. A run leased to this agent that it does not list in ``holding`` is handed out again, so an answer
    that got lost on the way costs nothing."""

    holding: Ids = []
    wait: float = 20.0
    """Longest time to hold the answer back while there is nothing to do; at most 30."""
    ended: Annotated[list[EndedRun], msgspec.Meta(max_length=MOST_TOLD)] = []
    """Runs whose ends are recorded first, as by ``RunExit``. Then the answer is not held back."""

    @property
    def known(self) -> list[str]:
        """The runs that the agent knows for its own: what it holds, and what it tells the end of until it hears that
        this was taken."""
        return [*self.holding, *(end.run_id for end in self.ended)]


class NextAnswer(Message, kw_only=True):
    """What all answers to NextRequest have."""

    ended: list[Run] = []
    """The runs that ended, as they are now; without those that were deleted."""


class NextRun(NextAnswer, kw_only=True, tag_field="command", tag="run"):
    """Run this."""

    run_id: str
    run_name: str
    params: dict[str, Any]
    """Nested parameter values."""
    why: dict[str, Any]
    resume: bool = False
    """Whether the run was preempted before: the program goes on with the same run."""
    hand_out: int | None = None
    """How often the run was given to an agent, with this time; its end names it."""


class NextWait(NextAnswer, kw_only=True, tag_field="command", tag="wait"):
    """Nothing to do now; ask again."""

    reason: str
    quarantined: bool = False
    """Whether the agent itself is the reason: its runs break where those of others do not."""


class NextExit(NextAnswer, kw_only=True, tag_field="command", tag="exit"):
    """The sweep has ended."""

    reason: str
    sweep_state: SweepState


NextReply = NextRun | NextWait | NextExit


class Heartbeat(Message, kw_only=True):
    """The agent and the runs that it holds are alive. Held back up to ``wait`` while there is nothing to stop."""

    holding: Ids = []
    wait: float = 0.0


class StopOrder(Message, kw_only=True):
    """End this run: SIGTERM first, unless ``kill``."""

    run_id: str
    reason: str
    kill: bool = False


class HeartbeatReply(Message, kw_only=True):
    """Runs to stop."""

    stop: list[StopOrder] = []
