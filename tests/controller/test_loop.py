"""The loop that keeps a sweep's queue filled."""

import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
from controller_world import CUSTOM, GRID, RANDOM

from besom.controller import runs as runs_module
from besom.controller.failures import SearchFailed
from besom.controller.functions import OwnFunction, stopping_with
from besom.controller.loop import Ahead, Loop
from besom.controller.presence import Presence
from besom.errors import ApiError, NotFound, ServerUnreachable
from besom.protocol import Heartbeat, NextExit, NextWait


def own(function, sweep) -> OwnFunction:
    return OwnFunction(function, sweep.config)


def queued(world, sweep) -> int:
    return sum(run.state == "pending" and run.agent_id is None for run in world.runs(sweep))


def points(world, sweep) -> list[tuple]:
    return sorted(tuple(run.params.values()) for run in world.runs(sweep))


def test_the_queue_holds_one_run_for_each_that_the_living_agents_can_work_on(world):
    sweep = world.sweep(RANDOM)
    loop = world.loop(sweep)
    loop.step()
    assert queued(world, sweep) == 1, "so that the first agent need not wait"
    world.agent(sweep, slots=3)
    gone = world.agent(sweep)
    world.agent(sweep)
    gone.leave()
    loop.step()
    assert queued(world, sweep) == 4


def test_the_search_is_asked_once_for_all_that_the_queue_lacks(world, monkeypatch):
    sweep = world.sweep({**RANDOM, "method": "bayes"})
    world.agent(sweep, slots=64)
    loop = world.loop(sweep)
    wanted, propose = [], loop._source.propose
    monkeypatch.setattr(loop._source, "propose", lambda runs, count: wanted.append(count) or propose(runs, count))
    loop.step()
    assert wanted == [64]
    runs = world.runs(sweep)
    assert len({run.params["x"] for run in runs}) == 64
    assert sorted(run.why["index"] for run in runs) == list(range(64))


def test_a_search_that_finds_fewer_than_are_wanted_is_asked_again(world):
    sweep = world.sweep(CUSTOM)
    asked = []

    def search(config, runs):
        asked.append(len(runs))
        return {"x": 0.1 * len(runs)} if len(runs) < 3 else {}

    world.loop(sweep, own(search, sweep), ahead=Ahead(waiting=5)).step()
    assert (asked, queued(world, sweep)) == ([0, 1, 2, 3], 3), "each time it sees what it has proposed"


def test_any_number_of_agents_work_at_the_same_time_and_the_queue_is_filled_up_again(world):
    sweep = world.sweep(RANDOM)
    agents = [world.agent(sweep) for _ in range(4)]
    loop = world.loop(sweep)
    loop.step()
    for agent in agents:
        agent.begin(0.5)
    loop.step()
    assert world.now(sweep).runs_by_state == {"running": 4, "pending": 4}


def test_how_many_runs_wait_or_are_in_flight_can_be_chosen(world):
    sweep = world.sweep(RANDOM)
    loop = world.loop(sweep, ahead=Ahead(waiting=3))
    loop.step()
    assert queued(world, sweep) == 3
    agent = world.agent(sweep)
    agent.begin(0.5)
    in_flight = world.loop(sweep, ahead=Ahead(at_once=5))
    in_flight.step()
    assert world.now(sweep).runs_by_state == {"running": 1, "pending": 4}


def test_an_agent_waits_for_the_controller_and_the_server_chooses_nothing(world):
    sweep = world.sweep(RANDOM)
    assert isinstance(world.agent(sweep).next(), NextWait)
    assert world.runs(sweep) == []


def test_a_grid_is_walked_once_whoever_controls_it_and_then_the_sweep_ends(world):
    sweep = world.sweep(GRID)
    agent = world.agent(sweep)
    for _ in range(6):
        loop = world.loop(sweep)  # a new process each time
        loop.step()
        agent.run(0.1)
    loop = world.loop(sweep)
    loop.step()
    assert points(world, sweep) == [(a, b) for a in (1, 2, 3) for b in "uv"]
    assert world.now(sweep).state == "FINISHED"
    assert world.now(sweep).state_reason == "its controller has no more runs"
    assert isinstance(agent.next(), NextExit)


def test_the_sweep_does_not_end_while_its_last_runs_wait_for_an_agent(world):
    sweep = world.sweep(GRID)
    loop = world.loop(sweep, ahead=Ahead(waiting=10))
    loop.step()
    loop.step()
    assert (queued(world, sweep), world.now(sweep).state) == (6, "PENDING")


def test_every_page_of_runs_is_read(world, monkeypatch):
    monkeypatch.setattr(runs_module, "PAGE", 2)
    sweep = world.sweep(GRID)
    world.loop(sweep, ahead=Ahead(waiting=5)).step()
    again = world.loop(sweep, ahead=Ahead(waiting=10))
    again.step()
    assert len(again.runs) == 6
    assert points(world, sweep) == [(a, b) for a in (1, 2, 3) for b in "uv"]
    agent = world.agent(sweep)
    for _ in range(5):
        agent.run(0.2)
    again.refresh()
    assert [run.state for run in again.runs] == ["finished"] * 5 + ["pending"]


def test_a_deleted_grid_point_is_run_again_at_once(world):
    sweep = world.sweep(GRID)
    loop = world.loop(sweep, ahead=Ahead(waiting=4))
    loop.step()
    first = loop.runs[0]
    world.ask("DELETE", f"{world.route}/runs/{first.id}")
    loop.step()
    assert first.id not in [run.id for run in loop.runs]
    assert first.config in [run.config for run in loop.runs]


def test_random_draws_nothing_twice_after_a_restart_or_a_deletion(world):
    sweep = world.sweep(RANDOM)
    world.loop(sweep, ahead=Ahead(waiting=3)).step()
    world.ask("DELETE", f"{world.route}/runs/{world.runs(sweep)[0].id}")
    world.loop(sweep, ahead=Ahead(waiting=6)).step()
    drawn = points(world, sweep)
    assert len(set(drawn)) == len(drawn) == 6


@pytest.mark.parametrize("config", [GRID, RANDOM])
def test_each_configuration_is_repeated_as_often_as_it_should_be(world, config):
    sweep = world.sweep({**config, "repeat": {"times": 2, "parameter": "seed"}})
    agent = world.agent(sweep)
    for _ in range(12):
        world.loop(sweep).step()
        agent.run(0.1)
    runs = [run.params for run in world.runs(sweep)]
    assert all({**params, "seed": 1 - params["seed"]} in runs for params in runs)
    assert len({tuple(params.values()) for params in runs}) == 12


class Forgetful:
    """A connection that loses the first answer to what it is asked to lose."""

    def __init__(self, connection, path: str) -> None:
        self._connection, self._path, self.lost = connection, path, 0

    def request(self, method, path, **options):
        answer = self._connection.request(method, path, **options)
        if path.endswith(self._path) and method == "POST" and not self.lost:
            self.lost += 1
            raise ServerUnreachable("no answer")
        return answer


def test_a_lost_answer_of_the_server_makes_no_run_twice(world):
    sweep = world.sweep(GRID)
    made = world.loop(sweep)
    connection = Forgetful(world.api.connection, "/queue")
    loop = Loop(connection, sweep, made._source, ahead=Ahead(waiting=10))
    with pytest.raises(ServerUnreachable):
        loop.step()
    loop.step()
    assert points(world, sweep) == [(a, b) for a in (1, 2, 3) for b in "uv"]


def test_a_paused_sweep_gets_no_runs_and_is_not_done(world):
    sweep = world.sweep(RANDOM)
    loop = world.loop(sweep)
    loop.step()
    world.agent(sweep).begin(0.5)
    world.command(sweep, "pause")
    loop.step()
    assert (len(world.runs(sweep)), loop.is_done()) == (1, False)
    world.command(sweep, "resume")
    loop.step()
    assert len(world.runs(sweep)) == 2


def test_only_one_controller_is_at_work_per_sweep(world):
    sweep = world.sweep(RANDOM)
    connection = world.api.connection
    with Presence(connection, sweep.id):
        assert world.now(sweep).controller is not None
        assert (world.now(sweep).agent_count, world.now(sweep).slots) == (0, 0)
        with pytest.raises(ApiError, match="Another controller is at work") as refused, Presence(connection, sweep.id):
            pass
        assert refused.value.code == "sweep_has_controller"
    assert world.now(sweep).controller is None
    with Presence(connection, sweep.id):
        pass


def test_a_controller_that_was_taken_for_lost_has_to_join_anew_for_another_may_have_its_place(world):
    sweep = world.sweep(RANDOM)
    lost = world.agent(sweep, slots=0)
    lost.leave()
    with Presence(world.api.connection, sweep.id), pytest.raises(NotFound, match="has lost its place"):
        world.ask("POST", f"/agents/{lost.id}/heartbeat", Heartbeat())


KILLED = """
import sys, time
from besom.client.api import Api
from besom.controller.presence import Presence
with Presence(Api().connection, sys.argv[1]):
    print("at work", flush=True)
    time.sleep(600)
"""


def test_a_controller_that_was_killed_on_this_machine_is_followed_at_once(world):
    sweep = world.sweep(RANDOM)
    command = [sys.executable, "-c", KILLED, sweep.id]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "at work\n"
        with pytest.raises(ApiError, match="Another controller"), Presence(world.api.connection, sweep.id):
            pass
        process.kill()
    with Presence(world.api.connection, sweep.id):
        assert world.now(sweep).controller is not None


def test_a_sweep_that_the_server_searches_needs_no_controller(world):
    sweep = world.sweep({"method": "random", "parameters": RANDOM["parameters"]})
    with pytest.raises(ApiError, match="needs no controller"), Presence(world.api.connection, sweep.id):
        pass


def test_a_function_sees_configuration_and_runs_and_says_when_there_are_no_more(world):
    sweep = world.sweep(CUSTOM)
    agent = world.agent(sweep)
    seen = []

    def propose(config, runs):
        seen.append((config["metric"]["name"], [(run.config["x"], run.value, run.state) for run in runs]))
        return None if len(runs) == 2 else {"x": (len(runs) + 1) / 10}

    loop = world.loop(sweep, own(propose, sweep))
    for value in (0.5, 0.4):
        loop.step()
        agent.run(0.9, value)
    loop.step()
    assert seen[0] == ("loss", [])
    assert seen[-1] == ("loss", [(0.1, 0.5, "finished"), (0.2, 0.4, "finished")])
    assert world.now(sweep).state == "FINISHED"


def test_what_a_run_logged_is_there_for_the_function_and_only_what_is_new_is_fetched(world):
    sweep = world.sweep(CUSTOM)
    agent = world.agent(sweep)
    loop = world.loop(sweep, own(lambda *_: {"x": 0.5}, sweep))
    loop.step()
    run_id = agent.begin(0.9, 0.8)
    loop.refresh()
    (run,) = [run for run in loop.runs if run.id == run_id]
    assert run.curve("loss") == [0.9, 0.8]
    agent.log(run_id, {"loss": 0.7, "acc": 1.0})
    loop.refresh()
    assert run.curve("loss") == [0.9, 0.8, 0.7]
    assert run.curve("acc") == [1.0]
    assert run.summary["loss"] == 0.7


def test_an_empty_answer_means_not_now(world):
    sweep = world.sweep(CUSTOM)
    answers = iter([{}, {"x": 0.3}])
    loop = world.loop(sweep, own(lambda *_: next(answers), sweep))
    loop.step()
    assert (world.runs(sweep), world.now(sweep).state) == ([], "PENDING")
    loop.step()
    assert points(world, sweep) == [(0.3,)]


def test_the_form_of_other_search_functions_is_understood(world):
    answer = SimpleNamespace(config={"x": {"value": 0.25}}, search_info={"note": "by hand"})
    sweep = world.sweep(CUSTOM)
    world.loop(sweep, own(lambda *_: answer, sweep)).step()
    (run,) = world.runs(sweep)
    assert (run.params, run.why["note"], run.why["kind"]) == ({"x": 0.25}, "by hand", "controller")


def test_nested_groups_stay_nested(world):
    config = {**CUSTOM, "parameters": {"opt": {"parameters": {"lr": {"values": [0.1, 0.2]}, "mom": {"value": 0.9}}}}}
    sweep = world.sweep(config)
    world.loop(sweep, own(lambda *_: {"opt": {"lr": 0.2}}, sweep)).step()
    assert [run.params for run in world.runs(sweep)] == [{"opt": {"lr": 0.2, "mom": 0.9}}]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"y": 0.5}, "`y`"),
        ({"x": 7.0}, "from 0 to 1"),
        ([0.5], "no configuration"),
    ],
)
def test_an_answer_that_is_no_configuration_is_refused_with_what_is_wrong(world, answer, said):
    sweep = world.sweep(CUSTOM)
    with pytest.raises(SearchFailed, match=said):
        world.loop(sweep, own(lambda *_: answer, sweep)).run(poll=0.01)
    now = world.now(sweep)
    assert (now.state, now.controller) == ("PAUSED", None)
    assert said in now.state_reason


def test_a_mistake_in_the_function_pauses_the_sweep_with_the_reason_and_loses_nothing(world):
    sweep = world.sweep(CUSTOM)
    agent = world.agent(sweep)

    def propose(config, runs):
        return {"x": len(runs) / 10} if len(runs) < 2 else {"x": runs[0].vale}

    loop = world.loop(sweep, own(propose, sweep))
    loop.step()
    agent.begin(0.5)
    loop.step()
    with pytest.raises(SearchFailed) as failed:
        world.loop(sweep, own(propose, sweep), ahead=Ahead(waiting=2)).run(poll=0.01)
    assert "test_loop.py" in failed.value.message
    assert "AttributeError" in failed.value.message
    assert "runs[0].vale" in failed.value.hint
    assert "controller/loop.py" not in failed.value.hint
    assert world.now(sweep).state == "PAUSED"
    assert "AttributeError" in world.now(sweep).state_reason
    assert world.now(sweep).runs_by_state == {"running": 1, "pending": 1}
    world.command(sweep, "resume")
    world.loop(sweep, own(lambda *_: {"x": 0.2}, sweep), ahead=Ahead(waiting=2)).step()
    assert points(world, sweep) == [(0.0,), (0.1,), (0.2,)]


def test_a_function_may_stop_runs(world):
    sweep = world.sweep({**CUSTOM, "early_terminate": {"type": "hyperband", "min_iter": 100}})
    agent = world.agent(sweep, slots=2)

    def worst(config, runs):
        running = [run for run in runs if run.state == "running"]
        return [run for run in running if run.value is not None and run.value > 1]

    loop = world.loop(sweep, own(lambda *_: {"x": 0.5}, sweep), hopeless=stopping_with(worst, sweep.config))
    loop.step()
    good, bad = agent.begin(0.5), agent.begin(5.0)
    loop.step()
    assert [stop.run.id for stop in loop.last.stopped] == [bad]
    loop.step()
    assert loop.last.stopped == [], "once is enough"
    assert agent.end(bad, 143).state == "killed"
    assert "worst" in world.run(bad).reason
    assert world.run(good).state == "running"


def test_a_local_controller_applies_the_rule_of_the_configuration_and_the_server_does_not(world):
    rule = {"type": "hyperband", "min_iter": 2, "eta": 2}
    sweep = world.sweep({**RANDOM, "early_terminate": rule})
    agent = world.agent(sweep, slots=4)
    loop = world.loop(sweep)
    loop.step()
    good = [agent.begin(0.5, 0.1) for _ in range(3)]
    bad = agent.begin(0.9, 0.8)
    assert world.run(bad).stopped is None
    loop.step()
    assert [stop.run.id for stop in loop.last.stopped] == [bad]
    stopped = world.run(bad).stopped
    assert (stopped.rule, stopped.value, stopped.threshold) == ("hyperband", 0.8, 0.1)
    assert all(world.run(run_id).stopped is None for run_id in good)


def test_stopping_goes_on_after_the_last_run_was_handed_out(world):
    rule = {"type": "hyperband", "min_iter": 2, "eta": 2}
    sweep = world.sweep({**RANDOM, "early_terminate": rule, "run_cap": 4})
    agent = world.agent(sweep, slots=4)
    over = threading.Event()
    bad = []

    def after(loop):
        if not bad:
            for value in (0.1, 0.1, 0.1):
                agent.begin(0.5, value)
            bad.append(agent.begin(0.9))
        elif not loop.is_done():
            assert isinstance(agent.next(), NextExit)
        elif not world.run(bad[0]).stopped:
            agent.log(bad[0], {"loss": 0.9})
        else:
            over.set()

    world.loop(sweep).run(over, poll=0.01, after=after)
    assert world.run(bad[0]).stopped


def test_the_loop_waits_for_a_server_that_is_away_and_says_so(world):
    sweep = world.sweep(GRID)
    connection = Forgetful(world.api.connection, "/queue")
    loop = Loop(connection, sweep, world.loop(sweep)._source, ahead=Ahead(waiting=10))
    said: list[str] = []
    over = threading.Event()
    loop.run(over, poll=0.01, after=lambda _: over.set(), say=said.append)
    assert said == ["no answer Waiting for it.", "The server is back."]
    assert len(points(world, sweep)) == 6


def test_the_loop_ends_when_the_sweep_is_stopped_by_somebody_else(world):
    sweep = world.sweep(RANDOM)
    loop = world.loop(sweep)
    loop.run(poll=0.01, after=lambda loop: loop.is_done() or world.command(sweep, "stop"))
    assert loop.is_done()


def test_a_run_cap_that_is_reached_between_two_requests_is_no_mistake(world):
    sweep = world.sweep(RANDOM)
    loop = world.loop(sweep)
    loop.refresh()
    world.command(sweep, "stop")
    loop.refresh = lambda: None
    loop.step()
    assert world.runs(sweep) == []
