"""One sweep in the browser: it changes by itself, and can be steered."""

from __future__ import annotations

import random
import re
import signal
import time

import pytest
from filling import METRIC, history
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_new_sweep_teaches_how_to_start_an_agent_then_fills_by_itself(signed_in: Page, server, filler):
    place = filler.sweep("live", "grows")
    signed_in.set_viewport_size({"width": 1440, "height": 3000})  # what is out of sight follows late
    signed_in.goto(server.url + place.path)
    expect(signed_in.get_by_role("heading", name="No runs yet")).to_be_visible()
    command = f"besom agent {place.entity}/live/{place.sweep}"
    expect(signed_in.get_by_role("main").get_by_text(command).first).to_be_visible()
    expect(signed_in.get_by_text("Live", exact=True)).to_be_visible()

    agent, rng = filler.join(place), random.Random(3)
    filler.whole_run(place, agent, rng)
    table = signed_in.get_by_role("region", name="Runs")
    expect(table.locator("tbody tr")).to_have_count(1)
    expect(table.get_by_text("Finished")).to_be_visible()
    expect(signed_in.get_by_role("img", name="loss of 1 run by the time")).to_be_visible()
    expect(signed_in.get_by_role("img", name="against the step, 1 curve")).to_be_visible()
    expect(signed_in.get_by_role("region", name="Best run")).to_be_visible()
    expect(signed_in.locator("[data-loading]")).to_have_count(0)

    # Nothing jumps from here on: when a run begins, when it has its first curve, while that goes on, and when it ends.
    signed_in.evaluate("""() => {
        window.shifted = 0;
        new PerformanceObserver((list) => {
            for (const { value } of list.getEntries()) window.shifted += value;
        }).observe({ type: "layout-shift" });
    }""")
    order = filler.take_run(agent, [])
    filler.begin(place, order["run_id"], agent_id=agent)
    expect(table.locator("tbody tr")).to_have_count(2)
    first, *others = history(order["params"], rng, 16)
    offset = filler.report(place, order["run_id"], [first])
    expect(table.get_by_text("Running")).to_be_visible()
    expect(signed_in.get_by_text("its first run")).to_be_hidden()  # that it runs says as much
    expect(signed_in.get_by_role("img", name="loss of 2 runs by the time")).to_be_visible()
    expect(signed_in.get_by_role("img", name="against the step, 2 curves")).to_be_visible()
    for records, best in ((others[:7], 0.02345), (others[7:], 0.01234)):
        records[-1]["data"][METRIC] = best
        offset = filler.report(place, order["run_id"], records, offset)
        expect(table).to_contain_text(str(best))
    filler.report(place, order["run_id"], [{"type": "exit", "code": 0, "time": time.time()}], offset)
    filler.ask("POST", f"/agents/{agent}/runs/{order['run_id']}/exit", {"exit_code": 0})
    expect(table.get_by_text("Finished")).to_have_count(2)
    signed_in.evaluate("() => new Promise(requestAnimationFrame)")
    assert signed_in.evaluate("shifted") < 0.02


def test_the_page_follows_a_state_that_changes_elsewhere(signed_in: Page, server, filler):
    place = filler.sweep("live", "paused elsewhere")
    filler.running_run(place, filler.join(place), random.Random(1))
    signed_in.goto(server.url + place.path)
    expect(signed_in.get_by_role("button", name="Pause")).to_be_visible()
    filler.ask("POST", f"/sweeps/{place.sweep}/state", {"action": "pause"})
    expect(signed_in.get_by_role("button", name="Resume")).to_be_visible()
    expect(signed_in.locator("header").get_by_text("Paused", exact=True)).to_be_visible()


def test_a_controller_at_work_is_named(signed_in: Page, server, filler):
    place = filler.sweep("live", "controlled", controller={"type": "local"})
    signed_in.goto(server.url + place.path)
    facts = signed_in.locator("header dl")
    expect(facts).to_contain_text("Agents alive")
    expect(facts).not_to_contain_text("Controller")
    joined = filler.ask("POST", f"/sweeps/{place.sweep}/agents", {"host": "box", "pid": 7, "slots": 0})
    expect(facts).to_contain_text(f"Controller{joined['sweep']['controller']}")


def test_budget_tries_and_an_agent_in_quarantine_are_told_and_it_gets_another_chance(signed_in: Page, server, filler):
    place = filler.sweep("live", "guarded", budget={"hours": 5}, retry={"max": 2})
    good, bad = filler.join(place, "gpu-1"), filler.join(place, "gpu-2")

    def run(agent: str, code: int) -> str:
        run_id = filler.take_run(agent, [])["run_id"]
        filler.begin(place, run_id)
        filler.ask("POST", f"/agents/{agent}/runs/{run_id}/exit", {"exit_code": code})
        return run_id

    broken = [run(bad, 1) for _ in range(2)]
    tried = run(good, 0)
    for _ in range(3):
        run(good, 0)
    broken.append(run(bad, 1))
    signed_in.goto(server.url + place.path)
    expect(signed_in.get_by_text(re.compile(r"^Budget: 0(\.\d+)? of 5 hours$"))).to_be_visible()
    signed_in.get_by_role("navigation", name="Sweep").get_by_role("link", name="Agents").click()
    agents = signed_in.get_by_role("region", name="Agents")
    expect(agents).to_contain_text("In quarantineits last 3 runs broke within 5 min of their beginning")
    heads = agents.get_by_role("columnheader").all_inner_texts()
    row = agents.locator("tbody tr").filter(has_text="In quarantine").locator("th, td")
    cells = dict(zip(heads, row.all(), strict=True))
    for head in ("Runs", "Failed"):
        expect(cells[head]).to_have_text("3")
    expect(cells["Since"]).to_have_text(re.compile(r"^(now|\d+ (s|min) ago)$"))
    agents.get_by_role("button", name="Give it another chance").click()
    signed_in.get_by_role("button", name="runs again").click()
    expect(agents).not_to_contain_text("In quarantine")
    expect(agents.get_by_text("Alive")).to_have_count(2)
    path = f"/{place.entity}/live/runs"
    signed_in.goto(f"{server.url}{path}/{tried}")
    expect(signed_in.get_by_text("Try 2 of this point, after")).to_be_visible()
    name = filler.ask("GET", f"/projects{path}/{broken[0]}")["name"]
    signed_in.get_by_role("main").get_by_role("link", name=name).click()
    expect(signed_in.get_by_text("Try 1 of this point; tried again by")).to_be_visible()


def test_each_control_says_what_it_does_and_does_it_only_when_confirmed(signed_in: Page, server, filler):
    place = filler.sweep("live", "steered")
    filler.running_run(place, filler.join(place), random.Random(1))
    signed_in.goto(server.url + place.path)
    controls = signed_in.get_by_role("group", name="Sweep controls")
    expect(controls.locator("> button")).to_have_text(["Pause", "Stop", "Cancel"])

    controls.get_by_role("button", name="Cancel", exact=True).click()
    dialog = signed_in.get_by_role("dialog", name="Cancel this sweep?")
    expect(dialog).to_contain_text("The 1 running run is killed")
    signed_in.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert filler.ask("GET", f"/sweeps/{place.sweep}")["state"] == "RUNNING"

    for action, told, state, then in (
        ("Pause", "The 1 running run goes on to the end; agents stay", "Paused", ["Resume", "Stop", "Cancel"]),
        ("Resume", "New runs start again", "Running", ["Pause", "Stop", "Cancel"]),
        ("Stop", "The sweep ends. No new runs start, the 1 running run goes on to the end", "Finished", ["Resume"]),
        ("Resume", "agents that have exited must be started again", "Running", ["Pause", "Stop", "Cancel"]),
        ("Cancel", "The sweep ends at once", "Canceled", ["Resume"]),
    ):
        controls.get_by_role("button", name=action, exact=True).click()
        expect(signed_in.get_by_role("dialog", name=f"{action} this sweep?")).to_contain_text(told)
        signed_in.get_by_role("button", name=f"{action} this sweep").click()
        expect(signed_in.locator("header").get_by_text(state, exact=True)).to_be_visible()
        expect(controls.locator("> button")).to_have_text(then)
        assert filler.ask("GET", f"/sweeps/{place.sweep}")["state"] == state.upper()


def test_the_keyboard_alone_is_enough_to_pause_a_sweep_and_open_a_run(signed_in: Page, server, filler):
    place = filler.sweep("live", "by keyboard")
    agent, rng = filler.join(place), random.Random(5)
    for _ in range(3):
        filler.whole_run(place, agent, rng)
    signed_in.goto(server.url + place.path)
    expect(signed_in.locator("tbody tr")).to_have_count(3)
    expect(signed_in.get_by_text("0 running", exact=True)).to_be_visible()

    tab_to(signed_in, "Pause")
    signed_in.keyboard.press("Enter")
    expect(signed_in.get_by_role("button", name="Pause this sweep")).to_be_focused()
    signed_in.keyboard.press("Enter")
    expect(signed_in.get_by_role("button", name="Resume")).to_be_visible()
    expect(signed_in.get_by_text("0 running", exact=True)).to_have_count(0)

    tab_to(signed_in, "Created")
    signed_in.keyboard.press("Enter")
    expect(signed_in.get_by_role("columnheader", name="Created")).to_have_attribute("aria-sort", "descending")
    for index in range(3):
        signed_in.keyboard.press("ArrowDown")
        expect(signed_in.locator(f"tr[data-index='{index}'] a")).to_be_focused()
    third = signed_in.locator("tr[data-index='2'] a")
    name = third.inner_text()
    signed_in.keyboard.press("Enter")
    expect(signed_in.get_by_role("heading", name=name, level=1)).to_be_visible()


def tab_to(page: Page, text: str) -> None:
    """Presses Tab until the thing with this text has the focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == text:
            return
    raise AssertionError(f"{text} cannot be reached with the Tab key")


def test_the_page_comes_back_by_itself_after_the_server_was_away(page: Page, server, filler):
    place = filler.sweep("live", "server away")
    page.goto(filler.ticket("/"))
    page.goto(server.url + place.path)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    server.stop()
    expect(page.get_by_text("Reconnecting")).to_be_visible()
    # A part of the page that was not here yet is waited for; a newer server may have it under another name.
    page.route("**/assets/EventsTab-*.js", lambda route: route.abort())
    page.get_by_role("link", name="Events").click()
    expect(page.get_by_role("heading", name="server away")).to_be_visible()
    page.unroute("**/assets/EventsTab-*.js")
    server.start()
    expect(page.get_by_role("combobox", name="Kind")).to_be_visible()
    page.get_by_role("navigation", name="Sweep").get_by_role("link", name="Runs").click()
    filler.whole_run(place, filler.join(place), random.Random(2))
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)
    # Its stream alone does not make it live: what it asks for must find the server too.
    page.route("**/runs?*", lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached")
    expect(page.get_by_text("Reconnecting")).to_be_visible()


def test_twenty_windows_follow_a_change_and_one_that_was_hidden_meanwhile_is_right_when_it_is_seen(
    page_with_clock: Page, server, filler
):
    """Of all windows together a browser opens six connections to a server."""
    place = filler.sweep("live", "many windows")
    windows = [page_with_clock, *(page_with_clock.context.new_page() for _ in range(19))]
    hidden, one_run = windows[0], re.compile(r"Runs\s*1")
    for window in windows:
        window.goto(f"{server.url}{place.path}?tab=events", wait_until="commit")
    expect(hidden.get_by_text("Live", exact=True)).to_be_visible()
    show(hidden, False)
    hidden.clock.fast_forward(10_000)
    expect(hidden.get_by_text("Connecting", exact=True)).to_be_visible()

    for window in windows[1:]:
        expect(window.get_by_text("Live", exact=True)).to_be_visible()
    filler.whole_run(place, filler.join(place), random.Random(2))
    for window in windows[1:]:
        expect(window.get_by_role("navigation", name="Sweep")).to_contain_text(one_run)
    assert one_run.search(hidden.get_by_role("navigation", name="Sweep").inner_text()) is None
    show(hidden, True)
    expect(hidden.get_by_role("navigation", name="Sweep")).to_contain_text(one_run)
    expect(hidden.get_by_text("Live", exact=True)).to_be_visible()


def show(page: Page, seen: bool) -> None:
    """As if its tab were chosen, or another one: this browser has no tabs."""
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        not seen,
    )


def test_a_page_that_wakes_beside_a_server_that_says_nothing_is_not_live_until_it_is_heard(
    page_with_clock: Page, server, filler
):
    page = page_with_clock
    place = filler.sweep("live", "asleep")
    page.goto(f"{server.url}{place.path}?tab=events")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    server.process.send_signal(signal.SIGSTOP)  # connections stay open, and nothing comes
    try:
        page.clock.fast_forward(3_600_000)
        expect(page.get_by_text("Reconnecting")).to_be_visible()
    finally:
        server.process.send_signal(signal.SIGCONT)
    expect(page.get_by_text("Live", exact=True)).to_be_visible()


def test_name_and_notes_are_edited_and_notes_are_text_whatever_they_hold(signed_in: Page, server, filler):
    named = filler.sweep("charts", "from the file")
    filler.running_run(named, filler.join(named, host="gpu-7"), random.Random(1))
    signed_in.goto(server.url + named.path)
    signed_in.get_by_role("button", name="Edit name and notes").click()
    dialog = signed_in.get_by_role("dialog", name="Name and notes")
    dialog.get_by_label("Name", exact=True).fill("the good one")
    dialog.get_by_label("Notes, in Markdown").fill("# Plan\n\nfirst **wide**, then <img src=x onerror=alert(1)>")
    dialog.get_by_role("button", name="Save").click()
    expect(signed_in.get_by_role("heading", name="the good one", level=1)).to_be_visible()
    expect(signed_in).to_have_title(re.compile("^the good one · "))
    notes = signed_in.get_by_role("region", name="Notes")
    expect(notes.get_by_text("wide")).to_be_visible()
    expect(notes).to_contain_text("<img src=x")
    expect(notes.locator("img")).to_have_count(0)

    signed_in.get_by_role("button", name="Edit name and notes").click()
    dialog.get_by_label("Notes, in Markdown").fill("mine")
    filler.ask("PATCH", f"/sweeps/{named.sweep}", {"display_name": "of somebody else"})
    signed_in.reload()
    signed_in.get_by_role("button", name="Edit name and notes").click()
    expect(dialog.get_by_label("Notes, in Markdown")).to_have_value("mine")
    expect(dialog.get_by_label("Name", exact=True)).to_have_value("of somebody else")
    dialog.get_by_label("Name", exact=True).fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(signed_in.get_by_role("heading", name="from the file", level=1)).to_be_visible()
    expect(notes).to_contain_text("mine")

    views = signed_in.get_by_role("navigation", name="Sweep")
    views.get_by_role("link", name="Agents").click()
    expect(signed_in.get_by_role("row", name="gpu-7")).to_contain_text("1 of 1")
    views.get_by_role("link", name="Events").click()
    events = signed_in.get_by_role("main").locator("ol > li")
    expect(events.filter(has_text="agent joined")).to_have_count(1)
    signed_in.get_by_label("Kind").select_option("agent.joined")
    expect(events.filter(has_not_text="agent joined")).to_have_count(0)
