"""Changing runs from outside their program."""

import math

import pytest

from besom.errors import ApiError, UsageError


@pytest.fixture
def run(api, lab):
    made = lab.run({"loss": 2.0}, {"loss": 1.0}, config={"lr": 0.1}, name="first", tags=["a"])
    return api.run(f"{lab.path}/{made.id}")


def again(api, run):
    return api.run(f"{run.entity}/{run.project}/{run.id}")


def test_update_sends_what_was_changed(api, run):
    run.name, run.notes, run.group, run.job_type = "second", "worth a look", "folds", "train"
    run.tags.append("b")
    run.config["optimizer"] = "adam"
    run.summary["test_loss"] = math.inf
    run.update()
    seen = again(api, run)
    assert (seen.name, seen.notes, seen.group, seen.job_type) == ("second", "worth a look", "folds", "train")
    assert (seen.tags, seen.config) == (["a", "b"], {"lr": 0.1, "optimizer": "adam"})
    assert (seen.summary["test_loss"], seen.summary["loss"]) == (math.inf, 1.0)


def test_nothing_is_sent_without_a_change(api, run):
    version = run.message.version
    run.update()
    assert again(api, run).message.version == version


def test_the_summarys_update_sends_at_once(api, run):
    run.summary.update({"accuracy": 0.9})
    assert again(api, run).summary["accuracy"] == 0.9


def test_load_drops_what_was_not_sent(run):
    run.name = "other"
    assert run.load().name == "first"


def test_a_key_cannot_be_deleted(run):
    del run.config["lr"]
    with pytest.raises(UsageError, match="'lr'"):
        run.update()


def test_what_a_sweep_handed_out_cannot_be_changed(api, lab):
    path = lab.sweep(parameters={"lr": {"values": [1]}})
    made = lab.agent_run(path)
    run = api.run(f"{lab.path}/{made}")
    run.config["lr"] = 7
    with pytest.raises(ApiError, match="lr"):
        run.update()
    assert again(api, run).config["lr"] == 1
