"""The panels of a sweep: parallel coordinates, scatter plot, slices and contour, and what is chosen in them."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from accessibility import assert_fits_and_bars_nobody
from filling import METRIC, Place
from playwright.sync_api import FloatRect, Locator, Page, Route, expect

pytestmark = pytest.mark.browser

PARAMETERS = {
    "lr": {"distribution": "log_uniform_values", "min": 0.0001, "max": 0.1},
    "optimizer": {"values": ["adam", "sgd"]},
    "momentum": {"min": 0.5, "max": 0.99, "when": {"optimizer": "sgd"}},
}
RUNS = 16


@pytest.fixture(scope="module")
def place(server) -> Place:
    place = server.filler.sweep("charts", "many panels", parameters=PARAMETERS, seed=3)
    agent, rng = server.filler.join(place), random.Random(3)
    for _ in range(RUNS):
        server.filler.whole_run(place, agent, rng)
    return place


@pytest.fixture
def sweep_page(signed_in: Page, server, place: Place) -> Page:
    signed_in.set_viewport_size({"width": 1440, "height": 1000})
    signed_in.goto(server.url + place.path)
    expect(parallel(signed_in).get_by_role("img", name=f"lr, momentum, optimizer, {METRIC} of {RUNS}")).to_be_visible()
    return signed_in


def parallel(page: Page) -> Locator:
    return page.get_by_role("region", name="Parallel coordinates")


def rows(page: Page) -> Locator:
    """Of runs in the table."""
    return page.get_by_role("region", name="Runs", exact=True).locator("tbody tr")


def runs_of(server, place: Place) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = server.filler.ask(
        "GET", f"/projects/{place.entity}/{place.project}/runs", sweep=place.sweep
    )["runs"]
    return runs


COLOURFUL = """(chart) => [...chart.querySelectorAll("canvas")].some((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4) {
    const rgb = data.slice(i, i + 3);
    if (data[i + 3] > 100 && Math.max(...rgb) - Math.min(...rgb) > 40) return true;
  }
  return false;
})"""
"""Whether something that is drawn in it is not grey."""


def axis(chart: Locator, title: str) -> FloatRect:
    """Where it can be dragged over."""
    group = chart.get_by_role("group", name=f"Axis {title}")
    box = group.locator("css=div:has(> [role=slider])").bounding_box()
    assert box is not None
    return box


def test_axes_are_brushed_by_hand_and_by_key_and_the_table_follows(sweep_page: Page):
    chart, table = parallel(sweep_page), rows(sweep_page)
    expect(table).to_have_count(RUNS)

    # A category, in the menu of its axis.
    chart.get_by_role("button", name="Axis optimizer").click()
    sweep_page.get_by_role("dialog", name="Axis of optimizer").get_by_role("checkbox", name="sgd").check()
    sweep_page.keyboard.press("Escape")
    expect(table.filter(has_text="adam")).to_have_count(0)
    expect(table.filter(has_text="sgd")).not_to_have_count(0)
    with_sgd = table.count()
    assert 0 < with_sgd < RUNS
    # All other panels follow.
    expect(chart.get_by_role("img", name=f"{METRIC} of {with_sgd} runs")).to_be_visible()
    expect(sweep_page.get_by_role("img", name=f"{METRIC} of {with_sgd} runs by the time")).to_be_visible()
    for panel, words in ((SLICES, f"{with_sgd} runs"), (CURVES, "grey: "), (MATTERS, f"from {with_sgd} runs")):
        expect(sweep_page.get_by_role("region", name=panel)).to_contain_text(words)

    # A range, dragged along an axis, then narrowed with the keys until nothing is left of it.
    brushed = chart.get_by_role("group", name="Axis lr")
    area = axis(chart, "lr")
    middle = area["x"] + area["width"] / 2
    sweep_page.mouse.move(middle, area["y"] + 2)
    sweep_page.mouse.down()
    sweep_page.mouse.move(middle, area["y"] + area["height"] / 2, steps=4)
    sweep_page.mouse.up()
    low = brushed.get_by_role("slider", name="lr from")
    expect(low).to_have_attribute("aria-valuenow", "50")
    low.focus()
    for _ in range(3):
        sweep_page.keyboard.press("ArrowUp")
    expect(low).to_have_attribute("aria-valuenow", "56")
    expect(sweep_page).to_have_url(re.compile("param%3Aoptimizer.+param%3Alr"))

    # Escape takes away all that was brushed here.
    sweep_page.keyboard.press("Escape")
    expect(table).to_have_count(RUNS)
    expect(low).to_have_attribute("aria-valuenow", "0")

    # Runs without a value have a place of their own.
    chart.get_by_role("button", name="none: only runs without a value of momentum").click()
    expect(table).to_have_count(RUNS - with_sgd)
    expect(table.filter(has_text="sgd")).to_have_count(0)


def test_axes_are_chosen_named_turned_and_moved_and_it_is_kept(sweep_page: Page):
    chart = parallel(sweep_page)
    chart.get_by_role("button", name="Axis optimizer").focus()
    sweep_page.keyboard.press("ArrowLeft")
    expect(chart.get_by_role("button", name="Axis momentum")).to_be_focused()
    sweep_page.keyboard.press("Shift+ArrowLeft")
    expect(chart.get_by_role("img", name="momentum, lr, optimizer")).to_be_visible()

    chart.get_by_role("button", name="Axis lr").click()
    menu = sweep_page.get_by_role("dialog", name="Axis of lr")
    menu.get_by_label("Title").fill("rate")
    menu = sweep_page.get_by_role("dialog", name="Axis of rate")
    expect(menu.get_by_label("Log scale")).to_be_checked()
    menu.get_by_label("Upside down").check()
    menu.get_by_role("button", name="Move right").click()
    sweep_page.keyboard.press("Escape")

    chart.get_by_role("button", name="Axes", exact=True).click()
    axes = sweep_page.get_by_role("dialog", name="Axes of the parallel coordinates")
    axes.get_by_role("searchbox", name="Find a field").fill("steps")
    axes.get_by_role("checkbox", name="Steps").check()
    axes.get_by_label("Colours").select_option("My own")
    axes.get_by_label("Colour of the better end").fill("#005500")
    sweep_page.keyboard.press("Escape")

    order = f"momentum, optimizer, rate, Steps, {METRIC}"
    expect(chart.get_by_role("img", name=order)).to_be_visible()
    sweep_page.reload()
    expect(chart.get_by_role("img", name=order)).to_be_visible()
    chart.get_by_role("button", name="Axis rate").click()
    menu = sweep_page.get_by_role("dialog", name="Axis of rate")
    expect(menu.get_by_label("Upside down")).to_be_checked()
    menu.get_by_role("button", name="Remove").click()
    sweep_page.keyboard.press("Escape")
    expect(chart.get_by_role("img", name=f"momentum, optimizer, Steps, {METRIC}")).to_be_visible()
    chart.get_by_role("button", name="Axes", exact=True).click()
    axes.get_by_role("button", name="Reset").click()
    expect(chart.get_by_role("img", name=f"lr, momentum, optimizer, {METRIC}")).to_be_visible()


PICTURES = """(names) => names.map((name) => {
  const nameOf = (one) => one.ariaLabel ?? document.getElementById(one.getAttribute("aria-labelledby"))?.textContent;
  const region = [...document.querySelectorAll("section")].find((one) => nameOf(one) === name);
  return region.innerHTML + [...region.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL()).join();
})"""
"""What each panel of these names shows, with its canvases."""
SETTLED = f"""async (names) => {{
  const pictures = {PICTURES};
  for (let last = []; ; last = pictures(names)) {{
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (pictures(names).every((one, i) => one === last[i])) return last;
  }}
}}"""
"""The same once all has been drawn."""


def test_a_run_lights_up_in_every_panel_and_opens_with_a_click(sweep_page: Page, server, place: Place):
    by_time = f"{METRIC} of {RUNS} runs by the time they were created, with the best so far"
    expect(sweep_page.get_by_role("img", name=by_time)).to_be_visible()
    chart = parallel(sweep_page)
    # A closed eye leaves the run in the table, and greys its line.
    eye = rows(sweep_page).first.get_by_role("button", name="in charts")
    eye.click()
    expect(chart.get_by_role("img", name=f"{METRIC} of {RUNS - 1} runs")).to_be_visible()
    expect(rows(sweep_page)).to_have_count(RUNS)
    eye.click()
    expect(chart.get_by_role("img", name=f"{METRIC} of {RUNS} runs")).to_be_visible()

    add(sweep_page, "Boxes by a parameter")
    add(sweep_page, "Bars by run or group")
    sweep_page.set_viewport_size({"width": 1440, "height": 3000})  # what is out of sight is not drawn
    boxes = f"Spread of {METRIC} by optimizer"
    each = [TIME, "Parallel coordinates", f"{METRIC} of each run", f"{METRIC} by parameter", boxes]
    for name in each:
        expect(sweep_page.get_by_role("region", name=name, exact=True).get_by_role("img").first).to_be_visible()
    each.append(f"{METRIC} by run")
    expect(sweep_page.get_by_role("region", name=each[-1], exact=True).get_by_role("rowheader")).to_have_count(RUNS)
    sweep_page.mouse.move(1, 1)
    before = sweep_page.evaluate(SETTLED, each)
    rows(sweep_page).nth(3).hover()
    sweep_page.wait_for_function(
        f"([each, before]) => ({PICTURES})(each).every((one, i) => one !== before[i])", arg=[each, before]
    )
    sweep_page.mouse.move(1, 1)
    sweep_page.wait_for_function(
        f"([each, before]) => ({PICTURES})(each).every((one, i) => one === before[i])", arg=[each, before]
    )

    # One run alone passes through the middle of each axis.
    name = rows(sweep_page).first.get_by_role("link").inner_text()
    sweep_page.get_by_label("Search runs").fill(f"^{name}$")
    expect(rows(sweep_page)).to_have_count(1)
    expect(chart.get_by_role("img", name=f"{METRIC} of 1 run,")).to_be_visible()
    sweep_page.evaluate("window.scrollTo(0, 0)")  # the table was scrolled to for its eye
    area = axis(chart, METRIC)
    sweep_page.mouse.move(area["x"] - 60, area["y"] + area["height"] / 2)
    tip = chart.locator("[class*=tooltip]")
    expect(tip.locator("strong")).to_have_text(name)
    expect(tip.locator("dt")).to_have_text(["lr", "momentum", "optimizer", METRIC])
    best = next(run for run in runs_of(server, place) if run["name"] == name)["best"]
    assert float(tip.locator("dd").last.inner_text()) == pytest.approx(best, rel=1e-3)
    lit = rows(sweep_page).filter(has=sweep_page.get_by_role("link", name=name, exact=True))
    expect(lit).to_have_class(re.compile("lit"))
    element = chart.element_handle()
    for count, colourful in ("0 runs", f"(one) => !({COLOURFUL})(one)"), ("1 run", COLOURFUL):
        eye.click()
        expect(chart.get_by_role("img", name=f"{METRIC} of {count},")).to_be_visible()
        sweep_page.mouse.move(1, 1)  # a line that is pointed at has the colour of the best
        sweep_page.wait_for_function(f"(chart) => ({colourful})(chart)", arg=element)
    sweep_page.evaluate("window.scrollTo(0, 0)")
    sweep_page.mouse.move(area["x"] - 60, area["y"] + area["height"] / 2)
    expect(tip.locator("strong")).to_have_text(name)
    sweep_page.mouse.down()
    sweep_page.mouse.up()
    expect(sweep_page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_the_scatter_plot_shows_any_field_against_any_other_and_a_rectangle_chooses_runs(
    sweep_page: Page, server, place: Place
):
    sweep_page.get_by_role("region", name=f"{METRIC} over time").get_by_role("button", name="Settings").click()
    menu = sweep_page.get_by_role("dialog", name="Settings of the scatter plot")
    x_axis = menu.get_by_role("group", name="X axis")
    x_axis.get_by_label("Shows").select_option("lr")
    expect(x_axis.get_by_label("Log scale")).to_be_checked()
    menu.get_by_label("Colour", exact=True).select_option("optimizer")
    for line in ("Minimum", "Maximum", "Mean"):
        menu.get_by_role("checkbox", name=line).check()
    menu.get_by_role("searchbox", name="Find a field").fill("Steps")
    menu.get_by_role("checkbox", name="Steps").check()
    menu.get_by_role("checkbox", name="Best so far").uncheck()
    menu.get_by_role("checkbox", name="Names beside them").check()
    sweep_page.keyboard.press("Escape")
    sweep_page.reload()
    panel = sweep_page.get_by_role("region", name=f"{METRIC} against lr")
    plot = panel.get_by_role(
        "img", name=f"{METRIC} of {RUNS} runs by lr, with the minimum, with the maximum, with the mean"
    )
    expect(plot).to_be_visible()
    expect(panel.get_by_text("adam")).to_be_visible()

    box = plot.bounding_box()
    assert box is not None
    sweep_page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 12)
    sweep_page.mouse.down()
    sweep_page.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] - 30, steps=4)
    sweep_page.mouse.up()
    chips = sweep_page.get_by_text("lr 0.0", exact=False)
    expect(chips.first).to_be_visible()
    expect(rows(sweep_page)).not_to_have_count(RUNS)
    expect(parallel(sweep_page).get_by_role("slider", name="lr from")).not_to_have_attribute("aria-valuenow", "0")
    sweep_page.keyboard.press("Escape")
    expect(rows(sweep_page)).to_have_count(RUNS)

    # Ends of an axis are typed; the rest lies outside.
    panel.get_by_role("button", name="Settings").click()
    x_axis.get_by_label("From").fill("0.01")
    x_axis.get_by_label("From").press("Enter")
    # A number gives the points a gradient, whose ends stand in the head.
    menu.get_by_label("Colour", exact=True).select_option("momentum")
    sweep_page.keyboard.press("Escape")
    expect(panel.get_by_text("adam")).to_have_count(0)
    expect(panel.locator("header [style*=gradient]")).to_be_visible()
    larger = [run for run in runs_of(server, place) if run["params"]["lr"] >= 0.01]
    plot = panel.get_by_role("img", name=f"{METRIC} of {len(larger)} runs by lr")
    expect(plot).to_be_visible()
    box = plot.bounding_box()
    assert box is not None
    tip = panel.locator("[class*=tooltip]")
    for place_of in range(200):  # over the plot from place to place, until a run is near
        sweep_page.mouse.move(
            box["x"] + box["width"] * (place_of % 20 + 0.5) / 20, box["y"] + box["height"] * (place_of // 20 + 0.5) / 10
        )
        if tip.count() > 0:
            break
    expect(tip.locator("dt").filter(has_text="Steps")).to_have_count(1)
    panel.get_by_role("button", name="Settings").click()
    expect(x_axis.get_by_label("From")).to_have_value("0.01")
    menu.get_by_role("button", name="Reset").click()
    sweep_page.keyboard.press("Escape")
    expect(sweep_page.get_by_role("region", name=f"{METRIC} over time")).to_be_visible()


def test_slices_contour_and_importance_stand_beside_them_and_nobody_is_barred(sweep_page: Page, server, place: Place):
    for parameter in ("lr", "optimizer", "momentum"):
        expect(sweep_page.get_by_role("img", name=f"{METRIC} by {parameter}")).to_be_visible()
    contour = sweep_page.get_by_role("region", name=f"{METRIC} over two parameters")
    expect(contour.get_by_text("a surface needs 12")).to_be_visible()  # momentum is only there with sgd
    matters = sweep_page.get_by_role("region", name="What matters most")
    expect(matters.get_by_role("rowheader", name="lr")).to_be_visible()
    matters.get_by_role("link", name="All about importance").click()
    expect(sweep_page.get_by_role("heading", name="Parameter importance")).to_be_visible()

    # Where all runs have both parameters, a surface lies behind the points.
    plain = {"lr": PARAMETERS["lr"], "decay": {"min": 0.0, "max": 1.0}}
    whole, rng = server.filler.sweep("charts", "without conditions", parameters=plain), random.Random(5)
    agent = server.filler.join(whole)
    for _ in range(12):
        server.filler.whole_run(whole, agent, rng)
    sweep_page.goto(server.url + whole.path)
    average = f"{METRIC} over decay and lr, as 12 runs have it on average"
    expect(contour.get_by_role("img", name=average)).to_be_visible()
    expect(contour.get_by_text("a surface needs 12")).to_have_count(0)
    assert contour.evaluate(COLOURFUL)
    assert_fits_and_bars_nobody(sweep_page)


def titles(page: Page) -> Locator:
    """Of the panels, in their order."""
    return page.locator("[data-panel] h2:not([popover] *)")


def choose(page: Page, title: str, action: str) -> None:
    """An item of a panel's menu."""
    page.get_by_role("button", name=f"Actions of {title}", exact=True).click()
    page.get_by_role("menuitem", name=action).click()


def add(page: Page, kind: str) -> None:
    page.get_by_role("button", name="Add panel").click()
    page.get_by_role("menuitem", name=kind).click()


TIME, PARALLEL, CURVES = f"{METRIC} over time", "Parallel coordinates", f"{METRIC} of each run"
MATTERS, SLICES, CONTOUR = "What matters most", f"{METRIC} by parameter", f"{METRIC} over two parameters"
AUTOMATIC = [TIME, PARALLEL, CURVES, MATTERS, SLICES, CONTOUR]


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
    page.keyboard.press("x")
    expect(titles(page)).to_have_text(moved[:-1])
    page.keyboard.press("Control+z")
    expect(titles(page)).to_have_text(moved)
    page.keyboard.press("a")
    expect(page.get_by_role("menu", name="Add panel")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+j")
    expect(page.get_by_role("region", name="Runs", exact=True)).to_be_focused()
    page.keyboard.press("m")
    metrics = page.locator("details", has=page.get_by_role("heading", name="All metrics"))
    expect(metrics).to_have_attribute("open", "")
    page.keyboard.press("m")
    expect(metrics).not_to_have_attribute("open", "")

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
    page.get_by_role("button", name="Automatic panels").click()
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
    page.get_by_role("button", name="Everybody's panels").click()
    expect(titles(page)).to_have_text(left)
    page.evaluate("localStorage.clear()")  # as somebody else, who has arranged nothing
    page.reload()
    expect(titles(page)).to_have_text(left)
    page.get_by_role("button", name="Saved views").click()
    expect(common).to_contain_text("You see it")
    common.get_by_role("button", name="Remove").click()
    page.keyboard.press("Escape")
    expect(titles(page)).to_have_text(AUTOMATIC)


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
    assert bars.get_by_role("rowheader").first.inner_text() == rows(page).first.get_by_role("link").inner_text()
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
    page.set_viewport_size({"width": 390, "height": 844})
    assert_fits_and_bars_nobody(page)

    # Where no run has the field, the panel says so and how to go on; what it lacks altogether it leaves out.
    other = server.filler.sweep("charts", "fewer fields", parameters={"lr": PARAMETERS["lr"]})
    server.filler.whole_run(other, server.filler.join(other), random.Random(4))
    page.goto(server.url + other.path)
    misfit = page.get_by_role("region", name="Scatter plot")
    expect(misfit).to_contain_text("No run here has momentum")
    added = ["Bars", f"Spread of {METRIC} by lr", "Runs side by side", "Text", "${val/loss} - ${val/accuracy}"]
    expect(titles(page)).to_have_text([TIME, "Scatter plot", PARALLEL, CURVES, MATTERS, SLICES, *added])
    choose(page, "Scatter plot", "Move earlier")
    expect(titles(page).first).to_have_text("Scatter plot")
    misfit.get_by_role("button", name="Show the usual").click()
    expect(titles(page)).to_have_text([TIME, TIME, PARALLEL, CURVES, MATTERS, SLICES, *added])


def test_name_and_notes_are_edited_and_notes_are_text_whatever_they_hold(signed_in: Page, server, filler):
    named = filler.sweep("charts", "from the file")
    filler.running_run(named, filler.join(named, host="gpu-7"), random.Random(1))
    signed_in.goto(server.url + named.path)
    signed_in.get_by_role("button", name="Edit name and notes").click()
    dialog = signed_in.get_by_role("dialog", name="Name and notes")
    dialog.get_by_label("Name", exact=True).fill("the good one")
    dialog.get_by_label("Notes, in Markdown").fill("# Plan\n\nfirst **wide**, then <img src=x onerror=alert(1)>")
    dialog.get_by_role("button", name="Save").click()
    expect(signed_in.get_by_role("heading", name="the good one", level=1)).to_be_visible()
    notes = signed_in.get_by_role("region", name="Notes")
    expect(notes.get_by_text("wide")).to_be_visible()
    expect(notes).to_contain_text("<img src=x")
    expect(notes.locator("img")).to_have_count(0)

    signed_in.get_by_role("button", name="Edit name and notes").click()
    dialog.get_by_label("Notes, in Markdown").fill("mine")
    filler.ask("PATCH", f"/sweeps/{named.sweep}", {"display_name": "of somebody else"})
    signed_in.reload()
    signed_in.get_by_role("button", name="Edit name and notes").click()
    expect(dialog.get_by_label("Notes, in Markdown")).to_have_value("mine")
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("of somebody else")
    dialog.get_by_label("Name", exact=True).fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(signed_in.get_by_role("heading", name="from the file", level=1)).to_be_visible()
    expect(notes).to_contain_text("mine")

    views = signed_in.get_by_role("navigation", name="Sweep")
    views.get_by_role("link", name="Agents").click()
    expect(signed_in.get_by_role("row", name="gpu-7")).to_contain_text("1 of 1")
    views.get_by_role("link", name="Events").click()
    events = signed_in.get_by_role("main").locator("ol > li")
    expect(events.filter(has_text="agent joined")).to_have_count(1)
    signed_in.get_by_label("Kind").select_option("agent.joined")
    expect(events.filter(has_not_text="agent joined")).to_have_count(0)


class Held:
    """Requests for an address, which wait until they are let go; later ones need not wait."""

    def __init__(self, page: Page, address: str) -> None:
        self.waiting: list[Route] = []
        self.open = False
        page.route(address, self._take)

    def _take(self, route: Route) -> None:
        if self.open:
            route.continue_()
        else:
            self.waiting.append(route)

    def release(self) -> None:
        self.open = True
        for route in self.waiting:
            route.continue_()


def test_a_menu_stays_open_when_the_runs_and_curves_of_its_card_come(signed_in: Page, server, place: Place):
    late = {part: Held(signed_in, f"**/{part}?**") for part in ("runs", "curves")}
    signed_in.goto(server.url + place.path)
    signed_in.get_by_role("button", name=f"Actions of {METRIC} of each run").click()
    menu = signed_in.get_by_role("menu")
    for part, shown in (("runs", f"of {RUNS} runs, a line for each"), ("curves", f"{RUNS} curves")):
        expect(menu).to_be_visible()
        while not late[part].waiting:
            signed_in.wait_for_timeout(20)
        late[part].release()
        expect(signed_in.get_by_role("img", name=shown).or_(signed_in.get_by_text(shown))).to_be_visible()
    expect(menu).to_be_visible()


def test_a_narrow_screen_says_that_there_are_more_axes_and_a_press_leads_to_them(signed_in: Page, server, place: Place):
    signed_in.set_viewport_size({"width": 390, "height": 844})
    signed_in.goto(server.url + place.path)
    right = parallel(signed_in).get_by_role("button", name="More axes to the right")
    left = parallel(signed_in).get_by_role("button", name="More axes to the left")
    last = parallel(signed_in).get_by_role("group", name=f"Axis {METRIC}")
    expect(left).to_be_hidden()
    expect(last).not_to_be_in_viewport()
    right.focus()
    signed_in.keyboard.press("Enter")
    expect(last).to_be_in_viewport()
    # At the end the one that was pressed keeps the focus, so that the keyboard does not lose its place.
    expect(right).to_be_focused()
    expect(right).to_have_attribute("aria-disabled", "true")
    left.click()
    expect(left).to_be_hidden()
    expect(right).to_be_visible()
    # One more axis makes what is inside wider, and its frame not.
    right.click()
    expect(right).to_be_hidden()
    parallel(signed_in).get_by_role("button", name="Axes", exact=True).click()
    axes = signed_in.get_by_role("dialog", name="Axes of the parallel coordinates")
    axes.get_by_role("checkbox", name="Steps").check()
    expect(right).to_be_visible()
