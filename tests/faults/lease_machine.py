"""The services beside a model of a few lines that knows who may have which run.

Agents join, ask, lose answers, fall silent, die and come back; people edit, pause, resume, stop and delete; time
passes; the server begins anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from lease_agents import Agent, Held, PoolAgent
from server_world import LEASE, Refused, exit_record, line, open_world

from besom.server.store import Store

SOME = st.integers(0, 11)
"""Chooses one of what is there."""
Config = dict[str, Any]


def is_waiting(run: dict[str, Any]) -> bool:
    """Whether a run was preempted, and its process is over."""
    return run["state"] == "preempted" and run["agent_id"] is None


class Leases(RuleBasedStateMachine):
    """The sweeps of a project."""

    versions: Sequence[Sequence[Config]]
    """The configurations of each sweep: the one that it begins with, and those that people may give it later."""
    seen: ClassVar[Counter[str]] = Counter()
    """What has happened in all plays."""
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
        self.configs: dict[str, Config] = {}
        """The sweeps, and the configuration that each has now."""
        self.agents: list[Agent] = []
        self.left: list[Agent] = []
        self.waiting: set[str] = set()
        """Preempted runs, which anybody may be given."""
        self.freed: Counter[tuple[str, float]] = Counter()
        """How often a run of each point was deleted: then it may be handed out anew."""
        self.told: list[tuple[str, Held, int]] = []
        """Ends of runs that their agents have told of."""
        self.returned: list[tuple[str, Held]] = []
        """Runs that were given back."""
        self.begun = self.starts = 0

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
        for first, *_ in self.versions:
            sweep = self.do(self.world.sweep(first))
            self.configs[sweep] = first
            self.agents.append(Agent(self.do(self.world.join(sweep)), sweep))

    @rule(number=SOME)
    @precondition(lambda self: len(self.agents) < 4)
    def join(self, number: int) -> None:
        sweep = self.chosen_sweep(number)
        if identity := self.tried(self.world.join(sweep, len(self.agents) + 1), "sweep_not_running"):
            self.agents.append(Agent(identity, sweep))

    @rule()
    @precondition(lambda self: len(self.agents) < 4)
    def join_project(self) -> None:
        pool = self.do(self.world.call("POST", "/projects/ann/demo/pool"))["pool_id"]
        self.agents.append(PoolAgent(pool, ""))

    @rule(number=SOME, lost=st.booleans())
    @precondition(lambda self: self.agents)
    def ask(self, number: int, lost: bool) -> None:
        agent = self.agents[number % len(self.agents)]
        missed = self.missed(agent)
        answer, sweep, member = self.do(agent.next(self.world))
        assert not missed or answer.get("run_id") in missed, "a run that it has not heard of comes before anything else"
        if answer["command"] != "run":
            return
        run = answer["run_id"]
        assert run not in agent.held, "it has that run"
        self.hand_out(agent, answer, sweep, member)
        if not lost:
            agent.unheard.remove(run)
            self.begun += 1
            agent.held[run] = Held(sweep, member, f"spool-{self.begun}", answer["hand_out"])

    @rule(number=SOME)
    @precondition(lambda self: self.agents)
    def ask_twice(self, number: int) -> None:
        """An earlier question comes once more, and nobody reads the answer."""
        agent = self.agents[number % len(self.agents)]
        answer, sweep, member = self.do(agent.next(self.world, late=True))
        if answer["command"] == "run" and answer["run_id"] not in agent.held:
            self.hand_out(agent, answer, sweep, member)

    @rule(number=SOME)
    @precondition(lambda self: self.agents)
    def give_back(self, number: int) -> None:
        """A run comes when its agent begins no more; what it says of that is heard twice, and all it ever said."""
        agent = self.agents[number % len(self.agents)]
        before = set(agent.held)
        self.ask(number, lost=False)
        for run in set(agent.held) - before:
            held = agent.held.pop(run)
            was_begun = self.do(self.world.run(run))["started"] is not None
            self.give_back_one(run, held)
            self.returned.append((run, held))
            if was_begun:
                self.waiting.add(run)
            self.seen["given back"] += 1
        after = self.runs()
        for run, held in self.returned:
            self.give_back_one(run, held)
        assert self.runs() == after

    def give_back_one(self, run: str, held: Held) -> None:
        self.do(self.world.give_back(held.member, {"run_id": run, "hand_out": held.hand_out}))

    def hand_out(self, agent: Agent, answer: dict[str, Any], sweep: str, member: str) -> None:
        """An agent was given a run, and has not heard so yet."""
        self.seen["handed out"] += 1
        run = answer["run_id"]
        if run in self.waiting:
            assert answer["resume"]
            self.waiting.remove(run)
        elif run not in agent.unheard:
            self.check_new(sweep, answer)
        if run not in agent.unheard:
            self.check_allowed(agent, sweep, member)
        others = [other for other in self.agents if other is not agent]
        assert not any(run in other.held or run in other.unheard for other in others), "another agent has that run"
        agent.unheard.add(run)

    def missed(self, agent: Agent) -> set[str]:
        """The runs that an agent has not heard of, and that wait for it."""
        return agent.unheard and {run["id"] for run in self.runs() if run["state"] == "pending"} & agent.unheard

    def check_allowed(self, agent: Agent, sweep: str, member: str) -> None:
        """What holds when an agent has been given a run that it did not have."""
        assert not self.is_in_quarantine(sweep, member), "it is in quarantine"

    def check_new(self, sweep: str, answer: dict[str, Any]) -> None:
        """What holds of a run that nobody has had before: those that were preempted come first."""
        waiting = [run["id"] for run in self.runs() if run["sweep_id"] == sweep and is_waiting(run)]
        assert not waiting, "runs wait that were preempted"

    def is_in_quarantine(self, sweep: str, member: str) -> bool:
        shown = self.do(self.world.call("GET", f"/sweeps/{sweep}/agents"))["agents"]
        return any(each["id"] == member and each["quarantined"] for each in shown)

    @rule(number=SOME)
    @precondition(lambda self: self.holders())
    def begin(self, number: int) -> None:
        self.begin_one(*self.chosen(number)[1:])

    @rule(number=SOME, value=st.sampled_from([1.0, 2.0]))
    @precondition(lambda self: self.holders())
    def report(self, number: int, value: float) -> None:
        _, run, held = self.chosen(number)
        if begun := self.begin_one(run, held):
            row = line({"type": "history", "step": begun["step"], "time": 6.0, "data": {"v": value}})
            self.do(self.world.send(run, row, begun["offset"], query=f"&spool={held.spool}"))

    @rule(number=SOME, code=st.sampled_from([0, 1, -9]))
    @precondition(lambda self: self.holders())
    def end(self, number: int, code: int) -> None:
        agent, run, held = self.chosen(number)
        del agent.held[run]
        self.seen["ended"] += 1
        for _ in range(2):  # the first answer is lost
            self.end_one(run, held, code)

    @rule(number=SOME)
    @precondition(lambda self: self.told)
    def hear_of_an_end_again(self, number: int) -> None:
        """The network brings it once more, and somebody may have the run by then."""
        before = self.runs()
        self.end_one(*self.told[-1 - number % len(self.told)])
        assert self.runs() == before

    @rule(number=SOME, code=st.sampled_from([0, 1]), times=st.integers(1, 3))
    @precondition(lambda self: self.agents)
    def work(self, number: int, code: int, times: int) -> None:
        """Some runs, one after the other, with which nothing else goes wrong."""
        for _ in range(times):
            before = set(self.agents[number % len(self.agents)].held)
            self.ask(number, lost=False)
            agent = self.agents[number % len(self.agents)]
            for run in set(agent.held) - before:
                held = agent.held.pop(run)
                self.seen["ended"] += 1
                if self.begin_one(run, held):
                    self.end_one(run, held, code)

    @rule(number=SOME)
    @precondition(lambda self: self.holders())
    def preempt(self, number: int) -> None:
        agent, run, held = self.chosen(number)
        begun = self.begin_one(run, held)
        del agent.held[run]
        if begun:
            said = line({"type": "preempting", "time": 7.0}) + exit_record(143)
            self.do(self.world.send(run, said, begun["offset"], query=f"&spool={held.spool}"))
            ended = self.end_one(run, held, 143)
            if ended["state"] == "preempted":
                self.waiting.add(run)

    @rule(number=SOME)
    @precondition(lambda self: self.agents)
    def beat(self, number: int) -> None:
        self.do(self.agents[number % len(self.agents)].beat(self.world))

    @rule(number=SOME)
    @precondition(lambda self: self.agents)
    def die(self, number: int) -> None:
        self.agents.pop(number % len(self.agents))

    @rule(number=SOME)
    @precondition(lambda self: self.agents)
    def leave(self, number: int) -> None:
        """As agents do: every program that was started has been reported."""
        agent = self.agents.pop(number % len(self.agents))
        for run, held in agent.held.items():
            self.end_one(run, held, 0)
        if self.do(agent.leave(self.world)):
            self.left.append(agent)

    @rule(number=SOME)
    @precondition(lambda self: self.left)
    def hear_late(self, number: int) -> None:
        self.do(self.left[number % len(self.left)].come_late(self.world))

    @rule(leases=st.sampled_from([0.3, 0.6, 1.1, 3.0]))
    def time_passes(self, leases: float) -> None:
        self.do(self.world.silence(leases * LEASE))

    @rule()
    @precondition(lambda self: self.agents)
    def all_are_busy(self) -> None:
        """Time passes in which agents are heard, and do not ask."""
        self.beat_all()
        before = [self.missed(agent) for agent in self.agents]
        for _ in range(2):
            self.do(self.world.silence(0.8 * LEASE))
            self.beat_all()
        assert before == [self.missed(agent) for agent in self.agents], "its agent would have asked for it"

    def beat_all(self) -> None:
        for number in range(len(self.agents)):
            self.beat(number)

    @rule()
    @precondition(lambda self: self.begun)
    def restart(self) -> None:
        """The server forgets all that it does not store."""
        clock, self.starts = self.world.clock, self.starts + 1
        self.do(self.opened.aclose())
        anew = open_world(self.address, seed=self.starts, clock=clock)  # no server draws what another has drawn
        self.world = self.do(self.opened.enter_async_context(anew))

    @rule(number=SOME, action=st.sampled_from(["pause", "resume", "stop"]))
    def command(self, number: int, action: str) -> None:
        self.tried(self.world.command(self.chosen_sweep(number), action), "sweep_state")

    @rule(number=SOME, version=SOME)
    def edit(self, number: int, version: int) -> None:
        """The sweep goes on with another configuration; what it has handed out counts."""
        sweep = self.chosen_sweep(number)
        new = self.versions_of(sweep)[version % len(self.versions_of(sweep))]
        body = {"text": json.dumps(new)}
        allowed = ("nothing_changed", "sweep_has_queue")
        if self.tried(self.world.call("POST", f"/sweeps/{sweep}/versions", body), *allowed):
            self.configs[sweep] = new
            self.seen["edited"] += 1

    @rule(number=SOME, point=SOME)
    def queue(self, number: int, point: int) -> None:
        """Somebody chooses what is run next."""
        sweep = self.chosen_sweep(number)
        chosen = self.chosen_point(sweep, point)
        is_held = any(run["sweep_id"] == sweep and run["params"]["x"] == chosen for run in self.runs())
        refusals = ("sweep_not_running", *(["point_has_run"] if is_held else []))
        if self.tried(self.world.call("POST", f"/sweeps/{sweep}/queue", {"params": {"x": chosen}}), *refusals):
            self.seen["queued"] += 1

    def chosen_point(self, sweep: str, number: int) -> float:
        """One that the sweep's configuration has."""
        return number / 11

    @rule(number=SOME)
    @precondition(lambda self: self.begun)
    def run_again(self, number: int) -> None:
        """In a grid the new run takes the place of the old one."""
        runs = self.runs()
        if runs:
            chosen = runs[number % len(runs)]
            body = {"action": "again", "runs": [chosen["id"]]}
            changed = self.do(self.world.call("POST", self.world.runs_path() + "/changes", body))
            self.seen["run again"] += changed["changed"]
            if all(run["id"] != chosen["id"] for run in self.runs()):
                self.forget(chosen)

    @rule(number=SOME)
    def delete(self, number: int) -> None:
        runs = self.runs()
        if runs:
            chosen = runs[number % len(runs)]
            self.do(self.world.call("DELETE", self.world.runs_path(chosen["id"])))
            self.forget(chosen)

    def forget(self, deleted: dict[str, Any]) -> None:
        """A run was deleted, and nobody hears of it any more."""
        self.freed[deleted["sweep_id"], deleted["params"]["x"]] += 1
        self.waiting.discard(deleted["id"])
        for agent in self.agents:
            agent.unheard.discard(deleted["id"])

    @invariant()
    def nothing_is_twice(self) -> None:
        runs = self.runs()
        assert len({run["id"] for run in runs}) == len(runs)
        self.check_each(self.check, runs)

    def check(self, sweep: str, runs: list[dict[str, Any]]) -> None:
        """What holds at any time of the runs of a sweep."""

    def check_each(self, check: Any, runs: list[dict[str, Any]]) -> None:
        for sweep in self.configs:
            check(sweep, [run for run in runs if run["sweep_id"] == sweep])

    def begin_one(self, run: str, held: Held) -> Any:
        """The answer to a program that begins; None for a run that was deleted."""
        return self.tried(self.world.begin(run, held.sweep, spool=held.spool, resume="allow"), "run_deleted")

    def end_one(self, run: str, held: Held, code: int) -> Any:
        """The run as it is then; None where it is not that agent's any more."""
        self.told.append((run, held, code))
        told = self.world.exit(held.member, run, code, hand_out=held.hand_out)
        return self.tried(told, "run_not_found", "run_deleted")

    def holders(self) -> list[tuple[Agent, str, Held]]:
        return [(agent, run, held) for agent in self.agents for run, held in agent.held.items()]

    def chosen(self, number: int) -> tuple[Agent, str, Held]:
        holders = self.holders()
        return holders[number % len(holders)]

    def versions_of(self, sweep: str) -> Sequence[Config]:
        return self.versions[list(self.configs).index(sweep)]

    def chosen_sweep(self, number: int) -> str:
        return list(self.configs)[number % len(self.configs)]

    def runs(self) -> list[dict[str, Any]]:
        return self.do(self.world.runs(limit=1000))["runs"] if self.configs else []

    def drain(self, sweep: str) -> None:
        """One agent does what is still to be done."""
        self.tried(self.world.command(sweep, "resume"), "sweep_state")
        identity = self.tried(self.world.join(sweep, 99), "sweep_not_running")
        while identity and (answer := self.do(self.world.next(identity)))["command"] == "run":
            self.begun += 1
            held = Held(sweep, identity, f"spool-{self.begun}", answer["hand_out"])
            self.begin_one(answer["run_id"], held)
            self.end_one(answer["run_id"], held, 0)

    def teardown(self) -> None:
        try:
            for agent in list(self.agents):  # in the end everybody who is left ends
                self.leave(self.agents.index(agent))
            if self.configs:
                self.do(self.world.silence(2 * LEASE))
            for sweep in self.configs:
                self.drain(sweep)
                assert self.do(self.world.show(sweep))["state"] == "FINISHED"
            self.check_each(self.check, self.runs())
            self.check_each(self.check_end, self.runs())
        finally:
            self.do(self.stack.aclose())
            self.loop.close()

    def check_end(self, sweep: str, runs: list[dict[str, Any]]) -> None:
        """What holds of the runs of a sweep that has come to its end."""
        unfinished = {run["id"]: run["state"] for run in runs if run["state"] in ("pending", "running", "preempting")}
        assert not unfinished, "a run that nobody has goes on for ever"
