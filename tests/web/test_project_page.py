"""A project's page, its saved views, and the ways to go anywhere by keyboard."""

from __future__ import annotations

import random
import re

import pytest
from accessibility import assert_fits_and_bars_nobody
from filling import Place
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def place(server) -> Place:
    """A sweep with four finished runs and one that runs, of three agents."""
    filler, rng = server.filler, random.Random(2)
    place = filler.sweep("views", "wide <i>search</i>")
    agents = [filler.join(place, f"gpu-{number}") for number in (3, 1, 2)]
    for number in range(4):
        filler.whole_run(place, agents[number % 3], rng)
    filler.running_run(place, agents[1], rng)
    return place


def test_a_project_says_what_goes_on_and_lists_sweeps_and_runs_as_they_change(signed_in: Page, server, place: Place):
    page = signed_in
    page.goto(f"{server.url}/{place.entity}/views")
    expect(page.get_by_role("main").locator("header")).to_contain_text("1 run at work")
    expect(page.get_by_role("link", name="New sweep")).to_have_attribute("href", f"/{place.entity}/views/new-sweep")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="wide <i>search</i>"))
    expect(row).to_be_visible()
    heads = page.get_by_role("columnheader").all_inner_texts()
    expect(row.locator("th, td").nth(heads.index("Running now"))).to_have_text("1")
    server.filler.ask("PATCH", f"/sweeps/{place.sweep}", {"description": "Wider than **before**"})
    expect(row).to_contain_text("Wider than")
    page.get_by_role("navigation", name="Project").get_by_role("link", name="Artifacts").click()
    expect(page.get_by_role("heading", name="No artifacts yet")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("run.log_artifact(artifact)")
    table = page.get_by_role("table", name="Runs")
    for there in (True, False):
        page.keyboard.press("Control+j")
        expect(table).to_be_visible(visible=there)
    page.get_by_role("navigation", name="Project").get_by_role("link", name="Runs").click()
    expect(table.locator("tr[data-index]")).to_have_count(5)
    expect(table.get_by_role("columnheader", name="Sweep")).to_be_visible()
    sweep = table.get_by_role("link", name="wide <i>search</i>").first
    expect(sweep).to_have_attribute("href", f"/{place.entity}/views/sweeps/{place.sweep}")
    expect(table.get_by_role("columnheader", name="val/loss")).to_be_visible()

    runs = f"/projects/{place.entity}/views/runs"
    server.filler.ask("PUT", f"/projects/{place.entity}/elsewhere")
    for run, name in (("loose", "by hand"), ("other", "by hand too")):
        server.filler.ask("POST", runs, {"id": run, "name": name, "started": 1.0})
        server.filler.report(place, run, [{"type": "exit", "code": 0, "time": 2.0}])
        page.get_by_role("checkbox", name=f"Select {name}", exact=True).check()
    page.get_by_role("group", name="Selected runs").get_by_role("button", name="Move").click()
    dialog = page.get_by_role("dialog", name="Move 2 runs")
    expect(dialog.get_by_role("button", name="Move")).to_be_disabled()
    dialog.get_by_role("combobox", name="Project").fill("elsewh")
    page.get_by_role("option", name=f"{place.entity}/elsewhere").click()
    assert_fits_and_bars_nobody(page)
    dialog.get_by_role("button", name="Move").click()
    expect(table.locator("tr[data-index]")).to_have_count(5)
    assert page.complaints == []
    for run, name in (("other", "by hand too"), ("loose", "by hand")):
        page.goto(f"{server.url}/{place.entity}/views/runs/{run}")
        expect(page).to_have_url(f"{server.url}/{place.entity}/elsewhere/runs/{run}")
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    page.complaints.clear()  # of the answer that said where it is now
    page.get_by_role("navigation", name="Where you are").get_by_role("link", name="elsewhere").click()
    expect(page.get_by_role("heading", name="No sweeps in this project yet")).to_be_visible()
    expect(page.get_by_text(f"besom sweep --entity {place.entity} --project elsewhere sweep.yaml")).to_be_visible()


def test_a_view_keeps_what_was_chosen_and_arranged_under_a_name(signed_in: Page, server, place: Place):
    page = signed_in
    page.goto(f"{server.url}{place.path}?sort=%2Bagent&group=agent")
    table = page.get_by_role("table", name="Runs")
    rows, heads = table.locator("tr[data-index]"), table.get_by_role("columnheader")
    table.scroll_into_view_if_needed()
    # Agents go by their names, as they are shown, whatever their ids are.
    expect(rows).to_have_text([re.compile(f"gpu-{number}-4711") for number in (1, 2, 3)])
    page.get_by_role("button", name="Group").click()
    page.get_by_role("button", name="Do not group by Agent").click()
    page.keyboard.press("Escape")
    table.get_by_role("button", name="Steps", exact=True).click()
    expect(page).to_have_url(re.compile("sort=-steps"))
    expect(rows).to_have_count(5)
    page.get_by_label("Search runs").fill("-[12]$")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("dialog", name="Columns").get_by_role("checkbox", name="Steps").uncheck()
    page.keyboard.press("Escape")
    expect(rows).to_have_count(2)
    expect(page).to_have_url(re.compile("q="))
    dot = page.get_by_role("button", name=re.compile("^Colour of .*-1$"))
    usual, own = dot.evaluate("one => getComputedStyle(one).color"), "rgb(18, 52, 86)"
    dot.click()
    page.get_by_label("Another colour").fill("#123456")
    expect(dot).to_have_css("color", own)
    page.keyboard.press("Escape")
    slices = page.get_by_role("region", name="val/loss by parameter")
    page.get_by_role("button", name="Actions of val/loss by parameter").click()
    page.get_by_role("menuitem", name="Hide").click()
    expect(slices).to_have_count(0)
    page.get_by_role("button", name="Saved views").click()
    page.get_by_label("Name of this view").fill("first <b>two</b>")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="first <b>two</b>")).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_role("button", name="More about the panels").click()
    page.get_by_role("menuitem", name="Automatic panels").click()
    expect(slices).to_be_visible()
    dot.click()
    page.get_by_role("radio", name="Usual colour").check()
    expect(dot).to_have_css("color", usual)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="Reset").click()
    page.keyboard.press("Escape")
    page.get_by_label("Search runs").fill("")
    expect(rows).to_have_count(5)
    expect(heads.filter(has_text="Steps")).to_have_count(1)

    page.goto(f"{server.url}/{place.entity}/views/views")
    page.get_by_role("link", name="first <b>two</b>").click()
    expect(rows).to_have_count(2)
    expect(heads.filter(has_text="Steps")).to_have_count(0)
    expect(dot).to_have_css("color", own)
    expect(page.get_by_role("region", name="Parallel coordinates")).to_be_visible()
    expect(slices).to_have_count(0)
    expect(page).to_have_url(re.compile(f"{place.path}.*sort=-steps"))

    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("button", name="Actions of first <b>two</b>").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("two")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Rename")).to_be_hidden()
    page.goto(f"{server.url}/{place.entity}/views/views")
    expect(page.get_by_role("link", name="two", exact=True)).to_be_visible()
    page.get_by_role("button", name="Actions of two").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog", name="Delete two?").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="No saved views yet")).to_be_visible()


def test_any_project_sweep_or_run_is_a_few_keys_away(signed_in: Page, server, place: Place):
    page = signed_in
    page.goto(server.url)
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    page.keyboard.press("Control+k")
    search = page.get_by_role("dialog", name="Go to a project, sweep or run")
    expect(search.get_by_role("combobox")).to_be_focused()
    with page.expect_response(re.compile("q=wide%20%3Ci%3E")):
        page.keyboard.type("wide <i>")
    expect(search.get_by_role("option").filter(has_text="wide <i>search</i>")).to_contain_text("Running")
    assert_fits_and_bars_nobody(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="wide <i>search</i>")).to_be_visible()
    expect(search).to_be_hidden()
    expect(page.get_by_role("table", name="Runs")).to_be_visible()

    page.keyboard.press("/")
    expect(page.get_by_label("Search runs")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_label("Search runs")).to_have_value("?")
    page.keyboard.press("Control+k")
    expect(search.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("nothing is called so")
    expect(search.get_by_role("status")).to_contain_text("Nothing has")
    page.keyboard.press("Escape")
    expect(search).to_be_hidden()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_).to_contain_text("Search the runs of this page")
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()
