"""How far a sweep is."""

from __future__ import annotations

from besom.cli.sweep_json import sweep_json
from besom.cli.terminal import LINK, NEXT_STEP, columns, paint, quote, say, say_json
from besom.client.connect import connect
from besom.client.connection import Connection, segment
from besom.client.lookup import find_run, find_sweep
from besom.client.pages import page_address
from besom.client.paths import parse_item
from besom.client.run_states import count_words
from besom.client.times import duration
from besom.protocol import Agent, AgentPage, Sweep

STATE_COLORS = {"RUNNING": "green", "PENDING": "cyan", "PAUSED": "yellow", "FINISHED": "blue", "CANCELED": "red"}


def show_sweep(text: str, now: float, *, as_json: bool = False) -> None:
    """Prints the sweep's state, progress, best run, agents and page."""
    connection = connect()
    sweep = find_sweep(connection, parse_item(text, "sweep"))
    route = f"/sweeps/{segment(sweep.id)}/agents"
    agents = [agent for agent in connection.request("GET", route, reply=AgentPage).agents if agent.state == "running"]
    if as_json:
        say_json({**sweep_json(connection, sweep), "agents": agents})
        return
    path = quote(f"{sweep.entity}/{sweep.project}/{sweep.id}")
    say(f"Sweep {paint(path, bold=True)}{f'  {sweep.name}' if sweep.name != sweep.id else ''}")
    rows = [
        ("State", state(sweep)),
        ("Method", _method(sweep)),
        *([("Search", f"by the controller {sweep.controller}")] if sweep.controller else []),
        ("Runs", runs(sweep)),
        *([("Budget", budget(sweep))] if sweep.budget else []),
        ("Best", best_text(connection, sweep)),
        ("Computed", f"{duration(sweep.compute_seconds)} in all runs"),
        ("Page", paint(page_address(connection, sweep.url), **LINK)),
    ]
    for name, value in rows:
        say(f"{name + ':':<10}{value}")
    _show_agents(sweep, agents, path, now)


def state(sweep: Sweep) -> str:
    """The sweep's state in its colour, with the reason."""
    name = paint(sweep.state, fg=STATE_COLORS[sweep.state], bold=True)
    return f"{name}  {sweep.state_reason}" if sweep.state_reason else name


def runs(sweep: Sweep) -> str:
    """How many runs there are, of how many, and in which states."""
    total = f"{sweep.run_count:,}" + (f" of {sweep.expected_runs:,}" if sweep.expected_runs is not None else "")
    states = count_words(sweep)
    cap = sweep.config.get("run_cap") or (sweep.config.get("budget") or {}).get("runs")
    if cap is not None and sweep.expected_runs is not None and sweep.run_count > sweep.expected_runs:
        return (
            f"{sweep.run_count:,} ({states}); run_cap is {cap:,}, and runs that broke before they logged do not count"
        )
    return f"{total} ({states})" if states else total


_LIMITS = {
    "hours": "{used:g} of {limit:g} h",
    "gpu_hours": "{used:g} of {limit:g} GPU h",
    "no_improvement_in": "{used:,.0f} of {limit:,.0f} runs without a better one",
}


def budget(sweep: Sweep) -> str:
    """What is used of the limits besides the number of runs."""
    known = [limit for limit in sweep.budget if limit.key in _LIMITS]
    return ", ".join(_LIMITS[limit.key].format(used=round(limit.used, 2), limit=limit.limit) for limit in known)


def _method(sweep: Sweep) -> str:
    if sweep.metric is None:
        return sweep.method
    target = f" until {sweep.metric.target:g}" if sweep.metric.target is not None else ""
    return f"{sweep.method}, {sweep.metric.goal} {sweep.metric.name}{target}"


def best_text(connection: Connection, sweep: Sweep, indent: int = 10) -> str:
    """The best run with its value, and on a line of their own its parameters; or why there is none."""
    if sweep.best is None:
        if sweep.metric is None:
            return "the sweep has no metric"
        ended = sum(sweep.runs_by_state.get(name, 0) for name in ("finished", "failed"))
        return f"none: no run has logged a number as {sweep.metric.name!r}" if ended else "none yet"
    params = find_run(connection, sweep.entity, sweep.project, sweep.best.id).params or {}
    values = " ".join(f"{name}={value}" for name, value in params.items())
    metric = f"{sweep.metric.name} = " if sweep.metric else ""
    return f"{metric}{sweep.best.value:g} by {sweep.best.name} ({sweep.best.id})\n{'':<{indent}}{values}"


def _show_agents(sweep: Sweep, agents: list[Agent], path: str, now: float) -> None:
    if not agents:
        if sweep.state in ("PENDING", "RUNNING"):
            say(f"No agent is at work. Start one with: {paint(f'besom agent {path}', **NEXT_STEP)}")
        return
    say()
    rows = [
        (
            agent.name,
            f"{agent.host}:{agent.pid}" if agent.pid else agent.host,
            agent.run_id or "-",
            str(agent.run_count),
            str(agent.failed_count),
            f"{duration(now - agent.heartbeat)} ago",
        )
        for agent in agents
    ]
    for line in columns(rows, ("AGENT", "PROCESS", "RUN", "RUNS", "FAILED", "LAST HEARD")):
        say(line)
    for agent in agents:
        if agent.quarantined is not None:
            released = paint(f"besom release {agent.id}", **NEXT_STEP)
            say(f"{agent.name} is in quarantine: {agent.quarantine_reason}.")
            say(f"Look at its machine; to give it another chance: {released}")
