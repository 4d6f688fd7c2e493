"""The services beside a model of a few lines that knows who may have which run.

Agents join, ask, lose answers, fall silent, die and come back; people pause, resume, stop and delete; time passes.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from server_world import LEASE, Refused, exit_record, line, open_world

from besom.server.store import Store

SOME = st.integers(0, 11)
"""Chooses one of what is there."""


@dataclass(eq=False)
class Agent:
    """What an agent knows."""

    id: str
    held: dict[str, str] = field(default_factory=dict)
    """Its runs, and the spool of the process that it started for each."""
    unheard: set[str] = field(default_factory=set)
    """Runs that the server gave it, in answers that were lost."""


class Leases(RuleBasedStateMachine):
    """One sweep; ``config`` says which."""

    config: dict[str, Any]
    _empty = tempfile.TemporaryDirectory()
    """Holds a database with besom's tables, to be copied."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.stack = contextlib.AsyncExitStack()
        self.address = self.empty_database()
        self.opened = contextlib.AsyncExitStack()
        self.world = self.do(self.opened.enter_async_context(open_world(self.address)))
        self.stack.push_async_callback(self.opened.aclose)
        self.agents: list[Agent] = []
        self.left: list[Agent] = []
        self.waiting: set[str] = set()
        """Preempted runs, which anybody may be given."""
        self.freed: Counter[float] = Counter()
        """How often a run of each point was deleted: then it may be handed out anew."""
        self.begun = 0

    def empty_database(self) -> str:
        """The address of one for this play alone."""
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        empty = Path(self._empty.name, "besom.db")
        if not empty.exists():
            Store.open(f"sqlite:///{empty}").close()
        shutil.copyfile(empty, folder / "besom.db")
        return f"sqlite:///{folder}/besom.db"

    def do(self, act: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(act)

    def tried(self, act: Coroutine[Any, Any, Any], *allowed: str) -> Any:
        """The answer, or None when the server refuses for one of these reasons."""
        try:
            return self.do(act)
        except Refused as refused:
            if refused.code not in allowed:
                raise
            return None

    @initialize()
    def create(self) -> None:
        self.sweep = self.do(self.world.sweep(self.config))

    @rule()
    @precondition(lambda self: len(self.agents) < 4)
    def join(self) -> None:
        if identity := self.tried(self.world.join(self.sweep, len(self.agents) + 1), "sweep_not_running"):
            self.agents.append(Agent(identity))

    @rule(number=SOME, lost=st.booleans())
    @precondition(lambda self: self.agents)
    def ask(self, number: int, lost: bool) -> None:
        agent = self.agents[number % len(self.agents)]
        answer = self.do(self.world.next(agent.id, tuple(agent.held)))
        if answer["command"] != "run":
            return
        run = answer["run_id"]
        if run not in agent.unheard:
            self.check_allowed(agent)
        if run in self.waiting:
            assert answer["resume"]
            self.waiting.remove(run)
        others = [other for other in self.agents if other is not agent]
        assert run not in agent.held, "it has that run"
        assert not any(run in other.held or run in other.unheard for other in others), "another agent has that run"
        agent.unheard.add(run)
        if not lost:
            agent.unheard.remove(run)
            self.begun += 1
            agent.held[run] = f"spool-{self.begun}"

    def check_allowed(self, agent: Agent) -> None:
        """What holds when an agent has been given a run that it did not have."""
        shown = self.do(self.world.call("GET", f"/sweeps/{self.sweep}/agents"))["agents"]
        assert not any(each["id"] == agent.id and each["quarantined"] for each in shown), "it is in quarantine"

    @rule(number=SOME)
    @precondition(lambda self: self.holders())
    def begin(self, number: int) -> None:
        _, run, spool = self.chosen(number)
        self.tried(self.world.begin(run, self.sweep, spool=spool, resume="allow"), "run_deleted")

    @rule(number=SOME, value=st.sampled_from([1.0, 2.0]))
    @precondition(lambda self: self.holders())
    def report(self, number: int, value: float) -> None:
        _, run, spool = self.chosen(number)
        begun = self.tried(self.world.begin(run, self.sweep, spool=spool, resume="allow"), "run_deleted")
        if begun:
            row = line({"type": "history", "step": begun["step"], "time": 6.0, "data": {"v": value}})
            self.do(self.world.send(run, row, begun["offset"], query=f"&spool={spool}"))

    @rule(number=SOME, code=st.sampled_from([0, 1, -9]))
    @precondition(lambda self: self.holders())
    def end(self, number: int, code: int) -> None:
        agent, run, _ = self.chosen(number)
        del agent.held[run]
        for _ in range(2):  # the first answer is lost
            self.tried(self.world.exit(agent.id, run, code), "run_not_found", "run_deleted")

    @rule(number=SOME, code=st.sampled_from([0, 1]), times=st.integers(1, 3))
    @precondition(lambda self: self.agents)
    def work(self, number: int, code: int, times: int) -> None:
        """Some runs, one after the other, with which nothing else goes wrong."""
        for _ in range(times):
            before = set(self.agents[number % len(self.agents)].held)
            self.ask(number, lost=False)
            agent = self.agents[number % len(self.agents)]
            for run in set(agent.held) - before:
                spool = agent.held.pop(run)
                if self.tried(self.world.begin(run, self.sweep, spool=spool, resume="allow"), "run_deleted"):
                    self.tried(self.world.exit(agent.id, run, code), "run_not_found", "run_deleted")

    @rule(number=SOME)
    @precondition(lambda self: self.holders())
    def preempt(self, number: int) -> None:
        agent, run, spool = self.chosen(number)
        begun = self.tried(self.world.begin(run, self.sweep, spool=spool, resume="allow"), "run_deleted")
        del agent.held[run]
        if begun:
            said = line({"type": "preempting", "time": 7.0}) + exit_record(143)
            self.do(self.world.send(run, said, begun["offset"], query=f"&spool={spool}"))
            ended = self.do(self.world.exit(agent.id, run, 143))
            if ended["state"] == "preempted":
                self.waiting.add(run)

    @rule(number=SOME)
    @precondition(lambda self: self.agents)
    def beat(self, number: int) -> None:
        agent = self.agents[number % len(self.agents)]
        self.do(self.world.beat(agent.id, tuple(agent.held)))

    @rule(number=SOME)
    @precondition(lambda self: self.agents)
    def die(self, number: int) -> None:
        self.agents.pop(number % len(self.agents))

    @rule(number=SOME)
    @precondition(lambda self: self.agents)
    def leave(self, number: int) -> None:
        """As agents do: every program that was started has been reported."""
        agent = self.agents.pop(number % len(self.agents))
        for run in agent.held:
            self.tried(self.world.exit(agent.id, run, 0), "run_not_found", "run_deleted")
        gone = self.do(self.world.call("GET", f"/sweeps/{self.sweep}/agents"))["agents"]
        was_missed = next(shown["state"] for shown in gone if shown["id"] == agent.id) == "gone"
        for _ in range(2):
            self.do(self.world.call("DELETE", f"/agents/{agent.id}"))
        if not was_missed:
            self.left.append(agent)

    @rule(number=SOME)
    @precondition(lambda self: self.left)
    def hear_late(self, number: int) -> None:
        """What an agent sent before it left arrives now, when nobody waits for the answer."""
        agent = self.left[number % len(self.left)]
        for late in (self.world.next(agent.id), self.world.beat(agent.id)):
            assert self.tried(late, "agent_left") is None

    @rule(leases=st.sampled_from([0.3, 0.6, 1.1, 3.0]))
    def time_passes(self, leases: float) -> None:
        self.do(self.world.silence(leases * LEASE))

    @rule()
    def restart(self) -> None:
        """The server forgets all that it does not store."""
        clock = self.world.clock
        self.do(self.opened.aclose())
        self.world = self.do(self.opened.enter_async_context(open_world(self.address, clock=clock)))

    @rule(action=st.sampled_from(["pause", "resume", "stop"]))
    def command(self, action: str) -> None:
        self.tried(self.world.command(self.sweep, action), "sweep_state")

    @rule(number=SOME)
    def delete(self, number: int) -> None:
        runs = self.runs()
        if runs:
            chosen = runs[number % len(runs)]
            run = chosen["id"]
            self.do(self.world.call("DELETE", self.world.runs_path(run)))
            self.freed[chosen["params"]["x"]] += 1
            self.waiting.discard(run)
            for agent in self.agents:
                agent.unheard.discard(run)

    @invariant()
    def nothing_is_twice(self) -> None:
        if hasattr(self, "sweep"):
            self.check(self.runs())

    def check(self, runs: list[dict[str, Any]]) -> None:
        """What holds at any time."""
        assert len({run["id"] for run in runs}) == len(runs)

    def holders(self) -> list[tuple[Agent, str, str]]:
        return [(agent, run, spool) for agent in self.agents for run, spool in agent.held.items()]

    def chosen(self, number: int) -> tuple[Agent, str, str]:
        holders = self.holders()
        return holders[number % len(holders)]

    def runs(self) -> list[dict[str, Any]]:
        return self.do(self.world.runs(sweep=self.sweep, limit=1000))["runs"]

    def drain(self) -> None:
        """In the end everybody who is left ends, and one agent does what is still to be done."""
        for agent in list(self.agents):
            self.leave(self.agents.index(agent))
        self.do(self.world.silence(2 * LEASE))
        self.tried(self.world.command(self.sweep, "resume"), "sweep_state")
        identity = self.tried(self.world.join(self.sweep, 99), "sweep_not_running")
        while identity and (answer := self.do(self.world.next(identity)))["command"] == "run":
            self.begun += 1
            spool = {"spool": f"spool-{self.begun}", "resume": "allow"}
            self.do(self.world.begin(answer["run_id"], self.sweep, **spool))
            self.do(self.world.exit(identity, answer["run_id"], 0))

    def teardown(self) -> None:
        try:
            if hasattr(self, "sweep"):
                self.drain()
                self.check(self.runs())
                assert self.do(self.world.show(self.sweep))["state"] == "FINISHED"
                self.check_end(self.runs())
        finally:
            self.do(self.stack.aclose())
            self.loop.close()

    def check_end(self, runs: list[dict[str, Any]]) -> None:
        """What holds when the sweep has come to its end."""
        unfinished = {run["id"]: run["state"] for run in runs if run["state"] in ("pending", "running", "preempting")}
        assert not unfinished, "a run that nobody has goes on for ever"
