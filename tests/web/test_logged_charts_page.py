"""What programs log beside numbers, of several runs: charts (`plot.roc_curve` and the like), tables and media."""

from __future__ import annotations

import json
import random
import time

import pytest
from accessibility import assert_fits_and_bars_nobody
from filling import METRIC, PIXEL, Place, log_charts
from playwright.sync_api import Locator, Page, Route, expect

pytestmark = pytest.mark.browser

RUNS = 3


@pytest.fixture(scope="module")
def place(server) -> Place:
    place = server.filler.sweep("logged charts", "curves of classes")
    agent, rng = server.filler.join(place), random.Random(2)
    for _ in range(RUNS):
        log_charts(server.filler, place, server.filler.whole_run(place, agent, rng), rng)
    server.filler.whole_run(place, agent, rng)  # logs no chart
    return place


def drawn(chart: Locator, runs: int) -> None:
    """What the chart shows: so many runs of two classes."""
    expect(chart.get_by_role("list", name="Runs").get_by_role("listitem")).to_have_count(runs)
    expect(chart.get_by_role("list", name="class").get_by_role("listitem")).to_have_text(["ant", "bee"])
    name = f"True positive rate by False positive rate, {42 * runs} points"
    expect(chart.get_by_role("img", name=name)).to_be_visible()


def test_a_chart_that_runs_log_is_drawn_of_several_runs_in_their_colours(signed_in: Page, server, place: Place):
    page = signed_in
    page.goto(server.url + place.path)
    # A name with a space is one word for a shell.
    command = f"besom agent '{place.entity}/{place.project}/{place.sweep}'"
    expect(page.get_by_text(command, exact=True).first).to_be_visible()
    # By keyboard, and before its script is there: the panel has the focus all the same.
    script, on_its_way = "**/LoggedChartPanel*.js", list[Route]()
    page.route(script, lambda route: on_its_way.append(route))  # noqa: PLW0108 - Playwright needs a function
    page.get_by_role("button", name="Add panel").press("Enter")
    with page.expect_request(script):
        page.get_by_role("menuitem", name="Logged charts of several runs").press("Enter")
    expect(page.get_by_role("button", name="Actions of Logged charts of several runs")).to_be_focused()
    on_its_way.pop().continue_()
    matrices = page.get_by_role("region", name="Confusion")
    expect(matrices.locator(":focus")).to_be_visible()
    expect(matrices.get_by_role("table")).to_have_count(RUNS)
    matrices.get_by_label("Chart").select_option("ROC")
    roc = page.get_by_role("region", name="ROC", exact=True)
    drawn(roc, RUNS)
    table = page.get_by_role("region", name="Runs", exact=True)
    first = roc.get_by_role("list", name="Runs").get_by_role("link").first
    dot = table.get_by_role("button", name=f"Colour of {first.inner_text()}")
    # A piece of its line instead of a dot where two of the runs happen to have one colour.
    swatch = roc.get_by_role("list", name="Runs").locator("li > :is(span, svg)").first
    is_line = swatch.evaluate("one => one.matches('svg')")
    colour = dot.evaluate("one => getComputedStyle(one).color")
    expect(swatch).to_have_css("stroke" if is_line else "background-color", colour)
    # Any of the two best runs may be the one that has logged no chart.
    for name in roc.get_by_role("list", name="Runs").get_by_role("link").all_inner_texts()[:2]:
        table.locator("tbody tr").filter(has_text=name).get_by_role("checkbox").check()
    drawn(roc, 2)
    expect(roc).to_contain_text("the ticked 2")
    page.get_by_label("Search panels").fill("^roc$")
    expect(page.locator("[data-panel]")).to_have_count(1)
    drawn(roc, 2)
    page.set_viewport_size({"width": 390, "height": 844})
    assert_fits_and_bars_nobody(page)
    first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_runs_that_are_compared_share_their_charts(signed_in: Page, server, place: Place):
    runs = server.filler.ask("GET", f"/projects/{place.entity}/{place.project}/runs", sweep=place.sweep)["runs"]
    ids = ":".join(run["id"] for run in runs)
    signed_in.goto(f"{server.url}/{place.entity}/{place.project}/compare?runs={ids}")
    drawn(signed_in.get_by_role("region", name="ROC", exact=True), RUNS)
    expect(signed_in.get_by_role("region", name="Confusion").get_by_role("table")).to_have_count(RUNS)


def test_media_and_plain_tables_of_several_runs_stand_side_by_side(signed_in: Page, server):
    filler, page = server.filler, signed_in
    place = filler.sweep("media of runs", "draws")
    table = json.dumps({"columns": ["truth", "guess"], "data": [[1, 2], [3, 3]]}).encode()
    for number in range(3):
        run = f"drawing-{number}"
        filler.begin(place, run, name=run, config={"optimizer": "sgd"})
        filler.log_file(place, run, "media/table/rows.json", table)
        records = []
        for step in range(number + 1):
            filler.log_file(place, run, f"media/images/digit_{step}.png", PIXEL)
            image = {"_type": "image-file", "path": f"media/images/digit_{step}.png", "caption": f"epoch {step}"}
            rows = {"_type": "table-file", "path": "media/table/rows.json", "size": len(table), "ncols": 2}
            data = {"val/digit": image, "rows": rows, METRIC: 1.0 + number}
            records.append({"type": "history", "step": step, "time": time.time(), "data": data})
        filler.report(place, run, records)

    page.goto(server.url + place.path)
    page.get_by_role("button", name="Add panel").click()
    page.get_by_role("menuitem", name="Media of several runs").click()
    panel = page.get_by_role("region", name="val/digit")
    expect(panel).to_contain_text("the best 3")
    # The newest of each, then what each had at the first step.
    expect(panel.get_by_role("figure")).to_have_text(["epoch 0", "epoch 1", "epoch 2"])
    expect(panel.get_by_role("listitem").first).to_contain_text("drawing-0Step 0")
    for picture in panel.get_by_role("img").all():
        picture.scroll_into_view_if_needed()
        page.wait_for_function("one => one.naturalWidth === 1", arg=picture.element_handle())
    panel.get_by_role("slider").press("Home")
    expect(panel.get_by_role("figure")).to_have_text(["epoch 0"] * 3)
    rows = page.get_by_role("region", name="Runs", exact=True).locator("tbody tr")
    rows.filter(has_text="drawing-2").get_by_role("checkbox").check()
    expect(panel).to_contain_text("the ticked 1")
    expect(panel.get_by_role("figure")).to_have_text(["epoch 0"])

    # Nobody has said that its numbers are a line: they stay a table.
    rows.filter(has_text="drawing-1").get_by_role("checkbox").check()
    page.get_by_role("button", name="Add panel").click()
    page.get_by_role("menuitem", name="By key").click()
    for name, kind in (("val/digit", "media"), (METRIC, "curves"), ("rows", "chart or table")):
        page.get_by_role("combobox", name="Key").fill(name)
        expect(page.get_by_role("option", name=name)).to_contain_text(kind)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Added rows.")).to_be_visible()
    tables = page.locator("[data-panel^=logged]")
    expect(tables.get_by_role("table")).to_have_count(2)
    expect(tables.get_by_role("region", name="Table rows of drawing-2").get_by_role("cell")).to_have_text(
        ["1", "2", "3", "3"]
    )
    page.get_by_label("Search panels").fill("^(rows|val/digit)$")
    expect(page.locator("[data-panel]")).to_have_count(2)
    page.set_viewport_size({"width": 390, "height": 844})
    assert_fits_and_bars_nobody(page)
