"""The page of one run: all that a real program logs through the SDK is shown, safely and live."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from accessibility import assert_fits_and_bars_nobody
from filling import Filler
from keyboard import assert_every_stop_has_a_name_and_is_seen
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

PROGRAM = """
import io, sys, time
from pathlib import Path
import numpy as np
import besom

settings = besom.Settings(x_stats_sampling_interval=0.1)
with besom.init(
    project="shown", name="<i>all</i> of it", tags=["first"], notes="Tries <b>all</b>.", settings=settings,
    config={"lr": 0.1, "model": {"depth": 3}},
) as run:
    run.define_metric("epoch", hidden=True)
    run.define_metric("val/*", step_metric="epoch")
    pixels = np.linspace(0, 1, 16 * 16).reshape(16, 16)
    for step in range(6):
        row = {"loss": 1 / (step + 1), "epoch": step / 2, "val/accuracy": step / 10}
        row["digit"] = besom.Image(pixels * step, caption=f"<b>step</b> {step}")
        row["weights"] = besom.Histogram([0.1 * step, 1.0, 1.0, 2.0], num_bins=4)
        run.log(row, step=step)
        print(f"step {step}")
    run.log({"batch": [besom.Image(pixels, caption=f"digit {n}") for n in range(4)]})
    box = {"position": {"minX": 0.25, "maxX": 0.75, "minY": 0.5, "maxY": 1.0}, "class_id": 2}
    boxes = {"found": {"box_data": [box], "class_labels": {2: "<i>car</i>"}}}
    masks = {"road": {"mask_data": np.eye(16, dtype=np.uint8) * 3}}
    run.log({"street": besom.Image(pixels, boxes=boxes, masks=masks)})
    run.log({"curve": besom.plot.roc_curve([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], labels=["no", "yes"])})
    run.log({"confused": besom.plot.confusion_matrix(y_true=[0, 1, 1], preds=[0, 1, 0], class_names=["no", "yes"])})
    table = besom.Table(columns=["picture", "guess", "score", "words"])
    for n in range(400):
        table.add_data(besom.Image(pixels) if n < 3 else None, n, (400 - n) / 7, f"<u>row</u> {n}")
    run.log({"mistakes": table})
    script = "try { parent.document.title = 'reached' } catch {}"
    run.log({"report": besom.Html(f"<h1>Report</h1><script>{script}</script>")})
    run.log({"tone": besom.Audio(np.sin(np.arange(4000) / 5), sample_rate=8000, caption="a tone")})
    run.log({"film": besom.Video(io.BytesIO(b"no film"), format="webm")})
    print("<script>alert(1)</script> ends")
    folder = Path(run.dir)
    (folder / "code").mkdir()
    (folder / "code" / "train.py").write_text("def train():\\n    return '<b>1</b>'\\n")
    (folder / "weights.bin").write_bytes(bytes(range(256)))
    (folder / "plot.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    run.alert("Accuracy is low", "Look at the data.", level="WARN")
    about = {"accuracy": 0.5, "data": {"name": "<i>mnist</i>"}}
    artifact = besom.Artifact("digits", "model", description="<b>The</b> weights.", metadata=about)
    artifact.add_file(folder / "weights.bin")
    run.log_artifact(artifact, aliases=["best"]).wait()
    run.use_artifact("digits:best")
    while (folder.parent / "spool.jsonl").read_text().count('"type":"system"') < 2:
        time.sleep(0.05)
sys.stdout.write(f"id={run.id}\\n")
"""


@dataclass
class Shown:
    """A run of PROGRAM."""

    path: str
    """Of its page."""

    def tab(self, name: str) -> str:
        return f"{self.path}?tab={name}"


@pytest.fixture(scope="module")
def shown(server, tmp_path_factory) -> Shown:
    """PROGRAM has run in a git repository, and all that it logged has arrived."""
    folder = tmp_path_factory.mktemp("program")
    (folder / "train.py").write_text(PROGRAM)
    for command in (["init", "-q", "-b", "trunk"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@localhost", *command], cwd=folder, check=True)
    with (folder / "train.py").open("a") as program:
        program.write("# changed since\n")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BESOM_", "WANDB_"))}
    environ = {
        **clean,
        "BESOM_HOME": str(folder / "home"),
        "BESOM_DIR": str(folder / "runs"),
        "BESOM_BASE_URL": server.url,
        "BESOM_API_KEY": (server.home / "key").read_text().strip(),
    }
    done = subprocess.run(
        [sys.executable, "train.py"], check=False, cwd=folder, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    run = re.findall(r"^id=(\w+)$", done.stdout, re.MULTILINE)[0]
    return Shown(f"{server.url}/{server.filler.entity}/shown/runs/{run}")


def test_the_overview_says_what_the_run_was_where_it_ran_and_what_happened(signed_in: Page, shown):
    signed_in.goto(shown.path)
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("<i>all</i> of it")
    header = signed_in.get_by_role("main").locator("header").first
    expect(header).to_contain_text("first")

    def card(title: str):
        return signed_in.locator("section", has=signed_in.get_by_role("heading", name=title, exact=True))

    expect(card("Notes")).to_contain_text("Tries <b>all</b>.")
    expect(card("Program")).to_contain_text("train.py")
    expect(card("Program")).to_contain_text("CPython")
    expect(card("Machine")).to_contain_text("cores")
    expect(card("Code")).to_contain_text("trunk")
    expect(card("Code")).to_contain_text("Not committed")
    expect(card("Configuration")).to_contain_text("model.depth")
    expect(card("Summary")).to_contain_text("val/accuracy")
    expect(card("Summary")).not_to_contain_text("media/")
    expect(card("Logged artifacts")).to_contain_text("digits:v0")
    expect(card("Logged artifacts")).to_contain_text("best")
    alert = card("What happened").locator("li", has_text="Accuracy is low: Look at the data.")
    expect(alert).to_contain_text("Warning")


def log_weights(filler: Filler, run: str, weights: bytes) -> None:
    """One more version of an artifact that the run has logged."""
    digest, project = hashlib.sha256(weights).hexdigest(), f"/projects/{filler.entity}/shown"
    filler.ask("PUT", f"{project}/blobs/{digest}", weights)
    files = [{"path": "weights.bin", "digest": digest, "size": len(weights)}]
    filler.ask("POST", f"{project}/runs/{run}/artifacts", {"name": "digits", "type": "model", "files": files})


def test_an_artifact_says_what_is_in_it_where_it_came_from_and_where_it_went(signed_in: Page, server, shown):
    page = signed_in
    page.goto(shown.path)
    used = page.get_by_role("region", name="Used artifacts")
    expect(used).to_contain_text("model, 1 file, 256 B")
    used.get_by_role("link", name="digits:v0").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("digits:v0")
    expect(page).to_have_title(re.compile("^digits:v0 · Artifacts · "))
    expect(page.get_by_text("<b>The</b> weights.")).to_be_visible()
    expect(page.get_by_role("region", name="Metadata")).to_contain_text("data.name")
    for kind in ("Logged by", "Used by"):
        run = page.get_by_role("region", name=kind).get_by_role("link", name="<i>all</i> of it")
        expect(run).to_have_attribute("href", urlsplit(shown.path).path)
    assert_fits_and_bars_nobody(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download weights.bin").click()
    assert download.value.suggested_filename == "weights.bin"
    assert download.value.path().read_bytes() == bytes(range(256))

    page.get_by_role("navigation", name="Where you are").get_by_role("link", name="Artifacts").click()
    table = page.get_by_role("table", name="Artifacts")
    row = table.get_by_role("row").filter(has_text="digits")
    expect(row).to_contain_text("best")
    expect(row.get_by_role("link", name="<i>all</i> of it")).to_be_visible()
    assert_fits_and_bars_nobody(page)
    search = page.get_by_role("searchbox", name="Search artifacts")
    search.fill("nothing has this name")
    expect(page.get_by_role("search").get_by_role("status")).to_have_text("0 artifacts")
    search.fill("MOD")
    expect(row.get_by_role("link", name="v0")).to_be_visible()
    # What is logged meanwhile is in every list by itself.
    run = shown.path.rsplit("/", 1)[1]
    log_weights(server.filler, run, b"second")
    row.get_by_role("link", name="v1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("digits:v1")
    versions = page.get_by_role("table", name="Versions")
    numbers = versions.get_by_role("link", name=re.compile(r"^v\d$"))
    expect(numbers).to_have_text(["v1", "v0"])
    log_weights(server.filler, run, b"third")
    expect(numbers).to_have_text(["v2", "v1", "v0"])
    versions.get_by_role("link", name="<i>all</i> of it").first.click()
    logged = page.get_by_role("region", name="Logged artifacts")
    expect(logged).to_contain_text("digits:v2")
    log_weights(server.filler, run, b"fourth")
    expect(logged).to_contain_text("digits:v3")


def test_name_tags_and_notes_are_changed_on_the_page_and_a_deleted_run_comes_back(signed_in: Page, server, filler):
    place = filler.sweep("edited", "has a run")
    agent = filler.join(place)
    run = filler.take_run(agent, [])["run_id"]
    filler.begin(place, run, agent_id=agent)
    signed_in.goto(f"{server.url}/{place.entity}/edited/runs/{run}")
    header = signed_in.get_by_role("main").locator("header").first
    (known,) = filler.ask("GET", f"/sweeps/{place.sweep}/agents")["agents"]
    expect(header.get_by_role("link", name=known["name"])).to_have_attribute("href", re.compile("tab=agents"))
    expect(header).to_contain_text(
        re.compile(
            rf"User{filler.entity}.*Last heard of(now|\d+ (s|min) ago)Leaseuntil (\d{{4}}-\d\d-\d\d )?\d\d:\d\d:\d\d"
        )
    )
    header.get_by_role("button", name="Stop run").click()
    signed_in.get_by_role("button", name="Stop this run").click()
    expect(header).to_contain_text(f"stopped by {filler.entity}")
    filler.ask("POST", f"/agents/{agent}/runs/{run}/exit", {"exit_code": -15})
    expect(header.get_by_text("Killed", exact=True)).to_be_visible()
    expect(header).to_contain_text("Exit codesignal 15")
    expect(header).not_to_contain_text("Lease")

    def choose(action: str) -> None:
        signed_in.get_by_role("button", name="Actions of this run").click()
        signed_in.get_by_role("menuitem", name=action).click()

    choose("Rename")
    signed_in.get_by_role("textbox", name="Name").fill("the <b>best</b>")
    signed_in.get_by_role("button", name="Rename").click()
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("the <b>best</b>")
    expect(signed_in).to_have_title(f"the <b>best</b> · has a run · {place.entity}/edited · besom")
    choose("Tags")
    signed_in.get_by_role("combobox", name="Tag").fill("keep")
    signed_in.get_by_role("button", name="Add").click()
    expect(signed_in.get_by_role("button", name="Remove keep")).to_be_visible()
    signed_in.keyboard.press("Escape")
    expect(signed_in.get_by_role("main").locator("header").first).to_contain_text("keep")
    signed_in.get_by_role("button", name="Write notes").click()
    signed_in.get_by_role("textbox", name="Notes").fill("- lower *lr*\n- <img src=x>")
    signed_in.get_by_role("button", name="Save notes").click()
    expect(signed_in.get_by_role("listitem").filter(has_text="<img src=x>")).to_be_visible()
    assert filler.ask("GET", f"/projects/{place.entity}/edited/runs/{run}")["notes"].startswith("- lower")
    choose("Delete")
    signed_in.get_by_role("button", name="Delete", exact=True).click()
    expect(signed_in.get_by_role("heading", name="This run was deleted")).to_be_visible()
    signed_in.get_by_role("button", name="Bring it back").click()
    expect(signed_in.get_by_role("heading", level=1)).to_have_text("the <b>best</b>")
    assert all("410 (Gone)" in complaint for complaint in signed_in.complaints)  # the browser's word for a deleted run
    signed_in.complaints.clear()


def test_charts_follow_define_metric_and_are_searched(signed_in: Page, shown):
    signed_in.goto(shown.tab("charts"))
    expect(signed_in.get_by_role("img", name="loss against the step, 1 curve.", exact=True)).to_be_visible()
    expect(signed_in.get_by_role("img", name="val/accuracy against the epoch, 1 curve.")).to_be_visible()
    expect(signed_in.get_by_role("heading", name="epoch", exact=True)).to_have_count(0)
    field = signed_in.get_by_role("searchbox", name="Search charts")
    field.fill("^val/")
    expect(signed_in.get_by_role("heading", level=2)).to_have_text(["val/accuracy"])
    field.press("Escape")
    expect(signed_in.get_by_role("heading", name="loss", exact=True)).to_be_visible()


def panel(page: Page, title: str):
    """The panel with this heading, brought into sight: only then does it load what it shows."""
    page.get_by_role("main").get_by_role("heading", name=title, exact=True).scroll_into_view_if_needed()
    return page.locator("main section", has=page.get_by_role("heading", name=title, exact=True))


def test_an_image_shows_its_caption_and_the_slider_every_step(signed_in: Page, shown):
    signed_in.goto(shown.tab("media"))
    digit = panel(signed_in, "digit")
    picture = digit.get_by_role("img", name="<b>step</b> 5")
    expect(picture).to_be_visible()
    expect(digit.locator("figcaption")).to_have_text("<b>step</b> 5")
    loaded = "image => image.decode().then(() => image.naturalWidth)"
    assert picture.evaluate(loaded) == 16
    slider = digit.get_by_role("slider")
    slider.focus()
    signed_in.keyboard.press("Home")
    expect(digit.locator("figcaption")).to_have_text("<b>step</b> 0")
    assert digit.get_by_role("img", name="<b>step</b> 0").evaluate(loaded) == 16
    expect(panel(signed_in, "batch").get_by_role("img")).to_have_count(4)


def test_boxes_and_masks_lie_over_their_image_and_can_be_hidden(signed_in: Page, shown):
    signed_in.goto(shown.tab("media"))
    street = panel(signed_in, "street")
    name = street.get_by_text("<i>car</i>")
    expect(name).to_be_attached()
    expect(street.locator("img")).to_have_js_property("naturalWidth", 16)
    picture, box = street.locator("img").bounding_box(), name.locator("..").bounding_box()
    assert box["x"] - picture["x"] == pytest.approx(picture["width"] / 4, abs=1)
    assert box["height"] == pytest.approx(picture["height"] / 2, abs=1)
    street.locator("canvas[width='16']").scroll_into_view_if_needed()
    seen = "canvas => [...canvas.getContext('2d').getImageData(0, 0, 2, 1).data].filter((_, i) => i % 4 === 3)"
    assert street.locator("canvas[width='16']").evaluate(seen) == [150, 0]
    street.get_by_label("road").uncheck()
    expect(street.locator("canvas")).to_have_count(0)
    street.get_by_label("boxes").uncheck()
    expect(name).to_have_count(0)


def test_a_table_shows_typed_cells_and_sorts_though_few_of_its_rows_are_in_the_page(signed_in: Page, shown):
    signed_in.goto(shown.tab("media"))
    table = panel(signed_in, "mistakes").get_by_role("table")
    expect(table).to_have_attribute("aria-rowcount", "401")
    assert table.locator("tbody tr").count() < 60
    first = table.locator("tbody tr[aria-rowindex='2'] td")
    expect(first.nth(0).get_by_role("img")).to_be_visible()
    expect(first.nth(3)).to_have_text("<u>row</u> 0")
    assert first.nth(2).evaluate("cell => getComputedStyle(cell).textAlign") == "right"
    table.get_by_role("button", name="score").click()
    expect(first.nth(1)).to_have_text("399")
    expect(first.nth(0)).to_have_text("–")

    # As a chart, which every run of the project then has.
    mistakes = panel(signed_in, "mistakes")
    mistakes.get_by_role("radio", name="Chart").check()
    line = mistakes.get_by_role("img", name="score by guess, 400 points.")
    expect(line).to_be_visible()
    mistakes.get_by_label("Kind").select_option("Histogram")
    expect(mistakes.get_by_role("img", name="Histogram of 400 values from 0 to 399")).to_be_visible()
    signed_in.reload()
    expect(mistakes.get_by_role("img", name="Histogram of 400 values")).to_be_visible()
    mistakes.get_by_label("Kind").select_option("Scatter")
    expect(line).to_be_visible()

    # Charts that the program has defined are drawn by themselves.
    curve = panel(signed_in, "ROC Curve")
    curve.scroll_into_view_if_needed()
    expect(curve.get_by_text("curve", exact=True)).to_be_visible()
    expect(curve.get_by_role("img", name="True positive rate by False positive rate, 7 points.")).to_be_visible()
    expect(curve.get_by_role("list", name="class")).to_have_text("noyes")
    confused = panel(signed_in, "Confusion Matrix Curve")
    confused.scroll_into_view_if_needed()
    expect(confused.get_by_role("row", name=re.compile("^yes"))).to_have_text("yes11")
    confused.get_by_role("radio", name="Table").check()
    expect(confused.get_by_role("columnheader", name="nPredictions")).to_be_visible()
    confused.get_by_role("button", name="Forget my choice").click()
    expect(confused.get_by_role("row", name=re.compile("^yes"))).to_have_text("yes11")
    for heading in signed_in.get_by_role("main").get_by_role("heading", level=2).all():
        heading.scroll_into_view_if_needed()  # a panel loads what it shows when it comes into sight
    assert_fits_and_bars_nobody(signed_in)


def test_a_histogram_shows_its_bars_and_all_steps_side_by_side(signed_in: Page, shown):
    signed_in.goto(shown.tab("media"))
    weights = panel(signed_in, "weights")
    expect(weights.get_by_role("img", name=re.compile(r"^Histogram of 4 values from 0\.5 to 2$"))).to_be_visible()
    expect(weights.get_by_role("img", name="Histograms of 6 steps from 0 to 5")).to_be_visible()
    weights.locator("canvas").click(position={"x": 3, "y": 20})
    expect(weights.get_by_role("img", name="Histogram of 4 values from 0 to 2")).to_be_visible()


def test_html_runs_where_it_cannot_reach_the_page(signed_in: Page, shown):
    with signed_in.expect_request(re.compile(r"/files/.*\.html$")) as asked:
        signed_in.goto(shown.tab("media"))
        panel(signed_in, "report").scroll_into_view_if_needed()
    origin = asked.value.url.partition("/api/")[0]
    assert asked.value.all_headers()["referer"] == f"{origin}/", "by which the server knows it over plain HTTP"
    frame = panel(signed_in, "report").locator("iframe")
    expect(frame).to_have_attribute("sandbox", "allow-scripts")
    expect(frame.content_frame.get_by_role("heading", name="Report")).to_be_visible()
    assert frame.content_frame.locator("body").evaluate("() => window.origin") == "null"
    assert signed_in.title() != "reached"


def test_sounds_and_films_can_be_played(signed_in: Page, shown):
    signed_in.goto(shown.tab("media"))
    sound = panel(signed_in, "tone").locator("audio")
    expect(sound).to_have_js_property("duration", 0.5)
    expect(panel(signed_in, "film").locator("video")).to_have_attribute("src", re.compile(r"/film_\w+\.webm$"))


def test_system_metrics_are_drawn_over_time(signed_in: Page, shown):
    signed_in.goto(shown.tab("system"))
    expect(signed_in.get_by_role("img", name="Memory, this process (MB) against the time, 1 curve.")).to_be_visible()


def test_the_log_is_searched_and_its_text_is_never_markup(signed_in: Page, shown):
    signed_in.goto(shown.tab("log"))
    log = signed_in.get_by_role("region", name="Log")
    expect(log.get_by_text("<script>alert(1)</script> ends")).to_be_visible()
    log.get_by_label("Search the log").fill("STEP")
    expect(log.get_by_role("status")).to_have_text("1 of 6 lines")
    expect(log.locator("mark")).to_have_text(["step"] * 6)
    signed_in.keyboard.press("Enter")
    expect(log.get_by_role("status")).to_have_text("2 of 6 lines")
    with signed_in.expect_download() as download:
        log.get_by_role("button", name="Download").click()
    assert "step 5\n<script>alert(1)</script> ends\n" in Path(download.value.path()).read_text()


def test_files_open_by_folder_and_show_what_is_in_them(signed_in: Page, shown):
    signed_in.goto(shown.tab("files"))
    files = signed_in.get_by_role("region", name="Files", exact=True)
    files.get_by_role("button", name="code").click()
    files.get_by_role("button", name="train.py").click()
    expect(signed_in.get_by_role("region", name="Text")).to_contain_text("return '<b>1</b>'")
    signed_in.reload()
    text = signed_in.get_by_role("region", name="Text")
    expect(text).to_contain_text("def train():")
    parts = [text.get_by_text(part, exact=True) for part in ("def", "'<b>1</b>'")]
    assert len({part.evaluate("part => getComputedStyle(part).color") for part in parts}) == 2
    files.get_by_role("button", name="diff.patch").click()
    expect(signed_in.get_by_role("region", name="Text")).to_contain_text("+# changed since")
    files.get_by_role("button", name="plot.svg").click()
    expect(signed_in.get_by_role("region", name="Text")).to_contain_text("<svg")
    files.get_by_role("button", name="weights.bin").click()
    expect(signed_in.get_by_text("This file is no text.")).to_be_visible()
    with signed_in.expect_download() as download:
        signed_in.get_by_role("link", name="Download").click()
    assert Path(download.value.path()).read_bytes() == bytes(range(256))


def printed(first: int, *lines: str) -> dict[str, object]:
    return {"type": "output", "line": first, "lines": list(lines), "time": time.time()}


def test_the_log_of_a_running_run_grows_follows_its_end_and_replaces_lines(signed_in: Page, server, filler):
    place = filler.sweep("printed", "prints")
    agent = filler.join(place)
    run = filler.take_run(agent, [])["run_id"]
    filler.begin(place, run, agent_id=agent)
    signed_in.goto(f"{server.url}/{place.entity}/printed/runs/{run}?tab=log")
    expect(signed_in.get_by_role("heading", name="Nothing was printed yet")).to_be_visible()
    sent = filler.report(place, run, [printed(0, "begins", "\x1b[31mred\x1b[0m 10 %")])
    log = signed_in.get_by_role("region", name="Log")
    expect(log.get_by_text("begins")).to_be_visible()
    assert log.get_by_text("red").evaluate("text => text.className") != ""
    sent = filler.report(place, run, [printed(1, "100 %")], sent)
    expect(log.get_by_text("100 %", exact=True)).to_be_visible()
    expect(log.get_by_text("10 %", exact=False).filter(has_text="red")).to_have_count(0)

    many = [f"line {number}" for number in range(2, 100_000)]
    for start in range(0, len(many), 20_000):
        sent = filler.report(place, run, [printed(2 + start, *many[start : start + 20_000])], sent)
    expect(log.get_by_text("line 99999", exact=True)).to_be_visible()
    assert log.get_by_role("group", name="Lines").locator("div > div > div").count() < 200
    # The server keeps its beginning and its end, and the page says so.
    signed_in.reload()
    expect(log.get_by_text(re.compile("^[45].,... of 100,000 lines$"))).to_be_visible()
    log.get_by_role("searchbox", name="Search the log").fill("line 30000")
    expect(log.get_by_role("status")).to_have_text("No match in what is kept")
    log.get_by_role("searchbox", name="Search the log").fill("line 70000")
    expect(log.get_by_text("line 70000", exact=True)).to_be_in_viewport()
    expect(log.get_by_role("status")).to_have_text("1 of 1 line")
    expect(log.get_by_label("Follow")).not_to_be_checked()
    log.get_by_role("group", name="Lines").evaluate("lines => lines.scrollTo(0, 0)")
    filler.report(place, run, [printed(100_000, "one more")], sent)
    expect(log.get_by_text("begins")).to_be_visible()
    log.get_by_label("Follow").check()
    expect(log.get_by_text("one more", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("charts", "No numbers yet"),
        ("media", "No media yet"),
        ("system", "No system metrics yet"),
        ("log", "Nothing was printed yet"),
        ("files", "No files yet"),
    ],
)
def test_an_empty_tab_says_how_to_fill_it(signed_in: Page, server, filler, tab, words):
    place = filler.sweep("bare", f"nothing in {tab}")
    agent = filler.join(place)
    run = filler.take_run(agent, [])["run_id"]
    filler.begin(place, run, agent_id=agent)
    signed_in.goto(f"{server.url}/{place.entity}/bare/runs/{run}?tab={tab}")
    expect(signed_in.get_by_role("heading", name=words)).to_be_visible()


def test_a_sweeps_page_shows_queued_runs_slots_and_alerts(signed_in: Page, server, filler):
    place = filler.sweep("waiting", "has a queue")
    body = {"host": "gpu-9", "pid": 1, "slots": 3, "gpus": ["0", "1"]}
    agent = filler.ask("POST", f"/sweeps/{place.sweep}/agents", body)["agent_id"]
    runs = []
    for _ in range(2):
        runs.append(filler.take_run(agent, runs)["run_id"])
        filler.begin(place, runs[-1], agent_id=agent)
    alert = {"type": "alert", "title": "Too hot", "text": "95 degrees", "level": "ERROR", "time": time.time()}
    load = {"type": "system", "time": time.time(), "data": {"gpu.1.gpu": 97.4, "system.cpu": 12.0}}
    filler.report(place, runs[0], [alert, load])
    params = {"lr": 0.01, "batch_size": 16, "optimizer": "adam", "model.depth": 2}
    filler.ask("POST", f"/sweeps/{place.sweep}/queue", {"params": params})
    signed_in.goto(server.url + place.path)
    expect(signed_in.get_by_role("cell", name="Queued")).to_be_visible()
    signed_in.goto(f"{server.url}{place.path}?tab=agents")
    row = signed_in.get_by_role("row").filter(has_text="gpu-9")
    expect(row.get_by_role("cell", name="2 of 3")).to_be_visible()
    expect(row.get_by_role("cell", name="0, 1", exact=True)).to_be_visible()
    expect(row.get_by_role("link")).to_have_count(2)
    expect(row.get_by_role("cell", name="GPU 1: 97 %, processor: 12 %")).to_be_visible()
    signed_in.goto(f"{server.url}{place.path}?tab=events")
    line = signed_in.get_by_role("listitem").filter(has_text="Too hot: 95 degrees")
    expect(line).to_contain_text("Error")


@pytest.mark.parametrize("tab", ["overview", "charts", "media", "system", "log", "files&file=code/train.py"])
def test_no_tab_scrolls_a_telephone_sideways_or_bars_anyone(signed_in: Page, shown, tab):
    # Media are fetched when they come into sight.
    signed_in.set_viewport_size({"width": 390, "height": 5000 if tab == "media" else 844})
    signed_in.goto(shown.tab(tab))
    assert_fits_and_bars_nobody(signed_in, iframes=False)


def test_the_tab_key_goes_through_every_tab(signed_in: Page, shown):
    signed_in.set_viewport_size({"width": 1280, "height": 2400})  # all media are in sight
    tabs = [shown.tab(tab) for tab in ("overview", "charts", "media", "system", "log", "files&file=code/train.py")]
    for address in (*tabs, f"{shown.path.partition('/runs/')[0]}/artifacts/digits:v0"):
        signed_in.goto(address)
        assert_every_stop_has_a_name_and_is_seen(signed_in)
