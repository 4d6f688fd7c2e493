import shlex

import pytest


@pytest.mark.parametrize(("option", "prefix"), [("", "BESOM"), ("--wandb", "WANDB")])
def test_eval_sets_address_and_key(user, server, option, prefix):
    script = f'eval "$(besom env {option})"; echo "${prefix}_BASE_URL"; echo "${prefix}_API_KEY"'
    assert user.shell(script).out.splitlines() == [server.url, server.key]


def test_the_settings_connect_somebody_without_a_home(user, newcomer, server):
    lines = user.besom("env", "--wandb").out.splitlines()
    settings = dict(shlex.split(line)[1].split("=", 1) for line in lines)
    result = newcomer.besom("status", **settings)
    assert f"{server.url}  (from WANDB_BASE_URL)" in result.out
    assert "present  (from WANDB_API_KEY)" in result.out
    assert server.key not in result.said


def test_a_configured_server_that_is_away_gives_no_settings(newcomer):
    result = newcomer.besom("env", BESOM_BASE_URL="http://127.0.0.1:9", BESOM_API_KEY="x" * 40)
    assert (result.code, result.out) == (1, "")
    assert "http://127.0.0.1:9" in result.err
