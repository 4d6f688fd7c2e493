"""Name, tags and the like, alerts, and what a run knows of itself."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

import besom
from besom.errors import SettingsError, UsageError
from besom.protocol import AlertRecord, EventPage, LabelsRecord

PROJECT = "labelled"
offline = pytest.mark.usefixtures("offline")


@pytest.mark.usefixtures("online")
def test_what_the_program_changes_of_its_labels_reaches_the_server(view) -> None:
    with besom.init(project=PROJECT, tags=["a"], name="first", group="g", job_type="j") as run:
        run.tags += ("b", "a")
        run.name = "second"
        run.notes = "why"
        run.group = "h"
        run.job_type = "k"
        assert (run.name, run.tags, run.notes, run.group, run.job_type) == ("second", ("a", "b"), "why", "h", "k")
    shown = view.run(PROJECT, run.id)
    assert (shown.name, shown.tags, shown.notes) == ("second", ["a", "b"], "why")
    assert (shown.group, shown.job_type) == ("h", "k")


@offline
def test_one_word_is_one_tag(records) -> None:
    run = besom.init(tags="alone")
    assert run.tags == ("alone",)
    run.tags = "other"
    assert [record.labels.tags for record in records() if isinstance(record, LabelsRecord)] == [["other"]]


@offline
def test_what_a_run_is_called_and_grouped_by_may_be_a_number(records) -> None:
    run = besom.init(name=3, group=np.int64(7), job_type=0.5, notes=False)  # type: ignore[arg-type]
    first = records()[0].run
    assert (first.name, first.group, first.job_type, first.notes) == ("3", "7", "0.5", "False")
    run.name = 4  # type: ignore[assignment]
    assert (run.name, records()[-1].labels.name) == ("4", "4")


@offline
def test_words_of_a_file_name_that_is_not_utf8_are_kept_as_far_as_they_are_text(records) -> None:
    run = besom.init(name="caf\udce9", tags=["\udce9"])
    run.notes = "see caf\udce9"
    run.alert("Odd", "caf\udce9")
    with pytest.raises(UsageError, match="summary holds half a surrogate pair"):
        run.summary["file"] = "caf\udce9"
    first, *_, notes, alert = records()
    assert (first.run.name, first.run.tags) == ("caf?", ["?"])
    assert (notes.labels.notes, alert.text) == ("see caf?", "caf?")


@offline
def test_labels_cannot_be_changed_after_the_end() -> None:
    run = besom.init()
    run.finish()
    with pytest.raises(UsageError, match=r"run\.name"):
        run.name = "late"


@offline
def test_alerts_of_one_title_are_not_repeated_within_their_time(records) -> None:
    run = besom.init()
    for _ in range(3):
        besom.alert("Loss", "is NaN", level=besom.AlertLevel.ERROR)
    run.alert(title="Loss", text="again", wait_duration=0)
    run.alert("Other", "x", "warn", wait_duration=datetime.timedelta(minutes=1))
    run.alert("Other", "y", wait_duration=datetime.timedelta(0))
    sent = [(record.title, record.text, record.level) for record in records() if isinstance(record, AlertRecord)]
    assert sent == [
        ("Loss", "is NaN", "ERROR"),
        ("Loss", "again", "INFO"),
        ("Other", "x", "WARN"),
        ("Other", "y", "INFO"),
    ]


@pytest.mark.usefixtures("online")
def test_an_alert_is_among_the_events_of_its_sweep(connection, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep_id = besom.sweep({"method": "grid", "parameters": {"lr": {"values": [1]}}}, project=PROJECT)
    monkeypatch.setenv("WANDB_SWEEP_ID", sweep_id)
    with besom.init() as run:
        run.alert("Diverged", "loss is NaN", level="ERROR")
    events = connection.request("GET", f"/sweeps/{sweep_id}/events", reply=EventPage).events
    assert any("Diverged: loss is NaN" in str(event) for event in events)


@offline
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"level": "FATAL"}, "INFO, WARN, ERROR"),
        ({"wait_duration": "1 h"}, "wait_duration"),
        ({"wait_duration": -1}, "-1"),
    ],
)
def test_an_alert_that_makes_no_sense_is_refused(arguments: dict, message: str) -> None:
    run = besom.init()
    with pytest.raises(UsageError, match=message):
        run.alert("title", "text", **arguments)


@pytest.mark.usefixtures("online")
def test_a_run_knows_its_addresses(server) -> None:
    with besom.init(project=PROJECT) as run:
        base = f"{server.url}/{run.entity}/{PROJECT}"
        assert (run.url, run.project_url) == (f"{base}/runs/{run.id}", base)
        assert (run.get_url(), run.get_project_url()) == (run.url, run.project_url)
        assert (run.offline, run.disabled, run.resumed, run.sweep_id, run.sweep_url) == (
            False,
            False,
            False,
            None,
            None,
        )
        assert run.start_time > 1.7e9
        assert run.project_name() == PROJECT


@pytest.mark.usefixtures("online")
def test_status_says_what_the_server_has(until) -> None:
    with besom.init(project=PROJECT) as run:
        run.log({"a": 1})
        until(lambda: run.status().sync_bytes_pending == 0)
        assert run.status().sync_bytes_total > 0
        assert run.status().failure is None


@offline
def test_an_offline_run_says_that_nothing_is_sent() -> None:
    run = besom.init()
    status = run.status()
    assert status.sync_bytes_pending == status.sync_bytes_total > 0
    assert (run.offline, run.url, run.project_url) == (True, None, None)


@offline
def test_tags_without_any_letter_are_left_out() -> None:
    run = besom.init(tags=["a", " ", ""])
    assert run.tags == ("a",)
    run.tags += ("", " b ")
    assert run.tags == ("a", "b")


@offline
def test_tags_that_are_no_list_are_refused_by_name() -> None:
    run = besom.init()
    with pytest.raises(SettingsError, match=r"run\.tags is 5"):
        run.tags = 5  # type: ignore[assignment]
    with pytest.raises(SettingsError, match=r"tags.* is 5"):
        besom.init(tags=5, reinit="create_new")  # type: ignore[arg-type]
