"""What `besom init` keeps for a folder."""

import pytest

from besom.client import folder_settings, settings
from besom.errors import SettingsError


@pytest.fixture
def environ(tmp_path):
    return {"BESOM_HOME": str(tmp_path / "home"), "BESOM_DIR": str(tmp_path / "work")}


def test_what_is_written_is_read_and_merged(tmp_path):
    folder_settings.write(tmp_path, {"entity": "me", "project": "mnist"})
    file = folder_settings.write(tmp_path, {"entity": None, "mode": "offline"})
    assert folder_settings.read(tmp_path) == {"project": "mnist", "mode": "offline"}
    assert file.read_text() == "[default]\nproject = mnist\nmode = offline\n"


def test_the_folders_file_stands_between_environment_and_login(environ, tmp_path):
    settings.save({"project": "login"}, environ)
    folder_settings.write(tmp_path / "work" / "besom", {"project": "folder", "mode": "offline"})
    assert settings.project(None, environ) == "folder"
    assert settings.project(None, {**environ, "BESOM_PROJECT": "variable"}) == "variable"
    assert settings.mode(None, environ) == "offline"
    assert settings.mode(None, {**environ, "WANDB_MODE": "online"}) == "online"


def test_wandbs_file_of_the_folder_is_read_where_besom_has_none(environ, tmp_path):
    (tmp_path / "work" / "wandb").mkdir(parents=True)
    (tmp_path / "work" / "wandb" / "settings").write_text("[default]\nproject = old\nbase_url = https://api.example\n")
    assert settings.project(None, environ) == "old"
    assert settings.base_url(None, environ) is None
    folder_settings.write(tmp_path / "work" / "besom", {"project": "new"})
    assert settings.project(None, environ) == "new"


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "settings").write_bytes(b"project = \xff\xfe")
    with pytest.raises(SettingsError, match="settings cannot be read"):
        folder_settings.read(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "besom").write_text("in the way")
    with pytest.raises(SettingsError, match="cannot be written"):
        folder_settings.write(tmp_path / "besom", {"project": "p"})
