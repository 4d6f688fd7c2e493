"""What ``define_metric()`` asks for is in the summary, exactly, however the stream was cut (S12, S13)."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from server_world import RANDOM, World, history, line

from besom.server.services.aggregates import Definitions, aggregate_records
from besom.server.services.report import read_report

pytestmark = pytest.mark.anyio
ON_BOTH_DATABASES = True

KINDS = ["min", "max", "mean", "first", "last"]


def metric(name: str, *kinds: str, **more: Any) -> bytes:
    return line({"type": "metric", "name": name, "summary": kinds, **more})


def summarised(spool: bytes) -> dict[str, Any]:
    report = read_report(spool)
    aggregate_records(report.records, {}, {}, report.summary)
    return report.summary


async def test_each_kind_of_summary_is_kept_and_survives_a_restart_of_the_server(world: World) -> None:
    await world.begin("r")
    offset = (await world.send("r", metric("loss", *KINDS) + history(0, {"loss": 3})))["offset"]
    for step, value in enumerate([1.0, 8.0, 4.0], 1):  # the server keeps nothing of it in memory
        offset = (await world.send("r", history(step, {"loss": value, "other": step}), offset))["offset"]
    summary = (await world.run("r"))["summary"]
    assert summary["loss"] == {"min": 1.0, "max": 8.0, "mean": 4.0, "first": 3, "last": 4.0}
    assert summary["other"] == 3


@pytest.mark.parametrize(("goal", "best"), [("minimize", 1), ("maximize", 5), (None, 1)])
def test_best_follows_the_goal(goal: str | None, best: int) -> None:
    spool = metric("acc", "best", goal=goal) + b"".join(history(i, {"acc": v}) for i, v in enumerate([2, 5, 1, 3]))
    assert summarised(spool)["acc"] == {"best": best}


def test_none_keeps_a_key_out_of_the_summary() -> None:
    assert "noise" not in summarised(metric("noise", "none") + history(0, {"noise": 1, "loss": 2}))


def test_a_pattern_defines_all_keys_that_begin_so_and_a_longer_or_own_definition_wins() -> None:
    spool = (
        metric("train/*", "min") + metric("train/acc*", "max") + metric("train/accuracy", "last")
        + history(0, {"train/loss": 1, "train/acc5": 1, "train/accuracy": 1, "test/loss": 1})
        + history(1, {"train/loss": 2, "train/acc5": 2, "train/accuracy": 2, "test/loss": 2})
    )  # fmt: skip
    summary = summarised(spool)
    assert [summary[key] for key in ("train/loss", "train/acc5", "train/accuracy", "test/loss")] == [
        {"min": 1}, {"max": 2}, {"last": 2}, 2,
    ]  # fmt: skip


def test_thousands_of_patterns_are_gone_through_once_and_not_for_each_key() -> None:
    class Walked(Definitions):
        times = 0

        def __iter__(self) -> Iterator[str]:
            self.times += 1
            return super().__iter__()

    definitions = Walked()
    for spool in (metric("a/*", "max") + metric("a/b*", "min"), history(0, {f"a/{key}": 1 for key in range(50)})):
        report = read_report(spool)
        aggregate_records(report.records, definitions, {}, report.summary)
    assert definitions.times == 2
    assert report.summary["a/7"] == {"max": 1}


def test_what_is_no_number_or_nan_counts_for_first_and_last_only() -> None:
    values = ["NaN", 2.0, True, "text", 4, None, "NaN"]
    spool = metric("x", *KINDS) + b"".join(history(i, {"x": value}) for i, value in enumerate(values))
    assert summarised(spool)["x"] == {"min": 2.0, "max": 4, "mean": 3.0, "first": "NaN", "last": "NaN"}


def test_infinities_are_the_extremes() -> None:
    spool = metric("x", "min", "max", "mean") + history(0, {"x": 1}) + history(1, {"x": "Infinity"})
    assert summarised(spool)["x"] == {"min": 1, "max": "Infinity", "mean": "Infinity"}


def test_a_value_set_by_hand_stands_until_the_key_is_logged_again() -> None:
    by_hand = line({"type": "summary", "data": {"x": "chosen"}})
    spool = metric("x", "max") + history(0, {"x": 1}) + by_hand
    assert summarised(spool)["x"] == "chosen"
    assert summarised(spool + history(1, {"x": 0}))["x"] == {"max": 1}


def test_values_count_from_the_definition_on() -> None:
    assert summarised(history(0, {"x": 9}) + metric("x", "max") + history(1, {"x": 1}))["x"] == {"max": 1}


NUMBERS = st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=40)


@given(NUMBERS, st.data())
def test_however_the_records_are_cut_the_aggregates_are_those_of_all_values(
    values: list[float], data: st.DataObject
) -> None:
    lines = [metric("x", *KINDS), *(history(step, {"x": value}) for step, value in enumerate(values))]
    definitions: Definitions = {}
    states: dict[str, Any] = {}
    summary: dict[str, Any] = {}
    while lines:
        count = data.draw(st.integers(1, len(lines)))
        report = read_report(b"".join(lines[:count]))
        states = aggregate_records(report.records, definitions, json.loads(json.dumps(states)), report.summary)
        summary |= report.summary
        lines = lines[count:]
    found = summary["x"]
    assert (found["min"], found["max"]) == (min(values), max(values))
    assert (found["first"], found["last"]) == (values[0], values[-1])
    assert math.isclose(found["mean"], statistics.fmean(values), rel_tol=1e-12, abs_tol=1e-12 * max(map(abs, values)))


async def test_the_step_metric_is_kept_for_charts(world: World) -> None:
    await world.begin("r")
    await world.send("r", metric("val/*", step_metric="epoch") + metric("loss", "min", goal="minimize", hidden=True))
    metrics = (await world.call("GET", world.runs_path("r/details")))["metrics"]
    assert metrics == [
        {"name": "val/*", "step_metric": "epoch", "summary": [], "goal": None, "hidden": False},
        {"name": "loss", "step_metric": None, "summary": ["min"], "goal": "minimize", "hidden": True},
    ]


async def test_a_defined_summary_is_the_summary_of_a_swept_metric_and_the_sweep_still_sees_every_value(
    world: World,
) -> None:
    sweep = await world.sweep(RANDOM)
    run = (await world.next(await world.join(sweep)))["run_id"]
    at = (await world.begin(run, sweep))["offset"]
    await world.send(run, metric("loss", "mean") + history(0, {"loss": 1}) + history(1, {"loss": 3}), at)
    shown = await world.run(run)
    assert (shown["summary"]["loss"], shown["best"], shown["last"]) == ({"mean": 2.0}, 1.0, 3.0)
