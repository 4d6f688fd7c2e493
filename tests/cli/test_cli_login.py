import json
import stat
from pathlib import Path

import pytest
from cli_user import Terminal


def kept(user) -> dict:
    return json.loads(Path(user.environment["BESOM_HOME"], "credentials.json").read_text())


def test_without_a_server_no_login_is_needed(newcomer):
    result = newcomer.besom("login")
    assert result.code == 0
    assert "No login is needed" in result.out


def test_a_key_is_tried_and_kept_for_its_server(newcomer, server):
    result = newcomer.besom("login", "--host", server.url, server.key)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Logged in to {server.url} as ")
    assert server.key not in result.out
    assert kept(newcomer) == {"base_url": server.url, "keys": {server.url: server.key}}
    file = Path(newcomer.environment["BESOM_HOME"], "credentials.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert server.url in newcomer.besom("status").out


def test_a_key_can_come_from_a_file(newcomer, server):
    assert newcomer.besom("login", "--host", server.url, "-", stdin=f"{server.key}\n").code == 0
    assert "held no key" in newcomer.fails("login", "--host", server.url, "-", stdin="")


def test_a_wrong_key_is_not_kept(newcomer, server):
    assert "does not accept this key" in newcomer.fails("login", "--host", server.url, "x" * 40)
    assert not Path(newcomer.environment["BESOM_HOME"]).exists()


def test_without_key_and_terminal_there_is_a_clear_error(newcomer, server):
    said = newcomer.fails("login", "--host", server.url)
    assert "no terminal to ask at" in said
    assert "BESOM_API_KEY" in said


def test_a_server_that_does_not_answer_is_named(newcomer):
    assert "http://127.0.0.1:9" in newcomer.fails("login", "--host", "127.0.0.1:9", "x" * 40)


def test_the_next_login_uses_the_kept_key_again(newcomer, server):
    newcomer.besom("login", "--host", server.url, server.key)
    assert newcomer.besom("login").out.startswith(f"Logged in to {server.url}")
    assert "no terminal to ask at" in newcomer.fails("login", "--relogin")


def test_the_embedded_server_is_used_again_when_asked_for(newcomer, server):
    newcomer.besom("login", "--host", server.url, server.key)
    assert newcomer.besom("login", "--embedded").code == 0
    assert "base_url" not in kept(newcomer)


def test_a_variable_that_wins_is_pointed_out(newcomer, server):
    result = newcomer.besom("login", "--host", server.url, server.key, WANDB_BASE_URL="http://elsewhere:1")
    assert "http://elsewhere:1, and wins while it is set" in result.err


@pytest.mark.parametrize("host", ["ftp://x", "http://"])
def test_an_address_that_is_none_is_refused(newcomer, host):
    assert "not the address of a server" in newcomer.fails("login", "--host", host, "x" * 40)


def test_a_key_without_a_server_is_refused(newcomer):
    assert "does not say for which server" in newcomer.fails("login", "x" * 40)


def test_there_is_no_cloud_to_log_in_to(newcomer):
    assert "besom login --host URL" in newcomer.fails("login", "--cloud")


def test_wandbs_anonymous_login_changes_nothing(newcomer):
    assert "No login is needed" in newcomer.besom("login", "--anonymously").out


def test_relogin_asks_again(newcomer, server):
    newcomer.besom("login", "--host", server.url, server.key)
    terminal = Terminal(newcomer, "login", "--relogin")
    terminal.read_until("key for")
    terminal.type(f"{server.key}\n")
    assert terminal.end() == 0
    assert server.key not in terminal.said


def test_no_verify_keeps_a_key_untried(newcomer):
    result = newcomer.besom("login", "--no-verify", "--host", "http://127.0.0.1:9", "a-key")
    assert (result.code, "Logged in" in result.out) == (0, False)
    assert kept(newcomer)["keys"] == {"http://127.0.0.1:9": "a-key"}


def test_a_command_that_needs_a_key_asks_for_it_at_the_terminal(newcomer, server):
    newcomer.write("sweep.yaml", "method: grid\nparameters: {lr: {values: [1]}}\n")
    terminal = Terminal(newcomer, "sweep", "sweep.yaml", BESOM_BASE_URL=server.url)
    terminal.read_until("not shown")
    terminal.type(f"{server.key}\n")
    assert terminal.end() == 0
    assert "Sweep ID" in terminal.said
    assert newcomer.besom("sweep", "sweep.yaml", BESOM_BASE_URL=server.url).code == 0


def test_without_a_terminal_a_missing_key_is_a_clear_error(newcomer, server):
    newcomer.write("sweep.yaml", "method: grid\nparameters: {lr: {values: [1]}}\n")
    assert f"There is no key for {server.url}" in newcomer.fails("sweep", "sweep.yaml", BESOM_BASE_URL=server.url)
