"""``run.log_code`` and the settings that log code at the beginning of a run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import besom
from besom.client.api import Api
from besom.client.connection import Connection
from besom.errors import UsageError
from besom.protocol import ArtifactRecord, NewArtifact, SpoolRecord

pytestmark = pytest.mark.usefixtures("offline", "program")


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A project's folder, which is the working directory; runs capture nothing else."""
    for name, value in {"CONSOLE": "off", "DISABLE_META": "true", "DISABLE_STATS": "true"}.items():
        monkeypatch.setenv(f"BESOM_{name}", value)
    files = {
        "train.py": "import model",
        "package/model.py": "class Model: ...",
        "explore.ipynb": "{}",
        "requirements-gpu.txt": "torch",
        "Dockerfile.cuda": "FROM scratch",
        "data.csv": "1,2",
        "README.md": "# hi",
        ".venv/lib/x.py": "",
        "env/pyvenv.cfg": "",
        "env/lib/y.py": "",
        ".git/hook.py": "",
        "package/__pycache__/z.py": "",
        "wandb/run-1/files/code/old.py": "",
        "node_modules/n.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "train.py"), "--lr=1"])
    return tmp_path


@pytest.fixture
def logged(records: Callable[[], list[SpoolRecord]], tmp_path: Path) -> Callable[[], list[NewArtifact]]:
    """The artifacts that the run logged; the bytes of each are in its folder."""

    def read() -> list[NewArtifact]:
        (folder,) = tmp_path.glob("besom/run-*")
        found = [record.artifact for record in records() if isinstance(record, ArtifactRecord)]
        assert all((folder / "blobs" / file.digest).stat().st_size == file.size for new in found for file in new.files)
        return found

    return read


def paths(artifact: NewArtifact) -> list[str]:
    return [file.path for file in artifact.files]


ALL = ["Dockerfile.cuda", "explore.ipynb", "package/model.py", "requirements-gpu.txt", "train.py"]


def test_log_code_logs_python_files_notebooks_requirements_and_dockerfiles_but_no_run_folder(logged: Any) -> None:
    with besom.init(project="mnist") as run:
        artifact = run.log_code()
        assert artifact is not None
        assert artifact.type == "code"
    (new,) = logged()
    assert (new.name, new.type, paths(new)) == ("source-mnist-train.py", "code", ALL)


def test_log_code_is_there_on_the_module_too(logged: Any) -> None:
    with besom.init():
        besom.log_code("package")
    assert [paths(new) for new in logged()] == [["model.py"]]


def test_the_name_and_what_is_included_and_excluded_may_be_chosen(logged: Any, tmp_path: Path) -> None:
    seen = []

    def excluded(path: str, root: str) -> bool:
        seen.append((path, root))
        return "package" in path

    with besom.init() as run:
        run.log_code(".", name="mine", include_fn=lambda path: path.endswith((".csv", ".py")), exclude_fn=excluded)
    (new,) = logged()
    assert (new.name, paths(new)) == ("mine", ["data.csv", "train.py"])
    assert (str(tmp_path / "train.py"), str(tmp_path)) in seen


def test_without_any_source_file_nothing_is_logged(logged: Any) -> None:
    with besom.init() as run:
        assert run.log_code(include_fn=lambda path: False) is None
    assert logged() == []


def test_a_root_that_is_no_folder_is_refused() -> None:
    with besom.init() as run, pytest.raises(UsageError, match="'nowhere', which is no folder"):
        run.log_code("nowhere")


def test_the_setting_code_dir_logs_the_code_at_the_beginning(logged: Any) -> None:
    with besom.init(settings=besom.Settings(code_dir="package")):
        assert [paths(new) for new in logged()] == [["model.py"]]


def test_the_variable_code_dir_does_so_too(logged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_CODE_DIR", ".")
    with besom.init():
        assert [paths(new) for new in logged()] == [ALL]


def test_a_code_dir_that_is_no_folder_is_told_and_does_not_end_the_run(
    logged: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with besom.init(settings=besom.Settings(code_dir="nowhere")) as run:
        run.log({"loss": 1})
    assert logged() == []
    assert (
        "The code was not logged: log_code() was given root='nowhere', which is no folder." in capsys.readouterr().err
    )


@pytest.mark.parametrize("variable", ["BESOM_SAVE_CODE", "WANDB_SAVE_CODE"])
def test_save_code_keeps_the_main_program(logged: Any, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "true")
    with besom.init(project="mnist"):
        pass
    assert [(new.name, paths(new)) for new in logged()] == [("source-mnist-train.py", ["train.py"])]


def test_no_code_is_logged_unless_asked_for(logged: Any) -> None:
    with besom.init():
        pass
    assert logged() == []


def test_in_a_notebook_the_executed_cells_are_logged(logged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    try:
        shell.kernel = object()  # what tells a notebook from a terminal
        shell.run_cell("x = 1", store_history=True)
        monkeypatch.setenv("BESOM_SAVE_CODE", "true")
        with besom.init(project="mnist") as run:
            shell.run_cell("y = 2", store_history=True)
        (new,) = logged()
        text = (run.folder / "blobs" / new.files[0].digest).read_text()
    finally:
        InteractiveShell.clear_instance()
    assert (new.name, paths(new)) == ("source-mnist-notebook", ["notebook_cells.py"])
    assert "# In [1]\nx = 1\n" in text
    assert "y = 2" in text


@pytest.mark.usefixtures("online")
def test_the_code_of_two_runs_can_be_compared_file_by_file(
    connection: Connection, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BESOM_MODE", "online")
    sources = []
    for text in ("import model", "import model, torch"):
        (program / "train.py").write_text(text)
        with besom.init(project="compared") as run:
            run.log_code()
        (code,) = Api(base_url=connection.url, api_key=connection.key).run(run.path).logged_artifacts()
        sources.append({file.name: file.read_bytes() for file in code.files()})
    before, after = sources
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} == {"train.py"}
    assert after["train.py"] == b"import model, torch"
