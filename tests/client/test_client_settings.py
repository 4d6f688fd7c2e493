import json
import stat

import pytest

from besom.client import settings
from besom.errors import SettingsError, UsageError


@pytest.fixture
def environ(tmp_path):
    return {"BESOM_HOME": str(tmp_path / "home")}


def test_an_argument_wins_over_besom_over_wandb_over_what_was_saved(environ):
    settings.save({"base_url": "http://saved:1"}, environ)
    assert settings.base_url(None, environ) == "http://saved:1"
    environ["WANDB_BASE_URL"] = "http://wandb:2"
    assert settings.base_url(None, environ) == "http://wandb:2"
    environ["BESOM_BASE_URL"] = "http://besom:3/"
    assert settings.base_url(None, environ) == "http://besom:3"
    assert settings.base_url("argument:4", environ) == "http://argument:4"


def test_a_sweeps_file_stands_between_environment_and_saved(environ):
    settings.save({"project": "saved"}, environ)
    assert settings.project(None, environ, config="file") == "file"
    assert settings.project("option", {**environ, "BESOM_PROJECT": "set"}, config="file") == "option"
    assert settings.project(None, {**environ, "WANDB_PROJECT": "set"}, config="file") == "set"
    assert settings.project(None, environ) == "saved"


def test_an_empty_variable_counts_as_unset(environ):
    assert settings.entity(None, {**environ, "BESOM_ENTITY": "", "WANDB_ENTITY": "team"}) == "team"


def test_a_key_belongs_to_its_server(environ):
    settings.save({"keys": {"http://a": "key-a"}}, environ)
    assert settings.api_key("http://a", None, environ) == "key-a"
    assert settings.api_key("http://b", None, environ) is None


def test_a_line_break_at_the_end_of_a_key_is_none_of_it_and_what_is_no_key_is_refused(environ):
    assert settings.api_key("http://a", None, {**environ, "BESOM_API_KEY": "key\n"}) == "key"
    for wrong in ("kéy", "k\ney"):
        with pytest.raises(SettingsError, match="The key for http://a holds a character that no key has"):
            settings.api_key("http://a", wrong, environ)


def test_who_has_no_home_has_no_saved_settings_and_is_told_where_some_are_wanted(monkeypatch):
    """As in a container whose user has a number and no name."""
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda number: {}[number])
    assert settings.saved({}) == {}
    with pytest.raises(SettingsError, match=r"no-such-user"):
        settings.home({"BESOM_HOME": "~no-such-user"})


def test_what_is_saved_is_the_users_alone_and_merged(environ, tmp_path):
    settings.save({"base_url": "http://a", "project": "p"}, environ)
    settings.save({"base_url": None}, environ)
    file = tmp_path / "home" / "credentials.json"
    assert json.loads(file.read_text()) == {"project": "p"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_broken_file_is_named(environ, tmp_path):
    settings.save({}, environ)
    (tmp_path / "home" / "credentials.json").write_text("{")
    with pytest.raises(SettingsError, match=r"credentials\.json cannot be read"):
        settings.saved(environ)


@pytest.mark.parametrize("url", ["ftp://host", "http://", "http://host:0", "http://host:99999", "http://[x"])
def test_what_is_no_address_is_refused_with_an_example(url):
    with pytest.raises(SettingsError, match="is not the address of a server"):
        settings.check_url(url)


@pytest.mark.parametrize("name", ["BESOM_BASE_URL", "WANDB_BASE_URL"])
def test_a_variable_that_holds_no_address_is_named(name, environ):
    with pytest.raises(SettingsError, match=f"{name} is 'ftp://host', which is not the address of a server"):
        settings.base_url(environ={**environ, name: "ftp://host"})


@pytest.mark.parametrize("name", ["a/b", "..", "50%", " x", "x" * 200, "a\nb", 7])
def test_a_name_that_no_address_can_hold_is_refused(name):
    with pytest.raises(UsageError, match="project"):
        settings.project(name, {})
    with pytest.raises(UsageError, match="entity"):
        settings.entity(name, {})


def test_words_of_the_servers_own_addresses_are_no_names():
    with pytest.raises(UsageError, match="reserved"):
        settings.project("Sweeps", {})
    with pytest.raises(UsageError, match="reserved"):
        settings.entity("api", {})
