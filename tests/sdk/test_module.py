"""The module ``besom`` as a script sees it."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import pytest

import besom
from besom.errors import UsageError


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_importing_besom_loads_neither_the_http_client_nor_a_codec_nor_numbers() -> None:
    heavy = ("urllib3", "msgspec", "numpy", "click", "rich", "ruamel", "ssl", "http.client")
    assert python(f"import besom, sys; print([m for m in {heavy} if m in sys.modules])") == "[]"


def test_every_public_name_is_there() -> None:
    for name in besom.__all__:
        getattr(besom, name)


@pytest.mark.parametrize(
    "imports",
    [
        "import besom; import besom.config; import besom.agent",
        "import besom.config; import besom.agent; import besom",
        "from besom.config import load; from besom.agent import child; import besom",
        "import besom; besom.agent; import besom.agent.limits; from besom.config import yaml_flow",
        "import threading, besom\n"
        "def work():\n import besom.config, besom.agent\n"
        "t = threading.Thread(target=work); t.start(); t.join()",
    ],
)
def test_config_and_agent_stay_the_users_objects_whatever_packages_are_imported(imports: str) -> None:
    shown = python(f"{imports}\nprint(besom.config, callable(besom.agent))")
    assert shown == "<besom.config before besom.init()> True"


def test_the_packages_of_the_same_name_can_still_be_imported() -> None:
    assert python("import besom\nfrom besom.config import load\nprint(load.__name__)") == "load"
    assert python("import besom, sys\nfrom besom.agent import limits\nprint(limits.__name__)") == "besom.agent.limits"


def test_functions_can_be_sent_to_another_process() -> None:
    for function in (besom.log, besom.finish, besom.init, besom.sweep, besom.agent):
        assert pickle.loads(pickle.dumps(function)) is function


@pytest.mark.parametrize(
    "use",
    [
        lambda: besom.log({"a": 1}),
        lambda: besom.config.lr,
        lambda: besom.config["lr"],
        lambda: "lr" in besom.config,
        lambda: dict(besom.config),
        lambda: besom.config.update({"a": 1}),
        lambda: setattr(besom.config, "lr", 1),
        lambda: besom.summary["best"],
        lambda: besom.summary.update(best=1),
        lambda: setattr(besom, "config", {"lr": 1}),
    ],
)
def test_before_init_every_use_says_to_call_init(use) -> None:
    with pytest.raises(UsageError, match=r"Call besom\.init"):
        use()


def test_before_init_there_is_no_run_and_nothing_to_finish() -> None:
    assert besom.run is None
    besom.finish()


@pytest.mark.usefixtures("offline")
def test_run_config_and_summary_follow_the_active_run() -> None:
    run = besom.init(config={"lr": 0.1})
    assert besom.run is run
    assert besom.config is run.config
    besom.log({"loss": 2})
    assert besom.summary["loss"] == 2
    for shown, said in (((), "the active run"), ((run,), f"<besom run {run.path}>")):
        with pytest.raises(UsageError, match=f"No server has {said} yet"):
            besom.show(*shown)
    besom.finish()
    assert besom.run is None


@pytest.mark.usefixtures("offline")
def test_assigning_a_dict_to_besom_config_updates_the_runs_configuration() -> None:
    run = besom.init(config={"lr": 0.1})
    besom.config = {"lr": 0.2, "epochs": 3}
    assert run.config.as_dict() == {"lr": 0.2, "epochs": 3}


@pytest.mark.usefixtures("offline")
def test_the_configuration_can_be_copied_and_pickled_and_the_run_cannot() -> None:
    run = besom.init(config={"lr": 0.1, "nested": {"a": [1]}})
    for copied in (pickle.loads(pickle.dumps(run.config)), copy.deepcopy(run.config)):
        assert copied.as_dict() == {"lr": 0.1, "nested": {"a": [1]}}
        copied.more = 1
    assert "more" not in run.config
    with pytest.raises(UsageError, match="another process"):
        pickle.dumps(run)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("name", ["config", "summary"])
def test_a_name_that_was_imported_before_init_tells_what_to_write_instead(name: str) -> None:
    early = getattr(besom, name)
    besom.init()
    with pytest.raises(UsageError, match=f"Write besom.{name} or run.{name}"):
        early["lr"]


def test_require_does_nothing() -> None:
    besom.require("core")


def test_the_controller_stays_what_users_call_whoever_imports_its_package() -> None:
    import besom.controller.source

    assert callable(besom.controller)
    with pytest.raises(TypeError):
        besom.controller = 1


@pytest.mark.usefixtures("offline")
def test_the_modules_functions_are_those_of_the_active_run() -> None:
    with besom.init() as run:
        besom.define_metric("loss", summary="min")
        besom.log({"loss": 2.0})
        besom.mark_preempting()
        assert run.summary["loss"] == besom.summary["loss"] == {"min": 2.0}
    for call in (lambda: besom.define_metric("a"), lambda: besom.alert("a", "b"), besom.mark_preempting):
        with pytest.raises(UsageError, match="no run is active"):
            call()
