"""The panel of parameter importance: what it shows, what can be chosen, and what the address remembers."""

from __future__ import annotations

import math
import random
import re

import pytest
from accessibility import assert_fits_and_bars_nobody
from filling import METRIC, Filler, Place
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

PARAMETERS = {
    "lr": {"distribution": "log_uniform_values", "min": 0.0001, "max": 0.1},
    "optimizer": {"values": ["adam", "sgd", "rmsprop", "lion", "adamw", "adagrad"]},
    "momentum": {"min": 0.5, "max": 0.99, "when": {"optimizer": "sgd"}},
    "noise": {"min": 0.0, "max": 1.0},
}


def fill(filler: Filler, place: Place, count: int) -> None:
    """Runs whose loss is the learning rate's doing, and whose speed is the optimizer's."""
    rng, agent = random.Random(5), filler.join(place)
    for _ in range(count):
        order = filler.take_run(agent, [])
        params = order["params"]
        filler.begin(place, order["run_id"], agent_id=agent)
        data = {
            METRIC: math.log10(params["lr"]) + rng.gauss(0, 0.05),
            "speed": (params["optimizer"] == "sgd") + rng.gauss(0, 0.05),
        }
        filler.report(place, order["run_id"], [{"type": "history", "step": 0, "time": 1.0, "data": data}])
        filler.ask("POST", f"/agents/{agent}/runs/{order['run_id']}/exit", {"exit_code": 0})


@pytest.fixture(scope="module")
def place(server) -> Place:
    place = server.filler.sweep("importance", "what matters", parameters=PARAMETERS, seed=7)
    fill(server.filler, place, 40)
    return place


@pytest.fixture
def panel(signed_in: Page, server, place: Place) -> Page:
    """The panel in the browser, reached as people do."""
    signed_in.goto(server.url + place.path)
    signed_in.get_by_role("navigation", name="Sweep").get_by_role("link", name="Importance").click()
    expect(signed_in.get_by_role("heading", name="Parameter importance")).to_be_visible()
    return signed_in


def first(page: Page) -> Locator:
    """The parameter at the top of the list."""
    return page.get_by_role("table").locator("tbody th").first


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name))


def test_the_most_important_parameter_comes_first_with_its_share_and_its_correlation_in_numbers(panel: Page):
    expect(panel.get_by_role("table", name=f"Parameters by their importance to {METRIC}")).to_be_visible()
    expect(panel.get_by_text("From 40 runs.")).to_be_visible()
    expect(panel.get_by_text("high confidence")).to_be_visible()
    # Nothing here is shown in groups.
    expect(panel.get_by_role("button", name="Filter")).to_be_visible()
    expect(panel.get_by_role("button", name="Group")).to_have_count(0)
    expect(first(panel)).to_have_text(re.compile("^lr"))
    share, correlation = row(panel, "lr").get_by_role("cell").all_inner_texts()
    assert int(share.split()[0]) > 80
    assert correlation.startswith("+0.")
    for sign, channel in (("1", 1), ("-1", 0)):  # the better sign is green, the other one red
        number = panel.locator(f"[data-sign='{sign}']").first
        rgb = [int(part) for part in re.findall(r"\d+", number.evaluate("one => getComputedStyle(one).color"))]
        assert max(range(3), key=rgb.__getitem__) == channel

    # What is chosen of the runs holds here too, whether the server has words for it or the runs are named.
    panel.get_by_label("Search runs").fill("sweep-1")
    expect(panel.get_by_text("From 11 runs.")).to_be_visible()
    panel.goto(panel.url.split("?")[0] + '?tab=importance&brush=[["param:noise",0,0.5]]')
    expect(panel.get_by_text(re.compile(r"From [12]?\d runs\."))).to_be_visible()


def test_another_metric_and_another_method_are_a_choice_that_the_address_remembers(panel: Page):
    panel.get_by_label("Metric", exact=True).select_option("speed")
    expect(row(panel, "optimizer").first).to_contain_text("%")
    expect(panel.get_by_role("rowheader", name="= sgd")).to_be_visible()
    panel.get_by_text("PED-ANOVA", exact=True).click()
    expect(panel.get_by_text("with the lowest speed")).to_be_visible()
    panel.get_by_label("Better is").select_option("higher")
    expect(panel.get_by_text("with the highest speed")).to_be_visible()
    panel.reload()
    expect(panel.get_by_text("with the highest speed")).to_be_visible()
    expect(first(panel)).to_have_text(re.compile("^optimizer"))


def test_a_category_has_a_row_per_value_and_the_rest_on_demand(panel: Page):
    expect(panel.get_by_role("rowheader", name="= ")).to_have_count(4)
    panel.get_by_role("button", name="2 more values of optimizer").click()
    expect(panel.get_by_role("rowheader", name="= ")).to_have_count(6)


def test_a_conditional_parameter_says_in_how_many_runs_it_exists(panel: Page):
    header = panel.get_by_role("rowheader", name="momentum")
    expect(header).to_contain_text("runs")
    assert 0 < int(header.inner_text().split()[-2]) < 40


def test_parameters_leave_the_list_and_come_back(panel: Page):
    panel.get_by_role("button", name="Parameters", exact=True).click()
    panel.get_by_role("checkbox", name="noise").uncheck()
    expect(panel.get_by_role("rowheader", name="noise")).to_have_count(0)
    panel.keyboard.press("Escape")
    panel.reload()
    expect(panel.get_by_text("1 hidden parameter:")).to_be_visible()
    expect(first(panel)).to_be_visible()
    expect(panel.get_by_role("rowheader", name="noise")).to_have_count(0)
    panel.locator("p").get_by_role("button", name="Show all").click()
    expect(panel.get_by_role("rowheader", name="noise")).to_be_visible()


def test_how_to_read_it_is_said_where_it_is_shown(panel: Page):
    panel.get_by_role("button", name="How to read this").focus()
    panel.keyboard.press("Enter")
    help_ = panel.get_by_role("dialog", name="How to read this")
    expect(help_).to_contain_text("Neither proves a cause")
    expect(help_).to_contain_text("above 0.7 either way is strong")
    expect(help_).to_contain_text("Few runs and outliers mislead")
    panel.keyboard.press("Escape")
    expect(help_).to_be_hidden()


def test_few_runs_are_told_what_is_missing_and_the_list_appears_by_itself(signed_in: Page, server, filler):
    few = filler.sweep("importance", "just begun", parameters=PARAMETERS, seed=7)
    fill(filler, few, 2)
    signed_in.goto(f"{server.url}{few.path}?tab=importance")
    expect(signed_in.get_by_text("needs at least 5 runs")).to_contain_text("Here are only 2.")
    fill(filler, few, 6)
    expect(signed_in.get_by_role("rowheader", name="lr")).to_be_visible()


def test_a_project_has_the_panel_over_all_its_runs(signed_in: Page, server, place: Place):
    signed_in.goto(f"{server.url}/{place.entity}/importance/importance?metric=speed")
    tab = signed_in.get_by_role("navigation", name="Project").get_by_role("link", name="Importance")
    expect(tab).to_have_attribute("aria-current", "page")
    expect(signed_in.get_by_role("rowheader", name="optimizer")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("query", ["", "&by=ped_anova&hide=lr", "&metric=nothing"])
def test_the_panel_fits_and_bars_nobody(signed_in: Page, server, place: Place, width: int, query: str):
    signed_in.set_viewport_size({"width": width, "height": 844})
    signed_in.goto(f"{server.url}{place.path}?tab=importance{query}")
    expect(signed_in.get_by_role("heading", name="Parameter importance")).to_be_visible()
    assert_fits_and_bars_nobody(signed_in)
