"""Charts that programs log (`plot.roc_curve` and the like), of several runs in one."""

from __future__ import annotations

import random

import pytest
from accessibility import assert_fits_and_bars_nobody
from filling import Place, log_charts
from playwright.sync_api import Locator, Page, expect

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
    page.get_by_role("button", name="Add panel").click()
    page.get_by_role("menuitem", name="Logged charts of several runs").click()
    matrices = page.get_by_role("region", name="Confusion")
    expect(matrices.get_by_role("table")).to_have_count(RUNS)
    matrices.get_by_label("Chart").select_option("ROC")
    roc = page.get_by_role("region", name="ROC", exact=True)
    drawn(roc, RUNS)
    table = page.get_by_role("region", name="Runs", exact=True)
    first = roc.get_by_role("list", name="Runs").get_by_role("link").first
    dot = table.get_by_role("button", name=f"Colour of {first.inner_text()}")
    swatch = roc.get_by_role("list", name="Runs").locator("li > span").first
    expect(swatch).to_have_css("background-color", dot.evaluate("one => getComputedStyle(one).color"))
    for row in (0, 1):
        table.locator("tbody tr").nth(row).get_by_role("checkbox").check()
    drawn(roc, 2)
    expect(roc).to_contain_text("the ticked 2")
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
