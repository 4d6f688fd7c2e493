"""What is drawn of a sweep: parallel coordinates, scatter plot, slices and contour, and what is chosen in them."""

from __future__ import annotations

import base64
import itertools
import random
import re
from typing import Any

import pytest
import sweep_charts
from accessibility import assert_fits_and_bars_nobody
from filling import METRIC, Place
from playwright.sync_api import FloatRect, Locator, Page, Route, expect
from sweep_charts import (
    CONTOUR,
    CURVES,
    MATTERS,
    PARALLEL,
    PARAMETERS,
    RUNS,
    SLICES,
    TIME,
    add,
    parallel,
    rows,
)

pytestmark = pytest.mark.browser
place, sweep_page = sweep_charts.place, sweep_charts.sweep_page  # its fixtures


def runs_of(server, place: Place) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = server.filler.ask(
        "GET", f"/projects/{place.entity}/{place.project}/runs", sweep=place.sweep
    )["runs"]
    return runs


COLOURFUL = """(chart) => [...chart.querySelectorAll("canvas")].some((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4) {
    const rgb = data.slice(i, i + 3);
    if (data[i + 3] > 100 && Math.max(...rgb) - Math.min(...rgb) > 40) return true;
  }
  return false;
})"""
"""Whether something that is drawn in it is not grey."""


CANVASES = "(panel) => [...panel.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()).join()"
"""What is drawn in it."""


def axis(chart: Locator, title: str) -> FloatRect:
    """Where it can be dragged over."""
    group = chart.get_by_role("group", name=f"Axis {title}")
    box = group.locator("css=div:has(> [role=slider])").bounding_box()
    assert box is not None
    return box


def test_axes_are_brushed_by_hand_and_by_key_and_the_table_follows(sweep_page: Page):
    chart, table = parallel(sweep_page), rows(sweep_page)
    expect(table).to_have_count(RUNS)
    add(sweep_page, "Boxes by a parameter")
    add(sweep_page, "Bars by run or group")
    sweep_page.get_by_role("button", name="All metrics").click()
    sweep_page.set_viewport_size({"width": 1440, "height": 3000})  # what is out of sight is not drawn
    bars = sweep_page.get_by_role("region", name=f"{METRIC} by run")
    expect(bars.get_by_role("rowheader")).to_have_count(RUNS)
    spread = f"Spread of {METRIC} by optimizer"
    expect(sweep_page.get_by_role("img", name=f"{spread}. adam: median ")).to_be_visible()

    # A category, in the menu of its axis.
    chart.get_by_role("button", name="Axis optimizer").click()
    sweep_page.get_by_role("dialog", name="Axis of optimizer").get_by_role("checkbox", name="sgd").check()
    sweep_page.keyboard.press("Escape")
    expect(table.filter(has_text="adam")).to_have_count(0)
    expect(table.filter(has_text="sgd")).not_to_have_count(0)
    with_sgd = table.count()
    assert 0 < with_sgd < RUNS
    # All other panels follow.
    expect(chart.get_by_role("img", name=f"{METRIC} of {with_sgd} runs")).to_be_visible()
    expect(sweep_page.get_by_role("img", name=f"{METRIC} of {with_sgd} runs by the time")).to_be_visible()
    for panel, words in (
        (SLICES, f"{with_sgd} runs"),
        (CURVES, "grey: "),
        ("val/accuracy", "grey: "),  # of All metrics
        (MATTERS, f"from {with_sgd} runs"),
    ):
        expect(sweep_page.get_by_role("region", name=panel)).to_contain_text(words)
    expect(bars.get_by_role("rowheader")).to_have_count(with_sgd)
    expect(sweep_page.get_by_role("img", name=f"{spread}. sgd: median ")).to_be_visible()
    contour = f"{METRIC} over lr and momentum, as"  # only those with sgd have a momentum
    expect(sweep_page.get_by_role("img", name=f"{contour} {with_sgd} runs")).to_be_visible()

    # A range, dragged along an axis, then narrowed with the keys until nothing is left of it.
    brushed = chart.get_by_role("group", name="Axis lr")
    area = axis(chart, "lr")
    middle = area["x"] + area["width"] / 2
    sweep_page.mouse.move(middle, area["y"] + 2)
    sweep_page.mouse.down()
    sweep_page.mouse.move(middle, area["y"] + area["height"] / 2, steps=4)
    sweep_page.mouse.up()
    low = brushed.get_by_role("slider", name="lr from")
    expect(low).to_have_attribute("aria-valuenow", "50")
    low.focus()
    for share in ("52", "54", "56"):
        sweep_page.keyboard.press("ArrowUp")
        expect(low).to_have_attribute("aria-valuenow", share)
    # The chart itself follows the hand at once, the table and the other panels a moment later.
    said = chart.get_by_role("img", name="a line for each").get_attribute("aria-label") or ""
    left = int(re.findall(r" of (\d+) runs?, a line", said)[0])
    assert 0 < left < with_sgd
    expect(table).to_have_count(left)
    expect(bars.get_by_role("rowheader")).to_have_count(left)
    expect(sweep_page.get_by_role("img", name=f"{contour} {left} run")).to_be_visible()
    expect(sweep_page).to_have_url(re.compile("param%3Aoptimizer.+param%3Alr"))

    # Escape takes away all that was brushed here.
    sweep_page.keyboard.press("Escape")
    expect(table).to_have_count(RUNS)
    expect(low).to_have_attribute("aria-valuenow", "0")

    # Runs without a value have a place of their own.
    chart.get_by_role("button", name="none: only runs without a value of momentum").click()
    expect(table).to_have_count(RUNS - with_sgd)
    expect(table.filter(has_text="sgd")).to_have_count(0)

    # What is brushed while the panel fills the screen is still in the address when one has gone back.
    chart.get_by_role("button", name="Actions of Parallel coordinates").focus()
    sweep_page.keyboard.press("f")
    large = sweep_page.get_by_role("dialog", name="Parallel coordinates")
    large.get_by_role("button", name="Axis optimizer").click()
    sweep_page.get_by_role("dialog", name="Axis of optimizer").get_by_role("checkbox", name="adam").check()
    chosen = re.compile("brush=.*param%3Aoptimizer")
    expect(sweep_page).to_have_url(chosen)
    sweep_page.go_back()
    expect(large).to_have_count(0)
    expect(sweep_page).to_have_url(chosen)


def test_axes_are_chosen_named_turned_and_moved_and_it_is_kept(sweep_page: Page):
    chart = parallel(sweep_page)
    chart.get_by_role("button", name="Axis optimizer").focus()
    sweep_page.keyboard.press("ArrowLeft")
    expect(chart.get_by_role("button", name="Axis momentum")).to_be_focused()
    sweep_page.keyboard.press("Shift+ArrowLeft")
    expect(chart.get_by_role("img", name="momentum, lr, optimizer")).to_be_visible()

    chart.get_by_role("button", name="Axis lr").click()
    menu = sweep_page.get_by_role("dialog", name="Axis of lr")
    menu.get_by_label("Title").fill("rate")
    menu = sweep_page.get_by_role("dialog", name="Axis of rate")
    ticks = chart.locator("svg:has(text) > g").nth(1)  # of the second axis
    before = ticks.text_content() or ""
    menu.get_by_label("Log scale").uncheck()
    expect(ticks).not_to_have_text(before)
    menu.get_by_label("Upside down").check()
    menu.get_by_role("button", name="Move right").click()
    sweep_page.keyboard.press("Escape")

    chart.get_by_role("button", name="Axes", exact=True).click()
    axes = sweep_page.get_by_role("dialog", name="Axes of the parallel coordinates")
    axes.get_by_role("searchbox", name="Search fields").fill("steps")
    axes.get_by_role("checkbox", name="Steps").check()
    axes.get_by_label("Colours").select_option("My own")
    axes.get_by_label("Colour of the better end").fill("#005500")
    sweep_page.keyboard.press("Escape")

    order = f"momentum, optimizer, rate, Steps, {METRIC}"
    expect(chart.get_by_role("img", name=order)).to_be_visible()
    sweep_page.reload()
    expect(chart.get_by_role("img", name=order)).to_be_visible()
    expect(chart.locator("header [style*=gradient]")).to_have_attribute("style", re.compile(r"#005500|rgb\(0, 85, 0\)"))
    chart.get_by_role("button", name="Axis rate").click()
    menu = sweep_page.get_by_role("dialog", name="Axis of rate")
    expect(menu.get_by_label("Upside down")).to_be_checked()
    expect(menu.get_by_label("Log scale")).not_to_be_checked()
    menu.get_by_role("button", name="Remove").click()
    sweep_page.keyboard.press("Escape")
    expect(chart.get_by_role("img", name=f"momentum, optimizer, Steps, {METRIC}")).to_be_visible()
    chart.get_by_role("button", name="Axes", exact=True).click()
    axes.get_by_role("button", name="Reset").click()
    expect(chart.get_by_role("img", name=f"lr, momentum, optimizer, {METRIC}")).to_be_visible()


PICTURES = """(names) => names.map((name) => {
  const nameOf = (one) => one.ariaLabel ?? document.getElementById(one.getAttribute("aria-labelledby"))?.textContent;
  const region = [...document.querySelectorAll("section")].find((one) => nameOf(one) === name);
  return region.innerHTML + [...region.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL()).join();
})"""
"""What each panel of these names shows, with its canvases."""
SETTLED = f"""async (names) => {{
  const pictures = {PICTURES};
  for (let last = []; ; last = pictures(names)) {{
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (pictures(names).every((one, i) => one === last[i])) return last;
  }}
}}"""
"""The same once all has been drawn."""


UNLIKE = """async ([one, other, top]) => {
  const [a, b] = await Promise.all([one, other].map(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const { width, height } = image;
    const ctx = new OffscreenCanvas(width, height).getContext("2d");
    ctx.drawImage(image, 0, 0);
    return ctx.getImageData(0, top, width, height - top);
  }));
  if (a.width !== b.width || a.height !== b.height) return 255;
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]), 0) / a.data.length;
}"""
"""How far two pictures are apart below ``top``: the mean difference of what stands in them, of 255."""


FRAME = "() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))"
"""Until all that is under way is drawn."""


def light_up(page: Page, panel: str, row: Locator) -> None:
    """Moves over what the panel shows, from place to place, until the row is lit."""
    shown = page.get_by_role("region", name=panel, exact=True).locator("[role=img], tbody").first
    box = shown.bounding_box()
    assert box is not None
    for across, up in itertools.product(range(1, 20), range(1, 10)):
        page.mouse.move(box["x"] + box["width"] * across / 20, box["y"] + box["height"] * up / 10)
        page.evaluate(FRAME)
        if row.count() > 0:
            return
    raise AssertionError(f"Nothing in {panel} lights up such a row")


def test_a_run_lights_up_in_every_panel_and_opens_with_a_click(sweep_page: Page, server, place: Place):
    by_time = f"{METRIC} of {RUNS} runs by the time they were created, with the best so far"
    expect(sweep_page.get_by_role("img", name=by_time)).to_be_visible()
    chart = parallel(sweep_page)
    # A closed eye leaves the run in the table, and greys its line.
    eye = rows(sweep_page).first.get_by_role("button", name="in charts")
    eye.click()
    expect(chart.get_by_role("img", name=f"{METRIC} of {RUNS - 1} runs")).to_be_visible()
    expect(rows(sweep_page)).to_have_count(RUNS)
    eye.click()
    expect(chart.get_by_role("img", name=f"{METRIC} of {RUNS} runs")).to_be_visible()

    add(sweep_page, "Boxes by a parameter")
    add(sweep_page, "Bars by run or group")
    sweep_page.set_viewport_size({"width": 1440, "height": 3000})  # what is out of sight is not drawn
    boxes = f"Spread of {METRIC} by optimizer"
    each = [TIME, "Parallel coordinates", f"{METRIC} of each run", f"{METRIC} by parameter", CONTOUR, boxes]
    for name in each:
        expect(sweep_page.get_by_role("region", name=name, exact=True).get_by_role("img").first).to_be_visible()
    each.append(f"{METRIC} by run")
    expect(sweep_page.get_by_role("region", name=each[-1], exact=True).get_by_role("rowheader")).to_have_count(RUNS)
    sweep_page.mouse.move(1, 1)
    lit = rows(sweep_page).and_(sweep_page.locator("[class*=lit]"))
    for panel in ("Runs", TIME, SLICES, CURVES):
        before = sweep_page.evaluate(SETTLED, each)
        light_up(sweep_page, panel, lit.filter(has_text="sgd"))  # it has a value of each parameter
        sweep_page.wait_for_function(
            f"([each, before]) => ({PICTURES})(each).every((one, i) => one !== before[i])", arg=[each, before]
        )
        sweep_page.mouse.move(1, 1)
        expect(lit).to_have_count(0)
        sweep_page.wait_for_function(
            f"([each, before]) => ({PICTURES})(each).every((one, i) => one === before[i])", arg=[each, before]
        )
    # As a picture each looks as it does on the page, but for the controls in its head.
    sweep_page.set_viewport_size({"width": 1436, "height": 3000})  # each panel begins at a whole pixel
    sweep_page.evaluate(SETTLED, each)
    for panel in (PARALLEL, CONTOUR, CURVES, boxes, each[-1]):
        region = sweep_page.get_by_role("region", name=panel, exact=True)
        head = region.locator("header").bounding_box() or {"height": 0}
        shown = region.screenshot()
        opener, item = ("Download", "button") if panel == CURVES else ("Actions of", "menuitem")
        sweep_page.get_by_role("button", name=f"{opener} {panel}", exact=True).press("Enter")
        with sweep_page.expect_download() as download:
            sweep_page.get_by_role(item, name="Picture (PNG)").press("Enter")
        sweep_page.keyboard.press("Escape")
        saved = download.value.path().read_bytes()
        pictures = [base64.b64encode(picture).decode() for picture in (shown, saved)]
        assert sweep_page.evaluate(UNLIKE, [*pictures, head["height"] + 20]) < 1

    # One run alone passes through the middle of each axis.
    name = rows(sweep_page).first.get_by_role("link").inner_text()
    sweep_page.get_by_label("Search runs").fill(f"^{name}$")
    expect(rows(sweep_page)).to_have_count(1)
    expect(chart.get_by_role("img", name=f"{METRIC} of 1 run,")).to_be_visible()
    sweep_page.evaluate("window.scrollTo(0, 0)")  # the table was scrolled to for its eye
    sweep_page.evaluate(SETTLED, [PARALLEL])
    area = axis(chart, METRIC)
    sweep_page.mouse.move(area["x"] - 60, area["y"] + area["height"] / 2)
    tip = chart.locator("[class*=tooltip]")
    expect(tip.locator("strong")).to_have_text(name)
    expect(tip.locator("dt")).to_have_text(["lr", "momentum", "optimizer", METRIC])
    best = next(run for run in runs_of(server, place) if run["name"] == name)["best"]
    assert float(tip.locator("dd").last.inner_text()) == pytest.approx(best, rel=1e-3)
    expect(lit.get_by_role("link", name=name, exact=True)).to_be_visible()
    element = chart.element_handle()
    for count, colourful in ("0 runs", f"(one) => !({COLOURFUL})(one)"), ("1 run", COLOURFUL):
        eye.click()
        expect(chart.get_by_role("img", name=f"{METRIC} of {count},")).to_be_visible()
        sweep_page.mouse.move(1, 1)  # a line that is pointed at has the colour of the best
        sweep_page.wait_for_function(f"(chart) => ({colourful})(chart)", arg=element)
    sweep_page.evaluate("window.scrollTo(0, 0)")
    sweep_page.mouse.move(area["x"] - 60, area["y"] + area["height"] / 2)
    expect(tip.locator("strong")).to_have_text(name)
    sweep_page.mouse.down()
    sweep_page.mouse.up()
    expect(sweep_page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_the_scatter_plot_shows_any_field_against_any_other_and_a_rectangle_chooses_runs(
    sweep_page: Page, server, place: Place
):
    sweep_page.get_by_role("region", name=f"{METRIC} over time").get_by_role("button", name="Settings").click()
    menu = sweep_page.get_by_role("dialog", name="Settings of the scatter plot")
    x_axis = menu.get_by_role("group", name="X axis")
    x_axis.get_by_label("Shows").select_option("lr")
    expect(x_axis.get_by_label("Log scale")).to_be_checked()
    # Each of these draws the points otherwise.
    changed = f"([panel, before]) => ({CANVASES})(panel) !== before"
    of_points = (
        lambda: menu.get_by_role("checkbox", name="Names beside them").check(),
        lambda: menu.get_by_role("checkbox", name="Dim all but records").check(),
        lambda: menu.get_by_label("Colour", exact=True).select_option("run"),
    )
    plotted = sweep_page.locator("[data-panel=scatter]").element_handle()
    for choose in of_points:
        before = plotted.evaluate(CANVASES)
        choose()
        sweep_page.wait_for_function(changed, arg=[plotted, before])
    menu.get_by_role("checkbox", name="Dim all but records").uncheck()
    y_axis = menu.get_by_role("group", name="Y axis")
    y_axis.get_by_label("Shows").select_option("steps")
    expect(sweep_page.get_by_role("region", name="Steps against lr")).to_be_visible()
    y_axis.get_by_label("Shows").select_option("metric")
    menu.get_by_label("Colour", exact=True).select_option("optimizer")
    for line in ("Minimum", "Maximum", "Mean"):
        menu.get_by_role("checkbox", name=line).check()
    menu.get_by_role("searchbox", name="Search fields").fill("Steps")
    menu.get_by_role("checkbox", name="Steps").check()
    menu.get_by_role("checkbox", name="Best so far").uncheck()
    sweep_page.keyboard.press("Escape")
    sweep_page.reload()
    panel = sweep_page.get_by_role("region", name=f"{METRIC} against lr")
    plot = panel.get_by_role(
        "img", name=f"{METRIC} of {RUNS} runs by lr, with the minimum, with the maximum, with the mean"
    )
    expect(plot).to_be_visible()
    expect(panel.get_by_text("adam")).to_be_visible()

    box = plot.bounding_box()
    assert box is not None
    sweep_page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 12)
    sweep_page.mouse.down()
    sweep_page.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] - 30, steps=4)
    sweep_page.mouse.up()
    chips = sweep_page.get_by_text("lr 0.0", exact=False)
    expect(chips.first).to_be_visible()
    expect(rows(sweep_page)).not_to_have_count(RUNS)
    expect(parallel(sweep_page).get_by_role("slider", name="lr from")).not_to_have_attribute("aria-valuenow", "0")
    sweep_page.keyboard.press("Escape")
    expect(rows(sweep_page)).to_have_count(RUNS)

    # Ends of an axis are typed; the rest lies outside.
    panel.get_by_role("button", name="Settings").click()
    for end, value in (("From", "0.001"), ("To", "0.03")):
        x_axis.get_by_label(end).fill(value)
        x_axis.get_by_label(end).press("Enter")
    # A number gives the points a gradient, whose ends stand in the head.
    menu.get_by_label("Colour", exact=True).select_option("momentum")
    sweep_page.keyboard.press("Escape")
    expect(panel.get_by_text("adam")).to_have_count(0)
    expect(panel.locator("header [style*=gradient]")).to_be_visible()
    between = [run for run in runs_of(server, place) if 0.001 <= run["params"]["lr"] <= 0.03]
    assert 1 < len(between) < RUNS
    plot = panel.get_by_role("img", name=f"{METRIC} of {len(between)} runs by lr")
    expect(plot).to_be_visible()
    box = plot.bounding_box()
    assert box is not None
    tip = panel.locator("[class*=tooltip]")
    for place_of in range(200):  # over the plot from place to place, until a run is near
        sweep_page.mouse.move(
            box["x"] + box["width"] * (place_of % 20 + 0.5) / 20, box["y"] + box["height"] * (place_of // 20 + 0.5) / 10
        )
        sweep_page.evaluate(FRAME)
        if tip.count() > 0:
            break
    expect(tip.locator("dt").filter(has_text="Steps")).to_have_count(1)
    panel.get_by_role("button", name="Settings").click()
    expect(x_axis.get_by_label("From")).to_have_value("0.001")
    menu.get_by_role("button", name="Reset").click()
    sweep_page.keyboard.press("Escape")
    expect(sweep_page.get_by_role("region", name=f"{METRIC} over time")).to_be_visible()


def test_slices_contour_and_importance_stand_beside_them_and_nobody_is_barred(sweep_page: Page, server, place: Place):
    for parameter in ("lr", "optimizer", "momentum"):
        expect(sweep_page.get_by_role("img", name=f"{METRIC} by {parameter}")).to_be_visible()
    contour = sweep_page.get_by_role("region", name=f"{METRIC} over two parameters")
    expect(contour.get_by_text("a surface needs 12")).to_be_visible()  # momentum is only there with sgd
    matters = sweep_page.get_by_role("region", name="What matters most")
    expect(matters.get_by_role("rowheader", name="lr")).to_be_visible()
    sweep_page.get_by_role("searchbox", name="Search runs").fill("sweep")
    expect(sweep_page).to_have_url(re.compile("q=sweep"))
    matters.get_by_role("link", name="All about importance").click()
    expect(sweep_page.get_by_role("heading", name="Parameter importance")).to_be_visible()
    expect(sweep_page.get_by_role("searchbox", name="Search runs")).to_have_value("sweep")

    # Where all runs have both parameters, a surface lies behind the points.
    plain = {"lr": PARAMETERS["lr"], "decay": {"min": 0.0, "max": 1.0}, "depth": {"min": 1, "max": 4}}
    whole, rng = server.filler.sweep("my charts", "without conditions", parameters=plain), random.Random(5)
    agent = server.filler.join(whole)
    for _ in range(12):
        server.filler.whole_run(whole, agent, rng)
    sweep_page.goto(server.url + whole.path)
    average = f"{METRIC} over decay and lr, as 12 runs have it on average"
    expect(contour.get_by_role("img", name=average)).to_be_visible()
    expect(contour.get_by_text("a surface needs 12")).to_have_count(0)
    sweep_page.wait_for_function(COLOURFUL, arg=contour.element_handle())
    assert_fits_and_bars_nobody(sweep_page)
    # Over two others of one's own choice.
    contour.get_by_label("X", exact=True).select_option("depth")
    contour.get_by_label("Y", exact=True).select_option("decay")
    sweep_page.reload()
    expect(contour.get_by_role("img", name=f"{METRIC} over depth and decay, as 12 runs")).to_be_visible()


class Held:
    """Requests for an address, which wait until they are let go; later ones need not wait."""

    def __init__(self, page: Page, address: str) -> None:
        self.waiting: list[Route] = []
        self.open = False
        page.route(address, self._take)

    def _take(self, route: Route) -> None:
        if self.open:
            route.continue_()
        else:
            self.waiting.append(route)

    def release(self) -> None:
        self.open = True
        for route in self.waiting:
            route.continue_()


def test_a_menu_stays_open_when_the_runs_and_curves_of_its_card_come(signed_in: Page, server, place: Place):
    late = {part: Held(signed_in, f"**/{part}?**") for part in ("runs", "curves")}
    signed_in.goto(server.url + place.path)
    signed_in.get_by_role("button", name=f"Actions of {METRIC} of each run").click()
    menu = signed_in.get_by_role("menu")
    for part, shown in (("runs", f"of {RUNS} runs, a line for each"), ("curves", f"{RUNS} curves")):
        expect(menu).to_be_visible()
        while not late[part].waiting:
            signed_in.wait_for_timeout(20)
        late[part].release()
        expect(signed_in.get_by_role("img", name=shown).or_(signed_in.get_by_text(shown)).first).to_be_visible()
    expect(menu).to_be_visible()


def test_a_narrow_screen_says_that_there_are_more_axes_and_a_press_leads_to_them(signed_in: Page, server, place: Place):
    signed_in.set_viewport_size({"width": 390, "height": 844})
    signed_in.goto(server.url + place.path)
    right = parallel(signed_in).get_by_role("button", name="More axes to the right")
    left = parallel(signed_in).get_by_role("button", name="More axes to the left")
    last = parallel(signed_in).get_by_role("group", name=f"Axis {METRIC}")
    expect(left).to_be_hidden()
    expect(last).not_to_be_in_viewport()
    right.focus()
    signed_in.keyboard.press("Enter")
    expect(last).to_be_in_viewport()
    # At the end the one that was pressed keeps the focus, so that the keyboard does not lose its place.
    expect(right).to_be_focused()
    expect(right).to_have_attribute("aria-disabled", "true")
    left.click()
    expect(left).to_be_hidden()
    expect(right).to_be_visible()
    # One more axis makes what is inside wider, and its frame not.
    right.click()
    expect(right).to_be_hidden()
    parallel(signed_in).get_by_role("button", name="Axes", exact=True).click()
    axes = signed_in.get_by_role("dialog", name="Axes of the parallel coordinates")
    axes.get_by_role("checkbox", name="Steps").check()
    expect(right).to_be_visible()
