"""Curves on the page of a sweep: what they show, what can be chosen of them, and what can be taken away."""

from __future__ import annotations

import hashlib
import random
import re
import struct
import time
from pathlib import Path

import pytest
from accessibility import assert_fits_and_bars_nobody
from filling import METRIC, PIXEL, Filler, Place, log_charts
from keyboard import assert_every_stop_has_a_name_and_is_seen
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser

SPIKE = 77.0
STEPS = 3_000


@pytest.fixture(scope="module")
def curved(server) -> Place:
    """A sweep with early stopping, of whose runs one has a spike among thousands of values."""
    place = server.filler.sweep("curved", "has curves", seed=3, early_terminate={"type": "hyperband", "min_iter": 3})
    agent, rng = server.filler.join(place), random.Random(3)
    for _ in range(6):
        server.filler.whole_run(place, agent, rng)
    server.filler.begin(place, "spiky", name="spiky", config={"optimizer": "sgd", "lr": 0.5})
    rows = [
        {
            "type": "history",
            "step": step,
            "time": 1.7e9 + 2 * step,
            "data": {"val/loss": 2 + step % 7, "epoch": step // 10},
        }
        for step in range(STEPS)
    ]
    rows[1234]["data"]["val/loss"] = SPIKE
    exit_code = {"type": "exit", "code": 0, "time": time.time()}
    server.filler.report(place, "spiky", [*rows, exit_code])
    return place


def chart(page: Page, title: str):
    return page.get_by_role("region", name=title, exact=True)


def settings(page: Page, title: str):
    page.get_by_role("button", name=f"Settings of {title}").click()
    return page.get_by_role("dialog", name="Curves")


def csv_of(page: Page, title: str) -> list[str]:
    page.get_by_role("button", name=f"Download {title}").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Data (CSV)").click()
    page.keyboard.press("Escape")
    return Path(download.value.path()).read_text().splitlines()


def png_size(page: Page, title: str) -> tuple[int, int]:
    """Width and height of the picture that can be downloaded."""
    page.get_by_role("button", name=f"Download {title}").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Picture (PNG)").click()
    page.keyboard.press("Escape")
    head = Path(download.value.path()).read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", head[16:])
    return width, height


#: The picture of a panel's curves, as text.
PIXELS = """title => [...document.querySelectorAll("section")]
    .find(one => one.querySelector("h2")?.textContent === title).querySelector(".uplot canvas").toDataURL()"""


def pixels(page: Page, title: str) -> str:
    """What is drawn once the page rests: the name of the picture says a moment earlier what it is of."""
    page.evaluate("() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))")
    return str(page.evaluate(PIXELS, title))


def window_of(page: Page, title: str) -> list[float]:
    """The ends of the x axis."""
    chosen = settings(page, title)
    x_axis = chosen.get_by_role("group", name="X axis")
    ends = [float(x_axis.get_by_label(name).input_value()) for name in ("From", "To")]
    page.keyboard.press("Escape")
    return ends


def steps_of_spiky(page: Page, title: str) -> list[int]:
    """Those of its points that the chart has."""
    return [int(line.split(",")[2]) for line in csv_of(page, title) if line.startswith("spiky")]


def test_curves_keep_every_spike_follow_the_settings_and_remember_them(signed_in: Page, server, curved):
    signed_in.goto(f"{server.url}{curved.path}?group=param:optimizer")
    title = "val/loss of each run"
    picture = chart(signed_in, title).get_by_role("img", name="val/loss against")
    # As the table groups its runs; a choice of one's own for the chart stays, whatever the table does.
    expect(chart(signed_in, title)).to_contain_text(re.compile("[23] groups of 7 runs"))
    expect(chart(signed_in, "val/loss over time").locator("header")).to_contain_text(re.compile("optimizer:.*sgd"))
    expect(chart(signed_in, "Parallel coordinates")).to_contain_text("runs, not groups")
    chosen = settings(signed_in, title)
    expect(chosen.get_by_label("Group by")).to_have_value("table")
    chosen.get_by_label("Group by").select_option("")
    signed_in.keyboard.press("Escape")
    expect(picture).to_have_attribute("aria-label", "val/loss against the step, 7 curves.")
    runs = server.filler.ask("GET", f"/projects/{curved.entity}/curved/runs", sweep=curved.sweep)["runs"]
    stopped = sum(run.get("stopped") is not None for run in runs)
    assert stopped > 0
    expect(chart(signed_in, title)).to_contain_text(f"rungs of hyperband, {stopped} told to stop")
    expect(chart(signed_in, title).get_by_role("button", name="stopped early")).to_have_count(stopped)
    values = [float(line.split(",")[3]) for line in csv_of(signed_in, title)[1:] if line.startswith("spiky")]
    assert max(values) == SPIKE
    assert len(values) <= 1024 < STEPS

    settings(signed_in, title)
    chosen.get_by_label("Shows").select_option("relative")
    expect(picture).to_have_attribute("aria-label", re.compile("against the time since its start, 7 curves"))
    chosen.get_by_label("Shows").select_option("wall")
    expect(picture).to_have_attribute("aria-label", "val/loss against the time, 7 curves.")
    chosen.get_by_label("Shows").select_option("key:epoch")
    expect(picture).to_have_attribute("aria-label", "val/loss against the epoch, 1 curve.")
    chosen.get_by_label("Shows").select_option("step")
    chosen.get_by_label("Group by").select_option("param:optimizer")
    expect(picture).to_have_attribute("aria-label", re.compile(r"against the step, [123] curves?\."))
    expect(chart(signed_in, title)).to_contain_text("of 7 runs")
    chosen.get_by_label("Group by").select_option("")
    expect(picture).to_have_attribute("aria-label", "val/loss against the step, 7 curves.")
    # What is ticked here is drawn otherwise; ticked again, it is as before.
    logarithmic = chosen.get_by_label("Log scale")
    for setting in (logarithmic.first, logarithmic.last, chosen.get_by_label("Ignore outliers")):
        before = pixels(signed_in, title)
        setting.check()
        signed_in.wait_for_function(f"before => ({PIXELS})({title!r}) !== before", arg=before)
        setting.uncheck()
        signed_in.wait_for_function(f"before => ({PIXELS})({title!r}) === before", arg=before)
    y_axis = chosen.get_by_role("group", name="Y axis")
    for end, value in (("From", "1"), ("To", "20")):
        before = pixels(signed_in, title)
        for typed, like in ((value, "!=="), ("", "===")):
            y_axis.get_by_label(end).fill(typed)
            y_axis.get_by_label(end).press("Enter")
            signed_in.wait_for_function(f"before => ({PIXELS})({title!r}) {like} before", arg=before)
    chosen.get_by_role("checkbox", name="lr Parameter").check()
    smoothed = []
    for kind in ("Gaussian", "Mean", "Exponential"):
        chosen.get_by_role("radio", name=kind).check(force=True)
        signed_in.keyboard.press("Escape")
        assert csv_of(signed_in, title)[0] == "id,name,step,val/loss,smoothed"
        smoothed.append([float(line.split(",")[4]) for line in csv_of(signed_in, title) if line.startswith("spiky")])
        assert max(smoothed[-1]) < SPIKE / 2
        settings(signed_in, title)
    assert len({tuple(values) for values in smoothed}) == 3
    x_axis = chosen.get_by_role("group", name="X axis")
    # Where its other end is left open, the axis ends with the curves.
    before = pixels(signed_in, title)
    x_axis.get_by_label("From").fill("0")
    x_axis.get_by_label("From").press("Enter")
    expect(chart(signed_in, title).get_by_role("button", name="Show all")).to_be_visible()
    expect(x_axis.get_by_label("To")).to_have_value("")
    signed_in.wait_for_function(f"before => ({PIXELS})({title!r}) === before", arg=before)
    x_axis.get_by_label("To").fill("20")
    x_axis.get_by_label("To").press("Enter")
    signed_in.keyboard.press("Escape")
    expect(chart(signed_in, title).get_by_role("button", name="Show all")).to_be_visible()
    signed_in.reload()
    expect(picture).to_be_visible()
    assert csv_of(signed_in, title)[0] == "id,name,step,val/loss,smoothed"
    # What the legend shows behind the names is kept, and said on hovering.
    expect(chart(signed_in, title).get_by_role("button", name="spiky lr 0.5")).to_be_visible()
    plot = chart(signed_in, title).locator(".u-over")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    signed_in.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.9 * box["height"])  # the spike takes the rest
    expect(chart(signed_in, title).locator("[class*=tooltip]")).to_contain_text(re.compile("val/loss.+Step.+lr"))
    assert png_size(signed_in, title) > (box["width"], box["height"])

    settings(signed_in, title).get_by_role("button", name="Use for all charts").click()
    signed_in.keyboard.press("Escape")
    signed_in.get_by_text("All metrics").click()
    expect(chart(signed_in, "val/accuracy").get_by_role("img")).to_be_visible()
    assert csv_of(signed_in, "val/accuracy")[0] == "id,name,step,val/accuracy,smoothed"


def test_any_metric_and_any_arithmetic_over_metrics_is_a_chart(signed_in: Page, server, curved):
    signed_in.goto(server.url + curved.path)
    signed_in.get_by_text("All metrics").click()
    signed_in.get_by_label("Search panels").fill("^val/a")
    expect(chart(signed_in, "val/accuracy").get_by_role("img")).to_be_visible()
    expect(chart(signed_in, "epoch")).to_have_count(0)
    signed_in.get_by_label("Search panels").fill("")
    new = signed_in.get_by_label("New chart")
    new.fill("${val/loss} +")
    new.press("Enter")
    expect(signed_in.get_by_role("alert")).to_contain_text("missing at the end")
    expression = "${val/loss} - 2 * ${val/accuracy}"
    new.fill(expression)
    new.press("Enter")
    shown = chart(signed_in, expression)
    expect(shown.get_by_role("img", name="6 curves")).to_be_visible()

    shown.get_by_role("button", name=f"Enlarge {expression}").click()
    large = signed_in.get_by_role("dialog", name=expression)
    expect(large.get_by_role("img", name="6 curves")).to_be_visible()
    signed_in.keyboard.press("ArrowRight")
    expect(large).to_have_count(0)
    expect(signed_in.locator("dialog[open]")).to_have_count(1)
    signed_in.keyboard.press("Escape")
    expect(signed_in.locator("dialog[open]")).to_have_count(0)
    shown.get_by_role("button", name=f"Remove {expression}").click()
    expect(shown).to_have_count(0)
    assert_fits_and_bars_nobody(signed_in)


def test_a_drag_zooms_the_charts_of_the_page_together_and_a_double_click_shows_all_again(
    signed_in: Page, server, curved
):
    signed_in.goto(server.url + curved.path)
    signed_in.get_by_text("All metrics").click()
    title, other = "val/loss of each run", "val/accuracy"
    expect(chart(signed_in, other).get_by_role("img")).to_be_visible()
    plot = chart(signed_in, title).locator(".u-over")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    signed_in.mouse.move(box["x"] + 60, box["y"] + 40)
    signed_in.mouse.down()
    signed_in.mouse.move(box["x"] + 160, box["y"] + 60, steps=4)
    with signed_in.expect_response(re.compile("from_step=")):
        signed_in.mouse.up()
    deadline = time.monotonic() + 60
    while len(steps := steps_of_spiky(signed_in, title)) <= 1024:
        assert time.monotonic() < deadline, "more points are on their way, but never come"
    assert any(last - first == 100 for first, last in zip(steps, steps[100:], strict=False)), "every step in sight"
    for name in (title, other):
        expect(chart(signed_in, name).get_by_role("button", name="Show all")).to_be_visible()

    # With Shift both charts move, and what is in sight stays as long.
    before = window_of(signed_in, title)
    still = pixels(signed_in, other)
    signed_in.mouse.move(box["x"] + 160, box["y"] + 40)
    signed_in.keyboard.down("Shift")
    signed_in.mouse.down()
    signed_in.mouse.move(box["x"] + 110, box["y"] + 40, steps=4)
    signed_in.mouse.up()
    signed_in.keyboard.up("Shift")
    signed_in.wait_for_function(f"before => ({PIXELS})({other!r}) !== before", arg=still)
    after = window_of(signed_in, title)
    assert after[0] > before[0]
    assert after[1] - after[0] == pytest.approx(before[1] - before[0])
    plot.dblclick(position={"x": 30, "y": 30})
    for name in (title, other):
        expect(chart(signed_in, name).get_by_role("button", name="Show all")).to_have_count(0)


def log_code(filler: Filler, run: str, texts: dict[str, str]) -> None:
    """As a program that keeps its sources with its run."""
    files = []
    for path, text in texts.items():
        digest = hashlib.sha256(text.encode()).hexdigest()
        filler.ask("PUT", f"/projects/{filler.entity}/curved/blobs/{digest}", text.encode())
        files.append({"path": path, "digest": digest, "size": len(text)})
    body = {"name": "source-curved-train.py", "type": "code", "files": files}
    filler.ask("POST", f"/projects/{filler.entity}/curved/runs/{run}/artifacts", body)


def test_runs_and_sweeps_are_compared_side_by_side(signed_in: Page, server, curved):
    filler = server.filler
    runs = filler.ask("GET", f"/projects/{filler.entity}/curved/runs", sweep=curved.sweep)["runs"]
    ids = [run["id"] for run in runs if run["id"] != "spiky"][:3]
    signed_in.goto(f"{server.url}/{filler.entity}/curved/compare?runs={':'.join(ids)}")
    table = signed_in.get_by_role("region", name="Runs side by side")
    expect(table.get_by_role("columnheader")).to_have_count(3)
    expect(table.get_by_role("rowheader", name="lr (configuration)", exact=True)).to_be_visible()
    expect(table.get_by_role("rowheader", name="epochs")).to_have_count(0)
    table.get_by_label("Differences only").uncheck()
    expect(table.get_by_role("row", name="epochs 20 20 20")).to_be_visible()
    expect(table.get_by_role("row", name="Sweep has curves has curves")).to_be_visible()
    expect(table.get_by_role("row", name="Agent gpu-1-4711 gpu-1-4711")).to_be_visible()
    table.get_by_label("Search rows").fill("optim")
    expect(table.get_by_role("rowheader")).to_have_count(1)
    signed_in.evaluate("navigator.clipboard.writeText = async (text) => (window.copied = text)")
    table.get_by_role("button", name="Copy table").click()
    expect(table.get_by_role("button", name="Copied")).to_be_visible()
    copied = [line.split("\t") for line in signed_in.evaluate("window.copied").splitlines()]
    assert [row[0] for row in copied[1:]] == ["optimizer"]
    expect(chart(signed_in, "val/loss").get_by_role("img", name="3 curves")).to_be_visible()

    lines = [f"step_{number}()" for number in range(20)]
    changed_lines = [*lines[:10], "<b>new</b>", *lines[11:]]
    log_code(filler, ids[0], {"train.py": "\n".join(lines), "model.py": "same = 1", "x.py": "x"})
    log_code(filler, ids[1], {"train.py": "\n".join(changed_lines), "model.py": "same = 1", "x.py": "x\n"})
    signed_in.get_by_text("Code", exact=True).click()
    expect(signed_in.get_by_text("2 of 3 files differ.")).to_be_visible()
    changes = signed_in.get_by_role("region", name="train.py")
    around = [re.compile(f"^{number}step_{number - 1}") for number in (8, 9, 10, 12, 13, 14)]
    changed = "11−step_10()11+<b>new</b>"
    expect(changes.get_by_role("row")).to_have_text(
        ["7 equal lines", *around[:3], changed, *around[3:], "6 equal lines"]
    )
    changes.get_by_role("button", name="Whole file").click()
    expect(changes.get_by_role("row")).to_have_count(20)
    signed_in.get_by_role("button", name="x.py").click()
    expect(signed_in.get_by_role("region", name="x.py")).to_contain_text("only the end of the last one")
    signed_in.get_by_label("Left").select_option(ids[2])
    expect(signed_in.get_by_role("list", name="Files").get_by_role("button")).to_have_text(
        ["model.pyonly right", "train.pyonly right", "x.pyonly right"]
    )
    signed_in.get_by_label("Right").select_option(ids[2])
    expect(signed_in.get_by_text("Neither of the two has logged its code.")).to_be_visible()
    assert_fits_and_bars_nobody(signed_in)

    filler.sweep("curved", "another sweep", method="grid", parameters={"lr": {"values": [0.1, 0.2]}})
    signed_in.goto(f"{server.url}/{filler.entity}/curved")
    bulk = signed_in.get_by_role("group", name="Selected sweeps")
    signed_in.get_by_role("checkbox", name="Select another sweep").check()
    expect(signed_in.get_by_role("checkbox", name="Select all sweeps")).to_have_js_property("indeterminate", True)
    expect(bulk.get_by_role("link", name="Compare")).to_have_count(0)
    signed_in.get_by_role("checkbox", name="Select has curves").check()
    expect(bulk).to_contain_text("2 sweeps selected")
    assert_fits_and_bars_nobody(signed_in)
    signed_in.set_viewport_size({"width": 390, "height": 844})  # a card for each sweep, which nobody scrolls sideways
    cards = signed_in.get_by_role("region", name="Sweeps")
    expect(cards.get_by_role("checkbox", name="Select another sweep")).to_be_in_viewport(ratio=1)
    signed_in.wait_for_function("one => one.scrollWidth <= one.clientWidth", arg=cards.element_handle())
    # What it has not keeps its place, as in the others.
    expect(cards.get_by_role("row", name="another sweep").locator("[data-name='Best']")).to_be_visible()
    signed_in.set_viewport_size({"width": 1280, "height": 720})
    bulk.get_by_role("link", name="Compare").click()
    table = signed_in.get_by_role("region", name="Sweeps side by side")
    expect(table.get_by_role("row", name="Method grid random")).to_be_visible()
    by_runs = chart(signed_in, "Best val/loss by number of runs")
    expect(by_runs.get_by_role("img")).to_be_visible()
    expect(by_runs.get_by_role("button", name="has curves")).to_be_visible()
    expect(chart(signed_in, "Best val/loss by time").get_by_role("img")).to_be_visible()
    assert_fits_and_bars_nobody(signed_in)


def answered_late(route: Route) -> None:
    """Deletes at once, and lets the page hear of it only when others have long heard."""
    if route.request.method == "DELETE":
        reply = route.fetch()
        route.request.frame.page.wait_for_timeout(1_500)
        route.fulfill(response=reply)
    else:
        route.continue_()


def drawing_sweep(filler: Filler) -> Place:
    """Of a run that has logged charts, a picture and a page, and of one that has logged a number alone."""
    place = filler.sweep("curved", "draws")
    filler.begin(place, "drawing", name="drawing")
    filler.log_file(place, "drawing", "media/images/digit.png", PIXEL)
    filler.log_file(place, "drawing", "media/html/note.html", b"<h1>Note</h1>")
    image = {"_type": "image-file", "path": "media/images/digit.png", "caption": "a dot"}
    data = {METRIC: 0.5, "digit": image, "note": {"_type": "html-file", "path": "media/html/note.html"}}
    filler.report(place, "drawing", [{"type": "history", "step": 0, "time": time.time(), "data": data}])
    log_charts(filler, place, "drawing", random.Random(5))
    filler.begin(place, "plain", name="plain")
    filler.report(place, "plain", [{"type": "history", "step": 0, "time": time.time(), "data": {METRIC: 0.12345}}])
    return place


def test_a_report_mixes_text_with_live_panels_and_two_writers_are_told_of_each_other(
    signed_in: Page, browser: Browser, server, curved
):
    filler = server.filler
    drawing = drawing_sweep(filler)
    place = f"{server.url}/{filler.entity}/curved/reports"
    signed_in.goto(place)
    expect(signed_in.get_by_role("heading", name="No reports yet")).to_be_visible()
    signed_in.get_by_role("button", name="New report").click()
    signed_in.get_by_label("Title").fill("What we <b>learned</b>")
    text = signed_in.get_by_label("Text in Markdown")
    panel = f"```curves\nsweep: {curved.sweep}\n```\n"
    text.fill(f"# Findings\n\n<b>not bold</b>, *slanted*\n\n{panel}\n```runs\nsweep: {curved.sweep}\nlimit: 2\n```\n")
    preview = signed_in.get_by_role("region", name="Preview")
    expect(preview.get_by_role("heading", name="Findings")).to_be_visible()
    expect(preview.get_by_role("img", name="val/loss against the step, 7 curves.")).to_be_visible()
    expect(preview.get_by_role("region", name="Best runs of has curves").get_by_role("row")).to_have_count(3)
    signed_in.get_by_role("button", name="Insert panel").click()
    signed_in.get_by_role("menuitem", name="What matters most").click()
    expect(preview.get_by_role("region", name="What matters most")).to_be_visible()
    # It is about any sweep of the project until somebody says which.
    blocks = [("logged", "key: ROC\n"), ("media", ""), ("media", "key: note\n"), ("runs", "")]
    drawing_panels = [f"\n```{kind}\nsweep: {drawing.sweep}\n{key}```\n" for kind, key in blocks]
    written = re.sub(r"(```importance\nsweep: )\w+", rf"\g<1>{curved.sweep}", text.input_value())
    text.fill("".join([written, *drawing_panels]))
    of_a_run = preview.get_by_role("region", name="ROC").get_by_role("list", name="Runs")
    expect(of_a_run.get_by_role("listitem")).to_have_text(["drawing"])
    drawn = preview.get_by_role("region", name="digit")
    drawn.scroll_into_view_if_needed()
    expect(drawn.get_by_role("figure")).to_have_text(["a dot"])
    signed_in.get_by_role("button", name="Save").click()
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("What we <b>learned</b>")
    expect(signed_in.get_by_text("<b>not bold</b>")).to_be_visible()
    expect(signed_in.get_by_role("img", name="val/loss against the step, 7 curves.")).to_be_visible()
    # Numbers below each other have equally many digits; what stands alone is as high as what it holds.
    best = signed_in.get_by_role("region", name="Best runs of draws").locator("tbody tr")
    expect(best).to_contain_text(["plain0.12345", "drawing0.50000"])
    pictures = signed_in.get_by_role("region", name="digit").get_by_role("list", name="Media of the runs")
    pictures.scroll_into_view_if_needed()
    expect(pictures.get_by_role("img")).to_have_js_property("naturalWidth", 1)
    expect(pictures.locator("..")).to_have_css("max-height", "640px")
    assert 150 < (pictures.bounding_box() or {"height": 0})["height"] < 320
    note = signed_in.locator("iframe")
    note.scroll_into_view_if_needed()
    expect(note.content_frame.get_by_role("heading", name="Note")).to_be_visible()
    expect(note).to_have_css("height", "200px")
    assert_fits_and_bars_nobody(signed_in, iframes=False)
    assert_every_stop_has_a_name_and_is_seen(signed_in)

    # Whoever has its link reads it as it is, and nothing else, until the link is switched off.
    signed_in.get_by_role("button", name="Share", exact=True).click()
    dialog = signed_in.get_by_role("dialog", name="Share this report")
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_role("button", name="Switch off")).to_be_visible()
    assert_every_stop_has_a_name_and_is_seen(signed_in)
    reader = browser.new_context().new_page()
    refused: list[str] = []
    reader.on("response", lambda reply: refused.append(reply.url) if reply.status >= 400 else None)
    reader.goto(dialog.get_by_role("code").inner_text())
    expect(reader.get_by_role("heading", level=1)).to_have_text("What we <b>learned</b>")
    expect(reader.get_by_role("link", name="Shared report, read-only")).to_be_visible()
    expect(reader.get_by_role("img", name="val/loss against the step, 7 curves.")).to_be_visible()
    expect(reader.get_by_role("region", name="Best runs of has curves").get_by_role("row")).to_have_count(3)
    expect(reader.get_by_role("region", name="What matters most").get_by_role("rowheader").first).to_be_visible()
    expect(reader.get_by_text("is not shown to those who come by a link")).to_have_count(3)
    for action in ("Edit", "Delete", "Share", "Search"):
        expect(reader.get_by_role("button", name=action)).to_have_count(0)
    assert_fits_and_bars_nobody(reader)
    assert refused == []
    dialog.get_by_role("button", name="Switch off").click()
    expect(dialog).to_contain_text("There is no link now")
    signed_in.keyboard.press("Escape")
    reader.reload()
    expect(reader.get_by_role("heading", name="This link has ended")).to_be_visible()

    [head] = filler.ask("GET", f"/projects/{filler.entity}/curved/documents", kind="report")["documents"]
    address = f"/projects/{filler.entity}/curved/documents/{head['id']}"
    signed_in.get_by_role("button", name="Edit").click()
    text.fill("mine")
    signed_in.once("dialog", lambda dialog: dialog.accept())
    signed_in.reload()
    expect(text).to_have_value("mine")
    expect(signed_in.get_by_role("status").filter(has_text="unsaved draft")).to_be_visible()
    theirs = {"title": "Theirs", "content": {"markdown": "```curves\nsweeep: x\n```"}, "version": head["version"]}
    filler.ask("PUT", address, theirs)
    warning = signed_in.get_by_role("alert").filter(has_text="while you were editing")
    expect(warning).to_be_visible()
    expect(signed_in.get_by_role("button", name="Save")).to_be_disabled()
    warning.get_by_role("button", name="Take theirs").click()
    expect(preview).to_contain_text('"sweeep: x" is not understood')
    text.fill("settled")
    signed_in.get_by_role("button", name="Save").click()
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("Theirs")
    assert filler.ask("GET", address)["content"] == {"markdown": "settled"}
    # News of the deletion may be here before its answer: the page does not ask for what has just gone.
    signed_in.route(f"**{address}", answered_late)
    signed_in.get_by_role("button", name="Delete").click()
    signed_in.get_by_role("button", name="Delete this report").click()
    expect(signed_in.get_by_role("heading", name="No reports yet")).to_be_visible()
