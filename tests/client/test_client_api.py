import math
import warnings

import pytest

from besom.client.api import Api
from besom.client.projects import Project
from besom.client.runs import Run
from besom.client.sweeps import Sweep
from besom.errors import AuthenticationError, NotFound, UsageError
from besom.protocol import AgentJoined, NewAgent, NextRequest, NextRun


def test_a_sweep_is_found_by_id_path_and_address(api, lab):
    path = lab.sweep()
    identity = path.rsplit("/", 1)[1]
    for name in (identity, path, f"{lab.project}/{identity}", f"{lab.path}/sweeps/{identity}"):
        assert api.sweep(name).id == identity
    assert api.sweep(api.sweep(path).url).id == identity


def test_a_sweep_shows_what_it_is(api, lab):
    sweep = api.sweep(lab.sweep(name="my grid"))
    assert (sweep.name, sweep.entity, sweep.project, sweep.state) == ("my grid", lab.entity, lab.project, "PENDING")
    assert sweep.path == [lab.entity, lab.project, sweep.id]
    assert sweep.url.endswith(f"/{lab.entity}/{lab.project}/sweeps/{sweep.id}")
    assert sweep.url.startswith(api.connection.url)
    assert sweep.config["parameters"]["lr"]["values"] == [1, 2, 3]
    assert sweep.expected_run_count == 3
    assert sweep.order == "+summary_metrics.loss"
    assert repr(sweep) == f"<Sweep {lab.path}/{sweep.id} (PENDING)>"
    assert f"/sweeps/{sweep.id}" in sweep.to_html()


def test_the_order_follows_the_goal(api, lab):
    assert api.sweep(lab.sweep(metric={"name": "acc", "goal": "maximize"})).order == "-summary_metrics.acc"


def test_a_sweep_has_its_runs_oldest_first_and_a_best_one(api, lab):
    path = lab.sweep()
    made = [lab.run({"loss": loss}, sweep=path) for loss in (3.0, 1.0, 2.0)]
    lab.run({"loss": 0.0})
    sweep = api.sweep(path)
    assert [run.id for run in sweep.runs] == [run.id for run in made]
    assert len(sweep.runs) == 3
    assert sweep.best_run().id == made[1].id
    assert sweep.best_run("-summary_metrics.loss").id == made[0].id
    assert sweep.best_loss == 1.0


def test_a_run_that_never_logged_the_metric_is_not_the_best(api, lab):
    path = lab.sweep()
    lab.run({"other": -5}, sweep=path)
    best = lab.run({"loss": 1.0}, sweep=path)
    assert api.sweep(path).best_run().id == best.id


def test_without_runs_there_is_no_best_one(api, lab):
    assert api.sweep(lab.sweep()).best_run() is None


def test_without_a_metric_the_newest_run_is_the_best_with_a_warning(api, lab):
    path = lab.sweep(metric=None)
    lab.run({"x": 1}, sweep=path)
    newest = lab.run({"x": 2}, sweep=path)
    with pytest.warns(UserWarning, match="no metric"):
        assert api.sweep(path).best_run().id == newest.id


def test_a_sweep_is_steered_from_python(api, lab):
    sweep = api.sweep(lab.sweep())
    sweep.resume()
    assert sweep.state == "RUNNING"
    for act, state in ((sweep.pause, "PAUSED"), (sweep.resume, "RUNNING"), (sweep.stop, "FINISHED")):
        act()
        assert sweep.state == state
    sweep.resume()
    sweep.cancel()
    assert sweep.state == "CANCELED"


def test_a_sweep_is_as_it_was_fetched_until_it_is_loaded_again(api, lab):
    path = lab.sweep()
    old = api.sweep(path)
    api.sweep(path).cancel()
    assert old.state == "PENDING"
    old.load(force=True)
    assert old.state == "CANCELED"


def test_a_deleted_sweep_is_gone(api, lab):
    path = lab.sweep()
    api.sweep(path).delete()
    with pytest.raises(NotFound):
        api.sweep(path)


def test_the_error_for_an_unknown_sweep_names_it_and_a_near_one(api, lab):
    path = lab.sweep()
    wrong = path[:-1] + ("x" if path[-1] != "x" else "y")
    with pytest.raises(NotFound) as caught:
        api.sweep(wrong)
    assert wrong in caught.value.message
    assert path.rsplit("/", 1)[1] in caught.value.hint


def test_parts_of_a_path_must_agree(api, lab):
    path = lab.sweep()
    with pytest.raises(NotFound, match=path):
        api.sweep(f"elsewhere/{path.rsplit('/', 1)[1]}")


def test_a_run_shows_what_it_is(api, lab):
    made = lab.run(
        {"loss": 2.0}, {"loss": 1.0}, name="first", config={"lr": 0.1}, tags=["a"], notes="n", group="g", job_type="t"
    )
    run = api.run(f"{lab.path}/{made.id}")
    assert (run.name, run.state, run.config, run.tags) == ("first", "finished", {"lr": 0.1}, ["a"])
    assert (run.notes, run.group, run.job_type, run.sweep, run.exit_code) == ("n", "g", "t", None, 0)
    assert run.summary["loss"] == 1.0
    assert run.created_at.endswith("Z")
    assert run.url.endswith(f"/{lab.path}/runs/{run.id}")
    assert repr(run) == f"<Run {lab.path}/{run.id} (finished)>"


def test_a_run_leads_to_its_sweep(api, lab):
    path = lab.sweep()
    made = lab.run({"loss": 1}, sweep=path)
    run = api.run(f"{lab.path}/{made.id}")
    assert run.sweep.id == run.sweep_name == path.rsplit("/", 1)[1]


def test_not_a_number_comes_back_as_a_number(api, lab):
    made = lab.run({"loss": "NaN", "top": "Infinity"})
    run = api.run(f"{lab.path}/{made.id}")
    assert math.isnan(run.summary["loss"])
    assert run.summary["top"] == math.inf
    (row,) = run.scan_history()
    assert math.isnan(row["loss"])


def test_a_deleted_run_is_gone(api, lab):
    made = lab.run({"loss": 1})
    run = api.run(f"{lab.path}/{made.id}")
    run.delete()
    with pytest.raises(NotFound, match=made.id):
        run.load()


def test_a_run_needs_a_project(api, lab):
    made = lab.run({"loss": 1})
    with pytest.raises(UsageError, match="names no project"):
        api.run(made.id)
    assert Api({"project": lab.project}).run(made.id).id == made.id


def test_every_row_is_scanned_page_by_page(api, lab):
    made = lab.run(*({"loss": step / 10} for step in range(25)))
    rows = list(api.run(f"{lab.path}/{made.id}").scan_history(page_size=10))
    assert [row["_step"] for row in rows] == list(range(25))
    assert rows[7]["loss"] == 0.7


def test_a_scan_keeps_to_keys_and_steps(api, lab):
    made = lab.run({"a": 0}, {"a": 1, "b": 1}, {"b": 2}, {"a": 3, "b": 3}, {"a": 4, "b": 4})
    run = api.run(f"{lab.path}/{made.id}")
    assert list(run.scan_history(keys=["a", "b"])) == [{"a": 1, "b": 1}, {"a": 3, "b": 3}, {"a": 4, "b": 4}]
    assert [row["_step"] for row in run.scan_history(min_step=1, max_step=3)] == [1, 2]
    assert list(run.scan_history(keys=["a"], min_step=3)) == [{"a": 3}, {"a": 4}]


def test_history_is_a_sample_with_both_ends(api, lab):
    made = lab.run(*({"loss": step} for step in range(30)))
    rows = api.run(f"{lab.path}/{made.id}").history(samples=4, keys=["loss"], pandas=False)
    assert len(rows) == 4
    assert list(rows[0]) == ["_step", "loss"]
    assert (rows[0]["loss"], rows[-1]["loss"]) == (0, 29)


@pytest.mark.parametrize("read", ["history", "scan_history"])
def test_one_name_in_place_of_a_list_of_names_is_refused(api, lab, read):
    run = api.run(f"{lab.path}/{lab.run({'loss': 1}).id}")
    with pytest.raises(UsageError, match=r"(?s)'loss'.*keys=\['loss'\]"):
        getattr(run, read)(keys="loss")


def test_runs_are_counted_indexed_sliced_and_iterated(api, lab):
    ids = [lab.run({"loss": step}).id for step in range(7)]
    runs = api.runs(lab.path, per_page=3)
    assert len(runs) == 7
    assert [run.id for run in runs] == ids
    assert api.runs(lab.path, per_page=3)[4].id == ids[4]
    assert api.runs(lab.path, per_page=3)[-1].id == ids[-1]
    assert [run.id for run in api.runs(lab.path, per_page=3)[2:5]] == ids[2:5]
    assert [run.id for run in api.runs(lab.path, per_page=3)[::-2]] == ids[::-2]
    with pytest.raises(IndexError):
        api.runs(lab.path, per_page=3)[7]
    assert repr(runs) == f"<Runs {lab.path} (7)>"


def test_runs_are_filtered_and_ordered(api, lab):
    for lr in (0.3, 0.1, 0.2):
        lab.run({"loss": lr}, config={"lr": lr})
    runs = api.runs(lab.path, filters={"config.lr": {"$gte": 0.2}}, order="-summary_metrics.loss")
    assert [run.config["lr"] for run in runs] == [0.3, 0.2]


def test_projects_are_listed_and_found(api, lab):
    path = lab.sweep()
    assert lab.project in [project.name for project in api.projects()]
    project = api.project(lab.project)
    assert project.path == [lab.entity, lab.project]
    assert [sweep.id for sweep in project.sweeps()] == [path.rsplit("/", 1)[1]]
    assert len(project.runs()) == 0
    assert repr(project) == f"<Project {lab.path}>"


def test_an_unknown_project_is_named_with_a_near_one(api, lab):
    lab.sweep()
    with pytest.raises(NotFound) as caught:
        api.runs(f"{lab.path}x")
    assert f"{lab.path}x" in caught.value.message
    assert lab.path in caught.value.hint


def test_a_pasted_path_gives_the_right_object(api, lab):
    path, run = lab.sweep(), lab.run({"loss": 1})
    assert isinstance(api.from_path(lab.path), Project)
    assert isinstance(api.from_path(f"{lab.path}/sweeps/{path.rsplit('/', 1)[1]}"), Sweep)
    assert isinstance(api.from_path(f"{lab.path}/runs/{run.id}"), Run)
    assert isinstance(api.from_path(f"{lab.path}/{run.id}"), Run)


def test_a_server_without_a_known_key_asks_for_one(monkeypatch, tmp_path):
    monkeypatch.setenv("BESOM_HOME", str(tmp_path))
    with pytest.raises(AuthenticationError, match=r"no key for http://127\.0\.0\.1:9"):
        _ = Api(base_url="http://127.0.0.1:9").viewer


def test_a_wrong_key_is_refused_by_the_server(api):
    with pytest.raises(AuthenticationError):
        _ = Api(base_url=api.connection.url, api_key="x" * 40).viewer


def test_reading_is_free_of_warnings(api, lab):
    path = lab.sweep()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        list(api.sweep(path).runs)


def test_a_sweep_has_agents_with_their_runs(api, lab):
    path = lab.sweep()
    route = f"/sweeps/{path.rsplit('/', 1)[1]}/agents"
    joined = api.connection.request("POST", route, body=NewAgent(host="box", pid=7), reply=AgentJoined)
    lab.run({"loss": 1.0}, sweep=path)
    handed = api.connection.request("POST", f"/agents/{joined.agent_id}/next", body=NextRequest(), reply=NextRun)
    sweep = api.sweep(path)
    (agent,) = sweep.agents()
    assert (agent.host, agent.state, agent.total_runs) == ("box", "running", 1)
    assert [run.id for run in agent.runs()] == [handed.run_id]
    assert sweep.agent(agent.id).name == sweep.agent(agent.name).name == agent.name
    assert repr(agent) == f"<Agent {agent.name} (running)>"
    with pytest.raises(UsageError, match="nobody"):
        sweep.agent("nobody")


def test_the_old_name_of_the_entity_works_with_a_warning(api, lab):
    sweep = api.sweep(lab.sweep())
    with pytest.warns(DeprecationWarning, match="entity"):
        assert sweep.username == lab.entity


def test_runs_are_listed_with_wandbs_arguments(api, lab):
    made = lab.run({"loss": 1.0}, sweep=lab.sweep())
    (run,) = api.runs(lab.path, include_sweeps=True)
    assert run.id == made.id
