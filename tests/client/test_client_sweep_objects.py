"""Sweeps, agents and projects as Python objects."""

import warnings

import pytest

from besom.client.api import Api
from besom.client.prior_runs import prior_runs
from besom.errors import ApiError, NotFound, UsageError
from besom.protocol import AgentJoined, NewAgent, NextRequest, NextRun


def test_an_enqueued_run_is_handed_out_next_under_its_name(api, lab):
    sweep = api.sweep(lab.sweep())
    queued = sweep.enqueue_run({"lr": 3}, display_name="my guess")
    assert lab.agent_run("/".join(sweep.path)) == queued
    run = api.run(f"{lab.path}/{queued}")
    assert (run.name, run.config) == ("my guess", {"lr": 3})


@pytest.mark.parametrize("config", [{"lr": 17}, {"momentum": 1}, {}], ids=["out of range", "unknown", "missing"])
def test_a_configuration_that_the_sweep_cannot_run_is_refused(api, lab, config):
    sweep = api.sweep(lab.sweep())
    with pytest.raises(ApiError, match=next(iter(config), "lr")):
        sweep.enqueue_run(config)
    assert len(sweep.runs) == 0


def test_the_best_run_is_judged_by_the_summary_or_on_request_by_the_whole_curve(api, lab):
    path = lab.sweep()
    was_better = lab.run({"loss": 0.1}, {"loss": 5.0}, sweep=path)
    steady = lab.run({"loss": 3.0}, {"loss": 2.0}, sweep=path)
    sweep = api.sweep(path)
    assert sweep.best_run().id == steady.id
    assert sweep.best_run("+best").id == was_better.id
    assert sweep.best_loss == sweep.best_run("+best").best == 0.1


def test_a_summary_of_aggregates_counts_with_its_minimum(api, lab):
    from besom.protocol import HistoryRecord, MetricRecord

    path = lab.sweep()
    ids = [
        lab.records(
            MetricRecord(name="loss", summary=["min"]),
            *(HistoryRecord(step=step, time=0.0, data={"loss": loss}) for step, loss in enumerate(losses)),
            sweep=path,
        )
        for losses in ((3.0, 4.0), (1.0, 9.0))
    ]
    assert api.sweep(path).best_run().id == ids[1]


@pytest.mark.parametrize(
    ("goal", "order"), [("minimize", "+summary_metrics.loss"), ("maximize", "-summary_metrics.loss")]
)
def test_the_order_of_a_sweep_puts_the_best_first(api, lab, goal, order):
    assert api.sweep(lab.sweep(metric={"name": "loss", "goal": goal})).order == order


def test_a_sweep_without_a_metric_has_no_order(api, lab):
    assert api.sweep(lab.sweep(metric=None)).order is None


def test_the_expected_number_of_runs_is_the_grids_product_or_none(api, lab):
    grid = {"a": {"values": [1, 2, 3]}, "b": {"values": [1, 2]}}
    assert api.sweep(lab.sweep(parameters=grid)).expected_run_count == 6
    assert api.sweep(lab.sweep(method="random")).expected_run_count is None


def test_paths_are_quoted_for_web_addresses(api, lab):
    lab.project = "my project"
    lab.route = "/projects/" + f"{lab.entity}/my%20project"
    sweep = api.sweep(lab.sweep())
    assert sweep.path == [lab.entity, "my%20project", sweep.id]
    assert sweep.url.endswith(f"/{lab.entity}/my%20project/sweeps/{sweep.id}")


def test_a_sweep_at_the_end_of_a_cell_is_a_frame_of_its_page(api, lab):
    sweep = api.sweep(lab.sweep())
    url = sweep.url.replace("127.0.0.1", "localhost")
    assert sweep.to_html(height=1024) == (f'<iframe src="{url}" style="border:none;width:100%;height:1024px"></iframe>')
    assert sweep.to_html(hidden=True).startswith(f"<details><summary>Sweep {sweep.name}</summary><iframe")
    assert 'height:420px"' in sweep.to_html()
    assert f"/sweeps/{sweep.id}" in sweep._repr_html_()


def test_a_sweep_is_found_by_its_id_alone(api, lab):
    path = lab.sweep()
    identity = path.rsplit("/", 1)[1]
    assert api.sweep(identity).path == path.split("/")
    assert api.sweep(f"{lab.path}/sweeps/{identity}").id == api.sweep(f"{lab.project}/{identity}").id == identity


def test_a_sweep_tells_what_happened_and_can_be_renamed(api, lab):
    sweep = api.sweep(lab.sweep())
    sweep.rename("second try")
    assert api.sweep(sweep.id).name == sweep.name == "second try"
    assert "sweep.created" in [event.kind for event in sweep.events()]


def test_an_agents_slots_and_page_are_told(api, lab):
    path = lab.sweep()
    sweep = api.sweep(path)
    new = NewAgent(host="box", pid=1, slots=2, gpus=["0", "1"])
    joined = api.connection.request("POST", f"/sweeps/{sweep.id}/agents", body=new, reply=AgentJoined)
    api.connection.request("POST", f"/agents/{joined.agent_id}/next", body=NextRequest(), reply=NextRun)
    agent = sweep.agent(joined.agent_id)
    assert (agent.slots, agent.gpus, agent.total_runs, agent.failed_runs) == (2, ["0", "1"], 1, 0)
    assert (agent.entity, agent.project, agent.url) == (sweep.entity, sweep.project, sweep.url)


def test_a_project_is_made_once_and_deleted(api, lab):
    project = api.create_project(lab.project)
    assert api.create_project(f"{lab.path}").path == project.path == lab.path.split("/")
    assert project.url.endswith(lab.path)
    project.delete()
    with pytest.raises(NotFound):
        api.project(lab.project)


def test_runs_bring_their_sweeps_when_asked(api, lab):
    path = lab.sweep()
    for _ in range(3):
        lab.run({"loss": 1.0}, sweep=path)
    runs = list(api.runs(lab.path, include_sweeps=True))
    assert len({id(run.sweep) for run in runs}) == 1
    assert runs[0].sweep.id == path.rsplit("/", 1)[1]


def test_defaults_come_from_the_overrides(api, lab):
    mine = Api({"entity": lab.entity, "project": "mine"})
    assert mine.settings == {"entity": lab.entity, "project": "mine", "base_url": None}
    assert mine.default_entity == lab.entity
    mine.flush()


def test_a_time_limit_holds_for_every_request(api):
    assert Api(timeout=3).connection.timeout == 3


def test_prior_runs_are_ids_a_sweep_or_a_filter():
    assert prior_runs(["a", "e/p/b"], "p").runs == ["a", "b"]
    assert prior_runs({"sweep": "abc"}, "p").sweeps == ["abc"]
    assert prior_runs({"sweep": ["abc", "p/def"]}, "p").sweeps == ["abc", "def"]
    assert prior_runs({"config.lr": {"$lt": 1}}, "p").filter == {"config.lr": {"$lt": 1}}
    with pytest.raises(UsageError, match="text"):
        prior_runs("abc", "p")
    with pytest.raises(UsageError, match="not in the sweep's project"):
        prior_runs(["e/other/a"], "p")


def test_besom_sweep_takes_prior_runs_and_leaves_the_dictionary_alone(api, lab, monkeypatch):
    import besom

    monkeypatch.setenv("BESOM_SILENT", "true")
    first = lab.sweep()
    lab.run({"loss": 1.0}, sweep=first, config={"lr": 2})
    config = {"method": "grid", "metric": {"name": "loss"}, "parameters": {"lr": {"values": [1, 2, 3]}}}
    before = repr(config)
    made = besom.sweep(config, lab.entity, lab.project, {"sweep": first.rsplit("/", 1)[1]})
    assert repr(config) == before
    points = []
    for _ in range(2):
        points.append(api.run(f"{lab.path}/{lab.agent_run(f'{lab.path}/{made}')}").config["lr"])
    assert points == [1, 3]


def test_besom_sweep_warns_of_what_looks_wrong(api, lab, capsys):
    import besom

    config = {"method": "grid", "parameters": {"lr": {"values": [1]}}, "run_capp": 3}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        besom.sweep(sweep=config, project=lab.project)
    assert "run_cap" in capsys.readouterr().err
