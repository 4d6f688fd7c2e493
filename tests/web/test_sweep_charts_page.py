"""The panels of a sweep: parallel coordinates, scatter plot, slices and contour, and what is chosen in them."""

from __future__ import annotations

import random
import re

import pytest
from accessibility import assert_fits_and_bars_nobody
from filling import METRIC, Place
from playwright.sync_api import FloatRect, Locator, Page, expect

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


def test_a_run_lights_up_in_every_panel_and_opens_with_a_click(sweep_page: Page):
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

    # One run alone passes through the middle of each axis.
    name = rows(sweep_page).first.get_by_role("link").inner_text()
    sweep_page.get_by_label("Search runs").fill(f"^{name}$")
    expect(rows(sweep_page)).to_have_count(1)
    expect(chart.get_by_role("img", name=f"{METRIC} of 1 run,")).to_be_visible()
    sweep_page.evaluate("window.scrollTo(0, 0)")  # the table was scrolled to for its eye
    area = axis(chart, METRIC)
    sweep_page.mouse.move(area["x"] - 60, area["y"] + area["height"] / 2)
    expect(chart.locator("[class*=tooltip] strong")).to_have_text(name)
    lit = rows(sweep_page).filter(has=sweep_page.get_by_role("link", name=name, exact=True))
    expect(lit).to_have_class(re.compile("lit"))
    sweep_page.mouse.down()
    sweep_page.mouse.up()
    expect(sweep_page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_the_scatter_plot_shows_any_field_against_any_other_and_a_rectangle_chooses_runs(sweep_page: Page):
    sweep_page.get_by_role("region", name=f"{METRIC} over time").get_by_role("button", name="Settings").click()
    menu = sweep_page.get_by_role("dialog", name="Settings of the scatter plot")
    x_axis = menu.get_by_role("group", name="X axis")
    x_axis.get_by_label("Shows").select_option("lr")
    expect(x_axis.get_by_label("Log scale")).to_be_checked()
    menu.get_by_label("Colour", exact=True).select_option("optimizer")
    menu.get_by_role("checkbox", name="Minimum").check()
    menu.get_by_role("checkbox", name="Best so far").uncheck()
    menu.get_by_role("checkbox", name="Names beside them").check()
    sweep_page.keyboard.press("Escape")
    sweep_page.reload()
    panel = sweep_page.get_by_role("region", name=f"{METRIC} against lr")
    plot = panel.get_by_role("img", name=f"{METRIC} of {RUNS} runs by lr, with the minimum")
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
    for width in (390, 1440):
        sweep_page.set_viewport_size({"width": width, "height": 844})
        sweep_page.goto(server.url + place.path)
        expect(parallel(sweep_page).get_by_role("img")).to_be_visible()
        assert_fits_and_bars_nobody(sweep_page)


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
    dialog.get_by_label("Name", exact=True).fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(signed_in.get_by_role("heading", name="from the file", level=1)).to_be_visible()

    views = signed_in.get_by_role("navigation", name="Sweep")
    views.get_by_role("link", name="Agents").click()
    expect(signed_in.get_by_role("row", name="gpu-7")).to_contain_text("1 of 1")
    views.get_by_role("link", name="Events").click()
    events = signed_in.get_by_role("main").locator("ol > li")
    expect(events.filter(has_text="agent joined")).to_have_count(1)
    signed_in.get_by_label("Kind").select_option("agent.joined")
    expect(events.filter(has_not_text="agent joined")).to_have_count(0)
