"""Signing in, the lists of projects, sweeps and runs, and what every page owes its readers."""

from __future__ import annotations

import random
import re
import sqlite3

import pytest
from accessibility import assert_fits_and_bars_nobody
from filling import METRIC, Place
from keyboard import assert_every_stop_has_a_name_and_is_seen
from playwright.sync_api import Page, Route, expect
from sweep_charts import parallel

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def filled(server):
    """A sweep with runs of several kinds."""
    filler, rng = server.filler, random.Random(7)
    place = filler.sweep("lists", "<b>wide</b> search", run_cap=20)
    agent = filler.join(place)
    for number in range(8):
        filler.whole_run(place, agent, rng, exit_code=int(number == 3))
    filler.running_run(place, agent, rng)
    return place


def test_a_stranger_is_asked_for_the_key_and_lands_where_they_wanted(page: Page, server, filled):
    page.goto(server.url + filled.path)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Or paste your key").fill("x" * 40)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Or paste your key").fill((server.home / "key").read_text().strip())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="<b>wide</b> search")).to_be_visible()


def test_a_one_time_link_signs_in_and_leads_on(page: Page, server, filled):
    page.goto(server.filler.ticket(filled.path))
    expect(page.get_by_role("heading", name="<b>wide</b> search")).to_be_visible()


def test_a_link_that_was_used_says_so_and_leads_to_the_sign_in_form(page: Page, server, filled, browser):
    link = server.filler.ticket(filled.path)
    page.goto(link)
    expect(page.get_by_role("heading", name="<b>wide</b> search")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", name="<b>wide</b> search")).to_be_visible()
    with browser.new_context() as other:
        late = other.new_page()
        late.goto(link)
        expect(late.get_by_role("status")).to_contain_text("signs a browser in once")
        late.get_by_label("Or paste your key").fill((server.home / "key").read_text().strip())
        late.keyboard.press("Enter")
        expect(late.get_by_role("heading", name="<b>wide</b> search")).to_be_visible()


def test_projects_lead_to_sweeps_with_the_columns_that_users_know(signed_in: Page, server, filled):
    signed_in.goto(server.url)
    projects = signed_in.get_by_role("region", name="Projects")
    mine = projects.locator("tbody tr").filter(has=signed_in.get_by_role("link", name=f"{filled.entity}/lists"))
    expect(mine).to_be_visible()
    heads = projects.get_by_role("columnheader").all_inner_texts()
    cells = dict(zip(heads, mine.locator("th, td").all(), strict=True))
    expect(cells["Last activity"]).to_have_text(re.compile(r"^(now|\d+ (s|min) ago)$"))
    # What is new comes without being asked for.
    server.filler.begin(Place(filled.entity, "newer", None), "later")
    later = projects.locator("tbody tr").filter(has=signed_in.get_by_role("link", name=f"{filled.entity}/newer"))
    expect(later.locator("th, td").nth(heads.index("Running now"))).to_have_text("1")
    signed_in.get_by_role("link", name=f"{filled.entity}/lists").click()
    expect(signed_in.get_by_role("link", name="<b>wide</b> search")).to_be_visible()
    heads = signed_in.get_by_role("columnheader").all_inner_texts()
    assert {"Name", "State", "Created", "Creator", "Run count", "Compute time", "Est. runs"} <= set(heads)
    cells = dict(zip(heads, signed_in.locator("tbody tr").first.locator("th, td").all(), strict=True))
    shown = {"Name": "<b>wide</b> search", "State": "Running", "Run count": "9", "Est. runs": "20"}
    for head, text in shown.items():
        expect(cells[head]).to_have_text(text, use_inner_text=True)


def test_a_column_sorts_both_ways_and_the_address_remembers(signed_in: Page, server, filled):
    signed_in.goto(server.url + filled.path)
    table = signed_in.get_by_role("table", name="Runs")
    head = table.get_by_role("columnheader", name="lr", exact=True)
    expect(table.locator("tbody tr")).to_have_count(9)
    place = 1 + head.evaluate("head => [...head.parentElement.children].indexOf(head)")
    rates = table.locator(f"tbody tr td:nth-child({place})")
    rising = sorted(rates.all_inner_texts(), key=float)
    table.get_by_role("button", name="lr", exact=True).click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(rates).to_have_text(rising)
    table.get_by_role("button", name="lr", exact=True).click()
    expect(head).to_have_attribute("aria-sort", "descending")
    signed_in.reload()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(rates).to_have_text(rising[::-1])


def test_configuration_events_and_agents_have_addresses_of_their_own(signed_in: Page, server, filled):
    signed_in.goto(server.url + filled.path)
    header = signed_in.locator("header")
    runs = server.filler.ask("GET", f"/projects/{filled.entity}/lists/runs", sweep=filled.sweep)["runs"]
    best = min((run for run in runs if run["state"] == "finished"), key=lambda run: run["best"])
    expect(header.get_by_text("8 of 20 runs done")).to_be_visible()
    expect(header.get_by_role("region", name="Best run")).to_contain_text(best["name"])
    for fact in ("Elapsed", "To go", "Compute time", "Agents alive"):
        expect(header.locator("dl > div").filter(has_text=fact)).to_contain_text(re.compile(r"\d"))
    expect(header.locator("dl > div").filter(has_text="Created")).to_contain_text(f" by {filled.entity}")
    signed_in.get_by_role("button", name="Columns").click()
    signed_in.get_by_role("dialog", name="Columns").get_by_role("checkbox", name="Agent").check()
    expect(signed_in.get_by_role("cell", name="gpu-1-4711").first).to_be_visible()
    views = signed_in.get_by_role("navigation", name="Sweep")
    views.get_by_role("link", name="Configuration").click()
    written = signed_in.get_by_role("region", name="Configuration as it was written")
    remark = written.get_by_text("# What the digits example searches.", exact=True)
    expect(remark).to_be_visible()
    key = written.get_by_text("method:", exact=True)
    assert len({part.evaluate("part => getComputedStyle(part).color") for part in (written, remark, key)}) == 3
    views.get_by_role("link", name="Events").click()
    expect(signed_in.get_by_role("listitem").get_by_text("run failed")).to_be_visible()
    views.get_by_role("link", name="Agents").click()
    expect(signed_in.get_by_role("rowheader", name="gpu-1-4711", exact=True)).to_be_visible()
    assert signed_in.url.endswith("?tab=agents")


def test_a_run_has_a_page_with_its_numbers_and_curves(signed_in: Page, server, filled):
    signed_in.goto(server.url + filled.path)
    signed_in.locator("tbody tr a").first.click()
    expect(signed_in.get_by_role("heading", name="Parameters from the sweep")).to_be_visible()
    signed_in.get_by_role("navigation", name="Run").get_by_role("link", name="Charts").click()
    expect(signed_in.get_by_role("img", name="val/loss against the step, 1 curve.")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "words", "leads"),
    [
        ("/a", "such page", "All projects"),
        ("/a/b", "project a/b", "All projects"),
        ("/lists/sweeps/none", "project lists/sweeps", "All projects"),
        ("/a/b/compare", "project a/b", "All projects"),
        ("/{entity}/lists/runs/none", "such run", "All runs of the project"),
        ("/{entity}/lists/sweeps/none", "such sweep", "All sweeps of the project"),
        ("/{entity}/lists/x/y", "such page", "All projects"),
    ],
)
def test_what_does_not_exist_is_said_in_words(page: Page, server, filled, path, words, leads):
    page.goto(server.filler.ticket("/"))
    page.goto(server.url + path.format(entity=filled.entity))
    expect(page.get_by_role("heading", name=f"There is no {words}")).to_be_visible()
    if words.startswith("project"):
        expect(page.get_by_text("Reconnecting")).to_have_count(0)
    page.get_by_role("link", name=leads, exact=True).click()
    expect(page.get_by_role("table").first).to_be_visible()


def test_ten_thousand_runs_keep_few_rows_in_the_document_and_scroll_to_the_last(signed_in: Page, server):
    place = ten_thousand_runs(server)
    # A hand is faster than the second page, which waits for it.
    held: list[Route] = []
    second = re.compile(r"/runs\?.*cursor=")
    signed_in.route(second, lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright needs a function
    with signed_in.expect_request(second):
        signed_in.goto(server.url + place.path)
    table = signed_in.locator("table[aria-rowcount]")
    signed_in.get_by_role("checkbox", name="Select all runs that are shown").check()
    bulk = signed_in.get_by_role("group", name="Selected runs")
    expect(bulk).to_contain_text("100 runs selected")
    held[0].continue_()
    expect(table).to_have_attribute("aria-rowcount", "10001")
    expect(bulk).to_contain_text("10,000 runs selected")
    expect(parallel(signed_in).get_by_role("img", name=f"{METRIC} of 10,000 runs, a line for each")).to_be_visible()
    assert table.locator("tbody tr").count() < 80
    table.get_by_role("link").first.focus()
    signed_in.keyboard.press("End")
    last = signed_in.locator("tr[data-index='9999']")
    expect(last.get_by_role("link")).to_be_focused()
    assert table.locator("tbody tr").count() < 80
    bulk.get_by_role("link", name="Create sweep").click()  # more than an address can name
    expect(signed_in.get_by_text("Guessed from 1,000 of the 10,000 runs that you chose")).to_be_visible()
    expect(signed_in.get_by_role("checkbox", name="Count the 10,000 chosen runs")).to_be_checked()


def ten_thousand_runs(server):
    """One run through REST, its copies straight in the database: through REST they would take minutes."""
    filler = server.filler
    place = filler.sweep("many", "ten thousand")
    run_id = filler.whole_run(place, filler.join(place), random.Random(1))
    with sqlite3.connect(server.home / "besom.db", timeout=60) as database:
        database.row_factory = sqlite3.Row
        row = dict(database.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone())
        del row["key"]
        columns = ", ".join(f'"{name}"' for name in row)
        copies = [
            {**row, "id": f"copy{n}", "name": f"copy-{n}", "point_hash": None, "metric_best": n / 1e4}
            for n in range(1, 10_000)
        ]
        marks = ", ".join(f":{name}" for name in row)
        database.executemany(f"INSERT INTO runs ({columns}) VALUES ({marks})", copies)
    database.close()
    return place


def test_the_chosen_theme_holds_over_the_systems_and_over_a_reload(signed_in: Page, server):
    signed_in.goto(server.url)
    body, background = signed_in.locator("body"), "getComputedStyle(document.body).backgroundColor"
    signed_in.emulate_media(color_scheme="dark")
    dark = signed_in.evaluate(background)
    signed_in.emulate_media(color_scheme="light")
    light = signed_in.evaluate(background)
    assert dark != light
    signed_in.get_by_role("button", name="Theme: as the system").click()
    signed_in.get_by_role("button", name="Theme: light").click()
    expect(body).to_have_css("background-color", dark)
    signed_in.reload()
    expect(signed_in.get_by_role("button", name="Theme: dark")).to_be_visible()
    expect(body).to_have_css("background-color", dark)


VIEWS = ["/", "/{entity}/lists", "/{entity}/lists/runs", "{sweep}", "{sweep}?tab=configuration", "{sweep}?tab=events"]


@pytest.mark.parametrize("view", [*VIEWS, "{sweep}?tab=agents", "run"])
def test_a_telephone_never_scrolls_sideways_and_nothing_bars_anyone(signed_in: Page, server, filled, view):
    signed_in.set_viewport_size({"width": 390, "height": 844})
    path = view.format(entity=filled.entity, sweep=filled.path)
    signed_in.goto(server.url + (filled.path if view == "run" else path))
    if view == "run":
        signed_in.locator("tbody tr a").first.click()
        expect(signed_in.get_by_role("heading", name="Summary")).to_be_visible()
    assert_fits_and_bars_nobody(signed_in)


def test_the_tab_key_goes_through_every_page_from_its_first_stop_to_its_last(signed_in: Page, server, filled):
    project = f"/{filled.entity}/lists"
    runs = server.filler.ask("GET", f"/projects{project}/runs", sweep=filled.sweep)["runs"]
    compared = ":".join(run["id"] for run in runs[:2])
    account = ("/", "/keys", "/teams", "/users", "/log")
    lists = (project, f"{project}/runs", f"{project}/importance", f"{project}/reports", f"{project}/views")
    lists = (*lists, f"{project}/artifacts", f"{project}/new-sweep")
    others = (f"{project}/compare?runs={compared}", f"{project}/runs/{runs[0]['id']}", filled.path)
    tabs = [f"{filled.path}?tab={tab}" for tab in ("importance", "configuration", "events", "agents")]
    for address in (*account, *lists, *others, *tabs):
        signed_in.goto(server.url + address)
        assert_every_stop_has_a_name_and_is_seen(signed_in)
    # Back from the end: what stays in sight while the page or the table scrolls hides nothing.
    signed_in.goto(server.url + filled.path)
    assert_every_stop_has_a_name_and_is_seen(signed_in, "Shift+Tab")
