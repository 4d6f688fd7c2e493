"""`--json`: one document on standard output, errors as JSON too, nothing else."""

import json

import pytest
from cli_user import GRID


def told(user, *arguments: str) -> dict:
    result = user.besom(*arguments, "--json")
    assert (result.code, result.err) == (0, ""), result.said
    return json.loads(result.out)


@pytest.fixture
def sweep(user) -> dict:
    user.write("sweep.yaml", GRID + "run_capp: 3\n")
    user.write("train.py", "")
    return told(user, "sweep", "sweep.yaml", "-p", "json")


def test_a_new_sweep(sweep, server):
    assert sweep["path"].endswith(f"/json/{sweep['id']}")
    assert sweep["url"] == f"{server.url}/{sweep['entity']}/json/sweeps/{sweep['id']}"
    assert (sweep["state"], sweep["expected_runs"], sweep["agent"]) == ("PENDING", 3, f"besom agent {sweep['path']}")
    assert "run_cap" in sweep["warnings"][0]


def test_a_change_of_state(user, sweep):
    assert told(user, "sweep", "--resume", sweep["id"])["state"] == "RUNNING"
    assert told(user, "sweep", "--pause", sweep["id"])["state"] == "PAUSED"


def test_a_sweeps_status(user, sweep):
    status = told(user, "status", sweep["id"])
    assert (status["id"], status["agents"], status["best"]) == (sweep["id"], [], None)


def test_the_overview(user, sweep, server):
    overview = told(user, "status")
    assert (overview["server"], overview["embedded"], overview["answers"]) == (server.url, True, True)
    assert sweep["id"] in [found["id"] for found in overview["sweeps"]]


def test_a_preview(user, sweep):
    preview = told(user, "preview", "sweep.yaml", "--samples", "1")
    assert (preview["method"], preview["expected_runs"]) == ("grid", 3)
    assert preview["parameters"]["lr"]["values"] == "0.1, 0.2, 0.3"
    (sample,) = preview["samples"]
    assert sample["params"] == {"lr": 0.1}
    assert sample["command"][-2:] == ["train.py", "--lr=0.1"]


def test_the_embedded_server(user, server):
    status = told(user, "server", "status")
    assert (status["running"], status["url"]) == (True, server.url)


def test_the_settings_for_other_programs(user, server):
    assert told(user, "env") == {"BESOM_BASE_URL": server.url, "BESOM_API_KEY": server.key}
    assert told(user, "env", "--wandb") == {"WANDB_BASE_URL": server.url, "WANDB_API_KEY": server.key}


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (["status", "zzzzzzzz"], 1, "sweep_not_found"),
        (["sweep", "nowhere.yaml"], 1, "ConfigError"),
        (["sweep", "--nmae", "x"], 2, "NoSuchOption"),
        (["runs", "--limit", "x", "y"], 2, "BadParameter"),
    ],
)
def test_an_error_is_json_on_standard_error(user, arguments, code, kind):
    result = user.besom(*arguments, "--json")
    assert (result.code, result.out) == (code, "")
    error = json.loads(result.err)["error"]
    assert error["code"] in (kind, "not_found")
    assert error["message"]
