"""``besom.controller``: the object to configure, and to drive by hand."""

import pytest
from controller_world import CUSTOM, GRID, LINE, RANDOM

import besom
from besom.config import ConfigError
from besom.controller.failures import SearchFailed
from besom.errors import NotFound, UsageError

FULL = {"type": "hyperband", "min_iter": 1, "eta": 2}


@pytest.fixture
def make(world):
    """A controller that creates its sweeps in the test's project."""
    return lambda config=None, **options: besom.controller(config, project=world.project, **options)


def test_an_id_attaches_a_mapping_creates_and_nothing_waits_to_be_configured(world, make, capsys):
    sweep = world.sweep(RANDOM)
    assert besom.controller(sweep.id).sweep_id == sweep.id
    assert besom.controller(f"{world.entity}/{world.project}/{sweep.id}").sweep_config["method"] == "random"
    made = make({"method": "random", "parameters": LINE})
    assert world.api.sweep(made.sweep_id).config["controller"] == {"type": "local"}
    assert make().sweep_id is None


def test_what_it_cannot_work_for_is_refused(world, make):
    with pytest.raises(NotFound):
        besom.controller("nosuchid")
    with pytest.raises(UsageError, match=r"controller\(\) got 7"):
        besom.controller(7)
    with pytest.raises(UsageError, match="The server searches for this sweep"):
        besom.controller(world.sweep({"method": "random", "parameters": LINE}).id)
    with pytest.raises(UsageError, match="The server searches for this sweep"):
        make({"method": "random", "parameters": LINE, "controller": {"type": "cloud"}})
    with pytest.raises(ConfigError, match="min"):
        make({"method": "random", "parameters": {"x": {"min": 2.0, "max": 1.0}}})
    with pytest.raises(UsageError, match=r"Call create\(\)"):
        make().step()


def test_a_sweep_is_put_together_step_by_step(world, make, capsys):
    controller = make()
    controller.configure_search("bayes")
    controller.configure_metric("acc", goal="maximize")
    controller.configure_program("train.py")
    controller.configure_name("by hand")
    controller.configure_description("an experiment")
    controller.configure_controller("local")
    controller.configure_stopping("hyperband", min_iter=1, eta=2)
    controller.configure_parameter("lr", min=1e-4, max=1e-1, distribution="log_uniform_values")
    controller.configure_parameter("n", min=1, max=9, q=2, distribution="q_uniform")
    controller.configure_parameter("mode", values=["a", "b"], probabilities=[0.1, 0.9])
    controller.configure_parameter("z", distribution="normal", mu=1.0, sigma=2.0)
    controller.configure_parameter("share", distribution="beta", a=2.0, b=5.0)
    controller.configure_parameter("fixed", value=3)
    controller.configure_parameter("nothing")
    controller.configure_parameter("opt", parameters={"eps": {"value": 1e-8}, "mom": {"min": 0.0, "max": 1.0}})
    controller.configure_parameter("extra", min=0.0, max=1.0, when={"mode": "a"})
    controller.configure_parameter("twice", expr="2 * n")
    sweep_id = controller.create()
    assert sweep_id in capsys.readouterr().err
    stored = world.api.sweep(sweep_id).config
    assert (stored["method"], stored["name"], stored["description"]) == ("bayes", "by hand", "an experiment")
    assert stored["metric"] == {"name": "acc", "goal": "maximize"}
    assert stored["early_terminate"] == FULL
    assert stored["parameters"]["mode"]["probabilities"] == [0.1, 0.9]
    assert stored["parameters"]["nothing"]["value"] is None
    assert stored["parameters"]["opt"]["parameters"]["eps"]["value"] == 1e-8
    run = controller.schedule(controller.search())
    assert run.config["opt"]["eps"] == 1e-8
    assert run.config["twice"] == 2 * run.config["n"]
    assert controller.sweep_config == stored


def test_everything_at_once_as_a_mapping_or_as_yaml(world, make):
    for config in (RANDOM, "method: random\nmetric: {name: loss}\nparameters: {x: {min: 0.0, max: 1.0}}\n"):
        controller = make()
        controller.configure(config)
        controller.create()
        assert controller.search() is not None


def test_everything_at_once_is_refused_beside_other_steps_and_after_the_start(world, make):
    controller = make()
    controller.configure_name("first")
    with pytest.raises(UsageError, match="configured before: name"):
        controller.configure(RANDOM)
    started = make(RANDOM)
    for late in (
        lambda: started.configure(RANDOM),
        lambda: started.configure_metric("acc"),
        lambda: started.configure_parameter("y", value=1),
        lambda: started.configure_search("grid"),
        lambda: started.configure_stopping("hyperband", min_iter=3),
        started.create,
    ):
        with pytest.raises(UsageError, match="has been created"):
            late()


def test_a_function_is_no_program(make):
    with pytest.raises(UsageError, match=r"besom\.agent"):
        make().configure_program(lambda: None)


def test_a_search_of_ones_own_with_a_loop_of_ones_own(world, make):
    controller = make({**CUSTOM})
    controller.configure_search(lambda config, runs: {"x": len(runs) / 10} if len(runs) < 3 else None)
    agent = world.agent(controller._loop.sweep)
    while not controller.done():
        controller.step()
        for _ in range(sum(run.is_queued for run in controller.runs)):
            agent.run(0.5)
    assert [run.config["x"] for run in controller.runs] == [0.0, 0.1, 0.2]
    assert world.api.sweep(controller.sweep_id).state == "FINISHED"


def test_the_parts_of_a_step_by_hand(world, make):
    controller = make({**CUSTOM, "early_terminate": FULL})
    controller.configure_search(lambda config, runs: {"x": 0.5})
    controller.configure_stopping(
        lambda keys: lambda config, runs: [r for r in runs if (r.value or 0) > keys["limit"]], limit=1
    )
    agent = world.agent(controller._loop.sweep)
    scheduled = controller.schedule(controller.search())
    assert controller.schedule({"x": 0.75}).config == {"x": 0.75}
    assert controller.schedule(None) is None
    bad = agent.begin(5.0)
    assert bad == scheduled.id
    (stop,) = controller.stopping()
    controller.stop_runs([stop])
    assert agent.end(bad, 143).state == "killed"
    good = agent.begin(0.1)
    assert controller.stopping() == []
    controller.stop_runs([good])
    assert agent.end(good, 143).state == "killed"
    with pytest.raises(UsageError, match="no run 'nosuch'"):
        controller.stop_runs(["nosuch"])


def test_stopping_is_consulted_only_where_the_configuration_asks_for_it(world, make):
    controller = make(CUSTOM)
    controller.configure_search(lambda config, runs: {"x": 0.5})
    controller.configure_stopping(lambda keys: lambda config, runs: runs)
    controller.step()
    assert controller.stopping() == []


def test_a_stopping_function_that_names_no_run_is_told_so(world, make):
    controller = make({**CUSTOM, "early_terminate": FULL})
    controller.configure_search(lambda config, runs: {"x": 0.5})
    controller.configure_stopping(lambda keys: lambda config, runs: ["nosuch"])
    with pytest.raises(SearchFailed, match="which is no run of the sweep"):
        controller.stopping()


def test_a_paused_sweep_is_not_done(world):
    sweep = world.sweep(RANDOM)
    controller = besom.controller(sweep.id)
    controller.step()
    world.agent(sweep).begin(0.5)
    world.command(sweep, "pause")
    assert not controller.done()
    world.command(sweep, "cancel")
    assert controller.done()


def test_run_goes_on_to_the_end_and_prints_how_it_is(world, capsys):
    sweep = world.sweep({**GRID, "name": "small"})
    agent = world.agent(sweep)
    controller = besom.controller(sweep.id, ahead=6)
    done = controller._loop.run

    def run(over, *, after, **options):
        def then(loop):
            after(loop)
            while any(run.state == "pending" for run in world.runs(sweep)):
                agent.run(0.5)

        done(over, after=then, **options)

    controller._loop.run = run
    controller.run(print_actions=True, print_debug=True, poll=0.01)
    said = capsys.readouterr().out
    assert "Sweep: small (grid) | Runs: 6 (Pending: 6)\n" in said
    assert "Sweep: small (grid) | Runs: 6 (Finished: 6)\n" in said
    assert "Schedule (a=1,b=u)\n" in said
    assert "method: grid" in said


def test_space_and_summary_are_printed(world, capsys):
    more = {"opt": {"parameters": {"eps": {"value": 1e-8}}}, "layers": {"value": [64, 32]}}
    sweep = world.sweep({**RANDOM, "parameters": {**LINE, **more}})
    controller = besom.controller(sweep.id)
    controller.print_space()
    controller.print_summary()
    said = capsys.readouterr().out
    assert "opt.eps  constant  value: 1e-08\n" in said
    assert "x        uniform   min: 0, max: 1\n" in said
    assert "Best: none yet" in said
    controller.step()
    world.agent(sweep).run(0.25)
    controller.step()
    controller.print_summary()
    controller.print_status()
    controller.print_actions()
    controller.print_debug()
    said = capsys.readouterr().out
    assert "loss 0.25" in said
    assert "  layers=[64, 32]\n  opt.eps=1e-08\n" in said
    assert "Runs: 2 (Pending: 1, Finished: 1)" in said
    assert "Schedule (" in said


def test_users_of_another_client_find_it_under_the_same_name():
    import besom as wandb

    assert callable(wandb.controller)
    assert besom.controller is wandb.controller
