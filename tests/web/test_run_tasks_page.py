"""What is done with runs from their table: with the ticked ones, and with one from its row."""

from __future__ import annotations

import random
import re

import pytest
import runs_table
from accessibility import assert_fits_and_bars_nobody
from filling import Place
from playwright.sync_api import Locator, Page, expect
from runs_table import rows

pytestmark = pytest.mark.browser
place, table = runs_table.place, runs_table.table  # its fixtures


def test_ticked_runs_are_tagged_deleted_and_brought_back(signed_in: Page, table: Locator, server, place: Place):
    page = signed_in
    bulk = page.get_by_role("group", name="Selected runs")
    page.get_by_role("checkbox", name="Select try-0").click()
    page.get_by_role("checkbox", name="Select try-2").click(modifiers=["Shift"])
    expect(bulk).to_contain_text("3 runs selected")
    expect(page).to_have_url(re.compile("[?&]selected=[^&]+%3A[^&]+%3A"))
    page.reload()
    expect(bulk).to_contain_text("3 runs selected")
    bulk.get_by_role("button", name="Tags").click()
    dialog = page.get_by_role("dialog", name="Tags of 3 runs")
    dialog.get_by_role("combobox", name="Tag").fill("keep <b>")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_role("listitem").filter(has_text="keep <b>")).to_contain_text("3 of 3")
    page.keyboard.press("Escape")
    page.get_by_role("checkbox", name="Select all runs that are shown").click()
    page.get_by_role("checkbox", name="Select all runs that are shown").click()
    expect(bulk).to_be_hidden()

    for name in ("try-1", "try-3", "try-5"):
        page.get_by_role("checkbox", name=f"Select {name}").check()
    bulk.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete 3 runs?")
    expect(dialog).to_contain_text("For seven days you can bring them back")
    dialog.get_by_role("button", name="Delete").click()
    expect(rows(table)).to_have_count(4)
    assert len(server.filler.ask("GET", f"/projects/{place.entity}/table/runs", sweep=place.sweep)["runs"]) == 4
    page.get_by_role("button", name="More about the runs").click()
    page.get_by_role("menuitem", name="Deleted runs").click()
    page.get_by_role("button", name="Bring back try-1").click()
    expect(page.get_by_role("button", name="Bring back try-1")).to_have_count(0)
    page.get_by_role("button", name="Bring back all").click()
    expect(page.get_by_text("There are none.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(rows(table)).to_have_count(7)
    tagged = server.filler.ask("GET", f"/projects/{place.entity}/table/runs/{place.sweep}-1")
    assert tagged["tags"] == ["keep <b>"]

    dot = rows(table).filter(has_text="Running").locator("th svg[class*=running] circle")
    expect(dot).to_have_count(2)  # a dot and its halo, which no other state has
    expect(table.get_by_role("columnheader").filter(has_text="Ended")).to_have_count(0)
    page.get_by_role("checkbox", name="Select all runs that are shown").check()
    bulk.get_by_role("button", name="Stop").click()
    dialog = page.get_by_role("dialog", name="Stop 7 runs?")
    expect(dialog).to_contain_text("1 of 7 have not ended")
    dialog.get_by_role("button", name="Stop").click()
    expect(dialog).to_be_hidden()
    found = server.filler.ask("GET", f"/projects/{place.entity}/table/runs", sweep=place.sweep)["runs"]
    assert ["stopped by" in run["reason"] for run in found].count(True) == 1
    bulk.get_by_role("link", name="Create sweep").click()
    expect(page.get_by_text("Guessed from the 7 runs that you chose")).to_be_visible()
    page.go_back()


def test_runs_are_run_again_in_their_sweep_which_is_resumed_and_in_a_grid_take_the_place_of_the_old_ones(
    signed_in: Page, server
):
    page, filler = signed_in, server.filler
    grid = filler.sweep("table", "grid again", method="grid", parameters={"lr": {"values": [0.1, 0.2]}})
    agent, rng = filler.join(grid), random.Random(3)
    filler.whole_run(grid, agent, rng)
    broken = filler.whole_run(grid, agent, rng, exit_code=1)
    full = filler.sweep("table", "full", run_cap=2)
    other = filler.join(full)
    for _ in range(2):
        filler.whole_run(full, other, rng)
    page.goto(server.url + full.path)
    page.get_by_role("checkbox", name="Select all runs that are shown").check()
    page.get_by_role("group", name="Selected runs").get_by_role("button", name="Run again").click()
    dialog = page.get_by_role("dialog", name="Run 2 runs again?")
    expect(dialog).to_contain_text("It has reached run_cap 2: raise that in its configuration first")
    dialog.get_by_role("button", name=re.compile("un again$")).click()
    expect(dialog).to_contain_text("Queued")
    page.keyboard.press("Escape")
    assert [run["state"] for run in listed(server, full)].count("pending") == 2

    page.goto(server.url + grid.path)
    table = page.get_by_role("table", name="Runs")
    row = rows(table).filter(has_text="Failed")
    name = row.locator("a[data-part=open]").inner_text()
    row.hover()
    row.get_by_role("button", name=f"Actions of {name}").click()
    page.get_by_role("menuitem", name="Run again").click()
    dialog = page.get_by_role("dialog", name=f"Run {name} again?")
    expect(dialog).to_contain_text("one run for each point, so this one is deleted first")
    expect(dialog).to_contain_text("has ended: every point of the grid has a run")
    dialog.get_by_role("button", name="Resume and run again").click()
    made = dialog.get_by_role("link")
    expect(rows(table).filter(has_text=made.inner_text())).to_contain_text("Queued")
    page.keyboard.press("Escape")
    expect(rows(table)).to_have_count(2)
    (queued,) = [run for run in listed(server, grid) if run["state"] == "pending"]
    assert queued["params"] == {"lr": 0.2}
    assert broken not in [run["id"] for run in listed(server, grid)]

    assert filler.whole_run(grid, agent, rng) == queued["id"]
    page.goto(f"{server.url}/{grid.entity}/{grid.project}/runs/{queued['id']}")  # it leads to the new one
    page.get_by_role("button", name="Actions of this run").click()
    page.get_by_role("menuitem", name="Run again").click()
    page.get_by_role("dialog").get_by_role("button", name="Resume and run again").click()
    expect(page.get_by_role("main").get_by_text("Queued", exact=True).first).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    (once_more,) = [run for run in listed(server, grid) if run["state"] == "pending"]
    expect(page).to_have_url(re.compile(rf"/runs/{once_more['id']}$"))
    assert all("410 (Gone)" in complaint for complaint in page.complaints)  # news of the old one may come first
    page.complaints.clear()


def listed(server, place: Place) -> list[dict]:
    return server.filler.ask("GET", f"/projects/{place.entity}/{place.project}/runs", sweep=place.sweep)["runs"]


def call_it_for_oneself(page: Page, row: Locator, was: str, name: str) -> None:
    row.hover()
    row.get_by_role("button", name=f"Actions of {was}").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("radio", name="Only in my workspace").check()
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    if name:
        expect(row.locator("a[data-part=open]")).to_have_text(name)


def test_one_run_is_renamed_stopped_coloured_and_hidden_from_charts_from_its_row(
    signed_in: Page, table: Locator, server, place: Place
):
    page = signed_in
    row = rows(table).filter(has_text="Running")
    name = row.locator("a[data-part=open]").inner_text()
    row.hover()
    row.get_by_role("button", name=f"Actions of {name}").click()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    page.keyboard.type("other name")
    page.keyboard.press("Enter")
    expect(row.locator("a[data-part=open]")).to_have_text("other name")
    for action, given in (("Rename", ""), ("Rename", "other name")):
        was = row.locator("a[data-part=open]").inner_text()
        row.hover()
        row.get_by_role("button", name=f"Actions of {was}").click()
        page.get_by_role("menuitem", name=action).click()
        page.get_by_role("textbox", name="Name").fill(given)
        page.keyboard.press("Enter")
        expect(row.locator("a[data-part=open]")).to_have_text(given or re.compile(r"^\w+-\w+-\d+$"))
    third = rows(table).filter(has=page.locator(f"a[href*='{place.sweep}-3']"))
    link = third.locator("a[data-part=open]")
    call_it_for_oneself(page, third, "try-3", "mine")
    expect(page.get_by_role("listitem").get_by_role("button", name="mine", exact=True)).to_be_visible()
    for name in ("^mine$", "^try-3$"):
        page.get_by_label("Search runs").fill(name)
        expect(rows(table)).to_have_count(1)
        expect(link).to_have_attribute("title", re.compile(r"^mine \(try-3\)"))
    page.get_by_label("Search runs").fill("")
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").fill("MIN")
    found = page.get_by_role("option").filter(has_text="mine")
    expect(found).to_contain_text("try-3, ")
    found.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("mine")
    expect(page.get_by_role("main").locator("header").first).to_contain_text("try-3 for everybody else")
    expect(page).to_have_title(re.compile("^mine "))
    assert_fits_and_bars_nobody(page)
    page.go_back()
    call_it_for_oneself(page, third, "mine", "")
    expect(link).to_have_text("try-3")
    row.hover()
    row.get_by_role("button", name="Actions of other name").click()
    page.get_by_role("menuitem", name="Stop").click()
    page.get_by_role("dialog", name="Stop other name?").get_by_role("button", name="Stop").click()
    expect(page.get_by_role("dialog", name="Stop other name?")).to_be_hidden()
    found = server.filler.ask("GET", f"/projects/{place.entity}/table/runs", sweep=place.sweep)["runs"]
    (stopped,) = [run for run in found if run["name"] == "other name"]
    assert "stopped by" in stopped["reason"]
    row.hover()
    row.get_by_role("button", name="Actions of other name").click()
    server.filler.ask("POST", f"/agents/{stopped['agent_id']}/runs/{stopped['id']}/exit", {"exit_code": 143})
    expect(rows(table).filter(has_text="other name")).to_contain_text("Killed")
    expect(page.get_by_role("menuitem", name="Stop")).to_be_visible()  # nothing else comes under the pointer
    page.keyboard.press("Escape")

    curves = page.get_by_role("img", name=re.compile("loss against the step")).first
    drawn = "place => place.querySelector('canvas')?.toDataURL()"  # what is drawn anew may be another canvas
    before = curves.evaluate(drawn)
    dot = page.get_by_role("button", name="Colour of try-3")
    swatch = page.get_by_role("listitem").get_by_role("button", name="try-3", exact=True).locator("span").first
    dot.click()
    dialog = page.get_by_role("dialog", name="Colour of try-3")
    dialog.get_by_label("Another colour").fill("#123456")
    for place_of_it in (dot, swatch):
        expect(place_of_it).to_have_css("color", "rgb(18, 52, 86)")
    page.wait_for_function(f"([place, before]) => ({drawn})(place) !== before", arg=[curves.element_handle(), before])
    dialog.get_by_label("By").select_option("param:lr")
    dialog.get_by_label("in", exact=True).select_option("3")
    buckets = dialog.get_by_role("list", name="Colours by lr").get_by_role("listitem")
    expect(buckets).to_have_count(3)
    assert_fits_and_bars_nobody(page)
    expect(dot).to_have_css("color", "rgb(18, 52, 86)")
    dialog.get_by_role("radio", name="Pink").check()
    pink = dialog.locator("label", has=page.get_by_role("radio", name="Pink")).evaluate(
        "e => getComputedStyle(e).color"
    )
    expect(swatch).to_have_css("color", pink)
    dialog.get_by_role("radio", name="Usual colour").check()
    bucket = buckets.nth(0).locator("span").first.evaluate("e => getComputedStyle(e).color")
    slow = page.get_by_role("button", name="Colour of try-5")
    expect(slow).to_have_css("color", bucket)
    dialog.get_by_label("By", exact=True).select_option("summary:val/loss")
    latest = dialog.get_by_role("list", name="Colours by val/loss (summary)").get_by_role("listitem")
    expect(latest).to_have_count(3)
    ranges = latest.all_inner_texts()
    dialog.get_by_label("Value of a run").select_option("largest")
    largest = dialog.get_by_role("list", name="Colours by largest val/loss (summary)").get_by_role("listitem")
    expect(largest).to_have_count(3)
    expect(largest).not_to_have_text(ranges)
    dialog.get_by_label("By", exact=True).select_option("param:lr")
    page.keyboard.press("Escape")
    expect(dot).to_be_focused()

    eye = page.get_by_role("button", name="Show try-3 in charts")
    expect(eye).to_have_attribute("aria-pressed", "true")
    eye.click()
    expect(eye).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("img", name=re.compile(r"loss.* 6 (runs|curves)")).first).to_be_visible()
    expect(rows(table)).to_have_count(7)
    page.reload()
    expect(eye).to_have_attribute("aria-pressed", "false")
    expect(slow).to_have_css("color", bucket)
    page.get_by_role("button", name="1 not drawn").click()
    expect(eye).to_have_attribute("aria-pressed", "true")
