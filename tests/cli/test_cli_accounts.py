"""``besom user``, ``team``, ``key`` and ``audit``: a server for several people, run from a terminal."""

import json
from urllib.request import HTTPCookieProcessor, build_opener

from test_cli_sweep import create


def viewer_of(link: str) -> dict:
    """Who a browser is that opens a sign-in link."""
    browser = build_opener(HTTPCookieProcessor())
    browser.open(link).close()
    with browser.open(f"{link.split('/login', maxsplit=1)[0]}/api/v1/viewer") as answer:
        return json.load(answer)


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

    path = create(user, "-p", "keys")
    key = json.loads(user.besom("key", "create", "cluster", "--sweep", path, "--days", "3", "--json").out)
    listed = user.besom("key", "list").out
    assert (key["key"]["id"] in listed, "never" in listed, "(in use here)" in listed) == (True, True, True)
    url = made.out.strip().split("/login")[0]
    settings = {"BESOM_BASE_URL": url, "BESOM_API_KEY": key["secret"]}
    user.write("train.py", "import besom\nwith besom.init() as run:\n    run.log({'loss': 1.0})\n")
    worked = user.besom("agent", path, **settings)
    assert worked.code == 0, worked.said
    assert [run["state"] for run in json.loads(user.besom("runs", path, "--json").out)] == ["finished"] * 3
    assert "service key" in user.fails("status", **settings)
    assert "good for nothing" in user.besom("key", "revoke", key["key"]["id"]).out
    assert "does not know the API key" in user.fails("agent", path, **settings)
    told = user.besom("audit").out
    assert all(word in told for word in ("user.made", "key.revoked", "member.removed", "session.begun"))
    assert "team.made" in user.besom("audit", "-e", "vision", "--limit", "50").out
