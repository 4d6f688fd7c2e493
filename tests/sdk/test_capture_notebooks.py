"""besom in real notebooks: a kernel, cells, what they show."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

pytestmark = pytest.mark.usefixtures("online")

SWEEP = """
import besom as wandb
config = {"method": "grid", "metric": {"name": "loss", "goal": "minimize"}, "parameters": {"x": {"values": [1, 2]}}}
sweep_id = wandb.sweep(config, project="notebooks")
"""


class Notebook:
    """A notebook whose cells are run one by one."""

    def __init__(self, client: NotebookClient) -> None:
        self._client = client

    def run(self, source: str) -> tuple[str, str]:
        """Text that a cell shows, and HTML; raises what the cell raises."""
        cell = nbformat.v4.new_code_cell(source)
        self._client.nb.cells.append(cell)
        self._client.execute_cell(cell, len(self._client.nb.cells) - 1)
        text = "".join(output.get("text", "") for output in cell.outputs)
        return text, "".join(output.data.get("text/html", "") for output in cell.outputs if "data" in output)

    def value(self, expression: str) -> str:
        return self.run(f"print({expression})")[0].strip()

    def interrupt(self) -> None:
        """As the button in the toolbar does."""
        os.kill(self._client.km.provisioner.pid, signal.SIGINT)


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    client = NotebookClient(nbformat.v4.new_notebook(), timeout=150, startup_timeout=150, kernel_name="python3")
    kernel = client.create_kernel_manager()
    # The TCP ports of a kernel are chosen before it binds them: beside other tests one may be taken meanwhile.
    kernel.transport, kernel.ip = "ipc", str(tmp_path / "kernel")
    with client.setup_kernel(cwd=str(tmp_path)):
        yield Notebook(client)


def test_a_sweep_in_a_notebook_shows_each_run_with_its_parameters_links_and_summary(
    notebook: Notebook,
) -> None:
    notebook.run(SWEEP)
    text, markup = notebook.run("""
def train():
    run = wandb.init()
    print("training with", wandb.config.x)
    wandb.log({"loss": wandb.config.x / 2})
wandb.agent(sweep_id, function=train, count=5)
""")
    for value in (1, 2):
        assert f"x={value}" in text
        assert f"training with {value}" in text
        assert f"loss {value / 2:g}" in text
    sweep_id = notebook.value("sweep_id")
    assert f"/sweeps/{sweep_id}" in markup
    assert markup.count("/runs/") == 2
    assert notebook.value("wandb.run") == "None"


def test_what_cells_print_belongs_to_the_run(notebook: Notebook, tmp_path: Path) -> None:
    _, markup = notebook.run("import besom; run = besom.init(project='notebooks')")
    assert "/notebooks/runs/" in markup
    notebook.run("import sys; print('from a cell'); print('error', file=sys.stderr)")
    notebook.run("run.finish()")
    (log,) = tmp_path.glob("besom/run-*/output.log")
    assert {"from a cell", "error"} <= set(log.read_text().splitlines())


def test_the_next_init_finishes_the_run_before(notebook: Notebook, view: Any) -> None:
    notebook.run("import besom; first = besom.init(project='notebooks'); first.log({'a': 1})")
    notebook.run("second = besom.init(project='notebooks')")
    assert view.run("notebooks", notebook.value("first.id")).state == "finished"
    assert notebook.value("besom.run is second") == "True"
    notebook.run("second.finish()")


def test_the_magic_and_the_end_of_a_cell_show_live_pages(notebook: Notebook) -> None:
    notebook.run(SWEEP)
    sweep_id = notebook.value("sweep_id")
    entity = notebook.value("wandb.Api().viewer.entity")
    for path in (sweep_id, f"{entity}/notebooks/sweeps/{sweep_id}"):
        _, markup = notebook.run(f"%besom {path} -h 600")
        assert f'/{entity}/notebooks/sweeps/{sweep_id}"' in markup
        assert "height:600px" in markup
    assert f'/{entity}/notebooks"' in notebook.run(f"%wandb {entity}/notebooks")[1]
    notebook.run("run = wandb.init(project='notebooks')")
    run_id = notebook.value("run.id")
    assert f"/notebooks/runs/{run_id}" in notebook.run("%besom")[1]
    assert f"/notebooks/runs/{run_id}" in notebook.run(f"%besom {entity}/notebooks/runs/{run_id}")[1]
    assert f"/notebooks/runs/{run_id}" in notebook.run("run")[1]
    assert f"/sweeps/{sweep_id}" in notebook.run(f"wandb.Api().sweep('{entity}/notebooks/{sweep_id}')")[1]
    assert f"/sweeps/{sweep_id}" in notebook.run(f"wandb.show('{sweep_id}', height=300)")[1]
    notebook.run("run.finish()")
    notebook.run("%env BESOM_PROJECT=notebooks")
    assert f'/{entity}/notebooks"' in notebook.run("%besom")[1]
    assert f'/{entity}/notebooks"' in notebook.run("wandb.show(wandb.Api().project('notebooks'))")[1]


MISTAKES = {
    "%besom nosuchsweep": "There is no sweep nosuchsweep",
    "%besom a/b/sweeps/c -h tall": "'tall' is not a number of pixels",
    "%besom one two": "'two' is one word too many",
    '%besom "one two': "No closing quotation",
    "%besom": "no run is active",
    "%besom nobody/nothing": "There is no project nobody/nothing",
}


def test_mistakes_in_the_magic_are_told_without_a_traceback(notebook: Notebook) -> None:
    notebook.run("import besom")
    for line, message in MISTAKES.items():
        text, markup = notebook.run(line)
        assert message in text
        assert "Traceback" not in text
        assert markup == ""


def test_interrupting_the_cell_kills_the_run_and_the_notebook_goes_on(
    notebook: Notebook, view: Any, until: Callable[..., Any], tmp_path: Path
) -> None:
    notebook.run(SWEEP)

    def interrupt_when_it_trains() -> None:
        until((tmp_path / "training").exists)
        notebook.interrupt()

    threading.Thread(target=interrupt_when_it_trains, daemon=True).start()
    text, _ = notebook.run("""
import pathlib, time
ids = []
def train():
    ids.append(wandb.init().id)
    pathlib.Path("training").touch()
    for _ in range(600):
        time.sleep(0.1)  # a signal that comes just before one long sleep would be looked at after it
wandb.agent(sweep_id, function=train)
""")
    assert "Interrupted" in text
    assert view.run("notebooks", notebook.value("ids[0]")).state == "killed"
    assert notebook.value("len(ids), wandb.run") == "1 None"
    notebook.run("def train(): wandb.init(); wandb.log({'loss': 1})\nwandb.agent(sweep_id, function=train, count=1)")


def test_a_run_that_is_stopped_between_two_cells_ends_and_what_they_made_stays(
    notebook: Notebook, view: Any, until: Callable[..., Any]
) -> None:
    notebook.run("import besom; run = besom.init(project='notebooks'); made = 'in hours'")
    run_id = notebook.value("run.id")
    view.connection.request("POST", f"/projects/{view.entity}/notebooks/runs/{run_id}/stop")
    until(lambda: view.run("notebooks", run_id).state == "killed")
    until(lambda: notebook.value("made, besom.run") == "in hours None")  # the server knows it a moment earlier


def test_a_cell_that_fails_leaves_a_run_that_the_next_cell_can_use(notebook: Notebook) -> None:
    notebook.run("import besom; run = besom.init(project='notebooks')")
    with pytest.raises(CellExecutionError, match="no such layer"):
        notebook.run("raise ValueError('no such layer')")
    notebook.run("run.log({'a': 1}); run.finish()")
