"""Every decision is explained where people look: on the run, in the list of runs, in the configuration."""

from __future__ import annotations

import pytest
from accessibility import assert_fits_and_bars_nobody
from explained import Explained, explained_sweep
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sweep(server) -> Explained:
    return explained_sweep(server.filler, "explained")


def run_page(page: Page, server, sweep: Explained, name: str) -> Locator:
    """The card that says why, on the page of a run."""
    page.goto(f"{server.url}/{sweep.place.entity}/explained/runs/{sweep.runs[name]}")
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    return page.locator("section").filter(has=page.get_by_role("heading", name="Why this point"))


def test_a_run_says_what_was_expected_of_it_and_what_came_and_links_the_closest_one(signed_in: Page, server, sweep):
    card = run_page(signed_in, server, sweep, "better")
    expect(card).to_contain_text(
        "The search expected it to do well: val/loss of 0.24 ± 0.03; the best place it knew stood at 0.31."
    )
    expect(card).to_contain_text("It came to 0.2, better than expected.")
    expect(card.get_by_text("observations")).to_be_hidden()
    card.get_by_text("What the search knew").click()
    expect(card.get_by_text("observations")).to_be_visible()
    card.get_by_role("link", name="first", exact=True).click()
    expect(signed_in.get_by_role("heading", name="first", level=1)).to_be_visible()
    expect(signed_in.get_by_text("One of 4 first points, spread over the space.")).to_be_visible()


def test_a_run_that_was_stopped_early_says_against_what_it_lost_and_is_no_failure(signed_in: Page, server, sweep):
    run_page(signed_in, server, sweep, "late")
    expect(signed_in.get_by_text("Stopped early", exact=True)).to_be_visible()
    expect(signed_in.get_by_text("ended it at its 3rd value")).to_have_text(
        "Early stopping by hyperband ended it at its 3rd value: 0.7 is worse than 0.33, "
        "the 2nd best of the 5 runs that had come so far."
    )
    filler = server.filler
    place = filler.sweep("ending", "takes its time")
    agent = filler.join(place)
    run = filler.take_run(agent, [])["run_id"]
    filler.begin(place, run, agent_id=agent)
    stopped = {"rule": "hyperband", "rung": 3, "value": 0.7, "threshold": 0.33, "rank": 2, "of": 5}
    filler.ask("POST", f"/projects/{place.entity}/ending/runs/{run}/stop", {"reason": "early", "stopped": stopped})
    signed_in.goto(f"{server.url}/{place.entity}/ending/runs/{run}")
    expect(signed_in.get_by_role("heading", name="Why it is ending")).to_be_visible()
    filler.ask("POST", f"/agents/{agent}/runs/{run}/exit", {"exit_code": 143})
    expect(signed_in.get_by_role("heading", name="Why it ended")).to_be_visible()
    expect(signed_in.get_by_role("region", name="What happened")).to_contain_text("run stopped early")
    signed_in.goto(f"{server.url}{place.path}?tab=events")
    signed_in.get_by_label("Kind").select_option("run stopped early (1)")
    expect(signed_in.get_by_role("main").locator("ol > li")).to_have_count(1)


def test_doubts_and_repeats_and_points_by_hand_are_told(signed_in: Page, server, sweep):
    for name, words in (
        ("far", "The search gave it a chance of 60 % not to fail."),
        ("again", "Repeat 2 of 3 of a configuration."),
        ("mine", "Queued by"),
    ):
        expect(run_page(signed_in, server, sweep, name)).to_contain_text(words)


def test_computed_values_are_marked_and_absent_parameters_are_named(signed_in: Page, server, sweep):
    run_page(signed_in, server, sweep, "first")
    expect(signed_in.get_by_text("computed: 100 * lr")).to_be_visible()
    expect(signed_in.get_by_text("only where optimizer is sgd")).to_be_visible()


def test_the_list_of_runs_says_in_a_word_how_each_was_chosen(signed_in: Page, server, sweep):
    signed_in.goto(server.url + sweep.place.path)
    table = signed_in.get_by_role("table", name="Runs")
    expect(table.locator("tbody tr")).to_have_count(6)
    heads = table.get_by_role("columnheader").all_inner_texts()
    for name, head, text in (
        ("first", "Why", "initial design"),
        ("better", "Why", "improving"),
        ("again", "Why", "repeat 2 of 3"),
        ("far", "Why", "exploring"),
        ("mine", "Why", "queued by hand"),
        ("late", "Why", "exploring"),
        ("late", "State", "Stopped early"),
        ("first", "momentum", "–"),
        ("better", "momentum", "0.9"),
        ("far", "optimizer", "null"),
    ):
        row = table.locator("tbody tr").filter(has=signed_in.get_by_role("link", name=name, exact=True))
        expect(row.locator("th, td").nth(heads.index(head))).to_have_text(text, use_inner_text=True)
    absent = table.get_by_title("not part of this configuration")
    expect(absent).to_have_count(4)
    expect(signed_in.get_by_role("button", name="warmup", exact=True)).to_have_attribute(
        "title", "warmup: computed, 100 * lr"
    )


def test_the_configuration_is_told_in_words_above_its_text(signed_in: Page, server, sweep):
    signed_in.goto(f"{server.url}{sweep.place.path}?tab=configuration")
    space = signed_in.get_by_role("region", name="Search space")
    expect(space.get_by_role("row").filter(has_text="momentum")).to_contain_text("where optimizer is sgd")
    expect(space.get_by_role("row").filter(has_text="warmup")).to_contain_text("= 100 * lr")
    expect(signed_in.get_by_text("Never together")).to_be_visible()
    written = signed_in.get_by_role("region", name="Configuration as it was written")
    expect(written).to_contain_text("when: {optimizer: sgd}")


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("view", ["list", "configuration", "better", "late"])
def test_explanations_fit_and_bar_nobody(signed_in: Page, server, sweep, width: int, view: str):
    signed_in.set_viewport_size({"width": width, "height": 844})
    if view in sweep.runs:
        run_page(signed_in, server, sweep, view)
    else:
        signed_in.goto(server.url + sweep.place.path + ("?tab=configuration" if view == "configuration" else ""))
    assert_fits_and_bars_nobody(signed_in)
