"""The runs table and what chooses its runs: filters, groups, columns, their order, and what is saved of it."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
import runs_table
from accessibility import assert_fits_and_bars_nobody
from filling import METRIC, Place
from playwright.sync_api import Browser, Locator, Page, Route, expect
from runs_table import names, rows

from late_import import LateImport

fastparquet = LateImport("fastparquet")

pytestmark = pytest.mark.browser
place, table = runs_table.place, runs_table.table  # its fixtures


def choose(page: Page, label: str, typed: str) -> None:
    """Completes what was typed into a field."""
    page.get_by_role("combobox", name=label).fill(typed)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")


def test_a_search_and_conditions_choose_the_runs_of_table_and_charts_and_the_address_keeps_them(
    signed_in: Page, table: Locator, server, place: Place
):
    page, counter = signed_in, signed_in.get_by_role("search").get_by_role("status")
    page.get_by_label("Search runs").fill("^TRY-[0-3]$")
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
    expect(names(table)).to_have_text(["try-0", "try-2"])
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

    # An agent goes by its name, which comes later than the runs: until then nobody says that there is no such run.
    (agent,) = server.filler.ask("GET", f"/sweeps/{place.sweep}/agents")["agents"]
    held: list[Route] = []
    page.route("**/agents", lambda route: held.append(route))  # noqa: PLW0108 - Playwright needs a function
    query = {"filter": f'["and",["agent","=","{agent["name"]}"]]'}
    page.goto(f"{server.url}{place.path}?{urlencode(query)}")
    expect(page.get_by_text("Loading what the runs are chosen by")).to_be_visible()
    expect(page.get_by_text("No run to show")).to_have_count(0)
    for route in held:
        route.continue_()
    expect(rows(table)).to_have_count(1)
    expect(rows(table)).to_contain_text("Running")


def test_groups_fold_and_show_count_best_mean_and_spread(signed_in: Page, table: Locator):
    page = signed_in
    page.get_by_role("button", name="Group").click()
    choose(page, "Group by", "optimizer")
    page.keyboard.press("Escape")
    page.get_by_label("Search runs").fill("try")
    expect(rows(table)).to_have_count(2)
    adam = rows(table).filter(has_text="adam")
    expect(adam).to_contain_text("3 runs")
    heads = table.get_by_role("columnheader").all_inner_texts()
    cells = dict(zip((head.strip() for head in heads), adam.locator("th, td").all(), strict=True))
    expect(cells[METRIC]).to_have_text(re.compile(r"^1\s+3\.00\s+±\s+2\.00$"), use_inner_text=True)
    expect(cells["speed"]).to_have_text("20.0 ± 20.0")
    expect(adam.get_by_role("img", name="Runs from 0 to 50: 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0")).to_be_visible()
    adam.get_by_role("button", name="adam").click()
    expect(rows(table)).to_have_count(5)
    expect(names(table)).to_have_text(["try-0", "try-2", "try-4"])
    # Whoever hears the cells of a row hears whose they are.
    of_rows = ["optimizer: adam", "try-0", "try-2", "try-4", "optimizer: sgd"]
    for row, name in zip(rows(table).all(), of_rows, strict=True):
        expect(row.get_by_role("rowheader")).to_have_accessible_name(name)
    page.get_by_role("checkbox", name="Select all runs with optimizer: adam").check()
    expect(page.get_by_role("group", name="Selected runs")).to_contain_text("3 runs selected")
    expect(page).to_have_url(re.compile("group=param%3Aoptimizer"))
    table.get_by_role("button", name="optimizer adam").click()
    expect(rows(table)).to_have_count(2)


def test_columns_and_the_tables_place_are_chosen_and_the_next_visit_finds_them_so(signed_in: Page, table: Locator):
    page = signed_in

    heads = table.get_by_role("columnheader")

    def begins_with(*titles: str) -> None:
        for place_of, title in enumerate(titles):
            expect(heads.nth(place_of)).to_have_text(title, use_inner_text=True)

    page.get_by_role("button", name="Columns").click()
    manager = page.get_by_role("dialog", name="Columns")
    manager.get_by_label("Search columns").fill("^(host|ste)")
    manager.get_by_text("Regex").click()
    manager.get_by_role("checkbox", name="Host").check()
    manager.get_by_role("checkbox", name="Steps").uncheck()
    manager.get_by_label("Search columns").fill("")
    manager.get_by_role("listitem").filter(has_text="speed").hover()
    manager.get_by_role("button", name="Pin speed").click()
    page.keyboard.press("Escape")
    begins_with("Name", "speed", METRIC)
    expect(heads.filter(has_text="Host")).to_have_count(1)
    expect(heads.filter(has_text="Steps")).to_have_count(0)
    table.get_by_role("columnheader", name="State").drag_to(table.get_by_role("columnheader", name=METRIC))
    begins_with("Name", "speed", "State", METRIC)
    table.get_by_role("columnheader", name="batch_size").hover()
    table.get_by_role("button", name="Column batch_size").click()
    page.get_by_role("menuitem", name="Hide").click()

    below = "([e, other]) => e.getBoundingClientRect().top > other.getBoundingClientRect().bottom"
    beside = "([e, other]) => e.getBoundingClientRect().right < other.getBoundingClientRect().left"

    def stands(one: Locator, where: str, other: Locator) -> None:
        page.wait_for_function(where, arg=[one.element_handle(), other.element_handle()])

    stands(table, below, page.get_by_role("img", name=re.compile("loss")).first)
    at_left = page.get_by_role("button", name="Runs at the left of the charts")
    at_left.click()
    expect(at_left).to_be_focused()
    page.reload()
    expect(rows(table)).to_have_count(7)
    begins_with("Name", "speed", "State", METRIC)
    expect(heads.filter(has_text="batch_size")).to_have_count(0)
    expect(at_left).to_have_attribute("aria-pressed", "true")
    frame = page.get_by_role("region", name="Runs", exact=True)
    last = page.get_by_role("heading", name="All metrics")
    last.scroll_into_view_if_needed()
    stands(frame, beside, last)
    row = rows(table).filter(has_text="try-3")
    expect(row).to_be_in_viewport()  # however far the charts go down
    for part in ("Select", "Colour of", "Show", "Actions of"):
        expect(row.get_by_label(re.compile(f"^{part} try-3"))).to_be_in_viewport(ratio=1)
    row.hover()
    expect(row).to_have_class(re.compile("lit"))
    assert_fits_and_bars_nobody(page)
    page.keyboard.press("l")
    expect(at_left).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("l")
    page.set_viewport_size({"width": 1000, "height": 720})  # no room for both
    expect(at_left).to_be_hidden()
    stands(frame, below, last)


def test_a_table_sorted_by_the_smallest_or_largest_value_leads_from_run_to_run_in_its_order(
    signed_in: Page, server, filler, place: Place
):
    page = signed_in
    for number, values in ((1, [9.5, 0.25]), (3, [8.0, 0.125])):  # their last value is not their smallest one
        rows_of = [
            {"type": "history", "step": step, "time": 1.0, "data": {"gap": value}}
            for step, value in enumerate([*values, 5.0])
        ]
        run = f"{place.sweep}-low{number}"
        filler.begin(place, run, name=f"low-{number}", config={"optimizer": "lion"})
        filler.report(place, run, [*rows_of, {"type": "exit", "code": 0, "time": 2.0}])
    page.goto(f"{server.url}{place.path}?q=%5Elow")
    table = page.get_by_role("table", name="Runs")
    expect(rows(table)).to_have_count(2)
    for extreme, order, value, runs in (
        ("largest", "descending", "9.5", ["low-1", "low-3"]),
        ("smallest", "ascending", "0.125", ["low-3", "low-1"]),
    ):
        table.get_by_role("columnheader", name="gap").first.hover()
        table.get_by_role("button", name="Column gap").click()
        page.get_by_role("menuitem", name=f"Sort by the {extreme} logged").click()
        head = table.get_by_role("columnheader", name=f"{extreme} gap")
        expect(head).to_have_attribute("aria-sort", order)
        expect(rows(table).first).to_contain_text(value)
        expect(names(table)).to_have_text(runs)
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
    expect(names(table)).to_have_text(["low-1"])
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
    unknown = page.get_by_text("Which run is next is not known: The server cannot be reached.")
    expect(unknown).to_be_visible()
    page.unroute(asked)
    page.complaints.clear()  # the browser's own words about the refusal
    page.get_by_role("button", name="Next run").click()
    expect(heading).to_have_text("try-1")
    # Nor is a run the next one before the values are known by which the runs are in order.
    held = []
    of_sweep = f"**/sweeps/{place.sweep}"
    page.route(of_sweep, lambda route: route.abort())
    page.goto(f"{run_page}-low1?q=%5Elow&sort=%2Bsmallest%3Agap")
    page.route("**/extremes?*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright needs a function
    with page.expect_request("**/extremes?*"):
        page.get_by_role("button", name="Previous run").click()
    expect(unknown).to_be_visible()  # for it goes by the sweep's metric too, which is asked for with the next press
    page.unroute(of_sweep)
    page.complaints.clear()
    page.get_by_role("button", name="Previous run").click()
    expect(heading).to_have_text("low-1")
    held.pop().continue_()
    expect(heading).to_have_text("low-3")


def test_the_runs_shown_are_saved_as_csv_in_their_order_and_as_parquet(signed_in: Page, table: Locator):
    page = signed_in
    page.get_by_label("Search runs").fill("try-[024]")
    expect(rows(table)).to_have_count(3)
    table.get_by_role("button", name="lr", exact=True).click()
    expect(names(table)).to_have_text(["try-4", "try-2", "try-0"])
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


def test_a_finger_ticks_beside_the_name_and_reaches_all_of_a_menu(browser: Browser, server, place: Place):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(server.filler.ticket(place.path))
    page.get_by_role("button", name="Add panel").tap()
    expect(page.get_by_role("menuitem").last).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Actions of Parallel coordinates").tap()
    earlier = page.get_by_role("menuitem", name="Move earlier")
    expect(earlier).to_have_text("Move earlier", use_inner_text=True)  # and no key, where there is no keyboard
    page.keyboard.press("Escape")

    dot = page.get_by_role("button", name="Colour of try-3")
    expect(page.locator("[data-loading]")).to_have_count(0)  # such a tap does not wait for what moves it
    dot.tap(force=True)
    expect(page.get_by_role("checkbox", name="Select try-3")).to_be_checked()
    page.get_by_role("button", name="Actions of try-3").tap()
    page.get_by_role("menuitem", name="Colour").tap()
    color = page.get_by_role("dialog", name="Colour of try-3")
    expect(color).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(color).to_be_hidden()
    # There is room for two columns beside the name, and none for the eye.
    for column in (METRIC, "State"):
        head = page.get_by_role("columnheader", name=column)
        expect(head).to_be_in_viewport(ratio=1)
        end = head.bounding_box()["width"] - 2
        head.tap(trial=True, position={"x": end, "y": 16})  # nothing lies over it
    row = page.get_by_role("row").filter(has_text="try-3")
    state = row.get_by_role("cell", name="Finished", exact=True)
    expect(state.locator("svg")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Actions of try-3").tap()
    page.get_by_role("menuitem", name="Leave out of charts").tap()
    expect(page.get_by_role("button", name="1 not drawn")).to_be_visible()

    page.set_viewport_size({"width": 844, "height": 390})  # turned
    expect(state.locator("svg")).to_be_hidden()
    expect(row.get_by_role("button", name="Show try-3 in charts")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(state.locator("svg")).to_be_visible()
    expect(row.get_by_role("button", name="Show try-3 in charts")).to_be_hidden()
    context.close()
