"""``define_metric``: what the summary holds, in the program and on the server, and which axis a row gets."""

from __future__ import annotations

import math

import pytest

import besom
from besom.errors import UsageError
from besom.protocol import HistoryRecord, MetricRecord, RunDetails
from besom.sdk import sync

PROJECT = "defined"
VALUES = [3.0, 1.0, math.nan, 7.0, 2.0]

offline = pytest.mark.usefixtures("offline")


def rows(records) -> list[dict]:
    return [record.data for record in records() if isinstance(record, HistoryRecord)]


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize(
    ("summary", "goal", "kept"),
    [
        ("min", None, {"min": 1.0}),
        ("max", None, {"max": 7.0}),
        ("mean", None, {"mean": 3.25}),
        ("first,last", None, {"first": 3.0, "last": 2.0}),
        ("best", "maximize", {"best": 7.0}),
        ("best", "minimize", {"best": 1.0}),
        ("min, max", None, {"min": 1.0, "max": 7.0}),
        ("none", None, None),
        (None, None, 2.0),
    ],
)
def test_program_and_server_keep_the_same_summary(view, summary, goal, kept) -> None:
    with besom.init(project=PROJECT) as run:
        run.define_metric("loss", summary=summary, goal=goal)
        for value in VALUES:
            run.log({"loss": value, "other": 1})
        assert run.summary.get("loss") == kept
        assert run.summary["other"] == 1
    assert view.run(PROJECT, run.id).summary.get("loss") == kept


@pytest.mark.usefixtures("online")
def test_a_resumed_run_goes_on_with_its_minimum(view) -> None:
    with besom.init(project=PROJECT) as first:
        first.define_metric("loss", summary="min,best", goal="minimize")
        first.log({"loss": 1.0})
    with besom.init(project=PROJECT, id=first.id, resume="must") as second:
        second.define_metric("loss", summary="min,best", goal="minimize")
        second.log({"loss": 5.0})
        assert second.summary["loss"] == {"min": 1.0, "best": 1.0}
    assert view.run(PROJECT, first.id).summary["loss"] == {"min": 1.0, "best": 1.0}


@offline
def test_a_pattern_holds_for_what_has_no_definition_of_its_own() -> None:
    run = besom.init()
    run.define_metric("*", summary="last")
    run.define_metric("val/*", summary="max")
    run.define_metric("val/loss", summary="min")
    run.log({"val/loss": 1, "val/acc": 1, "train": 1})
    run.log({"val/loss": 2, "val/acc": 2, "train": 2})
    assert run.summary.as_dict() == {"val/loss": {"min": 1}, "val/acc": {"max": 2}, "train": {"last": 2}}


@offline
def test_a_second_definition_adds_to_the_first_unless_it_overwrites_it(records) -> None:
    run = besom.init()
    run.define_metric("loss", summary="min", step_metric="epoch")
    besom.define_metric("loss", goal="minimize", hidden=True)
    run.define_metric("loss", summary="max", overwrite=True)
    made = [record for record in records() if isinstance(record, MetricRecord)]
    assert made[1] == MetricRecord(name="loss", summary=["min"], step_metric="epoch", goal="minimize", hidden=True)
    assert made[2] == MetricRecord(name="loss", summary=["max"])


@offline
def test_a_row_without_its_step_metric_gets_the_last_one(records) -> None:
    run = besom.init()
    run.define_metric("val/*", step_metric="epoch")
    run.define_metric("free", step_metric="epoch", step_sync=False)
    run.log({"val/loss": 1})
    run.log({"epoch": 3})
    run.log({"val/loss": 2})
    run.log({"free": 1})
    run.log({"val/loss": 4, "epoch": 4})
    assert rows(records) == [
        {"val/loss": 1},
        {"epoch": 3},
        {"val/loss": 2, "epoch": 3},
        {"free": 1},
        {"val/loss": 4, "epoch": 4},
    ]


@offline
def test_the_servers_page_knows_the_axis(view, connection) -> None:
    run = besom.init(project=PROJECT)
    run.define_metric("loss", step_metric="epoch", hidden=True)
    run.finish()
    sync.ship(run.folder, connection)
    path = f"/projects/{view.entity}/{PROJECT}/runs/{run.id}/details"
    (defined,) = connection.request("GET", path, reply=RunDetails).metrics
    assert (defined.name, defined.step_metric, defined.hidden) == ("loss", "epoch", True)


@offline
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": ""}, "name=''"),
        ({"name": 3}, "name=3"),
        ({"name": "a*b"}, "may only stand at the end"),
        ({"name": "a", "step_metric": "b*"}, "step_metric='b"),
        ({"name": "a", "summary": "median"}, "'median' is no summary"),
        ({"name": "a", "summary": 5}, "'5' is no summary"),
        ({"name": "a", "summary": "min,none"}, "none goes with nothing else"),
        ({"name": "a", "summary": "best"}, "needs goal"),
        ({"name": "a", "goal": "up"}, "goal='up'"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused_by_name(arguments: dict, message: str) -> None:
    run = besom.init()
    with pytest.raises(UsageError, match=message):
        run.define_metric(**arguments)


@offline
def test_a_key_that_is_no_text_is_refused_by_name_where_patterns_are_defined() -> None:
    with besom.init() as run:
        run.define_metric("val/*", step_metric="epoch")
        with pytest.raises(UsageError, match="the key 3"):
            run.log({3: 1})
