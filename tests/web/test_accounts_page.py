"""People on one server: keys, teams, an invitation accepted, and what each of them sees."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from accessibility import assert_fits_and_bars_nobody
from filling import Filler, search_config
from playwright.sync_api import Browser, Locator, Page, expect

from server_process import ServerProcess

pytestmark = pytest.mark.browser

NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


@pytest.fixture
def lone_server(built_page: None, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server of its own: with teams on it, pages show more to everybody."""
    running = ServerProcess(tmp_path, "--data", str(tmp_path), "--port", "0")
    yield running
    running.stop()


def menu_of(page: Page) -> Locator:
    """What the menu of the person offers."""
    page.get_by_role("button", name="Account of").click()
    return page.get_by_role("menuitem")


def told(dialog: Locator) -> str:
    """What a dialog shows to be copied."""
    return dialog.locator("code").first.inner_text()


def looked_at(page: Page) -> None:
    """Where there is least room."""
    page.set_viewport_size(NARROW)
    assert_fits_and_bars_nobody(page)
    page.set_viewport_size(WIDE)


def test_somebody_alone_has_keys_and_who_is_invited_sees_the_team_and_does_what_the_role_allows(
    browser: Browser, lone_server: ServerProcess
) -> None:
    server, filler = lone_server, Filler(lone_server.url, lone_server.key)
    http = httpx.Client(base_url=f"{server.url}/api/v1", timeout=60)
    admin = browser.new_context(viewport=WIDE).new_page()
    admin.goto(filler.ticket("/"))
    expect(admin.get_by_role("heading", name="Start your first sweep")).to_be_visible()
    expect(admin.get_by_role("button", name="Copy: besom sweep --project my-project sweep.yaml")).to_be_visible()
    expect(menu_of(admin)).to_have_text(["Keys"])
    admin.get_by_role("menuitem", name="Keys").click()
    keys = admin.get_by_role("region", name="Keys")
    expect(keys.get_by_role("row")).to_have_count(2)
    admin.get_by_role("button", name="New key").click()
    dialog = admin.get_by_role("dialog", name="New key")
    dialog.get_by_label("Name").fill("lab machine")
    dialog.get_by_role("button", name="Make the key").click()
    expect(dialog).to_contain_text("It is shown this once")
    key = {"Authorization": f"Bearer {told(dialog)}"}
    assert http.get("viewer", headers=key).status_code == 200
    dialog.get_by_role("button", name="Close").click()
    keys.get_by_role("button", name="Revoke lab machine").click()
    expect(admin.get_by_role("dialog")).not_to_contain_text("signed out")
    admin.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(keys.get_by_role("row")).to_have_count(2)
    assert http.get("viewer", headers=key).status_code == 401
    looked_at(admin)

    # A team, and a link for somebody who has no account.
    filler.sweep("private", "of the admin alone")
    made = filler.ask("POST", "/projects/vision/cats/sweeps", {"config": search_config(name="of the team")})
    admin.goto(f"{server.url}/teams")
    admin.get_by_role("link", name="vision").click()
    admin.get_by_role("button", name="Invite").click()
    dialog = admin.get_by_role("dialog", name="Invite to vision")
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog).to_contain_text("It works once")
    link = told(dialog)
    dialog.get_by_role("button", name="Close").click()
    expect(admin.get_by_role("region", name="Open invitations").get_by_role("row")).to_have_count(2)
    looked_at(admin)

    guest = browser.new_context(viewport=WIDE).new_page()
    guest.goto(link)
    expect(guest.get_by_role("heading", name="Join vision")).to_be_visible()
    expect(guest.get_by_text(f"{filler.entity} invites you")).to_be_visible()
    looked_at(guest)
    guest.get_by_label("Your name here").fill("grace")
    guest.get_by_role("button", name="Make my account and join").click()
    expect(guest.get_by_role("heading", name="Welcome to vision")).to_be_visible()
    shown = guest.locator("code").first.inner_text()
    own = {"Authorization": f"Bearer {shown}"}
    assert http.get("viewer", headers=own).json()["name"] == "grace"
    looks: list[str] = []
    guest.on("request", lambda request: looks.append(request.url) if request.url.endswith("/look") else None)
    guest.clock.set_fixed_time(time.time() + 3600)  # long in the terminal, with the key
    with guest.expect_response("**/api/v1/viewer"):
        guest.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
    expect(guest.locator("code").first).to_have_text(shown)
    assert looks == []
    guest.get_by_role("link", name="To the projects").click()
    projects = guest.get_by_role("region", name="Projects")
    expect(projects.get_by_role("link")).to_have_text(["vision/cats"])
    expect(menu_of(guest)).to_have_text(["Keys", "Teams", "Sign out"])
    guest.keyboard.press("Escape")

    # A member works, and makes a key that is good for one sweep's agents.
    sweep = f"{server.url}/vision/cats/sweeps/{made['sweep']['id']}"
    guest.goto(sweep)
    expect(guest.get_by_role("button", name="Pause")).to_be_visible()
    guest.get_by_role("button", name="Make a key for agents").click()
    dialog = guest.get_by_role("dialog", name="Key for this sweep's agents")
    dialog.get_by_label("May also read all artifacts").check()
    dialog.get_by_role("button", name="Make the key").click()
    expect(dialog).to_contain_text(f"BESOM_BASE_URL={server.url} BESOM_API_KEY=")
    service = {"Authorization": f"Bearer {told(dialog)}"}
    viewer = http.get("viewer", headers=service).json()
    assert viewer["service"] == made["sweep"]["id"]
    assert http.get("projects/vision/cats/artifacts", headers=service).status_code == 200

    # A viewer looks; nobody at all has to sign in.
    admin.reload()
    admin.get_by_label("Role of grace").select_option("Viewer")
    expect(admin.get_by_label("Role of grace")).to_have_value("viewer")
    guest.goto(sweep)
    expect(guest.get_by_role("heading", name="of the team", level=1)).to_be_visible()
    expect(guest.get_by_role("heading", name="No runs yet")).to_be_visible()
    for action in ("Pause", "Share", "Make a key for agents", "Edit name and notes"):
        expect(guest.get_by_role("button", name=action)).to_have_count(0)
    # A sign-in link is spent by who goes on, not by who looks; what somebody signs in with can be ended.
    admin.goto(f"{server.url}/users")
    users = admin.get_by_role("region", name="Users")
    users.get_by_role("button", name="Actions of grace").click()
    admin.get_by_role("menuitem", name="Sign-in link").click()
    dialog = admin.get_by_role("dialog", name="Sign-in link for grace")
    dialog.get_by_role("button", name="Make a link").click()
    link = told(dialog)
    dialog.get_by_role("button", name="Close").click()
    other = browser.new_context(viewport=WIDE).new_page()
    for _ in range(2):
        other.goto("about:blank")
        other.goto(link)
        expect(other.get_by_role("button", name="Sign in here")).to_be_visible()
    looked_at(other)
    other.route("**/api/v1/session", lambda route: route.abort(), times=1)
    other.get_by_role("button", name="Sign in here").click()
    expect(other.get_by_text("cannot be reached")).to_be_visible()
    other.get_by_role("button", name="Try again").click()
    expect(other.get_by_role("link", name="vision/cats")).to_be_visible()
    other.goto(f"{server.url}/sign-in")
    expect(other.get_by_text("This link is not whole")).to_be_visible()
    other.goto("about:blank")
    other.goto(link)
    other.get_by_role("button", name="Sign in here").click()
    expect(other.get_by_text("This link was used before")).to_be_visible()
    users.get_by_role("link", name="grace").click()
    expect(admin.get_by_role("region", name="Keys")).to_contain_text("first key")
    looked_at(admin)
    admin.get_by_role("button", name="Revoke first key").click()
    admin.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(admin.get_by_role("button", name="Revoke first key")).to_have_count(0)
    assert http.get("viewer", headers=own).status_code == 401
    admin.get_by_role("button", name="Sign out everywhere").click()
    admin.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    expect(admin.get_by_role("dialog")).to_have_count(0)
    other.goto(f"{server.url}/keys")
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    admin.get_by_role("link", name="All users").click()
    users.get_by_role("button", name="Actions of grace").click()
    admin.get_by_role("menuitem", name="Disable").click()
    admin.get_by_role("dialog").get_by_role("button", name="Disable").click()
    expect(users.get_by_role("row", name="grace")).to_contain_text("disabled")
    looked_at(admin)
    guest.reload()
    expect(guest.get_by_role("heading", name="Sign in")).to_be_visible()

    admin.goto(f"{server.url}/log")
    log = admin.get_by_role("region", name="Log")
    expect(log.get_by_role("row").nth(1)).to_contain_text(re.compile("user.*grace"))
    expect(log).to_contain_text("key revoked")
    admin.get_by_label("Where", exact=True).select_option("vision")
    expect(log).not_to_contain_text("key revoked")
    expect(log).to_contain_text("invitation")
    looked_at(admin)
    # A team can be deleted once it has no projects.
    admin.goto(f"{server.url}/teams?team=vision")
    admin.get_by_role("button", name="Delete the team").click()
    admin.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(admin.get_by_role("dialog")).to_contain_text("The team vision has 1 project.")
    filler.ask("DELETE", "/projects/vision/cats")
    admin.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(admin.get_by_role("heading", name="You are in no team")).to_be_visible()
    expect(menu_of(admin)).to_have_text(["Keys", "Teams", "Users", "Log", "Sign out"])
    admin.get_by_role("menuitem", name="Sign out").click()
    expect(admin.get_by_role("heading", name="Sign in")).to_be_visible()
