"""An agent whose runs keep breaking where those of others do not gets no more of them, until somebody releases it.

A broken GPU or a full disk would else eat one point after the other. The rule compares: where the runs of all agents
break, the program is at fault and nobody is sent into quarantine; then the agents' own limits hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from besom.server.services.context import Unit
from besom.server.services.live import sweep_topic
from besom.server.services.retries import BROKEN
from besom.server.store import agents, quarantine

FEWEST = 3
"""Runs in a row that have to break."""
FIRST_SECONDS = 300.0
"""A run that breaks later than this after its beginning says little of its machine."""
CHANCE = 0.01
"""An agent is believed to be unlucky while its streak is at least as probable as this at the others' rate."""
_LONGEST = 50


def streak(runs: Iterable[tuple[str, float]]) -> int:
    """How many of an agent's newest runs, (state, seconds) newest first, broke soon after they began. Pure."""
    number = 0
    for state, seconds in runs:
        if state not in BROKEN or seconds > FIRST_SECONDS:
            break
        number += 1
    return number


def is_unlikely(broken_in_a_row: int, others_good: int, others_broken: int) -> bool:
    """Whether so many broken runs in a row are no bad luck, judged by how the runs of others ended. Pure.

    The others' rate is estimated with one more run of either kind (Laplace's rule), so that few runs prove little:
    three of one's own are enough where three of others ended well and none broke.
    """
    if broken_in_a_row < FEWEST or others_good == 0:
        return False
    rate = (others_broken + 1) / (others_good + others_broken + 2)
    return bool(rate**broken_in_a_row < CHANCE)


def judge_agent(unit: Unit, run: Any) -> None:
    """Sends the agent of a run (its row) that broke into quarantine where the rule says so."""
    agent = agents.get(unit.conn, run.agent_id) if run.agent_id is not None else None
    if agent is None or agent.state == "gone" or agent.quarantined is not None:
        return
    latest = quarantine.latest(unit.conn, agent.id, agent.released or 0.0, _LONGEST)
    number = streak((row.state, row.seconds) for row in latest)
    if number < FEWEST:
        return
    since = latest[number - 1].created
    if not quarantine.others_do_well(unit.conn, agent.sweep_id, agent.id, since, FIRST_SECONDS):
        return
    good, broken = quarantine.of_others(unit.conn, agent.sweep_id, agent.id)
    if not is_unlikely(number, max(good, 1), broken):
        return
    others = f"{good} of {good + broken} runs of other agents ended well" if good else "runs of other agents go on well"
    reason = f"its last {number} runs broke within {FIRST_SECONDS / 60:.0f} min of their beginning, while {others}"
    agents.change(unit.conn, agent.id, {"quarantined": unit.now, "quarantine_reason": reason})
    _tell(unit, agent, "agent.quarantined", "server", f"{agent.name}: {reason}")


def lift(unit: Unit, agent: Any, actor: str) -> None:
    """Gives an agent (its row) another chance; what broke before is forgotten. Nothing changes for any other."""
    if agent.quarantined is None:
        return
    agents.change(unit.conn, agent.id, {"quarantined": None, "quarantine_reason": "", "released": unit.now})
    _tell(unit, agent, "agent.released", actor, f"{agent.name}: given another chance by {actor}")


def words(agent: Any) -> str:
    """Why an agent in quarantine gets no runs, and what can be done; for its terminal."""
    return (
        f"this agent is in quarantine: {agent.quarantine_reason}. Look at its machine; "
        f"to give it another chance: besom release {agent.id}"
    )


def _tell(unit: Unit, agent: Any, event: str, actor: str, reason: str) -> None:
    unit.changed(agent.project_id, "agent", agent.id)
    unit.event(agent.project_id, event, actor, reason, sweep_id=agent.sweep_id, agent_id=agent.id)
    unit.wake(sweep_topic(agent.sweep_id))
