"""A sweep, and a report, that the owner shares by a link, as owner and reader see it."""

from __future__ import annotations

import random
import re

import pytest
from accessibility import assert_fits_and_bars_nobody
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

WRITES = re.compile(r"^(Pause|Stop|Cancel|Share|Edit|Delete|Tags|Rename|Create sweep|Saved views|Write|Search)")


def test_a_reader_follows_one_sweep_by_its_link_until_the_link_is_switched_off(
    signed_in: Page, browser: Browser, server, filler
):
    place, other = filler.sweep("links", "shown"), filler.sweep("links", "not shown")
    agent, rng = filler.join(place), random.Random(3)
    first = filler.whole_run(place, agent, rng)
    signed_in.goto(server.url + place.path)
    signed_in.get_by_role("button", name="Share", exact=True).click()
    dialog = signed_in.get_by_role("dialog", name="Share this sweep")
    expect(dialog).to_contain_text("There is no link now")
    dialog.get_by_role("button", name="Make a link").click()
    link = dialog.get_by_role("code").inner_text()
    expect(dialog.get_by_role("button", name=f"Copy: {link}")).to_be_focused()
    assert_fits_and_bars_nobody(signed_in)
    dialog.get_by_role("button", name="Close").click()
    expect(signed_in.get_by_role("button", name="Shared")).to_be_visible()

    with browser.new_context() as context:  # nobody is signed in there
        reader, told = context.new_page(), []
        reader.on("request", lambda request: told.append((request.method, request.url)))
        reader.goto(link)
        table = reader.get_by_role("region", name="Runs")
        expect(table.locator("tbody tr")).to_have_count(1)
        expect(reader).to_have_url(link + place.path)
        expect(reader.get_by_role("heading", name="What matters most")).to_be_visible()
        reader.get_by_label("Search panels").fill("matters")
        expect(reader.locator("[data-panel]")).to_have_text([re.compile("^What matters most")])
        reader.get_by_role("searchbox", name="Search panels").press("Escape")
        table.get_by_role("checkbox").last.check()
        expect(reader.get_by_role("button", name="Clear", exact=True)).to_be_visible()
        expect(reader.get_by_role("button", name=WRITES)).to_have_count(0)
        expect(reader.get_by_text("besom agent")).to_have_count(0)
        assert_fits_and_bars_nobody(reader)

        filler.running_run(place, agent, rng)  # what happens is seen as it happens
        expect(table.locator("tbody tr")).to_have_count(2)

        table.locator(f"a[href$='{first}']").click()
        for tab in ("Charts", "Log", "Files"):
            reader.get_by_role("navigation", name="Run").get_by_role("link", name=tab).click()
            expect(reader.get_by_role("navigation", name="Run").locator("[aria-current]")).to_contain_text(tab)
        expect(reader.get_by_role("button", name=WRITES)).to_have_count(0)
        reader.get_by_role("button", name="Actions of this run").click()
        expect(reader.get_by_role("menuitem")).to_have_text(["Rename…"])  # for the own eyes: nobody is told
        reader.get_by_role("menuitem").click()
        expect(reader.get_by_role("radio")).to_have_count(0)
        reader.get_by_role("textbox", name="Name").fill("as I call it")
        reader.keyboard.press("Enter")
        expect(reader.get_by_role("heading", level=1)).to_have_text("as I call it")
        reader.get_by_role("link", name="Shared sweep").click()
        expect(reader).to_have_url(link + place.path)
        reader.goto(link + other.path)
        expect(reader.get_by_role("heading", name="There is no such sweep")).to_be_visible()
        reader.goto(link)
        expect(table.locator("tbody tr")).to_have_count(2)
        expect(table.locator(f"a[href$='{first}']")).to_have_text("as I call it")
        assert {method for method, _ in told} == {"GET"}
        asked = [url for _, url in told if "/api/" in url]
        assert asked
        assert all(url.startswith(link) for url in asked)

        signed_in.get_by_role("button", name="Shared", exact=True).click()
        dialog.get_by_role("button", name="Switch off").click()
        expect(dialog).to_contain_text("There is no link now")
        expect(dialog.get_by_role("button", name="Make a link")).to_be_focused()
        expect(reader.get_by_role("heading", name="This link has ended")).to_be_visible()
        assert_fits_and_bars_nobody(reader)


def test_nothing_in_a_shared_report_leads_to_what_its_reader_may_not_see(browser: Browser, server, filler):
    place = filler.sweep("links", "in a report")
    agent, rng = filler.join(place), random.Random(4)
    filler.whole_run(place, agent, rng)
    filler.whole_run(place, agent, rng)
    sweep = place.path.rsplit("/", 1)[1]
    panels = "\n\n".join(f"```{kind}\nsweep: {sweep}\n```" for kind in ("curves", "parallel", "importance", "runs"))
    documents = f"/projects/{filler.entity}/links/documents"
    content = {"kind": "report", "title": "Findings", "content": {"markdown": panels}}
    report = filler.ask("POST", documents, content)
    link = filler.ask("PUT", f"{documents}/{report['id']}/link", None)["url"]
    with browser.new_context() as context:  # nobody is signed in there
        reader = context.new_page()
        reader.goto(link)
        article = reader.get_by_role("article")
        best = article.get_by_role("region", name="Best runs").locator("tbody tr")
        expect(best).to_have_count(2)
        entries = article.get_by_role("listitem").get_by_role("button")
        expect(entries).to_have_count(2)
        for entry in entries.all():
            expect(entry).to_be_disabled()
        expect(article.get_by_role("heading", name="What matters most")).to_be_visible()
        expect(article.get_by_role("link")).to_have_count(0)
        box = article.get_by_role("img", name="a line for each").bounding_box()
        assert box is not None
        for part in range(1, 20):  # one of them meets a line
            reader.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * part / 20)
        expect(reader).to_have_url(link)
        filler.whole_run(place, agent, rng)  # its panels follow
        expect(best).to_have_count(3)
