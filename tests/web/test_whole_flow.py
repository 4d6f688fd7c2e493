"""One sweep from its first line to its last run, in a real browser, with a real agent and a real program."""

from __future__ import annotations

import csv
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from server_process import ServerProcess

pytestmark = pytest.mark.browser

CONFIG = """\
program: train.py
method: grid
metric: {name: loss, goal: minimize}
parameters:
  lr: {values: [0.1, 0.2, 0.3, 0.4]}
"""
PROGRAM = """
import time
import besom

with besom.init() as run:
    for step in range(3):
        run.log({"loss": 1 + run.config.lr / (step + 1)})
    while run.config.lr == 0.3:
        time.sleep(0.05)
"""
"""The run with a rate of 0.3 goes on until somebody stops it."""
PROGRAMS = 120_000
"""Milliseconds within which the agent and some programs, one after the other, have begun and ended."""


@contextmanager
def started(command: str, folder: Path, server: ServerProcess) -> Iterator[subprocess.Popen[bytes]]:
    """What a user pastes into a terminal, in a folder with the program; ended with the test at the latest."""
    (folder / "train.py").write_text(PROGRAM)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BESOM_", "WANDB_"))}
    environ = {
        **clean,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{clean['PATH']}",
        "BESOM_HOME": str(folder / "home"),
        "BESOM_BASE_URL": server.url,
        "BESOM_API_KEY": server.key,
    }
    with (folder / "agent.log").open("wb") as log:
        agent = subprocess.Popen(shlex.split(command), cwd=folder, env=environ, stdout=log, stderr=log)
    try:
        yield agent
    finally:
        agent.terminate()
        agent.wait(60)


def row_of(table: Locator, rate: float) -> Locator:
    return table.locator("tr[data-index]").filter(has=table.page.get_by_role("cell", name=f"{rate:g}", exact=True))


def confirm(page: Page, action: str) -> None:
    """A control of the sweep, and its question."""
    page.get_by_role("group", name="Sweep controls").get_by_role("button", name=action, exact=True).click()
    page.get_by_role("button", name=f"{action} this sweep").click()


def act_on(page: Page, row: Locator, action: str) -> None:
    """An item of a run's menu, and its question."""
    row.hover()
    row.get_by_role("button", name="Actions of").click()
    page.get_by_role("menuitem", name=action).click()
    page.get_by_role("dialog").get_by_role("button", name=action, exact=True).click()


def test_a_sweep_is_written_run_steered_changed_and_exported_without_leaving_the_page(
    signed_in: Page, server, filler, tmp_path: Path
):
    page = signed_in
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    filler.sweep("flow", "makes the project")
    page.goto(f"{server.url}/{filler.entity}/flow/new-sweep")
    page.get_by_role("textbox", name="Configuration", exact=True).fill(CONFIG)
    page.get_by_role("button", name="Start sweep").click()
    expect(page.get_by_text("of 4 runs done")).to_be_visible()
    copy = page.get_by_role("button", name="Copy: besom agent").first
    copy.click()
    # For less than two seconds, so it is looked for at each frame.
    page.wait_for_function("button => button.textContent === 'Copied'", arg=copy.element_handle())
    command = page.evaluate("navigator.clipboard.readText()")
    sweep = page.url.rpartition("/")[2]
    assert command == f"besom agent {filler.entity}/flow/{sweep}"

    table = page.get_by_role("table", name="Runs")
    rows = table.locator("tr[data-index]")
    header = page.locator("header")
    with started(command, tmp_path, server) as agent:
        expect(row_of(table, 0.3)).to_contain_text("Running", timeout=PROGRAMS)
        expect(rows).to_have_count(3)

        # Brushed: what is left of an axis is left of the table too.
        chart = page.get_by_role("region", name="Parallel coordinates")
        expect(chart.get_by_role("img", name="lr, loss of 3 runs")).to_be_visible()
        chart.get_by_role("slider", name="lr from").focus()
        page.keyboard.press("PageUp")
        expect(row_of(table, 0.1)).to_have_count(0)
        expect(row_of(table, 0.3)).to_be_visible()
        page.keyboard.press("Escape")
        expect(rows).to_have_count(3)

        confirm(page, "Pause")
        expect(header.get_by_text("Paused", exact=True)).to_be_visible()
        act_on(page, row_of(table, 0.3), "Stop")
        expect(row_of(table, 0.3)).to_contain_text("Killed")

        # What is left undone changes nothing, and the focus is where it was.
        dots = row_of(table, 0.1).get_by_role("button", name="Actions of")
        dots.press("Enter")
        page.get_by_role("menuitem", name="Delete").press("Enter")
        page.get_by_role("dialog").get_by_role("button", name="Not now").press("Enter")
        expect(dots).to_be_focused()

        # A deleted run gives its point back; so does one that is run again, to a run that waits for the sweep.
        first = row_of(table, 0.2).get_by_role("link").first.inner_text()
        act_on(page, row_of(table, 0.2), "Run again")
        page.get_by_role("dialog").get_by_role("button", name="Close").click()
        expect(row_of(table, 0.2)).to_contain_text("Queued")
        act_on(page, row_of(table, 0.1), "Delete")
        expect(rows).to_have_count(2)

        # A value more is a run more.
        page.get_by_role("navigation", name="Sweep").get_by_role("link", name="Configuration").click()
        page.get_by_role("button", name="Edit", exact=True).click()
        page.get_by_role("textbox", name="Configuration", exact=True).fill(CONFIG.replace("0.4]", "0.4, 0.5]"))
        page.get_by_role("button", name="Save as version 2").click()
        expect(page.get_by_text("of 5 runs done")).to_be_visible()
        page.get_by_role("navigation", name="Sweep").get_by_role("link", name="Runs").click()
        expect(rows).to_have_count(2)

        confirm(page, "Resume")
        expect(header.get_by_text("Finished", exact=True)).to_be_visible(timeout=PROGRAMS)
        expect(rows).to_have_count(5)
        assert agent.wait(PROGRAMS / 1_000) == 0, (tmp_path / "agent.log").read_text()

    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="CSV of the columns shown").click()
    with Path(download.value.path()).open(newline="") as file:
        exported = {float(row["config.lr"]): row for row in csv.DictReader(file)}
    kept = filler.ask("GET", f"/projects/{filler.entity}/flow/runs", sweep=sweep)["runs"]
    assert {run["params"]["lr"]: (run["state"], round(run["best"], 4)) for run in kept} == {
        0.1: ("finished", 1.0333),
        0.2: ("finished", 1.0667),
        0.3: ("killed", 1.1),
        0.4: ("finished", 1.1333),
        0.5: ("finished", 1.1667),
    }
    assert len(kept) == 5
    assert first not in {run["name"] for run in kept}
    assert {rate: row["name"] for rate, row in exported.items()} == {run["params"]["lr"]: run["name"] for run in kept}
