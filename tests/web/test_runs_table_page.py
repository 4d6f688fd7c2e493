"""The runs table and what chooses its runs: filters, groups, columns, ticks, and what is done with the ticked ones."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path
from urllib.parse import urlencode

import fastparquet
import pytest
from accessibility import assert_fits_and_bars_nobody
from filling import METRIC, Place
from playwright.sync_api import Locator, Page, Route, expect

pytestmark = pytest.mark.browser

RATES = [0.1, 0.05, 0.02, 0.01, 0.005, 0.002]


@pytest.fixture
def place(server) -> Place:
    """Six finished runs with known numbers, three with adam and three with sgd, and one that runs."""
    filler = server.filler
    place = filler.sweep("table", "six and one")
    for number, rate in enumerate(RATES):
        run_id = f"{place.sweep}-{number}"
        config = {"lr": rate, "optimizer": "adam" if number % 2 == 0 else "sgd", "batch_size": 16, "model.depth": 2}
        filler.begin(place, run_id, name=f"try-{number}", config=config)
        row = {"type": "history", "step": 0, "time": 1.0, "data": {METRIC: number + 1.0, "speed": 10.0 * number}}
        filler.report(place, run_id, [row, {"type": "exit", "code": 0, "time": 2.0}])
    filler.running_run(place, filler.join(place), random.Random(1))
    return place


@pytest.fixture
def table(signed_in: Page, server, place: Place) -> Locator:
    signed_in.goto(server.url + place.path)
    table = signed_in.get_by_role("table", name="Runs")
    expect(rows(table)).to_have_count(7)
    return table


def rows(table: Locator) -> Locator:
    return table.locator("tr[data-index]")


def names(table: Locator) -> list[str]:
    """Of the runs, from the top."""
    return table.locator("tr[data-index] a[data-part=open]").all_inner_texts()


def choose(page: Page, label: str, typed: str) -> None:
    """Completes what was typed into a field."""
    page.get_by_role("combobox", name=label).fill(typed)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")


def test_a_search_and_conditions_choose_the_runs_of_table_and_charts_and_the_address_keeps_them(
    signed_in: Page, table: Locator
):
    page, counter = signed_in, signed_in.get_by_role("search").get_by_role("status")
    page.get_by_label("Search runs by name").fill("^TRY-[0-3]$")
    expect(counter).to_have_text("4 of 7 runs")
    expect(rows(table)).to_have_count(4)

    page.get_by_role("button", name="Filter").click()
    choose(page, "Field", "optim")
    page.get_by_role("combobox", name="Value").click()
    page.get_by_role("option", name="adam").click()
    expect(counter).to_have_text("2 of 7 runs")
    page.get_by_role("button", name="Add a condition").click()
    second = page.get_by_role("group", name="Condition 2")
    second.get_by_role("combobox", name="Field").fill("lr")
    page.get_by_role("option", name=re.compile("^lr ?Parameter")).click()
    second.get_by_role("combobox", name="Comparison").select_option(">")
    second.get_by_role("combobox", name="Value").fill("0.05")
    expect(counter).to_have_text("1 of 7 runs")
    page.get_by_text("any of these holds").click()
    expect(counter).to_have_text("2 of 7 runs")
    page.keyboard.press("Escape")
    expect(rows(table)).to_have_count(2)
    assert names(table) == ["try-0", "try-2"]
    expect(page.get_by_role("img", name=re.compile(r"loss.* 2 (runs|curves)")).first).to_be_visible()

    expect(page).to_have_url(re.compile("filter=%5B%22or%22.*0.05"))
    page.reload()
    expect(counter).to_have_text("2 of 7 runs")
    # A button that goes away with what it did leaves the focus to its neighbour.
    page.get_by_role("button", name="Remove: optimizer = adam").press("Enter")
    expect(counter).to_have_text("1 of 7 runs")
    expect(page.get_by_role("button", name="Remove:")).to_be_focused()
    page.get_by_role("button", name="Clear all").click()
    expect(rows(table)).to_have_count(7)


def test_groups_fold_and_show_count_best_mean_and_spread(signed_in: Page, table: Locator):
    page = signed_in
    page.get_by_role("button", name="Group").click()
    choose(page, "Group by", "optimizer")
    page.keyboard.press("Escape")
    page.get_by_label("Search runs by name").fill("try")
    expect(rows(table)).to_have_count(2)
    adam = rows(table).filter(has_text="adam")
    expect(adam).to_contain_text("3 runs")
    heads = table.get_by_role("columnheader").all_inner_texts()
    cells = dict(zip((head.strip() for head in heads), adam.locator("th, td").all_inner_texts(), strict=True))
    assert cells[METRIC].split() == ["1", "3", "±", "2"]
    assert cells["speed"] == "20 ± 20"
    expect(adam.get_by_role("img", name="Runs from 0 to 50: 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0")).to_be_visible()
    adam.get_by_role("button", name="adam").click()
    expect(rows(table)).to_have_count(5)
    assert names(table) == ["try-0", "try-2", "try-4"]
    # Whoever hears the cells of a row hears whose they are.
    of_rows = ["optimizer: adam", "try-0", "try-2", "try-4", "optimizer: sgd"]
    for row, name in zip(rows(table).all(), of_rows, strict=True):
        expect(row.get_by_role("rowheader")).to_have_accessible_name(name)
    page.get_by_role("checkbox", name="Select all runs with optimizer: adam").check()
    expect(page.get_by_role("group", name="Selected runs")).to_contain_text("3 runs selected")
    expect(page).to_have_url(re.compile("group=param%3Aoptimizer"))
    table.get_by_role("button", name="optimizer adam").click()
    expect(rows(table)).to_have_count(2)


def test_columns_are_found_hidden_pinned_and_moved_and_the_next_visit_finds_them_so(signed_in: Page, table: Locator):
    page = signed_in

    def heads() -> list[str]:
        return [head.strip() for head in table.get_by_role("columnheader").all_inner_texts()]

    page.get_by_role("button", name="Columns").click()
    manager = page.get_by_role("dialog", name="Columns")
    manager.get_by_label("Find a column").fill("^(host|ste)")
    manager.get_by_text("Regex").click()
    manager.get_by_role("checkbox", name="Host").check()
    manager.get_by_role("checkbox", name="Steps").uncheck()
    manager.get_by_label("Find a column").fill("")
    manager.get_by_role("listitem").filter(has_text="speed").hover()
    manager.get_by_role("button", name="Pin speed").click()
    page.keyboard.press("Escape")
    assert heads()[:3] == ["Name", "speed", METRIC]
    assert "Host" in heads()
    assert "Steps" not in heads()
    table.get_by_role("columnheader", name="State").drag_to(table.get_by_role("columnheader", name=METRIC))
    assert heads()[:4] == ["Name", "speed", "State", METRIC]
    table.get_by_role("columnheader", name="batch_size").hover()
    table.get_by_role("button", name="Column batch_size").click()
    page.get_by_role("menuitem", name="Hide").click()
    page.reload()
    expect(rows(table)).to_have_count(7)
    assert heads()[:4] == ["Name", "speed", "State", METRIC]
    assert "batch_size" not in heads()


def test_ticked_runs_are_tagged_deleted_and_brought_back(signed_in: Page, table: Locator, server, place: Place):
    page = signed_in
    bulk = page.get_by_role("group", name="Selected runs")
    page.get_by_role("checkbox", name="Select try-0").click()
    page.get_by_role("checkbox", name="Select try-2").click(modifiers=["Shift"])
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
    page.get_by_role("button", name="Bring back all").click()
    expect(page.get_by_text("There are none.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(rows(table)).to_have_count(7)
    tagged = server.filler.ask("GET", f"/projects/{place.entity}/table/runs/{place.sweep}-1")
    assert tagged["tags"] == ["keep <b>"]

    dot = rows(table).filter(has_text="Running").locator("svg[class*=running] circle")
    expect(dot).to_have_count(2)  # a dot and its halo, which no other state has
    assert "Ended" not in [head.strip() for head in table.get_by_role("columnheader").all_inner_texts()]
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


def listed(server, place: Place) -> list[dict]:
    return server.filler.ask("GET", f"/projects/{place.entity}/{place.project}/runs", sweep=place.sweep)["runs"]


def test_a_table_sorted_by_the_smallest_value_leads_from_run_to_run_in_its_order(
    signed_in: Page, server, filler, place: Place
):
    page = signed_in
    for number, values in ((1, [9.0, 0.25]), (3, [8.0, 0.125])):  # their last value is not their smallest one
        rows_of = [
            {"type": "history", "step": step, "time": 1.0, "data": {"gap": value}}
            for step, value in enumerate([*values, 5.0])
        ]
        run = f"{place.sweep}-low{number}"
        filler.begin(place, run, name=f"low-{number}", config={"optimizer": "lion"})
        filler.report(place, run, [*rows_of, {"type": "exit", "code": 0, "time": 2.0}])
    page.goto(f"{server.url}{place.path}?q=low")
    table = page.get_by_role("table", name="Runs")
    expect(rows(table)).to_have_count(2)
    table.get_by_role("columnheader", name="gap").hover()
    table.get_by_role("button", name="Column gap").click()
    page.get_by_role("menuitem", name="Sort by the smallest logged").click()
    head = table.get_by_role("columnheader", name="smallest gap")
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(rows(table).first).to_contain_text("0.125")
    assert names(table) == ["low-3", "low-1"]
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("menuitem", name="CSV of the columns shown").click()
    found = list(csv.DictReader(download.value.path().read_text().splitlines()))
    assert [(run["name"], run["smallest:gap"]) for run in found] == [("low-3", "0.125"), ("low-1", "0.25")]
    page.get_by_role("button", name="Filter").click()
    choose(page, "Field", "smallest gap")
    page.get_by_role("combobox", name="Comparison").select_option(">")
    page.get_by_role("combobox", name="Value").fill("0.2")
    page.keyboard.press("Escape")
    expect(rows(table)).to_have_count(1)
    assert names(table) == ["low-1"]
    page.get_by_role("button", name="Remove: smallest gap > 0.2").click()
    expect(rows(table)).to_have_count(2)

    lowest = table.get_by_role("link", name="low-3")
    expect(lowest).not_to_have_attribute("href", re.compile("filter="))  # the address follows when the hand rests
    lowest.click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("low-3")
    expect(page.get_by_text("1 of 2", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Previous run")).to_be_disabled()
    page.get_by_role("link", name="Charts").click()
    expect(page).to_have_title(f"low-3 · Charts · six and one · {place.entity}/{place.project} · besom")
    # While the next run loads, what its row said of it is there, and the way on is open.
    loading: list[Route] = []
    next_run = re.compile(f"/runs/{place.sweep}-low1")
    page.route(next_run, lambda route: loading.append(route))  # noqa: PLW0108 - Playwright needs a function
    page.keyboard.press("j")
    expect(heading).to_have_text("low-1")
    page.keyboard.press("k")
    expect(heading).to_have_text("low-3")
    for route in loading:
        route.continue_()
    page.unroute(next_run)
    page.keyboard.press("j")
    expect(heading).to_have_text("low-1")
    expect(page.get_by_role("link", name="Charts")).to_have_attribute("aria-current", "page")
    page.keyboard.press("k")
    expect(heading).to_have_text("low-3")
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Shortcuts of a single key").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(heading).to_have_text("low-3")
    page.get_by_role("button", name="Next run").press("Enter")
    expect(heading).to_have_text("low-1")
    # At the end it does nothing more, but keeps the focus: Enter is not the way back.
    end = page.get_by_role("button", name="Next run")
    expect(end).to_be_disabled()
    expect(end).to_be_focused()
    page.keyboard.press("Enter")
    expect(heading).to_have_text("low-1")
    # By a link: in the sweep's own order, which is asked for now; a press that nothing comes of is said, and forgotten.
    run_page = f"{server.url}/{place.entity}/{place.project}/runs/{place.sweep}"
    page.goto(f"{run_page}-0")
    expect(heading).to_have_text("try-0")
    asked = re.compile(r"/runs\?")
    page.route(asked, lambda route: route.abort())
    page.get_by_role("button", name="Next run").click()
    expect(page.get_by_text("Which run is next is not known: The server cannot be reached.")).to_be_visible()
    page.unroute(asked)
    page.complaints.clear()  # the browser's own words about the refusal
    page.get_by_role("button", name="Next run").click()
    expect(heading).to_have_text("try-1")
    # Nor is a run the next one before the values are known by which the runs are in order.
    held = []
    page.goto(f"{run_page}-low1?q=low&sort=%2Bsmallest%3Agap")
    page.route("**/extremes?*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright needs a function
    with page.expect_request("**/extremes?*"):
        page.get_by_role("button", name="Previous run").click()
    expect(heading).to_have_text("low-1")
    held.pop().continue_()
    expect(heading).to_have_text("low-3")


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
    page.get_by_role("textbox", name="Name").fill("other name")
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
    row.hover()
    row.get_by_role("button", name="Actions of other name").click()
    page.get_by_role("menuitem", name="Stop").click()
    page.get_by_role("dialog", name="Stop other name?").get_by_role("button", name="Stop").click()
    expect(page.get_by_role("dialog", name="Stop other name?")).to_be_hidden()
    found = server.filler.ask("GET", f"/projects/{place.entity}/table/runs", sweep=place.sweep)["runs"]
    assert "stopped by" in next(run["reason"] for run in found if run["name"] == "other name")

    curves = page.get_by_role("img", name=re.compile("loss against the step")).first.locator("canvas").first
    before = curves.evaluate("canvas => canvas.toDataURL()")
    dot = page.get_by_role("button", name="Colour of try-3")
    swatch = page.get_by_role("listitem").get_by_role("button", name="try-3", exact=True).locator("span").first
    dot.click()
    dialog = page.get_by_role("dialog", name="Colour of try-3")
    dialog.get_by_label("Another colour").fill("#123456")
    for place_of_it in (dot, swatch):
        expect(place_of_it).to_have_css("color", "rgb(18, 52, 86)")
    page.wait_for_function("([canvas, before]) => canvas.toDataURL() !== before", arg=[curves.element_handle(), before])
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
    assert largest.all_inner_texts() != ranges
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


def test_the_runs_shown_are_saved_as_csv_in_their_order_and_as_parquet(signed_in: Page, table: Locator):
    page = signed_in
    page.get_by_label("Search runs by name").fill("try-[024]")
    expect(rows(table)).to_have_count(3)
    table.get_by_role("button", name="lr", exact=True).click()
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="CSV of the columns shown").click()
    with Path(download.value.path()).open(newline="") as file:
        saved = list(csv.DictReader(file))
    assert [row["name"] for row in saved] == ["try-4", "try-2", "try-0"]
    assert [float(row["config.lr"]) for row in saved] == [0.005, 0.02, 0.1]
    assert saved[0]["summary.speed"] == "40"
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Parquet of everything known").click()
    assert download.value.suggested_filename.endswith("-runs.parquet")
    typed = fastparquet.ParquetFile(str(download.value.path())).to_pandas()
    assert dict(zip(typed["name"], typed["config.lr"], strict=True)) == {"try-0": 0.1, "try-2": 0.02, "try-4": 0.005}


@pytest.mark.parametrize(("width", "panel"), [(390, "Filter"), (1440, "Columns")])
def test_the_table_with_groups_ticks_and_an_open_panel_bars_nobody(
    signed_in: Page, server, place: Place, width: int, panel: str
):
    signed_in.set_viewport_size({"width": width, "height": 900})
    query = {
        "group": "param:optimizer",
        "selected": f"{place.sweep}-0",
        "q": "try",
        "filter": '["and",["steps",">",0]]',
    }
    signed_in.goto(f"{server.url}{place.path}?{urlencode(query)}")
    expect(signed_in.get_by_role("group", name="Selected runs")).to_be_visible()
    signed_in.get_by_role("button", name=panel).click()
    expect(signed_in.get_by_role("dialog")).to_be_visible()
    assert_fits_and_bars_nobody(signed_in)
