"""Suggestions are computed beside everything else: one for all that wait, none twice, and nobody waits for them."""

from __future__ import annotations

import asyncio
import collections
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from server_world import GRID, Refused, World
from sqlalchemy import Connection, delete, update
from test_server_process import serving

from besom.search import Grid
from besom.server.services import suggestions
from besom.server.services.configs import Plans
from besom.server.store.tables import projects, runs

pytestmark = pytest.mark.anyio

BAYES = {
    "method": "bayes",
    "metric": {"name": "loss", "goal": "minimize"},
    "parameters": {"lr": {"min": 0.0, "max": 1.0}, "depth": {"values": [1, 2, 3]}},
}
SMALL = {"method": "random", "parameters": {"a": {"values": [1, 2, 3]}, "b": {"values": [1, 2]}}}


class SlowSearch:
    """Search that begins only when it is let go, and what it was asked for."""

    def __init__(self) -> None:
        self.seen: list[list[tuple[str, float | None]]] = []
        """State and number of the trials of each computation."""
        self.wanted: list[int] = []
        """How many suggestions."""
        self.began = threading.Semaphore(0)
        self.may_go_on = threading.Event()

    def __call__(self, plan, trials, index, count):
        self.seen.append([(trial.state, trial.value) for trial in trials])
        self.wanted.append(count)
        self.began.release()
        assert self.may_go_on.wait(60)
        return REAL(plan, trials, index, count)

    async def has_begun(self) -> None:
        assert await asyncio.to_thread(self.began.acquire, timeout=60)


REAL = suggestions._suggest


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowSearch]:
    search = SlowSearch()
    monkeypatch.setattr(suggestions, "_suggest", search)
    yield search
    search.may_go_on.set()


async def requests_that_wait(world: World, sweep: str, count: int) -> None:
    """Until that many agents wait for the next computation."""
    while len(world.services.scheduler._suggestions._queues.get(sweep, [])) < count:
        await asyncio.sleep(0.01)


async def test_agents_that_ask_meanwhile_share_one_computation_and_get_different_points(
    world: World, slow: SlowSearch
) -> None:
    sweep = await world.sweep(BAYES)
    agents = [await world.join(sweep, pid) for pid in range(20)]
    first = asyncio.create_task(world.next(agents[0]))
    await slow.has_begun()
    others = [asyncio.create_task(world.next(agent)) for agent in agents[1:]]
    await requests_that_wait(world, sweep, 19)
    slow.may_go_on.set()
    answers = await asyncio.gather(first, *others)
    assert slow.wanted == [1, 19]
    assert len({(answer["params"]["lr"], answer["params"]["depth"]) for answer in answers}) == 20
    assert len({answer["run_id"] for answer in answers}) == 20


async def test_nobody_waits_for_a_slow_search_but_those_who_asked_it(world: World, slow: SlowSearch) -> None:
    searched, grid = await world.sweep(BAYES), await world.sweep(GRID)
    waiting = asyncio.create_task(world.next(await world.join(searched)))
    await slow.has_begun()
    agent = await world.join(grid)
    run = (await world.next(agent))["run_id"]
    await world.begin(run, grid)
    assert (await world.log(run, 0.5))["offset"] > 0
    assert await world.beat(agent, (run,)) == []
    assert (await world.show(searched))["state"] == "PENDING"
    assert not waiting.done()
    slow.may_go_on.set()
    assert (await waiting)["command"] == "run"


async def test_a_point_that_is_queued_while_search_computes_is_not_suggested_too(
    world: World, slow: SlowSearch
) -> None:
    sweep = await world.sweep(SMALL)
    agent = await world.join(sweep)
    waiting = asyncio.create_task(world.next(agent))
    await slow.has_begun()
    points = [{"a": a, "b": b} for a in (1, 2, 3) for b in (1, 2)]
    for point in points[:5]:
        await world.call("POST", f"/sweeps/{sweep}/queue", {"params": point})
    slow.may_go_on.set()
    run = await waiting
    handed_out = [run["params"]]
    holding = [run["run_id"]]
    for _ in range(5):
        work = await world.next(agent, tuple(holding))
        holding.append(work["run_id"])
        handed_out.append(work["params"])
    assert sorted(handed_out, key=str) == points


async def test_an_agent_that_left_while_search_computed_gets_nothing_and_the_others_get_theirs(
    world: World, slow: SlowSearch
) -> None:
    sweep = await world.sweep(BAYES)
    agents = [await world.join(sweep, pid) for pid in range(3)]
    first = asyncio.create_task(world.next(agents[0]))
    await slow.has_begun()
    others = [asyncio.create_task(world.next(agent)) for agent in agents[1:]]
    await requests_that_wait(world, sweep, 2)
    await world.call("DELETE", f"/agents/{agents[1]}")
    slow.may_go_on.set()
    answers = [answer["command"] for answer in await asyncio.gather(first, *others)]
    assert answers == ["run", "wait", "run"]
    assert (await world.show(sweep))["run_count"] == 2


async def test_a_sweep_that_is_deleted_while_search_computes_ends_the_wait(world: World, slow: SlowSearch) -> None:
    sweep = await world.sweep(BAYES)
    waiting = asyncio.create_task(world.next(await world.join(sweep)))
    await slow.has_begun()
    await world.call("DELETE", f"/sweeps/{sweep}")
    slow.may_go_on.set()
    with pytest.raises(Refused) as refused:
        await waiting
    assert refused.value.code == "agent_not_found"


async def test_a_configuration_that_is_replaced_while_search_computes_gets_no_point_of_the_old_one(
    world: World, slow: SlowSearch
) -> None:
    sweep = await world.sweep(BAYES)
    waiting = asyncio.create_task(world.next(await world.join(sweep)))
    await slow.has_begun()
    other = {**BAYES, "parameters": {"width": {"min": 1, "max": 9}}}
    await world.call("PUT", f"/sweeps/{sweep}/config", {"config": other})
    slow.may_go_on.set()
    assert (await waiting)["params"].keys() == {"width"}


async def test_search_learns_of_every_change_though_only_changes_are_read(world: World, slow: SlowSearch) -> None:
    slow.may_go_on.set()
    sweep = await world.sweep(BAYES)
    agent = await world.join(sweep)
    first = (await world.next(agent))["run_id"]
    await world.begin(first, sweep)
    await world.log(first, 0.75, 0.25, 0.5)
    second = (await world.next(agent, (first,)))["run_id"]
    await world.exit(agent, first)
    third = (await world.next(agent, (second,)))["run_id"]
    await world.call("DELETE", world.runs_path(first))
    fourth = (await world.next(agent, (second, third)))["run_id"]
    assert slow.seen == [
        [],
        [("running", 0.25)],
        [("finished", 0.25), ("pending", None)],
        [("pending", None), ("pending", None)],
    ]

    def fall_back(conn: Connection) -> None:
        conn.execute(delete(runs).where(runs.c.id == second))
        conn.execute(update(projects).values(version=1))

    await world.store.write(fall_back)
    await world.next(agent, (third, fourth))
    assert slow.seen[-1] == [("pending", None)] * 2, "a standby that never had the second run took over"


async def test_a_grid_is_never_counted_in_a_transaction_also_after_a_restart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    make = Grid.of

    def noted(config, seed=0):
        threads.append(threading.current_thread().name)
        return make(config, seed)

    monkeypatch.setattr(Grid, "of", noted)
    sweep = await world.sweep(GRID)
    agent = await world.join(sweep)
    for act in (world.next(agent), world.call("POST", f"/sweeps/{sweep}/queue", {"params": {"a": 2, "b": "z"}})):
        world.services.plans._plans.clear()
        await act
    assert len(threads) == 3
    assert not [name for name in threads if "writer" in name or name == "MainThread"]


async def test_plans_that_know_too_many_runs_are_forgotten_but_for_the_one_in_use(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("besom.server.services.configs._MOST_TRIALS", 1)
    plans: Plans = world.services.plans
    sweeps = [await world.sweep(BAYES) for _ in range(2)]
    for sweep in sweeps:
        agent = await world.join(sweep)
        holding: tuple[str, ...] = ()
        for _ in range(3):
            holding += ((await world.next(agent, holding))["run_id"],)
    assert sweeps[0] not in plans._plans
    assert len(plans._plans[sweeps[1]].trials) == 2


@pytest.mark.parametrize("config", [BAYES, {**SMALL, "repeat": {"times": 2, "parameter": "seed"}}])
def test_a_server_that_is_killed_while_agents_wait_hands_out_nothing_twice_and_loses_nothing(
    tmp_path: Path, config: dict
) -> None:
    """SIGKILL in the middle of a burst of requests; the agents ask again and are given what they were given."""
    told: dict[str, str] = {}

    def ask(client: httpx.Client, agent: str) -> None:
        try:
            answer = client.post(f"/api/v1/agents/{agent}/next", json={"wait": 0}).json()
        except httpx.HTTPError:
            return
        told[agent] = answer["run_id"]

    home = tmp_path / "home"
    with serving(home, "--port", "0") as running, running.client() as client:
        created = client.post("/api/v1/projects/local/demo/sweeps", json={"config": config})
        project = created.json()["sweep"]
        sweep = project["id"]
        agents = [
            client.post(f"/api/v1/sweeps/{sweep}/agents", json={"host": "box", "pid": pid}).json()["agent_id"]
            for pid in range(8)
        ]
        threads = [threading.Thread(target=ask, args=(client, agent)) for agent in agents]
        for thread in threads:
            thread.start()
        while not told and any(thread.is_alive() for thread in threads):
            threads[0].join(0.001)
        running.process.send_signal(signal.SIGKILL)
        running.process.wait()
        (home / "server.json").unlink()
        for thread in threads:
            thread.join()
    with serving(home, "--port", "0") as running, running.client() as client:
        again = {agent: client.post(f"/api/v1/agents/{agent}/next", json={"wait": 0}).json() for agent in agents}
        path = f"/api/v1/projects/{project['entity']}/{project['project']}/runs"
        runs = client.get(path, params={"sweep": sweep}).json()["runs"]
    assert told.items() <= {agent: answer["run_id"] for agent, answer in again.items()}.items()
    assert len({answer["run_id"] for answer in again.values()}) == len(runs) == 8
    points = collections.Counter(str(run["params"]) for run in runs)
    assert max(points.values()) == 1
