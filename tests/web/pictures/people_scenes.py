"""Accounts: what belongs to a person and to the server's people."""

from __future__ import annotations

from acts import menu_item, press, then
from camera import Scene
from people import TEAM, People
from playwright.sync_api import Page, expect


def key_made(page: Page) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("laptop")
    dialog.get_by_role("button", name="Make the key").click()
    expect(dialog).to_contain_text("It is shown this once")


def invited(page: Page) -> None:
    page.get_by_role("button", name="Invite").click()
    page.get_by_role("dialog").get_by_role("button", name="Make a link").click()
    expect(page.get_by_role("dialog")).to_contain_text("It works once")


def people_scenes(people: People) -> list[Scene]:
    """The pages of an account, and what lies over them; where an invitation leads."""
    return [
        Scene("account-keys", "/keys"),
        Scene("account-key-new", "/keys", press("New key"), whole=False),
        Scene("account-key-made", "/keys", then(press("New key"), key_made), whole=False),
        Scene("account-key-revoke", "/keys", press("Revoke lab machine"), whole=False),
        Scene("account-teams", "/teams"),
        Scene("account-team", people.team),
        Scene("account-team-invite", people.team, press("Invite"), whole=False),
        Scene("account-team-invited", people.team, invited, whole=False),
        Scene("account-team-missing", f"/teams?team=un{TEAM}", complaints=("404", "403")),
        Scene("account-users", "/users"),
        Scene("account-user-menu", "/users", press("Actions of ada"), whole=False),
        Scene("account-user-add", "/users", press("Add a user"), whole=False),
        Scene("account-user-disable", "/users", menu_item("Actions of ada", "Disable…"), whole=False),
        Scene("account-user-keys", "/users?user=root"),
        Scene("account-user-no-keys", "/users?user=ada"),
        Scene("account-user-link", "/users?user=ada", press("Sign-in link"), whole=False),
        Scene("account-user-sign-out", "/users?user=ada", press("Sign out everywhere"), whole=False),
        Scene("sign-in-link", people.sign_in, stranger=True, complaints=("401",)),
        Scene("sign-in-link-spent", "/sign-in#spent", press("Sign in here"), stranger=True, complaints=("401",)),
        Scene("sign-in-link-cut", "/sign-in", stranger=True, complaints=("401",)),
        Scene("account-log", "/log"),
        Scene("join", people.invitation, stranger=True, complaints=("401",)),
        Scene("join-signed-in", people.invitation),
        Scene("join-wrong", "/join#nothing", stranger=True, complaints=("401", "404", "400", "410")),
    ]
