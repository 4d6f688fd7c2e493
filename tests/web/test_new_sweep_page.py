"""A sweep is written, seen in advance and created in the browser, and its configuration changed under way."""

from __future__ import annotations

import random
import re

import pytest
from accessibility import assert_fits_and_bars_nobody
from filling import Place, history, sample
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

NEW_RUN = """\
method: grid
program: train.py
parameters:
  lr: {values: [0.1, 0.2, 0.3]}
  opt: {values: [adam, sgd]}
  momentum: {values: [0.5, 0.9], when: {opt: sgd}}
forbid: [{lr: 0.3, opt: sgd}]
"""


def editor(page: Page):
    return page.get_by_role("textbox", name="Configuration", exact=True)


def preview(page: Page):
    return page.get_by_role("region", name="Preview", exact=True)


def test_a_sweep_is_made_from_chosen_runs_completed_mended_and_started(signed_in: Page, server, filler):
    place = filler.sweep("writing", "first")
    agent, rng = filler.join(place), random.Random(5)
    runs = [filler.whole_run(place, agent, rng) for _ in range(2)]
    alone = Place(place.entity, "writing", None)
    filler.begin(alone, "alone", name="by hand", config=sample(rng))
    filler.report(alone, "alone", [*history(sample(rng), rng, 2), {"type": "exit", "code": 0, "time": 1.0}])
    signed_in.goto(f"{server.url}/{place.entity}/writing/new-sweep?runs={':'.join([*runs, 'alone'])}")
    expect(signed_in.get_by_text("Guessed from the 3 runs that you chose")).to_be_visible()
    expect(editor(signed_in)).to_have_value(re.compile(r"method: bayes.*name: val/loss\n  goal: minimize.*lr:", re.S))
    expect(preview(signed_in)).to_contain_text("bayes search, minimize val/loss")
    assert_fits_and_bars_nobody(signed_in)
    signed_in.set_viewport_size({"width": 390, "height": 800})
    assert_fits_and_bars_nobody(signed_in)
    signed_in.set_viewport_size({"width": 1440, "height": 900})

    editor(signed_in).press("Control+End")
    signed_in.keyboard.type("\nrun_")
    expect(signed_in.get_by_role("option", name="run_cap")).to_be_visible()
    signed_in.keyboard.press("Tab")
    signed_in.keyboard.type("x")
    problem = signed_in.get_by_role("region", name="One problem")
    expect(problem).to_contain_text('run_cap = "x"')
    start = signed_in.get_by_role("button", name="Start sweep")
    expect(start).to_be_disabled()
    signed_in.keyboard.press("Control+Home")
    problem.get_by_role("button", name=re.compile("Line")).click()
    signed_in.keyboard.press("End")
    signed_in.keyboard.press("Backspace")
    signed_in.keyboard.type("5")
    expect(preview(signed_in)).to_contain_text("5 runs")
    start.click()

    expect(signed_in).to_have_url(re.compile(r"/writing/sweeps/\w{8}$"))
    sweep = filler.ask("GET", f"/sweeps/{signed_in.url.rsplit('/', 1)[1]}")
    assert (sweep["state"], sweep["config"]["run_cap"]) == ("PENDING", 5)
    expect(
        signed_in.get_by_role("main").get_by_text(f"besom agent {place.entity}/writing/{sweep['id']}").first
    ).to_be_visible()
    # What it learns from: a run of no sweep is now its own, those of another stay there.
    own = filler.ask("GET", f"/projects/{place.entity}/writing/runs", sweep=sweep["id"])["runs"]
    assert [run["id"] for run in own] == ["alone"]
    expect(signed_in.get_by_role("table", name="Runs").get_by_role("link", name="by hand")).to_be_visible()
    signed_in.get_by_role("navigation", name="Sweep").get_by_role("link", name="Events").click()
    expect(signed_in.get_by_role("listitem").filter(has_text="sweep learns")).to_contain_text(
        re.compile("from 3 runs that were there before: .+, .+, by hand")
    )


def test_a_project_without_runs_begins_with_an_example_and_a_grid_says_what_it_never_runs(
    signed_in: Page, server, filler
):
    place = filler.sweep("blank", "first")
    signed_in.goto(f"{server.url}/{place.entity}/blank/runs")
    expect(signed_in.get_by_role("heading", name="No runs in this project yet")).to_be_visible()
    expect(signed_in.get_by_role("region", name="A first run")).to_contain_text("besom.init(")
    signed_in.get_by_role("link", name="New sweep").click()
    expect(signed_in.get_by_text("this is an example to change")).to_be_visible()
    editor(signed_in).fill(NEW_RUN)
    expect(preview(signed_in)).to_contain_text("7 runs(every grid point once)")
    expect(preview(signed_in).get_by_role("row", name="momentum")).to_contain_text("only where opt is sgd")
    expect(preview(signed_in)).to_contain_text("Neverlr is 0.3 and opt is sgd")
    expect(preview(signed_in).get_by_role("listitem").first).to_contain_text("python train.py --lr=0.1 --opt=adam")
    signed_in.get_by_role("button", name="Start sweep").click()
    expect(signed_in.get_by_text("of 7 runs done")).to_be_visible()
    signed_in.get_by_role("navigation", name="Sweep").get_by_role("link", name="Agents").click()
    expect(signed_in.get_by_role("heading", name="No agent has joined yet")).to_be_visible()


def test_the_configuration_of_a_running_sweep_gets_a_new_version_unless_somebody_was_faster(
    signed_in: Page, server, filler
):
    place = filler.sweep("editing", "wide")
    filler.whole_run(place, filler.join(place), random.Random(2))
    text = filler.ask("GET", f"/sweeps/{place.sweep}")["text"]
    signed_in.goto(f"{server.url}{place.path}?tab=configuration")
    signed_in.get_by_role("button", name="Edit", exact=True).click()
    changed = text.replace("max: 0.1", "max: 1.0").replace("max: 8", "max: 6").replace("64, 128]", "64, 128, 256]")
    editor(signed_in).fill(changed + "run_cap: 9\nbudget: {hours: 3}\n")
    signed_in.reload()
    expect(editor(signed_in)).to_have_value(re.compile("run_cap: 9"))
    signed_in.get_by_role("status").filter(has_text="unsaved draft").get_by_role("button", name="Keep it").click()
    signed_in.get_by_role("button", name="Save as version 2").click()
    expect(signed_in.get_by_text("Version 2 holds from the next run on.")).to_be_visible()
    versions = signed_in.get_by_role("region", name="Versions")
    expect(versions).to_contain_text("lr: max 0.1 → 1")
    for said in ("model.depth: max 8 → 6", "batch_size", "256", "run_cap: none → 9", "budget"):
        expect(versions).to_contain_text(said)
    expect(signed_in.get_by_text(re.compile("^Budget: .* of 3 hours$"))).to_be_visible()
    expect(signed_in.get_by_text("1 of 9 runs done")).to_be_visible()  # what was done before counts
    assert_fits_and_bars_nobody(signed_in)

    signed_in.get_by_role("button", name="Edit", exact=True).click()
    editor(signed_in).fill(text.replace("program: train.py", "program: main.py"))
    signed_in.get_by_role("button", name="Save as version 3").click()
    expect(signed_in.get_by_role("alert")).to_contain_text("`program` cannot change under way")
    filler.ask("POST", f"/sweeps/{place.sweep}/versions", {"text": text + "run_cap: 7\n"})
    expect(signed_in.get_by_text("of 7 runs done")).to_be_visible()
    editor(signed_in).fill(text + "run_cap: 8\n")
    overtaken = signed_in.get_by_role("alert").filter(has_text="version 3 has been saved since")
    expect(overtaken).to_be_visible()
    expect(signed_in.get_by_role("button", name="Save as version 3")).to_be_disabled()
    overtaken.get_by_role("button", name="Save over version 3").click()
    expect(signed_in.get_by_text("Version 4", exact=True).first).to_be_visible()
    expect(signed_in.get_by_text("of 8 runs done")).to_be_visible()
    signed_in.complaints.clear()  # the browser's own words about the refusal
