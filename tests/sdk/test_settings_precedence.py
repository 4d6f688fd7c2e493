"""Where settings come from, and which of two wins."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import besom
from besom.errors import SettingsError
from besom.sdk.settings import Settings, resolve

pytestmark = pytest.mark.usefixtures("offline")


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list:
    """Ways to say a project, the weakest first."""

    def kept_for_the_user() -> None:
        besom_home = Path(os.environ["BESOM_HOME"])
        besom_home.mkdir()
        (besom_home / "credentials.json").write_text('{"project": "kept"}')

    def file_of_the_folder() -> None:
        (tmp_path / "besom").mkdir(exist_ok=True)
        (tmp_path / "besom" / "settings").write_text("[default]\nproject = folder\n")

    return [
        ("kept", kept_for_the_user),
        ("folder", file_of_the_folder),
        ("from-wandb", lambda: monkeypatch.setenv("WANDB_PROJECT", "from-wandb")),
        ("from-besom", lambda: monkeypatch.setenv("BESOM_PROJECT", "from-besom")),
        ("set-up", lambda: besom.setup(Settings(project="set-up"))),
    ]


def test_each_source_wins_over_those_before_it(sources: list) -> None:
    try:
        for project, say in sources:
            say()
            with besom.init() as run:
                assert run.project == project
        with besom.init(settings=besom.Settings(project="settings")) as run:
            assert run.project == "settings"
        with besom.init(settings={"project": "settings"}, project="argument") as run:
            assert run.project == "argument"
    finally:
        besom.teardown()
    assert besom.init().project == "from-besom"


def test_settings_say_all_that_inits_arguments_say(tmp_path: Path) -> None:
    settings = besom.Settings(
        run_id="my-run", run_name="n", run_tags=["a"], run_notes="why", run_group="g", run_job_type="j",
        root_dir=tmp_path / "there", host="box", program="prog.py",
    )  # fmt: skip
    run = besom.init(settings=settings)
    assert (run.id, run.name, run.tags, run.notes) == ("my-run", "n", ("a",), "why")
    assert (run.group, run.job_type, run._about.host, run._about.program) == ("g", "j", "box", "prog.py")
    assert run.folder.parent == tmp_path / "there" / "besom"
    assert run.settings.run_group == "g"


def test_the_environment_names_tags_switches_and_seconds() -> None:
    said = {
        "WANDB_TAGS": "a, b",
        "BESOM_DISABLE_GIT": "true",
        "WANDB_X_DISABLE_STATS": "1",
        "BESOM_CONSOLE": "off",
        "WANDB_INIT_TIMEOUT": "2.5",
        "WANDB_DISABLED": "true",
        "BESOM_SAVE_CODE": "",
    }
    found = resolve(environ=said)
    assert (found.run_tags, found.disable_git, found.x_disable_stats) == (["a", "b"], True, True)
    assert (found.console, found.init_timeout, found.mode, found.save_code) == ("off", 2.5, "disabled", None)


def test_a_silent_run_says_nothing_at_all(capsys) -> None:
    with besom.init(settings=besom.Settings(silent=True)) as run:
        run.log({"a": 1}, step=3)
        run.log({"a": 1}, step=2)
    besom.init(settings=besom.Settings(silent=True, start_method="thread")).finish()
    assert capsys.readouterr().err == ""
    besom.init(settings=besom.Settings(start_method="thread")).finish()
    assert "without effect" in capsys.readouterr().err, "silence is one run's"


def test_a_quiet_run_says_its_warnings(capsys) -> None:
    with besom.init(settings=besom.Settings(quiet=True)) as run:
        run.log({"a": 1}, step=3)
        run.log({"a": 1}, step=2)
    assert [line for line in capsys.readouterr().err.splitlines() if "warning" not in line] == []


def test_settings_of_wandb_without_effect_are_named_once(capsys) -> None:
    besom.init(settings=besom.Settings(start_method="thread", _service_wait=300, disable_code=False))
    said = [line for line in capsys.readouterr().err.splitlines() if "without effect" in line]
    assert len(said) == 1
    assert "start_method, _service_wait" in said[0]
    assert "disable_code" not in said[0]


def test_an_unknown_setting_names_the_nearest_known() -> None:
    with pytest.raises(TypeError, match="did you mean 'project'"):
        besom.Settings(projct="p")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("mode", "of", "online, offline, disabled"),
        ("console", "loud", "redirect"),
        ("resume", "perhaps", "allow, must, never, auto"),
        ("reinit", "perhaps", "return_previous, finish_previous, create_new"),
        ("disable_git", "perhaps", "true or false"),
        ("init_timeout", "soon", "seconds"),
        ("init_timeout", -1, "seconds"),
        ("base_url", "ftp://x", "not the address of a server"),
        ("base_url", ["x"], "as text"),
        ("run_name", ["a"], "as text"),
        ("root_dir", 5, "path of a folder"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(name: str, value, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        besom.Settings(**{name: value})


def test_a_variable_that_makes_no_sense_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_DISABLE_GIT", "perhaps")
    with pytest.raises(SettingsError, match="WANDB_DISABLE_GIT"):
        besom.init()


def test_a_server_and_key_can_be_given_as_settings(server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BESOM_MODE")
    with besom.init(project="given", settings=besom.Settings(base_url=server.url, api_key=server.key)) as run:
        assert run.url.startswith(server.url)
