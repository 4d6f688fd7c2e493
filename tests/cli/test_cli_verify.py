"""`besom verify` checks a real server, and leaves nothing behind."""

import json

from besom.protocol import ProjectPage


def test_every_check_of_a_good_server_passes_and_nothing_is_left(user, server):
    result = user.besom("verify")
    assert result.code == 0, result.said
    assert result.out.count("✓") == 7
    assert result.out.endswith("All is well.\n")
    projects = server.request("GET", "/projects", reply=ProjectPage).projects
    assert not [project for project in projects if project.name.startswith("besom-verify")]
    assert not (user.folder / "besom").exists()


def test_a_script_gets_the_checks_as_json(user, server):
    told = json.loads(user.besom("verify", "--json").out)
    assert told["passed"]
    assert [check["passed"] for check in told["checks"]] == [True] * 7
    assert told["checks"][0]["message"] == server.url


def test_a_server_that_does_not_answer_fails_the_first_check(user):
    result = user.besom("verify", BESOM_BASE_URL="http://127.0.0.1:9", BESOM_API_KEY="x")
    assert result.code == 1
    assert result.out.startswith("✗ The server answers")
    assert "connection refused" in result.out
