"""A sweep whose runs have known numbers, and the table of its page."""

from __future__ import annotations

import random
from typing import Any

import pytest
from filling import METRIC, Filler, Place
from playwright.sync_api import Locator, Page, expect

RATES = [0.1, 0.05, 0.02, 0.01, 0.005, 0.002]


@pytest.fixture
def place(filler: Filler) -> Place:
    """Six finished runs with known numbers, three with adam and three with sgd, and one that runs."""
    place = filler.sweep("table", "six and one")
    for number, rate in enumerate(RATES):
        run_id = f"{place.sweep}-{number}"
        config = {"lr": rate, "optimizer": "adam" if number % 2 == 0 else "sgd", "batch_size": 16, "model.depth": 2}
        filler.begin(place, run_id, name=f"try-{number}", config=config)
        row = {"type": "history", "step": 0, "time": 1.0, "data": {METRIC: number + 1.0, "speed": 10.0 * number}}
        filler.report(place, run_id, [row, {"type": "exit", "code": 0, "time": 2.0}])
    filler.running_run(place, filler.join(place), random.Random(1))
    return place


@pytest.fixture
def table(signed_in: Page, server: Any, place: Place) -> Locator:
    """The table of that sweep's page."""
    signed_in.goto(server.url + place.path)
    table = signed_in.get_by_role("table", name="Runs")
    expect(rows(table)).to_have_count(7)
    return table


def rows(table: Locator) -> Locator:
    return table.locator("tr[data-index]")


def names(table: Locator) -> Locator:
    """Of the runs, from the top."""
    return table.locator("tr[data-index] a[data-part=open]")
