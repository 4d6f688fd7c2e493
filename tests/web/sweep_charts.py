"""A sweep with conditional parameters, and the panels of its page."""

from __future__ import annotations

import random
from typing import Any

import pytest
from filling import METRIC, Filler, Place
from playwright.sync_api import Locator, Page, expect

PARAMETERS: dict[str, Any] = {
    "lr": {"distribution": "log_uniform_values", "min": 0.0001, "max": 0.1},
    "optimizer": {"values": ["adam", "sgd"]},
    "momentum": {"min": 0.5, "max": 0.99, "when": {"optimizer": "sgd"}},
}
RUNS = 16

TIME, PARALLEL, CURVES = f"{METRIC} over time", "Parallel coordinates", f"{METRIC} of each run"
MATTERS, SLICES, CONTOUR = "What matters most", f"{METRIC} by parameter", f"{METRIC} over two parameters"


@pytest.fixture(scope="module")
def place(server: Any) -> Place:
    """RUNS finished runs over PARAMETERS."""
    filler: Filler = server.filler
    place = filler.sweep("my charts", "many panels", parameters=PARAMETERS, seed=3)
    agent, rng = filler.join(place), random.Random(3)
    for _ in range(RUNS):
        filler.whole_run(place, agent, rng)
    return place


@pytest.fixture
def sweep_page(signed_in: Page, server: Any, place: Place) -> Page:
    """The page of the sweep, with all runs drawn."""
    signed_in.set_viewport_size({"width": 1440, "height": 1000})
    signed_in.goto(server.url + place.path)
    drawn = parallel(signed_in).get_by_role("img", name=f"lr, momentum, optimizer, {METRIC} of {RUNS}")
    expect(drawn).to_be_visible()
    return signed_in


def parallel(page: Page) -> Locator:
    return page.get_by_role("region", name="Parallel coordinates")


def rows(page: Page) -> Locator:
    """Of runs in the table."""
    return page.get_by_role("region", name="Runs", exact=True).locator("tbody tr")


def add(page: Page, kind: str) -> None:
    page.get_by_role("button", name="Add panel", exact=True).click()
    page.get_by_role("menuitem", name=kind).click()
