"""The panels of a sweep as a whole: moved, resized, hidden, added, doubled, enlarged, and for whom that holds."""

from __future__ import annotations

import random
import re

import pytest
import sweep_charts
from accessibility import assert_fits_and_bars_nobody
from filling import METRIC, Place
from playwright.sync_api import Locator, Page, expect
from sweep_charts import (
    CONTOUR,
    CURVES,
    MATTERS,
    PARALLEL,
    PARAMETERS,
    RUNS,
    SLICES,
    TIME,
    add,
    parallel,
    rows,
)

pytestmark = pytest.mark.browser
place, sweep_page = sweep_charts.place, sweep_charts.sweep_page  # its fixtures

AUTOMATIC = [TIME, PARALLEL, CURVES, MATTERS, SLICES, CONTOUR]


def titles(page: Page) -> Locator:
    """Of the panels and sections, in their order."""
    return page.locator("[data-panel] :is(h2, h3):not([popover] *)")


def choose(page: Page, title: str, action: str) -> None:
    """An item of a panel's menu."""
    page.get_by_role("button", name=f"Actions of {title}", exact=True).click()
    page.get_by_role("menuitem", name=action).click()


def of_all(page: Page, action: str) -> None:
    """What is done with the panels as a whole."""
    page.get_by_role("button", name="More about the panels").click()
    page.get_by_role("menuitem", name=action).click()


def begin(page: Page, section: str) -> None:
    """A section of panels, at the end, which then has the focus."""
    of_all(page, "Add section")
    page.get_by_role("textbox", name="Name", exact=True).fill(section)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"Actions of {section}")).to_be_focused()


def search(page: Page) -> Locator:
    """The field that finds panels."""
    return page.get_by_role("searchbox", name="Search panels")


def test_panels_are_moved_resized_and_hidden_and_every_step_is_taken_back(sweep_page: Page):
    page = sweep_page
    expect(titles(page)).to_have_text(AUTOMATIC)

    # By its title, over the left half of another one.
    page.get_by_role("heading", name=MATTERS).hover()
    page.mouse.down()
    over = page.locator("[data-panel=parallel]").bounding_box()
    assert over is not None
    page.mouse.move(over["x"] + over["width"] / 4, over["y"] + 40, steps=4)
    expect(page.locator("[data-panel=parallel]")).to_have_attribute("data-mark", "before")
    page.mouse.up()
    moved = [TIME, MATTERS, PARALLEL, CURVES, SLICES, CONTOUR]
    expect(titles(page)).to_have_text(moved)
    # By key, and the focus goes along.
    page.get_by_role("button", name=f"Actions of {SLICES}").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(titles(page)).to_have_text([*moved[:4], CONTOUR, SLICES])
    expect(page.get_by_role("button", name=f"Actions of {SLICES}")).to_be_focused()
    page.keyboard.press("Shift+ArrowUp")
    expect(titles(page)).to_have_text(moved)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name=f"Actions of {CONTOUR}")).to_be_focused()
    page.keyboard.press("f")
    expect(page.get_by_role("dialog", name=CONTOUR)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name=f"Actions of {CONTOUR}")).to_be_focused()
    page.keyboard.press("x")
    expect(titles(page)).to_have_text(moved[:-1])
    page.keyboard.press("Control+z")
    expect(titles(page)).to_have_text(moved)
    page.keyboard.press("a")
    expect(page.get_by_role("menu", name="Add panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu", name="Add panel")).to_be_hidden()
    page.keyboard.press("Control+j")
    expect(page.get_by_role("region", name="Runs", exact=True)).to_be_focused()
    page.keyboard.press("m")
    metrics = page.get_by_role("button", name="All metrics")
    expect(metrics).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("m")
    expect(metrics).to_have_attribute("aria-expanded", "false")
    expect(metrics).to_be_focused()

    chart = page.get_by_role("img", name=f"{METRIC} against the step")
    low = chart.bounding_box()
    choose(page, CURVES, "Height: large")
    expect(chart).to_have_css("height", "442px")
    choose(page, CURVES, "Full width")
    assert low is not None
    width = low["width"]
    page.wait_for_function(
        "([panel, width]) => document.querySelector(panel).clientWidth > 1.3 * width",
        arg=["[data-panel=curves]", width],
    )
    edge = page.locator("[data-panel=curves] > div").last
    edge.hover()
    page.mouse.down()
    page.mouse.move(700, (edge.bounding_box() or {"y": 0})["y"] - 95, steps=4)
    page.mouse.up()
    expect(chart).not_to_have_css("height", "442px")

    choose(page, PARALLEL, "Hide")
    page.get_by_role("status").filter(has_text=f"Hid {PARALLEL}").get_by_role("button", name="Undo").click()
    expect(titles(page)).to_have_text(moved)
    page.keyboard.press("Control+y")
    left = [TIME, MATTERS, CURVES, SLICES, CONTOUR]
    expect(titles(page)).to_have_text(left)
    page.reload()
    expect(titles(page)).to_have_text(left)
    of_all(page, "Automatic panels")
    expect(titles(page)).to_have_text(AUTOMATIC)
    page.keyboard.press("Control+z")
    expect(titles(page)).to_have_text(left)

    # For everybody: whoever has chosen nothing sees it, others keep theirs.
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("button", name="Use this arrangement for everybody").click()
    common = page.get_by_role("region", name="For everybody")
    expect(common).to_contain_text("Your own choices come first")
    page.keyboard.press("Escape")
    choose(page, SLICES, "Hide")
    fewer = [title for title in left if title != SLICES]
    expect(titles(page)).to_have_text(fewer)
    page.reload()
    expect(titles(page)).to_have_text(fewer)
    of_all(page, "Everybody's panels")
    expect(titles(page)).to_have_text(left)
    page.evaluate("localStorage.clear()")  # as somebody else, who has arranged nothing
    page.reload()
    expect(titles(page)).to_have_text(left)
    page.get_by_role("button", name="Saved views").click()
    expect(common).to_contain_text("You see it")
    common.get_by_role("button", name="Remove").click()
    page.keyboard.press("Escape")
    expect(titles(page)).to_have_text(AUTOMATIC)


def test_sections_gather_panels_and_a_folded_one_asks_for_nothing(sweep_page: Page):
    page = sweep_page
    begin(page, "Rates")
    expect(titles(page)).to_have_text([*AUTOMATIC, "Rates"])
    choose(page, SLICES, "Rates")
    expect(page.get_by_role("button", name=f"Actions of {SLICES}")).to_be_focused()
    # By key over its border, by hand into it though it is folded.
    page.get_by_role("button", name=f"Actions of {CONTOUR}").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(titles(page)).to_have_text([TIME, PARALLEL, CURVES, MATTERS, "Rates", CONTOUR, SLICES])
    expect(page.get_by_role("heading", name=CONTOUR, level=3)).to_be_visible()
    rates = page.get_by_role("button", name="Rates", exact=True)
    rates.click()
    expect(rates).to_have_attribute("aria-expanded", "false")
    page.get_by_role("heading", name=CURVES).hover()
    page.mouse.down()
    rates.hover()
    expect(page.locator("[data-mark=into]")).to_contain_text("2 panels")
    page.mouse.up()
    folded = [TIME, PARALLEL, MATTERS, "Rates"]
    expect(titles(page)).to_have_text(folded)
    expect(page.locator("[data-section]")).to_contain_text("3 panels")

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_request(re.compile(r"/importance\?")):
        page.reload()
    expect(titles(page)).to_have_text(folded)
    expect(parallel(page).get_by_role("img")).to_be_visible()
    assert not any("/curves?" in url for url in asked)
    # An address that names one of its panels unfolds it; in full screen the arrow keys stay within it.
    page.evaluate("address => history.pushState(null, '', address)", page.url + "?panel=contour")
    expect(page.get_by_role("dialog", name=CONTOUR)).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("dialog", name=CURVES)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name=CONTOUR)).to_be_visible()
    page.keyboard.press("Escape")
    shown = [TIME, PARALLEL, MATTERS, "Rates", CONTOUR, SLICES, CURVES]
    expect(titles(page)).to_have_text(shown)

    begin(page, "Rest")
    page.keyboard.press("a")  # where the focus is
    page.get_by_role("menu", name="Add panel to Rest").get_by_role("menuitem", name="Text").click()
    expect(titles(page)).to_have_text([*shown, "Rest", "Text"])
    page.get_by_role("button", name="Actions of Rest").focus()
    page.keyboard.press("Shift+ArrowUp")
    moved = [TIME, PARALLEL, MATTERS, "Rest", "Text", "Rates", CONTOUR, SLICES, CURVES]
    expect(titles(page)).to_have_text(moved)
    choose(page, "Rates", "Rename")
    name = page.get_by_role("textbox", name="Name", exact=True)
    name.fill("Rest ")
    name.press("Enter")
    expect(page.get_by_role("dialog", name="Rename Rates")).to_contain_text("There is a section Rest already.")
    name.fill("Learning rates")
    page.get_by_role("button", name="Rename").click()
    renamed = ["Learning rates" if title == "Rates" else title for title in moved]
    expect(titles(page)).to_have_text(renamed)
    choose(page, "Learning rates", "Remove")
    expect(titles(page)).to_have_text([title for title in renamed if title != "Learning rates"])
    for before in (renamed, moved, [*shown, "Rest", "Text"]):
        page.keyboard.press("Control+z")
        expect(titles(page)).to_have_text(before)


def test_panels_are_found_by_their_titles_in_folded_sections_too_and_all_come_back(sweep_page: Page):
    page = sweep_page
    begin(page, "Rates")
    choose(page, SLICES, "Rates")
    choose(page, CONTOUR, "Rates")
    rates = page.get_by_role("button", name="Rates", exact=True)
    rates.click()
    arranged = [TIME, PARALLEL, CURVES, MATTERS, "Rates"]
    expect(titles(page)).to_have_text(arranged)
    search(page).fill("over (time|TWO)")
    expect(titles(page)).to_have_text([TIME, "Rates", CONTOUR])
    expect(page.get_by_role("status").filter(has_text="2 of 6 panels")).to_be_visible()
    metrics = page.get_by_role("button", name="All metrics")
    expect(metrics).to_have_count(0)  # none is called so

    # What stands between them is not seen, so there is no next place; into a section they go.
    page.get_by_role("button", name=f"Actions of {TIME}").press("Shift+ArrowRight")
    page.get_by_role("heading", name=CONTOUR).drag_to(page.get_by_role("heading", name=TIME))
    page.get_by_role("button", name=f"Actions of {TIME}").click()
    expect(page.get_by_role("menu").get_by_role("menuitem").filter(has_text="Move")).to_have_count(0)
    page.get_by_role("group", name="Move to").get_by_role("menuitem", name="Rates").click()
    expect(titles(page)).to_have_text(["Rates", CONTOUR, TIME])
    assert_fits_and_bars_nobody(page)
    page.keyboard.press("Control+z")

    # The charts of all metrics are searched, too; no pattern is plain words.
    search(page).fill("^val/acc")
    expect(titles(page)).to_have_count(0)
    expect(page.get_by_role("region", name="val/accuracy")).to_be_visible()
    expect(page.get_by_text("1 of 3 charts")).to_be_visible()
    search(page).fill("(")
    expect(metrics).to_have_count(0)
    search(page).press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Clear the search")).to_be_focused()
    page.keyboard.press("Enter")
    expect(search(page)).to_be_focused()
    expect(search(page)).to_have_value("")
    expect(titles(page)).to_have_text(arranged)
    expect(metrics).to_have_attribute("aria-expanded", "false")
    search(page).fill("parallel")
    expect(titles(page)).to_have_text([PARALLEL])
    search(page).press("Escape")
    expect(titles(page)).to_have_text(arranged)

    # What is new, and what an address names, is seen whatever is searched; who comes back finds all.
    search(page).fill("parallel")
    add(page, "Text")
    expect(titles(page)).to_have_text([*arranged[:-1], "Text", "Rates"])
    search(page).fill("parallel")
    expect(titles(page)).to_have_text([PARALLEL])
    page.evaluate("address => history.pushState(null, '', address)", page.url + "?panel=importance")
    expect(page.get_by_role("dialog", name=MATTERS)).to_be_visible()
    page.keyboard.press("Escape")
    expect(search(page)).to_have_value("")
    search(page).fill("parallel")
    page.get_by_role("navigation", name="Sweep").get_by_role("link", name="Events").click()
    page.get_by_role("navigation", name="Sweep").get_by_role("link", name="Runs").click()
    expect(titles(page)).to_have_text([*arranged[:-1], "Text", "Rates"])
    expect(search(page)).to_have_value("")


def test_panels_are_added_doubled_and_enlarged_and_other_sweeps_of_the_project_have_them(
    sweep_page: Page, server, place: Place
):
    page = sweep_page
    choose(page, TIME, "Duplicate")
    expect(titles(page)).to_have_text([TIME, TIME, *AUTOMATIC[1:]])
    page.get_by_role("region", name=TIME).nth(1).get_by_role("button", name="Settings").click()
    settings = page.get_by_role("dialog", name="Settings of the scatter plot")
    settings.get_by_role("group", name="X axis").get_by_label("Shows").select_option("momentum")
    page.keyboard.press("Escape")
    doubled = f"{METRIC} against momentum"
    expect(titles(page)).to_have_text([TIME, doubled, *AUTOMATIC[1:]])

    add(page, "Bars by run or group")
    bars = page.get_by_role("region", name=f"{METRIC} by run")
    expect(bars.get_by_role("rowheader")).to_have_count(RUNS)
    best = rows(page).first.get_by_role("link").inner_text()
    expect(bars.get_by_role("rowheader").first).to_have_text(best, use_inner_text=True)
    bars.get_by_label("By", exact=True).select_option("optimizer")
    bars = page.get_by_role("region", name=f"Mean {METRIC} by optimizer")
    expect(bars.get_by_role("rowheader")).to_have_text(["adam", "sgd"])
    add(page, "Boxes by a parameter")
    boxes = page.get_by_role("region", name=f"Spread of {METRIC} by optimizer")
    expect(boxes.get_by_role("img", name=re.compile(r"adam: median 0\.\d+ of \d+ runs; sgd: median"))).to_be_visible()
    # Both follow the groups of the table, unless something else was chosen for them.
    page.get_by_role("button", name="Group").click()
    page.get_by_role("combobox", name="Group by").fill("State")
    page.get_by_role("option", name="State Run").click()
    page.keyboard.press("Escape")
    boxes = page.get_by_role("region", name=f"Spread of {METRIC} by State")
    expect(boxes.get_by_role("img", name="Finished: median 0.")).to_be_visible()
    bars.get_by_label("By", exact=True).select_option("as the table")
    bars = page.get_by_role("region", name=f"Mean {METRIC} by State")
    expect(bars.get_by_role("rowheader")).to_have_text(["Finished"])
    bars.get_by_label("By", exact=True).select_option("optimizer")
    page.get_by_role("button", name="Group").click()
    page.get_by_role("button", name="Do not group by State").click()
    page.keyboard.press("Escape")
    add(page, "Runs side by side")
    expect(page.get_by_role("region", name="Runs side by side").get_by_role("columnheader")).to_have_count(10)
    add(page, "Text")
    text = page.get_by_role("region", name="Text", exact=True)
    text.get_by_role("button", name="Write text").click()
    text.get_by_role("textbox", name="Text").fill("Look at **lr**, not at <b>momentum</b>")
    text.get_by_role("button", name="Save text").click()
    expect(text).to_contain_text("<b>momentum</b>")
    add(page, "Curves of any metric")
    curves = page.get_by_role("region", name="Curves", exact=True)
    measure = curves.get_by_role("combobox", name="Metric or expression")
    measure.fill("${val/loss} -")
    curves.get_by_role("button", name="Draw").click()
    expect(curves.get_by_role("alert")).to_contain_text("missing at the end")
    measure.fill("${val/loss} - ${val/accuracy}")
    curves.get_by_role("button", name="Draw").click()
    drawn = page.get_by_role("region", name="${val/loss} - ${val/accuracy}")
    expect(drawn.get_by_role("img", name=f"{RUNS} curves")).to_be_visible()
    drawn.get_by_role("button", name="Settings").click()
    page.get_by_role("dialog", name="Curves").get_by_label("Draw at most").select_option("10")
    page.keyboard.press("Escape")
    expect(drawn.get_by_role("img", name="10 curves")).to_be_visible()

    # Each is found by what its card says.
    for title in titles(page).all_inner_texts():
        search(page).fill(f"^{re.escape(title)}$")
        expect(titles(page)).to_have_text([title])
    search(page).fill("")

    choose(page, "Text", "Full screen")
    large = page.get_by_role("dialog", name="Text", exact=True)
    expect(large).to_contain_text("Look at lr")
    expect(page.get_by_text("Look at lr")).to_have_count(1)  # the place of the panel is free meanwhile
    page.keyboard.press("ArrowLeft")
    enlarged = page.get_by_role("dialog", name="Runs side by side")
    expect(enlarged).to_be_visible()
    expect(page).to_have_url(re.compile("[?&]panel=runs"))  # so that the address can be shared
    page.reload()
    expect(enlarged).to_be_visible()
    page.go_back()
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.go_forward()
    expect(enlarged).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.get_by_role("button", name="Actions of Runs side by side")).to_be_focused()
    begin(page, "Notes")
    choose(page, "Text", "Notes")
    expect(page.get_by_role("heading", name="Text", level=3, exact=True)).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert_fits_and_bars_nobody(page)

    # Where no run has the field, the panel says so and how to go on; what it lacks altogether it leaves out.
    other = server.filler.sweep("my charts", "fewer fields", parameters={"lr": PARAMETERS["lr"]})
    server.filler.whole_run(other, server.filler.join(other), random.Random(4))
    page.goto(server.url + other.path)
    misfit = page.get_by_role("region", name="Scatter plot")
    expect(misfit).to_contain_text("No run here has momentum")
    added = ["Bars", f"Spread of {METRIC} by lr", "Runs side by side"]
    added += ["${val/loss} - ${val/accuracy}", "Notes", "Text"]
    expect(titles(page)).to_have_text([TIME, "Scatter plot", PARALLEL, CURVES, MATTERS, SLICES, *added])
    search(page).fill("^(scatter plot|bars)$")
    expect(titles(page)).to_have_text(["Scatter plot", "Bars"])
    search(page).fill("")
    choose(page, "Scatter plot", "Move earlier")
    expect(titles(page).first).to_have_text("Scatter plot")
    misfit.get_by_role("button", name="Show the usual").click()
    expect(titles(page)).to_have_text([TIME, TIME, PARALLEL, CURVES, MATTERS, SLICES, *added])
