"""``besom user``, ``team``, ``key`` and ``audit``: a server for several people, run from a terminal."""

import json
from urllib.parse import urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from test_cli_sweep import create


def viewer_of(link: str) -> dict:
    """Who a browser is that opens a sign-in link."""
    browser, server = build_opener(HTTPCookieProcessor()), server_of(link)
    body = json.dumps({"ticket": urlsplit(link).fragment}).encode()
    browser.open(Request(f"{server}/api/v1/session", body, {"Content-Type": "application/json"})).close()
    with browser.open(f"{server}/api/v1/viewer") as answer:
        return json.load(answer)


def server_of(link: str) -> str:
    return link.split("/sign-in#", maxsplit=1)[0]


def test_accounts_teams_and_keys_are_run_from_the_terminal(user):
    made = user.besom("user", "add", "dora")
    assert "signs in once" in made.err
    assert viewer_of(made.out.strip())["name"] == "dora"
    assert "besom team invite vision" in user.besom("team", "create", "vision").out
    assert "dora is viewer in vision" in user.besom("team", "role", "vision", "dora", "viewer").out
    invited = user.besom("team", "invite", "vision", "--days", "2")
    assert "/join#" in invited.out
    shown = json.loads(user.besom("team", "show", "vision", "--json").out)
    me, dora = sorted(shown["members"], key=lambda member: member["role"])
    assert (me["role"], dora["name"], dora["role"]) == ("admin", "dora", "viewer")
    assert "any more" in user.besom("team", "withdraw", "vision", shown["invitations"][0]["id"]).out
    assert "INVITATION" not in user.besom("team", "show", "vision").out
    assert "dora is admin on this server" in user.besom("user", "role", "dora", "admin").out
    assert viewer_of(user.besom("user", "link", "dora").out.strip())["role"] == "admin"
    assert "is closed" in user.besom("user", "disable", "dora").out
    assert "only administrator" in user.fails("user", "disable", me["name"])
    assert "closed" in user.besom("user", "list").out
    assert "is open" in user.besom("user", "enable", "dora").out
    assert "no member" in user.besom("team", "remove", "vision", "dora").out
    assert json.loads(user.besom("team", "list", "--json").out)[0]["members"] == 1
    assert "no team vision" in user.besom("team", "delete", "vision").out
    assert "No teams" in user.besom("team", "list").out
    assert "besom user keys dora" in user.besom("user", "sign-out", "dora").out
    assert json.loads(user.besom("user", "keys", "dora", "--json").out) == []
    assert "no key" in user.fails("user", "revoke", "dora", "0f1e2d3c4b5a")

    path = create(user, "-p", "keys")
    key = json.loads(user.besom("key", "create", "cluster", "--sweep", path, "--days", "3", "--json").out)
    listed = user.besom("key", "list").out
    assert (key["key"]["id"] in listed, "never" in listed, "(in use here)" in listed) == (True, True, True)
    url = server_of(made.out.strip())
    settings = {"BESOM_BASE_URL": url, "BESOM_API_KEY": key["secret"]}
    user.write("train.py", "import besom\nwith besom.init() as run:\n    run.log({'loss': 1.0})\n")
    worked = user.besom("agent", path, **settings)
    assert worked.code == 0, worked.said
    assert [run["state"] for run in json.loads(user.besom("runs", path, "--json").out)] == ["finished"] * 3
    assert "service key" in user.fails("status", **settings)
    assert "no longer valid" in user.besom("key", "revoke", key["key"]["id"]).out
    assert "does not know the API key" in user.fails("agent", path, **settings)
    told = user.besom("audit").out
    assert all(word in told for word in ("user.made", "key.revoked", "member.removed", "session.begun"))
    assert "team.deleted" in user.besom("audit", "-e", "vision", "--limit", "50").out
